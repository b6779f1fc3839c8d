"""The second factor: codes that count once, recovery, who must have it, and who may reset it."""

from __future__ import annotations

from datetime import timedelta

import cast
import pytest
from accounts.codes import HALF_MINUTE, SECRET, code_at, gate, turned_on
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import colleagues, factor_rules, half_sign_ins, second_factor
from catalogue.accounts.factor_keys import Keys
from catalogue.accounts.factor_models import RecoveryCode, SecondFactor
from catalogue.accounts.factor_rules import Place, Required
from catalogue.accounts.second_factor import Proof, Tried
from catalogue.core.audit import AuditEvent
from catalogue.core.errors import Conflict, Invalid, Missing, NotAllowed
from catalogue.core.who import Role, Who


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
