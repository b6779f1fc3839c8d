"""The verbs of one's own second factor: turn on, move to another phone, turn off, check a code.

A try that fails is counted as one at sign-in, so it is returned and not raised: raising would undo
the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalogue.core import audit, jobs
from catalogue.core.db import insert_for
from catalogue.core.errors import Conflict, Invalid
from catalogue.core.text import lazy as _

from . import factor_rules as rules
from . import passwords, throttling
from .factor_keys import Keys
from .factor_models import FactorNews, FactorRule, FactorUse, RecoveryCode, SecondFactor
from .factor_rules import News
from .models import Person, PersonRole

MAIL = "factor.mail"
SEALED, MARKED = "second factor", "recovery code"  # purposes of keys


class Tried(StrEnum):
    """How a try of password and code ended."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Gate:
    """What tries are judged by: keys, how many failed ones are borne, from where and when."""

    keys: Keys
    per_person: int
    per_address: int
    address: str
    now: datetime


@dataclass(frozen=True)
class Proof:
    """What proves that it is she: her password, and a code of the app or a recovery code."""

    password: str
    code: str


@dataclass(frozen=True)
class Standing:
    """Where a person's second factor stands."""

    turned_on_at: datetime | None
    codes_left: int
    required: bool
    is_local: bool  # she has a password here; otherwise another signs her in


def get_standing(session: Session, person_id: int) -> Standing:
    """Return where a person's factor stands. Four queries."""
    found = session.get(SecondFactor, person_id)
    left = select(func.count()).where(_own_codes(person_id), RecoveryCode.used_at.is_(None))
    person = session.get(Person, person_id)  # a host may know people whom we do not
    return Standing(
        found.turned_on_at if found else None,
        session.scalar(left) or 0,
        is_required(session, person_id),
        person is not None and passwords.has_one(person),
    )


def is_required(session: Session, person_id: int) -> bool:
    """Tell whether a municipality in which she holds a role asks a second factor of her."""
    rows = session.execute(
        select(PersonRole.role, FactorRule.required)
        .join(FactorRule, FactorRule.municipality_id == PersonRole.municipality_id)
        .where(PersonRole.person_id == person_id)
    )
    return rules.must_have((role, required) for role, required in rows)


def turn_on(session: Session, person_id: int, secret: str, typed: str, gate: Gate) -> list[str]:
    """Turn a factor on that was just set up; return the recovery codes, told only now.

    Raises Invalid for a code that the new secret does not make, Conflict when one is on already.
    """
    if session.get(SecondFactor, person_id) is not None:
        raise Conflict(_("It is on already. To use another phone, choose Move to another phone."))
    step = _confirm(secret, typed, gate.now, "code")
    session.add(
        SecondFactor(
            person_id=person_id,
            sealed=gate.keys.seal(SEALED, person_id, secret),
            turned_on_at=gate.now,
        )
    )
    session.flush()
    _note_step(session, person_id, step)
    facts = audit.changes({"two_steps": False}, {"two_steps": True})
    record(session, person_id, "factor.turned_on", facts, gate.now)
    tell(session, person_id, News.ON, gate.now)
    return _make_codes(session, person_id, gate)


def move(
    session: Session, person_id: int, proof: Proof, new: tuple[str, str], gate: Gate
) -> tuple[Tried, list[str]]:
    """Put another phone in the place of the present one; `new`: its secret, and a code of it.

    Returns the new recovery codes. Raises Invalid when the new secret does not make that code.
    """
    _confirm(*new, gate.now, "new_code")
    tried = prove(session, person_id, proof, gate)
    if tried != Tried.RIGHT:
        return tried, []
    _take_out(session, person_id)
    return tried, turn_on(session, person_id, *new, gate)


def turn_off(session: Session, person_id: int, proof: Proof, gate: Gate) -> Tried:
    """Turn one's factor off; raises Conflict where one's municipality asks for it."""
    if is_required(session, person_id):
        raise Conflict(
            _("Your municipality asks for it. You can move it to another phone instead.")
        )
    tried = prove(session, person_id, proof, gate)
    if tried == Tried.RIGHT:
        _take_out(session, person_id)
        facts = audit.changes({"two_steps": True}, {"two_steps": False})
        record(session, person_id, "factor.turned_off", facts, gate.now)
        tell(session, person_id, News.OFF, gate.now)
    return tried


def renew_codes(
    session: Session, person_id: int, proof: Proof, gate: Gate
) -> tuple[Tried, list[str]]:
    """Make new recovery codes in the place of the old ones, which work no more."""
    tried = prove(session, person_id, proof, gate)
    if tried != Tried.RIGHT:
        return tried, []
    left = session.scalar(select(func.count()).where(_own_codes(person_id)))
    session.execute(delete(RecoveryCode).where(_own_codes(person_id)))
    codes = _make_codes(session, person_id, gate)
    facts = audit.changes({"codes_left": left}, {"codes_left": len(codes)})
    record(session, person_id, "factor.codes_renewed", facts, gate.now)
    return tried, codes


def prove(session: Session, person_id: int, proof: Proof, gate: Gate) -> Tried:
    """Check password and code together, so that a failure does not tell which was wrong."""
    person = session.get_one(Person, person_id)
    return _try(session, person_id, proof.code, gate, passwords.matches(person, proof.password))


def try_code(session: Session, person_id: int, typed: str, gate: Gate) -> Tried:
    """Check a code of the app, or use a recovery code up."""
    return _try(session, person_id, typed, gate, True)


def take_out(session: Session, person_id: int) -> bool:
    """Take a person's factor out with its recovery codes; return whether there was one."""
    if session.get(SecondFactor, person_id, with_for_update=True) is None:
        return False
    _take_out(session, person_id)
    return True


def tell(
    session: Session, person_id: int, news: News, now: datetime, by: int | None = None
) -> None:
    """Put a mail to the person about her factor; `by`: who did it, if another."""
    row = FactorNews(person_id=person_id, news=news, done_by=by, at=now)
    session.add(row)
    session.flush()
    jobs.put(session, MAIL, {"news_id": row.id}, now=now)


def record(
    session: Session, person_id: int, action: str, facts: dict[str, Any], now: datetime
) -> None:
    """Write what a person did with her own factor; the staff of her municipality may read it."""
    home = (
        select(PersonRole.municipality_id)
        .where(PersonRole.person_id == person_id)
        .order_by(PersonRole.id)
        .limit(1)
    )
    audit.record(
        session, action, ("person", person_id), person_id=person_id, now=now, facts=facts,
        municipality_id=session.scalar(home),
    )  # fmt: skip


def _try(session: Session, person_id: int, typed: str, gate: Gate, known: bool) -> Tried:
    subjects = {
        throttling.subject("factor", str(person_id)): gate.per_person,
        throttling.subject("address", gate.address): gate.per_address,
    }
    throttling.forget_old(session, gate.now)
    if throttling.is_throttled(session, subjects, gate.now):
        return Tried.TOO_MANY
    if known and _use(session, person_id, typed, gate):
        return Tried.RIGHT
    throttling.note_failure(session, subjects, gate.now)
    return Tried.WRONG


def _use(session: Session, person_id: int, typed: str, gate: Gate) -> bool:
    """Tell whether a code is right, and see that it is not right again."""
    # One at a time: of two requests with the same code only one gets in.
    found = session.get(SecondFactor, person_id, with_for_update=True)
    if found is None:
        return False
    secret = gate.keys.unseal(SEALED, person_id, found.sealed)
    used = session.scalar(select(FactorUse.step).where(FactorUse.person_id == person_id))
    step = rules.find_step(secret, typed, gate.now, used) if secret else None
    if step is not None:
        _note_step(session, person_id, step)
        return True
    return _use_recovery(session, person_id, typed, gate)


def _use_recovery(session: Session, person_id: int, typed: str, gate: Gate) -> bool:
    mark = gate.keys.mark(MARKED, person_id, rules.plain_code(typed))
    open_ = select(RecoveryCode).where(_own_codes(person_id), RecoveryCode.used_at.is_(None))
    codes = session.scalars(open_).all()
    found = next((each for each in codes if each.mark == mark), None)
    if found is None:
        return False
    found.used_at = gate.now
    facts = audit.changes({"codes_left": len(codes)}, {"codes_left": len(codes) - 1})
    record(session, person_id, "factor.recovered", facts, gate.now)
    tell(session, person_id, News.RECOVERED, gate.now)
    return True


def _confirm(secret: str, typed: str, now: datetime, name: str) -> int:
    step = rules.find_step(secret, typed, now, None)
    if step is None:
        text = _("The code does not fit. Scan the picture again, and type the code of this moment")
        raise Invalid({name: [text]})
    return step


def _make_codes(session: Session, person_id: int, gate: Gate) -> list[str]:
    codes = rules.new_codes()
    session.add_all(
        RecoveryCode(
            person_id=person_id,
            mark=gate.keys.mark(MARKED, person_id, rules.plain_code(each)),
        )
        for each in codes
    )
    return codes


def _take_out(session: Session, person_id: int) -> None:
    session.execute(delete(RecoveryCode).where(_own_codes(person_id)))
    session.execute(delete(FactorUse).where(FactorUse.person_id == person_id))
    session.delete(session.get_one(SecondFactor, person_id))
    session.flush()


def _note_step(session: Session, person_id: int, step: int) -> None:
    insert = insert_for(session, FactorUse).values(person_id=person_id, step=step)
    again = {"step": insert.excluded.step}
    session.execute(insert.on_conflict_do_update(index_elements=[FactorUse.person_id], set_=again))


def _own_codes(person_id: int) -> Any:  # a condition, whose type SQLAlchemy 2.0 and 2.1 differ in
    return RecoveryCode.person_id == person_id
