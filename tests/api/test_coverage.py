"""What stands behind coverage, by the API: each list is as long as the number that opens it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import cast
import pytest
from api.callers import problem_of
from api.conftest import Town
from conftest import on_sqlite
from ordering.world import DELIVERY
from sqlalchemy import select

from catalogue.agreements.models import Agreement
from catalogue.ordering.models import Order, OrderEvent, OrderState

pytestmark = on_sqlite


@pytest.fixture
def bought(town: Town) -> Town:
    """The town after two orders of the play house, on an agreement with a ceiling."""
    with town.app.extensions["catalogue"].database.transaction() as session:
        session.get_one(Agreement, town.agreement_id).ceiling_ore = 3_000_000
    delivery = {name: value for name, value in vars(DELIVERY).items() if value is not None}
    for number in range(2):
        body = {"lines": [{"product_id": town.product_id, "quantity": 1}], "delivery": delivery}
        placed = town.buyer.post("/orders", body, Idempotency_Key=f"coverage-order-{number:04}")
        assert placed.status_code == 201, placed.text
    return town


def get(town: Town, path: str) -> Any:
    answer = town.staff.get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_numbers_of_coverage_open_lists_that_are_as_long(bought: Town) -> None:
    (row,) = get(bought, f"/coverage?within={cast.PLAY_HOUSES}")["categories"]
    part = f"category={cast.PLAY_HOUSES}"
    lines = get(bought, f"/coverage/orders?{part}")["items"]
    assert (len(lines), sum(each["net_ore"] for each in lines)) == (2, row["ordered_ore"])
    first = get(bought, f"/coverage/orders?{part}&limit=1")
    rest = get(bought, f"/coverage/orders?{part}&limit=1&cursor={first['next']}")
    assert (first["items"] + rest["items"], rest["next"]) == (lines, None)
    offered = get(bought, f"/coverage/products?{part}&orderable=true")["items"]
    assert [each["id"] for each in offered] == [bought.product_id]
    assert len(offered) == row["orderable_products"]
    assert len(get(bought, f"/coverage/enterprises?{part}")["items"]) == row["enterprises"]
    assert get(bought, "/coverage/orders?last_on=2026-01-01")["items"] == []
    assert get(bought, "/coverage/products?q=findes-ikke")["items"] == []


def test_ceilings_tell_what_is_used_of_them(bought: Town) -> None:
    (one,) = get(bought, "/coverage/ceilings")["items"]
    assert (one["id"], one["ceiling_ore"], one["counted_ore"], one["near"]) == (
        bought.agreement_id, 3_000_000, 2_500_000, True,
    )  # fmt: skip
    assert one["ordered_ore"] == one["counted_ore"]


def test_charts_are_told_by_their_numbers(bought: Town) -> None:
    months = get(bought, "/coverage/spend-by-month")["items"]
    assert len(months) == 24
    assert months[-1]["last_on"] == cast.TODAY.isoformat()
    amounts = [{one["category_code"]: one["ordered_ore"] for one in each["divisions"]}
               for each in months]  # fmt: skip
    assert amounts[-1] == {"37000000": 2_500_000, None: 0}
    assert sum(sum(each.values()) for each in amounts) == 2_500_000
    assert get(bought, "/coverage/social-share")["items"] == []  # no ledger was read in
    assert get(bought, "/coverage/delivery-times")["items"] == []  # nobody said that it has come
    with bought.app.extensions["catalogue"].database.transaction() as session:
        order = session.scalars(select(Order).order_by(Order.id)).first()
        assert order is not None
        order.placed_at -= timedelta(days=3)
        order.delivery_on = cast.TODAY - timedelta(days=1)
        session.add(OrderEvent(order_id=order.id, state=OrderState.RECEIVED, person_name="Bo Berg",
                               at=cast.NOW))  # fmt: skip
    (one,) = get(bought, "/coverage/delivery-times")["items"]
    assert (one["orders"], one["median_days"], one["promised"], one["late"]) == (1, 3, 1, 1)


def test_conflicts_say_why_they_matter_and_what_to_do(bought: Town) -> None:
    assert get(bought, "/coverage/conflicts")["items"] == []
    binding = {
        "kind": "mandatory", "number": "F-2", "title": "Lege", "starts_on": "2026-12-01",
        "ends_on": "2028-12-31", "categories": [cast.PLAY_HOUSES], "supplier_name": "Stor A/S",
        "where_to_buy": "Bestil.",
    }  # fmt: skip
    assert bought.staff.post("/agreements", binding).status_code == 201
    found = get(bought, "/coverage/conflicts?day=2026-12-02")["items"]
    assert found[0]["kind"] == "under_mandatory"
    assert found[0]["why"]
    assert found[0]["what_to_do"]
    assert {each["number"] for each in found[0]["agreements"]} >= {"F-2"}


def test_threshold_watch_opens_the_lines_that_make_up_its_amounts(bought: Town) -> None:
    (line,) = get(bought, "/coverage/thresholds")["items"]
    assert (line["group"], line["net_ore"]) == ("375", 2_500_000)
    assert {each["kind"] for each in line["compared"]} >= {"direct_purchase"}
    here = f"/coverage/thresholds/{line['enterprise_id']}"
    lines = get(bought, f"{here}/375/orders")["items"]
    assert sum(each["net_ore"] for each in lines) == line["net_ore"]
    assert problem_of(bought.staff.get(f"{here}/37/orders")) == "missing"
    assert problem_of(bought.staff.get("/coverage/thresholds/999/375/orders")) == "missing"


def test_planned_purchase_is_told_its_ways_and_who_could_deliver(bought: Town) -> None:
    plan = f"/coverage/potential?category={cast.PLAY_HOUSES}&amount_ore=1000000"
    told = get(bought, plan)
    assert told["before_ore"] == 2_500_000
    assert {each["way"]: each["standing"] for each in told["ways"]}["voluntary"]
    assert [each["verified"] for each in told["candidates"]] == [True]
    assert [each["left_ore"] for each in told["voluntary"]] == [500_000]
    for wrong, pointer in (
        ("/coverage/potential", "#/amount_ore"),
        ("/coverage/potential?amount_ore=1000000", "#/category"),
        (f"{plan}&place=9999", "#/place"),
        (f"{plan}&first_on=2026-12-01&last_on=2026-01-01", "#/last_on"),
    ):
        refused = bought.staff.get(wrong)
        assert problem_of(refused) == "invalid"
        assert pointer in [each["pointer"] for each in refused.get_json()["errors"]], wrong


def test_ledger_without_rows_is_told_as_such(bought: Town) -> None:
    told = get(bought, "/ledger")
    assert (told["booked_first_on"], told["total"]["total_ore"]) == (None, 0)
    assert get(bought, "/ledger/rows?bought=social")["items"] == []
    assert problem_of(bought.staff.get("/ledger?first_on=1900-01-01")) == "invalid"


def test_yearly_report_is_that_of_the_page(bought: Town) -> None:
    told = get(bought, "/yearly-reports/2026")
    assert (told["preliminary"], told["as_of"]) == (True, "2026-11-24")
    assert (told["total"]["orders"], told["total"]["net_ore"]) == (2, 2_500_000)
    for parts in ("months", "enterprises", "divisions", "institutions"):
        assert sum(each["net_ore"] for each in told[parts]) == 2_500_000, parts
    assert [each["ordered_ore"] for each in told["agreements"]] == [2_500_000]
    assert problem_of(bought.staff.get("/yearly-reports/1999")) == "missing"


def test_coverage_is_staffs_alone(town: Town) -> None:
    for path in ("/coverage/orders", "/ledger", "/yearly-reports/2026"):
        assert problem_of(town.buyer.get(path)) == "not-allowed"
