"""Forms that order without the basket tell of approval, limit, ceiling and budget beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import cast
import pytest
from drawn import placing_key
from flask import Flask
from ordering import quoting
from ordering.approving import Town, rule, town
from ordering.test_addresses import ADDRESS
from ordering.test_pages import add, browser, key_of, place
from ordering.world import FORM, KEY, second_enterprise
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.agreements import limits
from catalogue.agreements.limit_rules import LimitTerms
from catalogue.agreements.models import LimitKind
from catalogue.core.db import Database
from catalogue.core.who import Who
from catalogue.ordering import (
    addresses,
    budgets,
    codings,
    form_advice,
    frames,
    free_permits,
    lists,
    quotes,
)
from catalogue.ordering.address_schema import AddressFacts
from catalogue.ordering.budget_rules import Terms
from catalogue.ordering.codings import CodingFacts
from catalogue.ordering.form_advice import Planned
from catalogue.ordering.frame_rules import FrameKind
from catalogue.ordering.frame_rules import Terms as FrameTerms
from catalogue.ordering.list_schema import Added, Named
from catalogue.ordering.models import Order
from catalogue.ordering.quote_choice import Chosen

MOST = 12
CEILING = 10_000_000
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
AHEAD = "fra 5.000,00 kr. skal Anne Bak godkende"
DUE = "Ordren skal godkendes"
ABOVE = "Over grænsen for direkte køb"
LIMIT = "Grænse for direkte køb: 5.000,00 kr."
ON_CEILING = "Af loftet på 100.000,00 kr. er der"
ON_BUDGET = "Budget for Børnehuset Regnbuen"
LEFT = "20.000,00 kr. af 20.000,00 kr. er tilbage"
PLAN = {
    "name": "Legehuse", "rhythm": "weekly", "weekday": "3", "days_ahead": "3", "week": "1",
    "first_on": "2026-12-01", "last_on": "2027-03-31", "rise_percent": "0",
}  # fmt: skip


@dataclass
class Office:
    """A town with all that policy may say, and its pages."""

    app: Flask
    here: Town
    quoting: quoting.World

    @property
    def database(self) -> Database:
        """Return the database of the application."""
        return self.app.extensions["catalogue"].database  # type: ignore[no-any-return]

    @property
    def buyer(self) -> Person:
        """Return the buyer of what is on the shelf."""
        return self.here.world.buyer

    def read(self, person: Person, address: str, form: dict[str, Any] | None = None) -> str:
        """Read a page, or what is answered to a look; it keeps to twelve queries once opened."""
        client = browser(self.app, person)
        client.get(address)
        with cast.counted_queries(self.database) as queries:
            answer = client.get(address) if form is None else client.post(address, data=form)
        assert answer.status_code == 200, (address, answer.text)
        assert len(queries) <= MOST, (address, queries)
        return str(answer.text).replace("\xa0", " ")

    def look(self, person: Person, address: str, **form: Any) -> str:
        """Fill a form in and look what it takes; nothing is ordered by that."""
        before = self.orders()
        told = self.read(person, address, FORM | {"placing_key": KEY} | form | {"look": "1"})
        assert self.orders() == before
        return told

    def orders(self) -> int:
        """Count all orders."""
        with self.database.reading() as session:
            return session.scalar(select(func.count(Order.id))) or 0


def govern(session: Session, here: Town, *buyers: Who) -> None:
    """Make a rule, a limit, a budget and codings, and have buyers keep an address."""
    rule(session, here)
    terms = LimitTerms(LimitKind.DIRECT_PURCHASE, 500_000, date(2020, 1, 1), "Indkøbspolitik")
    limits.create(session, here.staff_who, terms, cast.NOW)
    for who in buyers:
        addresses.keep(session, who, AddressFacts(**ADDRESS), cast.NOW)
    codings.keep(session, here.staff_who, CodingFacts(cast.GLN, "3.22.01"), cast.NOW)
    for coding in (None, ADDRESS["account_coding"]):
        of_year = Terms(cast.GLN, *YEAR, 2_000_000, account_coding=coding)
        budgets.enter(session, here.staff_who, of_year, cast.NOW)


@pytest.fixture
def office(app: Flask) -> Office:
    """The town, with the world of quotes in it."""
    with app.extensions["catalogue"].database.transaction() as session:
        here = town(session, ceiling_ore=CEILING)
        asking = quoting.make(session, ceiling_ore=CEILING)
        govern(session, here, here.world.who, asking.who)
    return Office(app, here, asking)


def quote(office: Office, asked: int = 3) -> str:
    """Have a quote of 5,825 kr. that can be chosen; return the address of its choice."""
    with office.database.transaction() as session:
        ids = frozenset(each.id for each in office.quoting.shops[:asked])
        made = quotes.ask(session, office.quoting.who, quoting.wanted(ids), [], cast.NOW)
        found = quoting.send(session, office.quoting, 0, made)
        address = f"/tilbud/{made.id}/vaelg/{found.id}"
    office.app.extensions["catalogue"].clock = lambda: cast.NOW + timedelta(days=11)
    return address


def frame(office: Office) -> int:
    """Have a quote chosen as a frame; return its id."""
    with office.database.transaction() as session:
        made = quoting.ask(session, office.quoting)
        found = quoting.send(session, office.quoting, 0, made)
        chosen = Chosen(found.id, found.revision, "Laveste pris")
        terms = FrameTerms(FrameKind.QUANTITY, cast.TODAY + timedelta(days=200))
        who = office.quoting.who
        frames.choose_as_frame(session, who, made.id, chosen, terms, quoting.AFTER)
        id_ = found.id
    office.app.extensions["catalogue"].clock = lambda: cast.NOW + timedelta(days=11)
    return id_


@pytest.mark.parametrize(("asked", "limit"), [(3, False), (1, True)])
def test_choosing_a_quote_tells_whose_approval_it_needs_and_what_it_takes(
    office: Office, asked: int, limit: bool
) -> None:
    page = office.read(office.quoting.buyer, quote(office, asked))
    assert DUE in page and "Anne Bak" in page
    assert "dette bruger 5.825,00 kr. af det" in page
    assert ON_BUDGET in page and "derefter er der 14.175,00 kr. tilbage" in page
    assert (ABOVE in page) is limit  # several who were asked are no direct purchase


def test_calling_a_part_off_tells_what_is_left_and_then_what_it_takes(office: Office) -> None:
    address = f"/rammer/{frame(office)}"
    buyer = office.quoting.buyer
    page = office.read(buyer, address)
    assert AHEAD in page and DUE not in page
    assert ON_CEILING in page and ON_BUDGET in page and LEFT in page
    told = office.look(buyer, address, quantity_1="12,5")
    assert DUE in told and "Det bliver 5.625,00 kr. ekskl. moms." in told
    assert 'value="12,5"' in told
    assert LEFT in office.look(buyer, address, quantity_1="mange")
    worker = office.quoting.workers[0]
    assert AHEAD not in office.read(worker, address)


def test_an_order_in_free_text_is_told_of_before_it_is_written(office: Office) -> None:
    with office.database.transaction() as session:
        here = office.here
        rule(session, here, here.bo, from_ore=0, category_code=cast.PLAY_HOUSES, name="Legehuse")
        id_ = here.world.agreement.id
        free_permits.allow(session, here.staff_who, id_, 2_000_000, cast.NOW)
    address = f"/fritekstordre/{id_}"
    page = office.read(office.buyer, address)
    assert AHEAD in page and LIMIT in page and ON_CEILING in page and LEFT in page
    assert "Legehuse: Bo Dam (når den hører til en kategori under 375352)" in page
    line = {
        "title_1": "Legehus", "quantity_1": "2", "unit_1": "piece", "price_1": "8.000",
        "vat_rate_1": "25", "category_code_1": cast.PLAY_HOUSES, "agreed": "I telefon",
    }  # fmt: skip
    told = office.look(office.buyer, address, **line)
    assert ABOVE in told and "Anne Bak" in told and "dette bruger 16.000,00 kr. af det" in told
    assert "Legehuse: Bo Dam</li>" in told
    assert 'value="Legehus"' in told


def test_a_standing_order_of_a_list_is_told_of_by_enterprise(office: Office) -> None:
    with office.database.transaction() as session:
        world = office.here.world
        made = lists.make(session, world.who, Named("Fast", False), cast.NOW)
        for each in (world.product, second_enterprise(session, world)):
            lists.add(session, world.who, Added(each.id, Decimal(1), made.id), cast.NOW)
        list_id, product_id = made.id, world.product.id
    page = office.read(office.buyer, f"/loebende-bestillinger/ny?liste={list_id}")
    assert page.count(DUE) == 1 and AHEAD in page  # of the second, which is cheap
    assert ABOVE in page and LIMIT in page and ON_CEILING in page and ON_BUDGET in page
    told = office.look(
        office.buyer, "/loebende-bestillinger/ny", liste=list_id,
        **(PLAN | {f"quantity_{product_id}": "2"}),
    )  # fmt: skip
    assert "dette bruger 25.000,00 kr. af det" in told
    assert "Budgettet overskrides med 5.000,00 kr." in told
    assert AHEAD not in told  # the second is left out


def test_a_standing_order_tells_of_each_coming_order_and_of_what_is_changed(
    office: Office,
) -> None:
    buyer, product = browser(office.app, office.buyer), office.here.world.product
    add(buyer, product)
    place(buyer, key_of(buyer))
    new = "/loebende-bestillinger/ny"
    page = office.read(office.buyer, f"{new}?ordre=0330-2026-00001")
    assert DUE in page and ABOVE in page
    form = FORM | PLAN | {"ordre": "0330-2026-00001", "placing_key": placing_key(page)}
    buyer.post(new, data=form | {f"quantity_{product.id}": "1"})
    one = office.read(office.buyer, "/loebende-bestillinger/1")
    assert DUE in one and ABOVE in one and "dette bruger 12.500,00 kr. af det" in one
    assert ON_BUDGET in one
    change = "/loebende-bestillinger/1/ret"
    assert "dette bruger 12.500,00 kr. af det" in office.read(office.buyer, change)
    with office.database.transaction() as session:
        other = cast.product(session, office.here.world.enterprise, "Bænk", price_ore=80_000).id
    told = office.look(
        office.buyer, change, **(PLAN | {"quantity_1": "2", "product_id": other, "added": "10"})
    )
    assert "dette bruger 33.000,00 kr. af det" in told and 'value="2"' in told
    assert DUE not in office.read(office.here.staff, "/loebende-bestillinger/1")


def test_a_standing_order_on_a_frame_is_told_of_as_a_call_off(office: Office) -> None:
    quote_id, buyer = frame(office), office.quoting.buyer
    new = "/loebende-bestillinger/ny"
    page = office.read(buyer, f"{new}?ramme={quote_id}")
    assert AHEAD in page and LEFT in page and LIMIT not in page
    form = FORM | PLAN | {"ramme": str(quote_id), "quantity_1": "12", "first_on": "2026-12-10"}
    assert DUE in office.look(buyer, new, **form)
    form |= {"placing_key": placing_key(page)}
    assert browser(office.app, buyer).post(new, data=form).status_code == 303
    one = office.read(buyer, "/loebende-bestillinger/1")
    assert DUE in one and "dette bruger 5.400,00 kr. af det" in one
    assert "dette bruger 5.400,00 kr. af det" in office.read(buyer, "/loebende-bestillinger/1/ret")
    told = office.look(buyer, "/loebende-bestillinger/1/ret", **(PLAN | {"quantity_1": "2"}))
    assert AHEAD in told and "dette bruger 900,00 kr. af det" in told


def test_lines_are_told_of_by_enterprise_under_their_own_ceilings(office: Office) -> None:
    with office.database.reading() as session:
        who = office.here.world.who
        planned = [Planned(2, "37535200", 400_000, None, "B"), Planned(1, "1", 1, None, "A")]
        planned.append(Planned(2, "9", 200_000, None, "B"))
        told = form_advice.read(session, who, planned, {}, cast.TODAY)
        empty = form_advice.read(session, who, [], {}, cast.TODAY)
    of = [(each.enterprise_name, each.net_ore, len(each.hints)) for each in told.parts]
    assert of == [("A", 1, 1), ("B", 600_000, 1)]
    assert [each.takes for each in told.parts] == [[], []]
    assert (empty.parts, empty.budgets) == ([], [])
