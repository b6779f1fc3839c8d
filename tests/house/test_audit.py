"""Every deed leaves an event: each route that changes something is walked, none is forgotten.

A new route that changes rows gets a line in DEEDS (deeds.py) and a step in `walk`; one that decides
nothing gets a line in QUIET, with its reason. (`watching.py` looks at what all other tests post.)
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cast
import pytest
from agreements.test_pages import FORM as AGREEMENT
from drawn import placing_key
from enterprises.test_review import application
from flask import Flask
from house.deeds import DEEDS, QUIET, WATCHED
from ordering.world import FORM as DELIVERY
from products.world import FORM as PRODUCT
from products.world import encoded
from sqlalchemy import select

from catalogue.accounts.models import Person
from catalogue.core import proof
from catalogue.core.audit import AuditEvent
from catalogue.core.who import MUNICIPAL, Role
from catalogue.coverage import matrix
from catalogue.coverage.behind import Part
from catalogue.coverage.event_words import ACTIONS, FIELDS
from catalogue.coverage.remembering import PART, Remembered
from catalogue.coverage.rules import Asked
from catalogue.enterprises.models import Enterprise, EnterpriseCriterion, EnterpriseState
from catalogue.products.models import Product, ProductImage
from catalogue.search.public import shelf_counts

TESTS = Path(__file__).parent.parent
MUNICIPAL_NUMBER = "0330-2026-0000"


@dataclass
class Walk:
    """The application and its people, and what each step left in the audit."""

    app: Flask
    people: dict[Role | None, Any]
    home_id: int
    enterprise_id: int
    product_id: int
    walked: dict[str, list[AuditEvent]]

    def step(self, role: Role | None, endpoint: str, address: str, data: Any = None) -> Any:
        """Post as `role`, and keep the new events; the answer must be a redirect."""
        client = self.app.test_client()
        if role is not None:
            cast.sign_in_as(client, self.people[role])
        adapter = self.app.url_map.bind("localhost")
        assert adapter.match(address, method="POST")[0] == f"catalogue.{endpoint}"
        known = len(self.events())
        answer = client.post(address, data=data or {})
        assert answer.status_code == 303, (address, answer.text)
        self.walked[endpoint] = self.events()[known:]
        for each in self.walked[endpoint] if role else ():
            assert each.person_id == self.people[role].id, address
            assert role not in MUNICIPAL or each.municipality_id == self.home_id, address
        self.look_at_coverage()
        self.look_at_shelves()
        return answer

    def look_at_coverage(self) -> None:
        """Compare what is remembered of coverage with the rows: each deed must show at once."""
        state = self.app.extensions["catalogue"]
        asked = Asked(self.home_id, cast.TODAY, cast.TODAY, "da")
        with state.database.reading() as session:
            kept = matrix.read(session, state.parts, asked)
            anew = matrix.read(session, state.parts | {PART: Remembered()}, asked)
            alone = matrix.read_overview(session, state.parts, asked)
        told = [
            (each.overview.outline.all_lines(), each.overview.covers, each.overview.spend,
             each.demand, each.orders_of(Part()), each.enterprises_of(Part()))
            for each in (kept, anew)
        ]  # fmt: skip
        assert told[0] == told[1]
        assert (alone.covers, alone.spend) == told[1][1:3]
        shown = [
            [(line.code, line.wanted, line.gaps) for line in each.outline.lines() if line.wanted]
            for each in (alone, anew.overview)
        ]
        assert shown[0] == shown[1]

    def look_at_shelves(self) -> None:
        """Compare what the front page remembers with the rows in the same way."""
        with self.app.extensions["catalogue"].database.reading() as session:
            kept = shelf_counts.read(session, cast.TODAY)
            assert kept == shelf_counts.count(session, cast.TODAY, kept.heads)

    def page(self, role: Role, address: str) -> str:
        """Read a page as `role`."""
        client = self.app.test_client()
        cast.sign_in_as(client, self.people[role])
        return str(client.get(address).text)

    def events(self) -> list[AuditEvent]:
        """List all events."""
        with self.app.extensions["catalogue"].database.reading() as session:
            return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


@pytest.fixture
def walk(app: Flask) -> Walk:
    """A town with all its people, an enterprise that has applied and one that sells."""
    with app.extensions["catalogue"].database.transaction() as session:
        home = cast.municipality(session)
        for code in (cast.PLAY_HOUSES, cast.GIFTS, "90910000"):
            cast.category(session, code)
        applied = cast.enterprise(
            session, municipality=home, state=EnterpriseState.APPLIED, phone="12345678"
        )
        cast.voluntary(session, home, applied)
        product = cast.product(session, applied)
        for each in ("social_purpose", "sales", "reinvests", "independent", "cvr"):
            session.add(
                EnterpriseCriterion(enterprise_id=applied.id, criterion=each, explanation="Ja, ja.")
            )
        people = {
            Role.BUYER: cast.buyer(session, home),
            Role.STAFF: cast.staff(session, home),
            Role.ENTERPRISE: cast.worker(session, applied),
            Role.ADMINISTRATOR: cast.administrator(session),
        }
        return Walk(app, people, home.id, applied.id, product.id, {})


def test_every_route_that_changes_something_leaves_an_event(walk: Walk) -> None:
    review(walk)
    sell(walk)
    buy(walk)
    agree_and_explain(walk)
    asked = {"contact_name": "Jens Kruse", "contact_email": "jens@slagelse.example"}
    walk.step(Role.STAFF, "contacts.name_contact", "/medarbejdere/kontakt", asked)
    told = {endpoint: events[-1].action for endpoint, events in walk.walked.items() if events}
    assert told == DEEDS
    assert {endpoint for endpoint, events in walk.walked.items() if not events} <= set(QUIET)
    for each in walk.events():
        assert {"before", "after"} <= set(each.facts), each.action
        assert each.facts["before"] or each.facts["after"] or each.facts.get("untold"), each.action
        assert each.action in ACTIONS, "give it a name in coverage/event_words.py"
        fields = {**each.facts, **each.facts["before"], **each.facts["after"]}
        wordless = fields.keys() - {"before", "after", "untold"} - FIELDS.keys()
        assert wordless == set(), "give them names in coverage/event_words.py"
    database = walk.app.extensions["catalogue"].database
    with database.reading() as session:
        assert proof.prove(session).fault is None
    with database.reading() as session:
        people = session.execute(select(Person.name, Person.email)).all()
    written = json.dumps([each.facts for each in walk.events()], ensure_ascii=False)
    private = [text for person in people for text in person] + ["12345678", "Bo Berg", "Jens Kruse"]
    assert [text for text in private if text in written] == []


def test_no_route_is_forgotten(app: Flask) -> None:
    posts = {
        rule.endpoint.removeprefix("catalogue.")
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    }
    assert posts == set(DEEDS) | set(QUIET) | set(WATCHED)
    for endpoint, tests in WATCHED.items():
        assert ".post(" in (TESTS / tests).read_text(), endpoint


def review(walk: Walk) -> None:
    """Apply, send back, send in again, verify, suspend and lift, renew, look up and decide."""
    places = {"municipality_id": walk.home_id, "reviewer_id": walk.home_id}
    form = application(**places)
    walk.step(None, "enterprises.apply", "/virksomheder/ansoeg", form)
    here = f"/ansoegninger/{walk.enterprise_id}"
    reason = {"reason": "Der mangler et regnskab."}
    walk.step(Role.STAFF, "enterprises.send_back", f"{here}/send-tilbage", reason)
    profile = form | {"email": "ny@legehytten.example", "phone": "87654321"}
    walk.step(Role.ENTERPRISE, "enterprises.edit_profile", "/virksomhed", profile)
    assert walk.walked["enterprises.edit_profile"][0].facts["untold"] == ["email", "phone"]
    walk.step(Role.STAFF, "enterprises.verify", f"{here}/verificer")
    walk.step(Role.STAFF, "enterprises.suspend", f"{here}/suspender", reason)
    walk.step(Role.STAFF, "enterprises.lift", f"{here}/ophaev")
    renew(walk, here)
    fact = {"status": "registered", "checked_on": "2026-11-01", "source": "rsv.dk"}
    walk.step(Role.STAFF, "enterprises.record_register", f"{here}/register", fact)
    decision = {"recognition": "recognised", "decision_reason": "Vi kender dem."}
    walk.step(Role.STAFF, "enterprises.decide", f"{here}/afgoer", decision)
    told = {"employed": "12", "in_words": "Fire fik en læreplads."}
    walk.step(Role.ENTERPRISE, "enterprises.state_effect", "/virksomhed/effekt/2025", told)
    walk.step(Role.ENTERPRISE, "enterprises.take_effect_back", "/virksomhed/effekt/2025/fjern")
    logo = {"logo": (io.BytesIO(encoded("blue")), "logo.jpg")}
    walk.step(Role.ENTERPRISE, "media.upload_logo", "/vores-profil/logo", logo)
    person = {
        "name": "Ny Person", "email": "ny@slagelse.example", "password": "et langt kodeord",
        "role": "staff", "municipality_id": walk.home_id,
    }  # fmt: skip
    walk.step(Role.ADMINISTRATOR, "accounts.persons", "/personer", person)


def renew(walk: Walk, here: str) -> None:
    """Let the verification come to its end: confirm, be sent back, confirm anew, be renewed."""
    with walk.app.extensions["catalogue"].database.transaction() as session:
        found = session.get_one(Enterprise, walk.enterprise_id)
        found.verified_until = cast.TODAY
    file = {"evidence": (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "Bo Berg.pdf")}
    walk.step(Role.ENTERPRISE, "enterprises.add_evidence", "/virksomhed/bilag", file)
    own = "/virksomhed/verificering"
    points = application(confirmed="1")
    walk.step(Role.ENTERPRISE, "enterprises.own_verification", own, points)
    reason = {"reason": "Vedlæg regnskabet."}
    walk.step(Role.STAFF, "enterprises.return_confirmation", f"{here}/bekraeftelse", reason)
    walk.step(Role.ENTERPRISE, "enterprises.own_verification", own, points)
    walk.step(Role.STAFF, "enterprises.renew", f"{here}/forny")


def sell(walk: Walk) -> None:
    """Bring a product on the shelf and off it, with pictures, and send a price list."""
    step, shelf = walk.step, "/varer-hos-os"
    step(Role.ENTERPRISE, "products.create", f"{shelf}/ny", PRODUCT | {"title": "Sandkasse"})
    with walk.app.extensions["catalogue"].database.reading() as session:
        made = session.scalars(select(Product.id).where(Product.title == "Sandkasse")).one()
    here = f"{shelf}/{made}"
    pictures = [(io.BytesIO(encoded(each)), f"{each}.jpg") for each in ("red", "green")]
    files = {"images": pictures, "alt": ["Rød", "Grøn"]}
    step(Role.ENTERPRISE, "products.upload_images", f"{here}/billeder", files)
    with walk.app.extensions["catalogue"].database.reading() as session:
        shown = select(ProductImage.id).where(ProductImage.product_id == made)
        first = min(session.scalars(shown))
    words = {f"alt_{first}": "En rød sandkasse"}
    step(Role.ENTERPRISE, "products.describe_images", f"{here}/billeder/beskriv", words)
    part = {"turn": "90", "size": "60"}
    step(Role.ENTERPRISE, "products.save_cut", f"{here}/billeder/{first}/beskaer", part)
    step(Role.ENTERPRISE, "products.publish", f"{here}/offentliggoer")
    step(Role.ENTERPRISE, "products.save", here, PRODUCT | {"price": "99,50"})
    saved = walk.walked["products.save"][0].facts
    assert (saved["before"]["price_ore"], saved["after"]["price_ore"]) == (1_250_000, 9_950)
    assert set(saved["after"]) == {"price_ore", "title"}
    told = {"social_story": "Fire lærer et håndværk her."}
    step(Role.ENTERPRISE, "products.save_step", f"{here}/trin/historie", told)
    told_now = walk.walked["products.save_step"][0].facts
    assert (told_now["before"], told_now["after"]) == ({}, told)
    step(Role.ENTERPRISE, "products.remove_image", f"{here}/billeder/{first}/fjern")
    step(Role.ENTERPRISE, "products.withdraw", f"{here}/traek-tilbage")
    rows = b"Varenr.;Titel;Type;Enhed\nP-1;Gynge;vare;stk.\n"
    sent = {"price_list": (io.BytesIO(rows), "liste.csv")}
    answer = step(Role.ENTERPRISE, "products.send_price_list", f"{shelf}/import", sent)
    preview = walk.page(Role.ENTERPRISE, answer.headers["Location"])
    mark = re.search(r'name="which" value="(\w+)"', preview)
    assert mark
    form = {"which": mark[1]}
    step(Role.ENTERPRISE, "products.apply_import", answer.headers["Location"], form)


def buy(walk: Walk) -> None:
    """Order three times: one is received, one rejected, one cancelled."""
    for _ in range(3):
        ware = {"product_id": walk.product_id, "quantity": "1"}
        walk.step(Role.BUYER, "ordering.add", "/kurv/tilfoej", ware)
        form = walk.page(Role.BUYER, "/kurv/bestil")
        walk.step(
            Role.BUYER,
            "ordering.place",
            "/kurv/bestil",
            DELIVERY | {"placing_key": placing_key(form)},
        )
    orders, incoming = f"/ordrer/{MUNICIPAL_NUMBER}", f"/indkomne-ordrer/{MUNICIPAL_NUMBER}"
    walk.step(Role.ENTERPRISE, "ordering.confirm", f"{incoming}1/bekraeft")
    walk.step(Role.ENTERPRISE, "ordering.dispatch", f"{incoming}1/afsend")
    walk.step(Role.BUYER, "ordering.receive", f"{orders}1/modtag")
    walk.step(Role.ENTERPRISE, "ordering.reject", f"{incoming}2/afvis", {"reason": "Udsolgt"})
    walk.step(Role.BUYER, "ordering.cancel", f"{orders}3/annuller")
    confirmed = walk.walked["ordering.confirm"][0]
    assert confirmed.municipality_id == walk.home_id  # the buyers' staff may read it
    assert confirmed.facts["before"] == {"state": "placed"}


def agree_and_explain(walk: Walk) -> None:
    """Make, change and end an agreement; ask, answer and close; explain a word."""
    form = AGREEMENT | {"categories": ["90910000"], "do": "save"}
    here = walk.step(Role.STAFF, "agreements.create", "/aftaler/ny", form).headers["Location"]
    changed = form | {"title": "Rengøring og vinduer", "reason": "Udvidet"}
    walk.step(Role.STAFF, "agreements.amend", f"{here}/ret", changed)
    wanted = {
        "category_code": "90910000", "starts_on": "2026-11-24", "ends_on": "2026-12-01",
        "reason": "Små beløb",
    }  # fmt: skip
    walk.step(Role.STAFF, "agreements.carve_out", f"{here}/undtagelser", wanted)
    walk.step(Role.STAFF, "agreements.end_carve_out", "/undtagelser/1/afslut", {})
    draft = form | {"number": "F-8", "do": "draft"}
    second = walk.step(Role.STAFF, "agreements.create", "/aftaler/ny", draft).headers["Location"]
    walk.step(Role.STAFF, "agreements.put_in_force", f"{second}/saet-i-kraft", {})
    ending = {"last_day": "2026-12-31", "reason": "Udbudt igen"}
    walk.step(Role.STAFF, "agreements.end", f"{here}/afslut", ending)
    asked = {"text": "Legetøj i træ", "details": "Ring til Bo Berg"}
    here = walk.step(Role.BUYER, "search.send_demand", "/efterlysninger/ny", asked)
    here = here.headers["Location"]
    answer = {"text": "Det kan vi", "price": "100"}
    walk.step(Role.ENTERPRISE, "search.answer_demand", f"{here}/svar", answer)
    walk.step(Role.BUYER, "search.close_demand", f"{here}/luk", {"reason": "Fundet"})
    word = {"word": "rutsjebane", "relation": "also", "means": "legehus", "categories": ""}
    walk.step(Role.STAFF, "search.create_word", "/ord/ny", word)
    (made,) = walk.walked["search.create_word"]
    here = f"/ord/{made.object_id}"
    walk.step(Role.STAFF, "search.save_word", here, word | {"relation": "same"})
    walk.step(Role.STAFF, "search.delete_word", f"{here}/slet")
