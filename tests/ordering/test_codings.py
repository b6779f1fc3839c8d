"""Account codings: kept by institutions, chosen at check-out, split over lines, changed later."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import cast
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from ordering.approving import approve, order, rule, town
from ordering.test_addresses import ADDRESS
from ordering.test_pages import add, browser, key_of, place
from ordering.world import DELIVERY, make, put
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.ordering import coding_rules, coding_schema, line_parts, recoding, service
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.coding_rules import Part
from catalogue.ordering.models import Order
from catalogue.ordering.service import Placing

HALVES = [Part("1", percent=Decimal(50)), Part("2", percent=Decimal(50))]


@given(st.integers(0, 10**13), st.lists(st.integers(0, 10**12), min_size=1, max_size=6))
def test_parts_always_come_to_the_whole_and_are_off_by_less_than_an_oere(
    total: int, weights: list[int]
) -> None:
    amounts = coding_rules.apportion(total, weights)
    assert sum(amounts) == total
    assert all(each >= 0 for each in amounts)
    whole = sum(weights)
    if whole:
        pairs = zip(amounts, weights, strict=True)
        assert all(abs(amount * whole - total * weight) < whole for amount, weight in pairs)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=4))
def test_amounts_that_come_to_the_line_are_kept_as_they_were_said(amounts: list[int]) -> None:
    parts = [Part(str(place), amount_ore=each) for place, each in enumerate(amounts)]
    net = sum(amounts)
    assert coding_rules.problem(parts, net) is None
    assert coding_rules.apportion(net, coding_rules.weights(parts, net)) == amounts


@pytest.mark.parametrize(
    ("parts", "net", "amounts"),
    [
        ([Part("1")], 999, [999]),
        (HALVES, 101, [51, 50]),
        ([Part("1", percent=Decimal("33.33")), Part("2")], 10_000, [3333, 6667]),
        ([Part("1", amount_ore=40), Part("2")], 100, [40, 60]),
        ([Part("1", percent=Decimal(60))], 100, None),
        ([Part("1", amount_ore=40), Part("2", amount_ore=40)], 100, None),
        ([Part("1", amount_ore=100), Part("2")], 100, None),
        ([Part("1", amount_ore=40), Part("2", percent=Decimal(50))], 100, None),
        ([Part("1"), Part("2")], 100, None),
        ([Part("1", percent=Decimal(50)), Part("1")], 100, None),
    ],
)
def test_line_is_split_by_share_or_by_amount(
    parts: list[Part], net: int, amounts: list[int] | None
) -> None:
    assert (coding_rules.problem(parts, net) is None) == (amounts is not None)
    if amounts is not None:
        assert coding_rules.apportion(net, coding_rules.weights(parts, net)) == amounts


def test_shares_and_amounts_are_read_as_danes_write_them() -> None:
    form = {
        "coding_7_1": "3.22", "part_7_1": "60 %", "coding_7_2": "3.23", "part_7_2": "",
        "coding_8_1": "3.24", "part_8_1": "1.250,50", "coding_9_1": "", "part_9_1": "",
    }  # fmt: skip
    assert coding_schema.read_parts(form) == {
        7: [Part("3.22", percent=Decimal(60)), Part("3.23")],
        8: [Part("3.24", amount_ore=125_050)],
    }
    with pytest.raises(Invalid) as caught:
        coding_schema.read_parts({"coding_7_1": "", "part_7_1": "120 %"})
    assert set(caught.value.problems) == {"coding_7_1"}


def coded(session: Session, made: Order) -> list[list[tuple[str | None, int]]]:
    """Return what each coding bears, line by line."""
    found = line_parts.list_coded(session, made)
    return [[(share.code, share.amount_ore) for share in each.shares] for each in found]


def test_split_follows_the_line_when_its_amount_changes(session: Session) -> None:
    world = make(session)
    put(session, world)
    placing = Placing(world.who, DELIVERY, "form-1", cast.NOW, {world.product.id: HALVES})
    (made,) = service.place_coded(session, placing)
    assert coded(session, made) == [[("1", 625_000), ("2", 625_000)]]
    made.lines[0].net_ore = 3
    assert coded(session, made) == [[("1", 2), ("2", 1)]]


def test_changed_coding_leaves_what_was_approved_approved(session: Session) -> None:
    people = town(session)
    rule(session, people)
    made = order(session, people)
    digest = load_case(session, made, cast.TODAY).digest
    recoding.recode(session, people.anne_who, made.number, ("9", {1: HALVES}), cast.NOW)
    assert load_case(session, made, cast.TODAY).digest == digest
    assert approve(session, people.anne_who, made).state == "placed"
    with pytest.raises(Invalid):
        wrong = {1: [replace(HALVES[0]), Part("2", percent=Decimal(49))]}
        recoding.recode(session, people.world.who, made.number, ("9", wrong), cast.NOW)


def test_buyer_keeps_codings_and_splits_a_line_over_them(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session)
        approver = cast.staff(session, world.home)
    buyer, staff = browser(app, world.buyer), browser(app, approver)
    worker = browser(app, world.worker)
    here, coding = "/kontostrenge", {"gln": cast.GLN, "code": "3.22.01-4", "name": "Inventar"}
    assert buyer.post(here, data=coding).status_code == 404  # she orders for no institution yet
    assert "Tilføj først en leveringsadresse" in buyer.get(here).text
    for page in (here, "/budgetter"):  # staff may keep no address, so they are not told to
        told = staff.get(page).text
        assert "når en indkøber" in told, page
        assert "Tilføj først" not in told, page
    buyer.post("/leveringsadresser/ny", data=ADDRESS | {"account_coding": ""})
    for each in (coding, coding | {"code": "3.22.01-6"}, coding | {"code": "fejl"}):
        assert buyer.post(here, data=each).status_code == 303
    assert staff.post(f"{here}/2/standard").status_code == 303
    one = buyer.get(f"{here}?q=fejl").text
    assert ">fejl</th>" in one
    assert ">3.22.01-4</th>" not in one
    assert 'Fjern<span class="sr-only"> fejl</span>' in one  # which one, of many buttons
    found = buyer.get(f"{here}.csv?sortering=kontostreng").text.splitlines()
    assert [each.split(";")[2] for each in found[1:]] == ["3.22.01-4", "3.22.01-6", "fejl"]
    assert buyer.post(f"{here}/3/slet").status_code == 303
    add(buyer, world.product)
    page = buyer.get("/kurv/bestil").text
    assert 'value="3.22.01-6"' in page  # the default of the institution
    assert "Inventar" in page
    field = f"_{world.product.id}_"
    split: dict[str, Any] = {
        f"coding{field}1": "3.22.01-4", f"part{field}1": "40 %", f"coding{field}2": "3.22.01-6",
    }  # fmt: skip
    key = key_of(buyer)
    wrong = place(buyer, key, **split | {f"part{field}2": "50 %"})
    assert wrong.status_code == 422
    assert "tilsammen være 100 %" in wrong.text
    assert place(buyer, key, **split).status_code == 303
    number = "0330-2026-00001"
    text = buyer.get(f"/ordrer/{number}").text.replace("\xa0", " ")
    assert "3.22.01-4 (5.000,00 kr.), 3.22.01-6 (7.500,00 kr.)" in text
    sheet = worker.get(f"/indkomne-ordrer/{number}/fakturadata").text.replace("\xa0", " ")
    for line, quantity, coding, amount in (  # an invoice has a line for each
        ("1.1", "0,4 stk.", "3.22.01-4", "5.000,00 kr."),
        ("1.2", "0,6 stk.", "3.22.01-6", "7.500,00 kr."),
    ):
        row = sheet.partition(f">{line}</td>")[2].partition("</tr>")[0]
        assert all(each in row for each in (quantity, coding, amount)), row
    change = {"account_coding": "9", "coding_1_1": "=8", "part_1_1": ""}
    assert staff.post(f"/ordrer/{number}/kontering", data=change).status_code == 303
    assert "1234-56 → 9" in buyer.get(f"/ordrer/{number}").text  # a note in the time line
    file = buyer.get(f"/ordrer/{number}/kontering.csv").text
    assert file.splitlines()[1].endswith(";'=8;12500,00")
    assert worker.get(f"/ordrer/{number}/kontering").status_code == 403
