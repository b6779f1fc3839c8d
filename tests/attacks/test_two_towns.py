"""Nobody gets at what is another town's: every address with an object, and every page there is.

Both are drawn from the map of addresses, so that a new route is tried from its first day. A name of
an object that towns.py does not know fails the test: give it one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cast
import pytest
from agreements.test_pages import FORM as AGREEMENT
from api.callers import Caller, caller
from api.test_agreements import BODY as API_AGREEMENT
from attacks import towns
from attacks.crawl import Crawler, fill, text_of
from attacks.towns import ELEMENT, IDS, MARKED, NUMBERS, Towns
from conftest import on_sqlite
from flask import Flask
from house.grown import Town
from ordering.world import DELIVERY, FORM
from sqlalchemy import select
from werkzeug.test import TestResponse

from catalogue.accounts.token_rules import ROLE_SCOPES
from catalogue.agreements.models import Agreement
from catalogue.core.http import EVERYONE, SIGNED_IN
from catalogue.core.http.operations import PREFIX, Operation
from catalogue.core.who import MUNICIPAL, Role
from catalogue.ordering.models import Basket, Order

# Names in addresses that name no object by themselves, with a value that theirs would have.
BESIDES = {
    "code": "0330", "ending": "csv", "extension": "jpg", "group": "375", "key": "hvad",
    "maker": "x", "name": "x", "paper": "order", "part": "1", "place": "x",
    "sha256": towns.SHA256, "shipment": "1",
    "slug": "x", "unknown": "x", "width": "320", "year": "2026",
}  # fmt: skip
# What a stranger may open all the same, each for its reason.
OPEN = {
    "search.product": "what is published is found by every municipality",
    "search.product_plain": "what is published is found by every municipality",
    "search_api.get_sheet": "what is published is found by every municipality",
    "search_api.get_orderability": "every municipality asks it for itself",
    "demands_api.answer_demand": "a request to all is every enterprise's to answer",
    "demands_api.list_incoming_demands": "a request to all is every enterprise's to answer",
    "demands_api.get_incoming_demand": "a request to all is every enterprise's to answer",
    "coverage_v1_api.list_threshold_orders": "one's own orders, of any enterprise",
    "watch.orders": "one's own orders, of any enterprise",
    "watch.orders_csv": "one's own orders, of any enterprise",
    "search.answer_demand": "a request to all is every enterprise's to answer",
}
# Addresses with an object that ask for nobody's role: what is public, and links that are the key
# themselves (each is tried with wrong, used and old ones where it is made).
ASK_FOR_NO_ROLE = {
    "embed.shelf", "public.product", "public.shelf", "search.profile",  # public
    "links.confirm", "links.confirm_on", "links.confirm_part", "links.propose_day", "links.reject",
    "links.see", "links.show",
    "passwords.choose", "passwords.link", "people.accept", "people.invitation", "punchout.start",
    "unsubscribe.ask", "unsubscribe.stop", "unsubscribe.undo",
}  # fmt: skip
# What is asked must be sayable, or the form is refused before the object is looked for.
REASON = {"reason": "Der mangler noget."}
ADDRESS = {name: FORM[name] for name in FORM if name not in ("reference", "note")}
TERMS = {name: API_AGREEMENT[name] for name in API_AGREEMENT.keys() - {"kind", "draft"}}
BODIES: dict[str, dict[str, Any]] = {
    "agreements.amend": AGREEMENT | {"categories": ["90910000"], "do": "save"},
    "agreements_api.amend_agreement": TERMS,
    "agreements_api.end_agreement": {"last_day": "2026-12-31", "reason": "Udbudt igen"},
    "buyer.change_address": ADDRESS,
    "buyer.take_off_list": {"product_id": "1"},
    "costs.change_budget": {"gln": DELIVERY.gln, "starts_on": "2026-01-01", "amount": "100",
                            "ends_on": "2026-12-31"},
    "costs.place_free": FORM | {
        "placing_key": "k" * 32, "agreed": "Aftalt med Bo", "title_1": "Hus", "quantity_1": "2",
        "category_code_1": cast.PLAY_HOUSES, "unit_1": "piece", "price_1": "4",
        "vat_rate_1": "25"},
    "enterprises.decide": {"recognition": "recognised", "decision_reason": "Vi kender dem."},
    "enterprises.record_register": {"status": "registered", "checked_on": "2026-11-01",
                                    "source": "rsv.dk"},
    "enterprises.return_confirmation": REASON,
    "enterprises.send_back": REASON,
    "enterprises.suspend": REASON,
    "lists_api.rename_list": {"name": "Til værkstedet"},
    "ordering_api.take_step": {"step": "confirm"},
    "products_api.describe_images": {"images": [{"id": 1, "alt": "Et hus", "position": 1}]},
    "products_api.put_stock": {"left": 1},
    "quotes.call_off": FORM | {"placing_key": "k" * 32, "quantity_1": "1"},
}  # fmt: skip
# What their own people do not find either: in the tests' world no file lies behind it, no order
# awaits approval, and no quote was chosen as a frame.
NOT_THERE = {
    "feeds_api.get_catalogue_file", "products.whole_image", "approvals_api.get_approval",
    "frames_api.get_frame",
}  # fmt: skip
# What theirs must see of theirs, or a page that tells nothing would prove nothing.
SEEN_AT_LEAST = 25
CONTRACT = "/api/v1/openapi.json"  # its examples are nobody's orders
FORMULA = re.compile(r"[=+@\t\r]|-(?!\d)")


@dataclass(frozen=True)
class Try:
    """A request for an object of theirs, by somebody in that role."""

    role: Role
    method: str
    endpoint: str
    address: str
    operation: Operation | None


@dataclass
class People:
    """Sends requests as the people of a town, in each role, by browser and by token."""

    app: Flask
    town: Town
    browsers: dict[Role, Any] = field(default_factory=dict)
    programs: dict[Role, Caller] = field(default_factory=dict)

    def send(self, each: Try) -> tuple[int, str]:
        """Send a request; return the status and the text of the answer."""
        with self._open(each) as answer:
            return answer.status_code, f"{text_of(answer)}\n{answer.headers}"

    def _open(self, each: Try) -> TestResponse:
        body = BODIES.get(each.endpoint, {})
        if each.operation is None:
            browser = self._browser(each.role)
            form = {"data": body} if each.method == "POST" else {}
            answer: TestResponse = browser.open(each.address, method=each.method, **form)
            return answer
        path = each.address.removeprefix(PREFIX)
        if each.method == "GET":
            return self._program(each.role).get(path)
        body = body or each.operation.example or {}
        headers = {"If-Match": "*", "Idempotency-Key": each.address.ljust(20, "-")}
        return self._program(each.role).send(each.method, path, body, headers=headers)

    def _browser(self, role: Role) -> Any:
        if role not in self.browsers:
            self.browsers[role] = self.app.test_client()
            cast.sign_in_as(self.browsers[role], self.town.people[role])
        return self.browsers[role]

    def _program(self, role: Role) -> Caller:
        if role not in self.programs:
            assert ROLE_SCOPES[role]
            self.programs[role] = caller(self.app, self.town.people[role])
        return self.programs[role]


@pytest.fixture
def two(app: Flask) -> Iterator[Towns]:
    """Both towns."""
    yield towns.make(app)
    app.extensions["catalogue"].parts["search"].close()


def tries(two: Towns) -> Iterator[Try]:
    """List what is to be tried: each address with an object, times methods, times roles."""
    for rule in two.app.url_map.iter_rules():
        view = two.app.view_functions[rule.endpoint]
        endpoint = rule.endpoint.removeprefix("catalogue.")
        strange = rule.arguments - two.objects.keys() - BESIDES.keys()
        assert not strange, f"{endpoint}: say in towns.py which {strange} is theirs"
        access = view.__dict__["access"]
        if access >= EVERYONE or not rule.arguments & two.objects.keys():
            continue
        roles = {Role.BUYER, Role.ENTERPRISE} if access == SIGNED_IN else access
        address = fill(rule.rule, BESIDES | two.objects, endpoint)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for role in sorted(roles - {Role.ADMINISTRATOR}):
                yield Try(role, method, endpoint, address, view.__dict__.get("operation"))


@on_sqlite
def test_no_address_of_an_object_is_open_to_all_by_mistake(app: Flask) -> None:
    open_to_all = {
        rule.endpoint.removeprefix("catalogue.")
        for rule in app.url_map.iter_rules()
        if app.view_functions[rule.endpoint].__dict__["access"] >= EVERYONE
        and rule.arguments - BESIDES.keys()
    }
    assert open_to_all == ASK_FOR_NO_ROLE


@on_sqlite
def test_ids_of_theirs_are_told_from_every_other_number(two: Towns) -> None:
    with two.app.extensions["catalogue"].database.reading() as session:
        home, away = (cast.municipality(session, name).id for name in ("Slagelse", "Vejle"))
        for kind in (Order, Agreement, Basket):
            theirs = session.scalars(select(kind.id).where(kind.municipality_id == home)).all()
            ours = session.scalars(select(kind.id).where(kind.municipality_id == away)).all()
            assert len(theirs) > 1
            assert len(ours) > 1
            assert [each for each in theirs if not IDS.fullmatch(str(each))] == [], kind
            assert [each for each in ours if IDS.fullmatch(str(each))] == [], kind
    people = [each for each in two.theirs.people.values() if each is not None]
    assert all(IDS.fullmatch(str(each.id)) for each in people)
    assert ids_in('<a href="/aftaler/7720001?ordre=7710002">', "/aftaler/7720001") == {"7710002"}
    assert ids_in("ab7720001cd 77200012", "/") == set()


@on_sqlite
def test_an_object_is_there_for_its_own_people_alone(two: Towns) -> None:
    strangers, own = People(two.app, two.ours), People(two.app, two.theirs)
    wrong, there, asked, seen, ids = [], set(), set(), set[str](), set[str]()
    for each in tries(two):
        status, text = strangers.send(each)
        if told := ids_in(text, each.address):
            wrong.append((each.role, each.method, each.endpoint, told))
        if each.endpoint in OPEN:
            continue
        if status not in (403, 404) and not (status == 409 and _is_as_for_none(strangers, each)):
            wrong.append((each.role, each.method, each.endpoint, status))
        if MARKED.search(text):
            wrong.append((each.role, each.method, each.endpoint, "tells"))
        if each.method == "GET" and not each.endpoint.startswith("documents."):  # PDFs take long
            asked.add(each.endpoint)
            status, text = own.send(each)
            seen |= set(MARKED.findall(text))
            ids |= set(IDS.findall(text))
            if status not in (403, 404):
                there.add(each.endpoint)
    assert wrong == [], "\n".join(map(str, wrong))
    assert asked - there == NOT_THERE
    assert len(seen) >= SEEN_AT_LEAST, seen
    assert {each[:3] for each in ids} >= {"772", "774"}, ids  # agreements and persons


def ids_in(text: str, address: str) -> set[str]:
    """Return the ids of theirs that an answer tells, but for those that were asked for."""
    return set(IDS.findall(text)) - set(IDS.findall(address))


def _is_as_for_none(strangers: People, each: Try) -> bool:
    """Tell whether a number that nothing has gets the same answer: then it tells nothing."""
    address = re.sub(r"/\d+(?=/|$)", "/999999", each.address)
    none = Try(each.role, each.method, each.endpoint, address, each.operation)
    return strangers.send(none)[0] == 409


@on_sqlite
def test_no_page_tells_what_is_anothers_or_takes_text_for_more_than_text(two: Towns) -> None:
    faults, kinds, trapped = [], set(), 0
    for role in sorted(MUNICIPAL):
        read = Crawler(two.app, two.ours.people[role], role, two.own).crawl()
        assert len(read) > 70, role
        for address, (status, kind, text) in read.items():
            kinds.add(kind)
            if status == 500:
                faults.append((role, address, status))
            if MARKED.search(text) or (NUMBERS in text and address != CONTRACT):
                faults.append((role, address, set(MARKED.findall(text))))
            if told := ids_in(text, address):
                faults.append((role, address, told))
            if kind == "text/html" and ELEMENT in text:
                faults.append((role, address, "text became HTML"))
            if kind == "text/csv" and (cells := _formulas(text)):
                faults.append((role, address, cells))
            trapped += "&lt;zq&gt;" in text
    assert faults == []
    assert {"text/html", "text/csv", "application/xml"} <= kinds
    assert trapped > 60, trapped


@on_sqlite
@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.FACILITATOR])
def test_no_page_of_an_enterprise_tells_of_a_town_that_does_not_buy_there(
    two: Towns, role: Role
) -> None:
    read = Crawler(two.app, two.ours.people[role], role, two.own).crawl()
    assert len(read) > 25
    faults = [
        (address, status, told)
        for address, (status, _kind, text) in read.items()
        if (told := ids_in(text, address)) or status == 500
    ]
    assert faults == []


@on_sqlite
def test_no_answer_of_the_api_tells_what_is_anothers(two: Towns) -> None:
    own, faults, answered = People(two.app, two.ours), [], set()
    for each in reads(two):
        if each.endpoint in OPEN:
            continue
        status, text = own.send(each)
        if status == 200:
            answered.add((each.role, each.endpoint))
        told = ids_in(text, each.address) | set(MARKED.findall(text))
        if told or (NUMBERS in text and each.address != CONTRACT):
            faults.append((each.role, each.address, told))
    assert faults == []
    assert len(answered) > 70, len(answered)


def reads(two: Towns) -> Iterator[Try]:
    """List what programs of each role may read, of themselves and of what is theirs."""
    objects = BESIDES | two.own
    for rule in two.app.url_map.iter_rules():
        view = two.app.view_functions[rule.endpoint].__dict__
        operation = view.get("operation")
        if operation is None or "GET" not in (rule.methods or ()) or rule.arguments - set(objects):
            continue
        endpoint = rule.endpoint.removeprefix("catalogue.")
        address = fill(rule.rule, objects, endpoint)
        for role in sorted(view["access"] & two.ours.people.keys() & ROLE_SCOPES.keys()):
            yield Try(role, "GET", endpoint, address, operation)


def _formulas(text: str) -> list[str]:
    """Return the cells that a spreadsheet would take for a formula."""
    rows = csv.reader(text.lstrip("\ufeff").splitlines(), delimiter=";")
    return [cell for row in rows for cell in row if FORMULA.match(cell)]
