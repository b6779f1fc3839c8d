"""Checks: buyers see what was approved, and until then what they saw before."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from email import policy
from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import CatalogueClient
from flask import Flask
from products.world import FORM
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person
from catalogue.core import jobs
from catalogue.core.errors import Conflict, Invalid, NotAllowed
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise
from catalogue.lanes import lanes
from catalogue.products import (
    check_queries,
    checks,
    gate,
    plan,
    price_list,
    revisions,
    service,
    shelf,
)
from catalogue.products.check_rules import Checked, merge, must_be_checked
from catalogue.products.deliveries import Delivery
from catalogue.products.models import Product, ProductState, ProductVersion
from catalogue.products.rules import ProductFacts

MOST_QUERIES = 12
REASON = "Skriv, hvor stort legehuset er."


@pytest.mark.parametrize(
    ("which", "before", "checked"),
    [
        (Checked.NONE, 0, False), (Checked.FIRST, 0, True), (Checked.FIRST, 2, True),
        (Checked.FIRST, 3, False), (Checked.ALL, 99, True),
    ],
)  # fmt: skip
def test_what_is_checked_follows_the_municipality_and_what_was_on_the_shelf(
    which: Checked, before: int, checked: bool
) -> None:
    assert must_be_checked(which, before) == checked


def test_change_takes_nothing_back_that_happened_meanwhile() -> None:
    base = {"title": "Legehus", "price_ore": 100, "images": []}
    changed = {"title": "Stort legehus", "price_ore": 100, "images": []}
    present = {"title": "Legehus", "price_ore": 120, "images": [1]}
    expected = {"title": "Stort legehus", "price_ore": 120, "images": [1]}
    assert merge(base, changed, present) == expected


class Town:
    """A reviewing municipality with staff, an enterprise with a facilitator, and a product."""

    def __init__(self, session: Session, which: Checked = Checked.ALL) -> None:
        self.home: Municipality = cast.municipality(session)
        self.shop: Enterprise = cast.enterprise(session, municipality=self.home)
        self.staff = cast.who(session, cast.staff(session, self.home))
        self.own = cast.who(session, cast.worker(session, self.shop))
        helper = cast.person(session, "Finn Hjælper", email="finn@jobcenter.example")
        cast.role(session, helper, Role.FACILITATOR, enterprise=self.shop)
        self.helper = cast.who(session, helper)
        self.shown = cast.product(session, self.shop)
        checks.set_checked(session, self.staff, which, cast.NOW)
        session.flush()
        told = service.get_own(session, self.shop.id, self.shown.id)
        self.said: ProductFacts = shelf.facts_of(told)

    def facts(self, title: str) -> ProductFacts:
        """Return what the product says, with another title."""
        return replace(self.said, title=title)

    def draft(self, session: Session) -> Product:
        """Make a draft that is complete."""
        made = cast.product(session, self.shop, "Sandkasse", state=ProductState.DRAFT,
                            published_at=None, version=0)  # fmt: skip
        session.expire(made)
        return made


def versions(session: Session, product_id: int) -> list[str]:
    """List the titles of a product's versions."""
    query = select(ProductVersion).where(ProductVersion.product_id == product_id)
    return [each.facts["title"] for each in session.scalars(query.order_by(ProductVersion.version))]


def test_new_product_is_seen_when_it_is_approved(session: Session) -> None:
    town = Town(session)
    draft = town.draft(session)
    with pytest.raises(gate.MustBeChecked):
        service.publish(session, town.own, draft.id, cast.NOW)
    made = checks.submit(session, town.own, draft.id, cast.NOW)
    assert draft.state == ProductState.SUBMITTED
    session.flush()
    with pytest.raises(gate.Waiting), session.begin_nested():  # what is approved is what was read
        other = replace(town.facts("Andet"), item_number="")
        service.save(session, town.own, draft.id, other, cast.NOW)
    checks.approve(session, town.staff, made.id, cast.NOW)
    assert (draft.state, versions(session, draft.id)) == ("published", ["Sandkasse"])


def test_change_is_not_seen_before_it_is_approved(session: Session) -> None:
    town = Town(session)
    shown = town.shown
    with pytest.raises(gate.MustBeChecked), session.begin_nested():
        service.save(session, town.own, shown.id, town.facts("Nyt"), cast.NOW)
    draft = service.save_beside(session, town.own, shown.id, town.facts("Nyt"), cast.NOW)
    assert draft.id != shown.id
    made = checks.submit(session, town.own, draft.id, cast.NOW)
    session.refresh(shown)
    assert (shown.title, versions(session, shown.id)) == ("Legehus i lærk", [])
    case = check_queries.get_case(session, town.staff, made.id)
    assert [str(line.label) for line in case.lines if line.differs] == ["Titel"]
    number, draft_id = shown.item_number, draft.id
    checks.approve(session, town.staff, made.id, cast.NOW)
    session.flush()
    assert session.get(Product, draft_id) is None
    shown = service.get_own(session, town.shop.id, shown.id)
    assert (shown.title, shown.item_number, shown.state) == ("Nyt", number, "published")
    assert versions(session, shown.id) == ["Nyt"]


def test_what_is_sent_back_is_mended_and_sent_in_again(session: Session) -> None:
    town = Town(session)
    draft = revisions.begin(session, town.own, town.shown.id, cast.NOW)
    assert revisions.begin(session, town.own, town.shown.id, cast.NOW).id == draft.id
    made = checks.submit(session, town.own, draft.id, cast.NOW)
    with pytest.raises(Invalid):
        checks.read_reason("  ")
    checks.send_back(session, town.staff, made.id, REASON, cast.NOW)
    session.flush()
    standing = check_queries.standing(session, town.own, draft)
    assert (standing.returned, draft.state) == (REASON, "draft")
    again = checks.submit(session, town.own, draft.id, cast.NOW)
    checks.take_back(session, town.own, draft.id, cast.NOW)
    with pytest.raises(Conflict):
        checks.approve(session, town.staff, again.id, cast.NOW)
    assert revisions.discard(session, town.own, draft.id, cast.NOW) == town.shown.id


def test_only_the_reviewing_municipality_decides(session: Session) -> None:
    town = Town(session)
    made = checks.submit(session, town.own, town.draft(session).id, cast.NOW)
    kolding = cast.municipality(session, "Kolding")
    others = cast.who(session, cast.staff(session, kolding))
    for who in (others, town.own, town.helper):
        with pytest.raises(Conflict):
            checks.approve(session, who, made.id, cast.NOW)
    with pytest.raises(NotAllowed):
        checks.set_checked(session, town.own, Checked.NONE, cast.NOW)
    assert check_queries.list_waiting(session, others) == []


@pytest.mark.parametrize("which", [Checked.NONE, Checked.ALL])
def test_facilitator_prepares_and_the_enterprise_decides(session: Session, which: Checked) -> None:
    town = Town(session, which)
    draft = town.draft(session)
    with pytest.raises(gate.MustBeChecked), session.begin_nested():
        service.publish(session, town.helper, draft.id, cast.NOW)
    with pytest.raises(gate.MustBeChecked), session.begin_nested():
        service.save(session, town.helper, town.shown.id, town.facts("Ny"), cast.NOW)
    made = checks.submit(session, town.helper, draft.id, cast.NOW)
    with pytest.raises(Conflict):
        checks.approve(session, town.helper, made.id, cast.NOW)
    checks.approve(session, town.own, made.id, cast.NOW)
    session.flush()
    assert draft.state == ("published" if which == Checked.NONE else "submitted")
    assert len(check_queries.list_waiting(session, town.staff)) == (which == Checked.ALL)


def test_bound_price_does_not_rise_by_a_change(session: Session) -> None:
    town = Town(session)
    cast.voluntary(session, town.home, town.shop)
    draft = revisions.begin(session, town.own, town.shown.id, cast.NOW)
    dearer = replace(shelf.facts_of(draft), price_ore=9_999_999)
    service.save(session, town.own, draft.id, dearer, cast.NOW)
    with pytest.raises(Invalid):
        checks.submit(session, town.own, draft.id, cast.NOW)


def test_price_list_sends_changes_and_new_products_in_where_they_are_checked(
    session: Session,
) -> None:
    town = Town(session)
    draft = town.draft(session)
    text = f"Varenr;Titel;Pris\n{town.shown.item_number};;99,00\n{draft.item_number};Kasse;\n"
    rows = tuple(price_list.read(text.encode(), "priser.csv"))
    session.expire_all()
    shown, delivery = town.shown.id, Delivery(rows, {})
    before = plan.preview(session, town.own.enterprise_id or 0, delivery, cast.TODAY)
    assert [str(each.state) for each in before.entries] == ["published", "submitted"]
    plan.apply(session, town.own, delivery, before.fingerprint, cast.NOW)
    session.flush()
    assert session.get_one(Product, shown).price_ore == 1_250_000
    waiting = [each.title for each in check_queries.list_waiting(session, town.staff)]
    assert waiting == ["Legehus i lærk", "Kasse"]
    again = plan.preview(session, town.own.enterprise_id or 0, delivery, cast.TODAY)
    assert again.counts == {"created": 0, "changed": 0, "unchanged": 1, "refused": 1}


def test_story_of_a_facilitator_an_enterprise_and_staff(
    app: Flask, client: CatalogueClient
) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        town = Town(session, Checked.NONE)
        shown = town.shown.id
        of = {"helper": town.helper, "own": town.own, "staff": town.staff}
    browsers = {name: signed_in(app, who) for name, who in of.items()}
    helper, own, staff = browsers["helper"], browsers["own"], browsers["staff"]
    assert staff.post("/gennemsyn", data={"checked": "alt"}).status_code == 422
    assert staff.post("/gennemsyn", data={"checked": "all"}).status_code == 303
    changed = helper.post(f"/varer-hos-os/{shown}", data=FORM | {"title": "Større legehus"})
    draft = changed.headers["Location"]
    assert draft != f"/varer-hos-os/{shown}"
    assert helper.get("/indkomne-ordrer").status_code == 403
    assert helper.post(f"/varer-hos-os/{shown}/traek-tilbage").status_code == 403
    assert "Send den til virksomheden" in helper.get(draft).text
    helper.post(f"{draft}/send-ind")
    page = own.get(draft).text
    assert "Finn Hjælper har gjort den klar" in page
    number = re.search(r"gennemsyn/(\d+)/godkend", page)
    assert number
    back = f"/varer-hos-os/gennemsyn/{number[1]}/send-tilbage"
    assert own.post(back, data={"reason": ""}).status_code == 422
    assert own.post(back, data={"reason": REASON}).status_code == 303
    assert REASON in helper.get(draft).text
    helper.post(f"{draft}/send-ind")
    own.post(f"{draft}/tag-tilbage")
    helper.post(f"{draft}/send-ind")
    number = re.search(r"gennemsyn/(\d+)/godkend", own.get(draft).text)
    assert number
    own.post(f"/varer-hos-os/gennemsyn/{number[1]}/godkend")
    waiting = re.search(r"/gennemsyn/(\d+)", staff.get("/gennemsyn").text)
    assert waiting
    with cast.counted_queries(state.database) as sent:
        case = staff.get(waiting[0]).text
    assert len(sent) <= MOST_QUERIES
    assert "<ins>Større" in case and "Legehus" in case
    assert staff.post(f"{waiting[0]}/send-tilbage", data={"reason": ""}).status_code == 422
    staff.post(f"{waiting[0]}/send-tilbage", data={"reason": REASON})
    own.post(f"{draft}/send-ind")
    waiting = re.search(r"/gennemsyn/(\d+)", staff.get("/gennemsyn").text)
    assert waiting and staff.post(f"{waiting[0]}/godkend").status_code == 303
    with state.database.reading() as session:
        assert session.get_one(Product, shown).title == "Større legehus"
    own.post(f"/varer-hos-os/{shown}/ret")
    another = own.get("/varer-hos-os").text
    begun = re.search(r"/varer-hos-os/(\d+)\"", another)
    assert begun and own.post(f"/varer-hos-os/{begun[1]}/kasser").status_code == 303
    told = mailed(state)
    assert [to for to, _text in told].count("finn@jobcenter.example") == 1
    assert sum(REASON in text for _to, text in told) == 2


def test_facilitator_is_led_to_nothing_that_only_the_enterprise_may_open(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        town = Town(session)
        town.shop.verified_until = cast.TODAY
        cast.voluntary(session, town.home, town.shop)
        product, helper = f"/varer-hos-os/{town.shown.id}", town.helper
    browser = signed_in(app, helper)
    drawn = {
        each: browser.get(each).text for each in ("/varer-hos-os", product, f"{product}/trin/pris")
    }
    assert "Bekræft jeres fem punkter" in drawn["/varer-hos-os"]
    assert "Prisen er bundet af aftaler" in drawn[product] and drawn[f"{product}/trin/pris"]
    for page, text in drawn.items():
        for path in set(re.findall(r'href="(/[^"#]+)', text.partition("<main")[2])):
            assert browser.get(path).status_code == 200, (page, path)


def signed_in(app: Flask, who: Who) -> Any:
    """Return a browser of a person."""
    browser = app.test_client()
    with app.extensions["catalogue"].database.reading() as session:
        person = session.get_one(Person, who.person_id)
    cast.sign_in_as(browser, person)
    return browser


def mailed(state: Any) -> list[tuple[str, str]]:
    """Let the worker send the mail; return to whom, and what."""
    mailing = next(lane for lane in lanes(state) if lane.name == "mail")
    while jobs.run_once(state.database, mailing.handlers, clock=state.clock):
        pass
    found = []
    for path in sorted(Path(state.settings.mail_folder).iterdir()):
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body()  # type: ignore[attr-defined]
        found.append((str(message["To"]), body.get_content()))
    return found
