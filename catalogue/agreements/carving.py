"""The verbs of carve-outs: make one in a mandatory agreement, and end it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.turns import hold
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from . import rules
from .models import Agreement, AgreementKind, CarveOut, Category
from .rules import Problems
from .service import get_own


class CannotCarveOut(Conflict):
    """Only a mandatory agreement binds, so only out of one can something be carved."""

    title = _("Nothing can be carved out of this agreement")


@dataclass(frozen=True)
class Wanted:
    """What shall be carved out: of a category, for an enterprise, or both; and until when."""

    starts_on: date
    ends_on: date
    reason: str
    category_code: str | None = None
    enterprise_id: int | None = None
    lot: str | None = None


def carve_out(
    session: Session, who: Who, agreement_id: int, wanted: Wanted, now: datetime
) -> CarveOut:
    """Let buyers order what a mandatory agreement of theirs covers; raises Invalid by field.

    Raises CannotCarveOut for a voluntary agreement, Missing for one of another municipality.
    """
    agreement = get_own(session, who.municipality_id or 0, agreement_id)
    if agreement.kind != AgreementKind.MANDATORY:
        raise CannotCarveOut(_("A voluntary agreement obliges nobody."))
    problems = _problems(session, agreement, wanted, today_in_copenhagen(now))
    if problems:
        raise Invalid(problems)
    made = CarveOut(
        **vars(wanted),
        agreement_id=agreement.id,
        prefix=rules.prefix(wanted.category_code) if wanted.category_code else "",
        made_at=now,
        made_by=who.person_id,
    )
    session.add(made)
    session.flush()
    facts = audit.changes({}, _facts(made))
    _record(session, who, "agreement.carved_out", made, now, facts)
    return made


def end_carve_out(session: Session, who: Who, carve_out_id: int, now: datetime) -> CarveOut:
    """End a carve-out with yesterday, or take it back when it has not begun; raises Missing."""
    found = session.scalars(
        select(CarveOut)
        .join(Agreement, Agreement.id == CarveOut.agreement_id)
        .where(CarveOut.id == carve_out_id, Agreement.municipality_id == who.municipality_id)
    ).first()
    if found is None:
        raise Missing(_("There is no such carve-out in your municipality."))
    hold(session, found)
    yesterday = today_in_copenhagen(now) - timedelta(days=1)
    before, after = _facts(found), {}
    if found.starts_on > yesterday:
        session.delete(found)
    else:
        found.ends_on = min(found.ends_on, yesterday)
        after = _facts(found)
    facts = audit.changes(before, after)
    _record(session, who, "agreement.carve_out_ended", found, now, facts)
    return found


def _problems(session: Session, agreement: Agreement, wanted: Wanted, today: date) -> Problems:
    problems: Problems = {}
    if wanted.starts_on < today:
        problems["starts_on"] = [_("Choose today or later; until now the agreement was binding")]
    if wanted.ends_on < wanted.starts_on:
        problems["ends_on"] = [_("The last day comes before the first day; swap or change them")]
    elif wanted.ends_on > agreement.ends_on:
        problems["ends_on"] = [_("Choose a day within the period of the agreement")]
    code = wanted.category_code
    if code is None and wanted.enterprise_id is None:
        problems["category_code"] = [_("Choose a category, an enterprise, or both")]
    if code is not None and session.get(Category, code) is None:
        problems["category_code"] = [_("There is no category %(code)s.", code=code)]
    elif code is not None and not _touches(agreement, rules.prefix(code)):
        problems["category_code"] = [
            _("The agreement does not cover this category; choose one of its own, or one below")
        ]
    if wanted.enterprise_id and session.get(Enterprise, wanted.enterprise_id) is None:
        problems["enterprise_id"] = [_("Choose an enterprise of the list")]
    return problems


def _touches(agreement: Agreement, digits: str) -> bool:
    return any(
        digits.startswith(each.prefix) or each.prefix.startswith(digits)
        for each in agreement.categories
    )


def _facts(carved: CarveOut) -> dict[str, Any]:
    return {
        "category_code": carved.category_code,
        "enterprise_id": carved.enterprise_id,
        "lot": carved.lot,
        "reason": carved.reason,
        "starts_on": str(carved.starts_on),
        "ends_on": str(carved.ends_on),
    }


def _record(
    session: Session, who: Who, action: str, carved: CarveOut, now: datetime, facts: dict[str, Any]
) -> None:
    audit.record(
        session, action, ("agreement", carved.agreement_id), person_id=who.person_id, now=now,
        facts=facts, municipality_id=who.municipality_id,
    )  # fmt: skip
