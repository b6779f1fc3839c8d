"""The second factor: codes that count once, recovery, who must have it, and who may reset it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import cast
import pyotp
import pytest
from conftest import CatalogueClient
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import colleagues, factor_rules, half_sign_ins, second_factor
from catalogue.accounts.factor_keys import Keys
from catalogue.accounts.factor_models import RecoveryCode, SecondFactor
from catalogue.accounts.factor_rules import Place, Required
from catalogue.accounts.models import Person, SignIn
from catalogue.accounts.second_factor import Gate, Proof, Tried
from catalogue.core import jobs
from catalogue.core.audit import AuditEvent
from catalogue.core.errors import Conflict, Invalid, Missing, NotAllowed
from catalogue.core.who import Role, Who
from catalogue.lanes import lanes

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HALF_MINUTE = timedelta(seconds=30)


def code_at(now: datetime, secret: str = SECRET) -> str:
    """Return what an app shows at a moment."""
    return str(pyotp.TOTP(secret).at(now))


def gate(now: datetime = cast.NOW, **facts: Any) -> Gate:
    """Return what tries are judged by."""
    values = {"per_person": 3, "per_address": 9, "address": "127.0.0.1"} | facts
    return Gate(Keys("a secret of the tests"), now=now, **values)  # type: ignore[arg-type]


def turned_on(session: Session, person: Person, now: datetime = cast.NOW) -> list[str]:
    """Turn a person's factor on, a while before `now`; return her recovery codes."""
    before = now - 4 * HALF_MINUTE
    return second_factor.turn_on(session, person.id, SECRET, code_at(before), gate(before))


@pytest.mark.parametrize(
    ("late", "last", "counts"),
    [(0, None, True), (1, None, True), (-1, None, True), (2, None, False), (-2, None, False),
     (0, 0, False), (0, -1, True), (-1, 0, False), (0, 1, False), (0, 240, True)],
)  # fmt: skip
def test_code_counts_within_one_step_and_never_again(
    late: int, last: int | None, counts: bool
) -> None:
    present = int(cast.NOW.timestamp()) // 30
    typed = code_at(cast.NOW + late * HALF_MINUTE)
    used = None if last is None else present + last
    assert (factor_rules.find_step(SECRET, typed, cast.NOW, used) is not None) == counts


def test_code_is_taken_with_blanks_and_nothing_else_is() -> None:
    code = code_at(cast.NOW)
    assert factor_rules.find_step(SECRET, f" {code[:3]} {code[3:]}", cast.NOW, None)
    for typed in ("", code[:5], code + "0", "١٢٣٤٥٦", "abcdef"):
        assert factor_rules.find_step(SECRET, typed, cast.NOW, None) is None


@pytest.mark.parametrize(
    ("required", "role", "must"),
    [(Required.NONE, Role.STAFF, False), (Required.STAFF, Role.STAFF, True),
     (Required.STAFF, Role.APPROVER, False), (Required.APPROVERS, Role.APPROVER, True),
     (Required.APPROVERS, Role.BUYER, False), (Required.ALL, Role.BUYER, True)],
)  # fmt: skip
def test_municipality_asks_it_of_some_roles(required: Required, role: Role, must: bool) -> None:
    assert factor_rules.must_have([(role, required)]) == must


@pytest.mark.parametrize(
    ("who", "places", "may"),
    [
        (Who(1, role=Role.STAFF, municipality_id=5), [Place(Role.BUYER, 5, None)], True),
        (Who(2, role=Role.STAFF, municipality_id=5), [Place(Role.BUYER, 5, None)], False),
        (Who(1, role=Role.STAFF, municipality_id=5),
         [Place(Role.BUYER, 5, None), Place(Role.BUYER, 6, None)], False),
        (Who(1, role=Role.STAFF, municipality_id=5),
         [Place(Role.STAFF, 5, None), Place(Role.ADMINISTRATOR, None, None)], False),
        (Who(1, role=Role.ENTERPRISE, enterprise_id=7), [Place(Role.FACILITATOR, None, 7)], True),
        (Who(1, role=Role.ENTERPRISE, enterprise_id=7), [Place(Role.ENTERPRISE, None, 8)], False),
        (Who(1, role=Role.ADMINISTRATOR), [Place(Role.ENTERPRISE, None, 8)], True),
    ],
)  # fmt: skip
def test_nobody_resets_whom_she_does_not_answer_for(
    who: Who, places: list[Place], may: bool
) -> None:
    assert (factor_rules.refuses_reset(who, 2, places) is None) == may


def test_secret_and_recovery_codes_cannot_be_read_from_the_database(session: Session) -> None:
    person = cast.buyer(session)
    codes = turned_on(session, person)
    session.flush()
    rows = [str(vars(each)) for each in session.scalars(select(RecoveryCode))]
    rows += [str(vars(session.get_one(SecondFactor, person.id)))]
    rows += [str(each.facts) for each in session.scalars(select(AuditEvent))]
    for secret in (SECRET, *codes, *map(factor_rules.plain_code, codes)):
        assert secret not in "".join(rows)
    sealed = session.get_one(SecondFactor, person.id).sealed
    assert gate().keys.unseal(second_factor.SEALED, person.id + 1, sealed) is None
    assert Keys("another secret").unseal(second_factor.SEALED, person.id, sealed) is None


def test_recovery_code_works_once_however_it_is_typed(session: Session) -> None:
    person = cast.buyer(session)
    first = turned_on(session, person)[0]
    typed = f" {first.upper().replace('-', ' ')} "
    assert second_factor.try_code(session, person.id, typed, gate()) == Tried.RIGHT
    assert second_factor.try_code(session, person.id, first, gate()) == Tried.WRONG
    assert second_factor.get_standing(session, person.id).codes_left == 9


def test_guessing_codes_is_throttled(session: Session) -> None:
    person = cast.buyer(session)
    turned_on(session, person)
    for _ in range(3):
        assert second_factor.try_code(session, person.id, "000000", gate()) == Tried.WRONG
        session.flush()
    right = code_at(cast.NOW)
    assert second_factor.try_code(session, person.id, right, gate()) == Tried.TOO_MANY
    later = cast.NOW + timedelta(minutes=16)
    assert second_factor.try_code(session, person.id, code_at(later), gate(later)) == Tried.RIGHT


def test_one_address_cannot_try_codes_of_many_persons(session: Session) -> None:
    *others, person = (cast.buyer(session, email=f"{n}@b.example") for n in range(4))
    turned_on(session, person)
    for each in others * 3:
        assert second_factor.try_code(session, each.id, "000000", gate()) == Tried.WRONG
        session.flush()
    right = code_at(cast.NOW)
    assert second_factor.try_code(session, person.id, right, gate()) == Tried.TOO_MANY
    elsewhere = gate(address="127.0.0.2")
    assert second_factor.try_code(session, person.id, right, elsewhere) == Tried.RIGHT


def test_turning_off_asks_for_password_and_code_and_not_where_it_is_asked_for(
    session: Session,
) -> None:
    person = cast.staff(session)
    turned_on(session, person)
    wrong = Proof("a wrong password", code_at(cast.NOW))
    assert second_factor.turn_off(session, person.id, wrong, gate()) == Tried.WRONG
    colleagues.require(session, cast.who(session, person), Required.STAFF, cast.NOW)
    session.flush()
    right = Proof(cast.PASSWORD, code_at(cast.NOW))
    with pytest.raises(Conflict):
        second_factor.turn_off(session, person.id, right, gate())
    colleagues.require(session, cast.who(session, person), Required.NONE, cast.NOW)
    session.flush()
    assert second_factor.turn_off(session, person.id, right, gate()) == Tried.RIGHT
    assert half_sign_ins.begin(session, person.id, cast.NOW) is None


def test_moving_to_another_phone_leaves_the_old_one_without_use(session: Session) -> None:
    person, new = cast.buyer(session), factor_rules.new_secret()
    old_codes = turned_on(session, person)
    proof = Proof(cast.PASSWORD, code_at(cast.NOW))
    with pytest.raises(Invalid, match="new_code"):
        second_factor.move(session, person.id, proof, (new, "000000"), gate())
    typed = (new, code_at(cast.NOW, new))
    assert second_factor.move(session, person.id, proof, typed, gate())[0] == Tried.RIGHT
    later = cast.NOW + 2 * HALF_MINUTE
    for gone in (code_at(later), old_codes[0]):
        assert second_factor.try_code(session, person.id, gone, gate(later)) == Tried.WRONG
    present = code_at(later, new)
    assert second_factor.try_code(session, person.id, present, gate(later)) == Tried.RIGHT


def test_staff_reset_a_colleague_who_is_signed_out_and_nobody_else(session: Session) -> None:
    person, staff = cast.buyer(session), cast.who(session, cast.staff(session))
    other = cast.staff(session, cast.municipality(session, "Kolding"))
    turned_on(session, person)
    with pytest.raises(Missing):
        colleagues.reset(session, cast.who(session, other), person.id, cast.NOW)
    colleagues.reset(session, staff, person.id, cast.NOW)
    assert session.get(SecondFactor, person.id) is None
    with pytest.raises(NotAllowed):
        colleagues.reset(session, staff, staff.person_id or 0, cast.NOW)


@dataclass
class Browser:
    """A person in front of a browser, whose app shows codes as the clock goes on."""

    app: Flask
    client: CatalogueClient
    now: datetime = cast.NOW
    secret: str = ""

    def wait(self) -> None:
        """Let a minute pass."""
        self.now += 2 * HALF_MINUTE
        self.app.extensions["catalogue"].clock = lambda: self.now

    def code(self) -> str:
        """Return what the app shows."""
        return code_at(self.now, self.secret)

    def read_secret(self, page: str) -> None:
        """Type the key of a page into the app."""
        found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
        assert found is not None
        self.secret = found[1].replace(" ", "")

    def give_password(self, person: Person, **fields: str) -> Any:
        """Do the first step of a sign-in."""
        form = {"email": person.email, "password": cast.PASSWORD} | fields
        return self.client.post("/log-ind", data=form)


@pytest.fixture
def browser(app: Flask, client: CatalogueClient) -> Browser:
    """A browser, and the phone beside it."""
    return Browser(app, client)


def test_person_sets_it_up_and_signs_in_in_two_steps(browser: Browser) -> None:
    database, client = browser.app.extensions["catalogue"].database, browser.client
    with database.transaction() as session:
        person = cast.buyer(session)
    cast.sign_in_as(client, person)
    page = client.get("/totrin/opsaet").text
    browser.read_secret(page)
    assert "otpauth://totp/" in page and "data:image/svg+xml" in page
    assert (
        page == client.get("/totrin/opsaet").text or browser.secret
    )  # the same key until it counts
    assert client.post("/totrin/opsaet", data={"code": "12345"}).status_code == 422
    shown = client.post("/totrin/opsaet", data={"code": browser.code()})
    codes = re.findall(r"<code>([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})</code>", shown.text)
    assert len(set(codes)) == 10
    assert codes[0] not in client.get("/totrin").text
    client.post("/log-ud")
    browser.wait()
    answer = browser.give_password(person, next="/ordrer")
    assert answer.headers["Location"].endswith("/log-ind/kode?next=/ordrer")
    assert client.get("/roller").status_code == 303  # not signed in before the code
    asked = client.get("/log-ind/kode?next=/ordrer").text
    assert 'autocomplete="one-time-code" inputmode="numeric"' in asked
    wrong = client.post("/log-ind/kode", data={"code": "000000", "next": "/ordrer"})
    assert wrong.status_code == 422
    used = browser.code()
    right = client.post("/log-ind/kode", data={"code": used, "next": "/ordrer"})
    assert right.headers["Location"] == "/ordrer"
    assert client.get("/roller").status_code == 200
    client.post("/log-ud")
    browser.give_password(person)
    assert client.post("/log-ind/kode", data={"code": used}).status_code == 422
    assert client.post("/log-ind/kode", data={"recovery": codes[3]}).status_code == 303
    assert "9" in client.get("/totrin").text


def test_whoever_must_have_it_is_led_to_set_it_up_before_she_is_in(browser: Browser) -> None:
    state, client = browser.app.extensions["catalogue"], browser.client
    with state.database.transaction() as session:
        staff = cast.staff(session, email="jens@slagelse.example")
    cast.sign_in_as(client, staff)
    assert client.post("/medarbejdere", data={"required": "wrong"}).status_code == 422
    assert client.post("/medarbejdere", data={"required": "staff"}).status_code == 303
    assert "1 person mangler det nu" in client.get("/medarbejdere?q=jens").text
    client.post("/log-ud")
    answer = browser.give_password(staff, next="/ordrer")
    assert "/log-ind/opsaet" in answer.headers["Location"]
    assert client.get("/log-ind/kode").status_code == 303
    browser.read_secret(client.get("/log-ind/opsaet?next=/ordrer").text)
    assert client.get("/roller").status_code == 303
    wrong = client.post("/log-ind/opsaet", data={"code": "000000", "next": "/ordrer"})
    assert wrong.status_code == 422
    done = client.post("/log-ind/opsaet", data={"code": browser.code(), "next": "//evil.example"})
    assert done.text.count("<code>") == 10 and "evil" not in done.text
    assert client.get("/roller").status_code == 200


def test_half_sign_in_ends_after_its_minutes(browser: Browser) -> None:
    with browser.app.extensions["catalogue"].database.transaction() as session:
        person = cast.buyer(session)
        turned_on(session, person)
    browser.secret = SECRET
    browser.give_password(person)
    for _ in range(11):
        browser.wait()
    answer = browser.client.post("/log-ind/kode", data={"code": browser.code()})
    assert answer.headers["Location"].endswith("/log-ind")
    assert browser.client.get("/roller").status_code == 303


def test_reset_signs_her_out_and_tells_her_by_mail(browser: Browser) -> None:
    state = browser.app.extensions["catalogue"]
    with state.database.transaction() as session:
        shop = cast.enterprise(session)
        owner = cast.worker(session, shop)
        lost = cast.worker(session, shop, name="Bo Berg", email="bo@legehytten.example")
        turned_on(session, lost)
    cast.sign_in_as(browser.app.test_client(), lost)
    cast.sign_in_as(browser.client, owner)
    assert (
        f"/virksomhed/personer/{lost.id}/nulstil" in browser.client.get("/virksomhed/personer").text
    )
    browser.client.post(f"/virksomhed/personer/{lost.id}/nulstil")
    with state.database.reading() as session:
        held = select(SignIn.person_id).where(SignIn.person_id == lost.id)
        assert session.scalars(held).all() == []
    (mail,) = [lane for lane in lanes(state) if lane.name == "mail"]
    while jobs.run_once(state.database, mail.handlers, clock=state.clock):
        pass
    letters = [each.read_text() for each in state.settings.mail_folder.glob("*.eml")]
    assert any("nulstillet" in each and "Sanne Lind" in each for each in letters)
