"""The verbs: make, put in force, amend and end agreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from catalogue.core import audit
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who
from catalogue.enterprises import queries as enterprises

from . import amending, planned, rules
from .amending import Amendment, Span, Standing
from .models import (
    Agreement,
    AgreementCategory,
    AgreementKind,
    Category,
    FormerTerms,
)
from .rules import Problems, Terms


class AgreementEnded(Conflict):
    """The agreement is over, or not begun, so that it cannot be ended."""

    title = _("The agreement cannot be ended")


class AlreadyInForce(Conflict):
    """The agreement is no draft, so that it cannot be put in force."""

    title = _("The agreement is in force already")


@dataclass(frozen=True)
class Ending:
    """The last day an agreement shall apply, and why it ends before its time."""

    last_day: date
    reason: str


def draft(session: Session, who: Who, terms: Terms, now: datetime) -> Agreement:
    """Make an agreement that binds nobody until it is put in force; raises Invalid by field."""
    made = _make(session, who, terms, now)
    made.is_draft = True
    facts = audit.changes({}, _facts(made) | {"draft": True})
    _record(session, who, "agreement.created", made, now, facts)
    return made


def create(session: Session, who: Who, terms: Terms, now: datetime) -> Agreement:
    """Make an agreement of the municipality `who` acts for; raises Invalid by field."""
    made = _make(session, who, terms, now)
    _record(session, who, "agreement.created", made, now, audit.changes({}, _facts(made)))
    return made


def put_in_force(session: Session, who: Who, agreement_id: int, now: datetime) -> Agreement:
    """Make a draft binding, for its period; raises Conflict when it is none any more."""
    found = _get_locked(session, who, agreement_id)
    if not found.is_draft:
        raise AlreadyInForce(_("The agreement %(number)s is no draft.", number=found.number))
    found.is_draft, found.updated_at = False, now
    facts = audit.changes({"draft": True}, {"draft": False})
    _record(session, who, "agreement.put_in_force", found, now, facts)
    return found


def amend(
    session: Session, who: Who, agreement_id: int, amendment: Amendment, now: datetime
) -> Agreement:
    """Change an own agreement; kind and enterprise stay. Raises Invalid by field, Missing.

    With another enterprise it would be another agreement: orders point at this one. Once begun, it
    keeps what it said for the days before the amendment takes effect; one that is over stays so.
    """
    found = _get_locked(session, who, agreement_id)
    kept = replace(amendment.terms, kind=found.kind, enterprise_id=found.enterprise_id)
    today = today_in_copenhagen(now)
    problems = rules.terms_problems(kept) | _problems(session, found, kept)
    begun = not found.is_draft and amending.has_begun(today, found.starts_on)
    standing = _standing(found)
    if begun:
        if today > found.ends_on:
            raise AgreementEnded(_("The agreement is over. Make a new one instead."))
        problems |= amending.amendment_problems(standing, replace(amendment, terms=kept), today)
    if problems:
        raise Invalid(problems)
    before, effective_on = _facts(found), amendment.effective_on or today
    if begun and effective_on > standing.since:
        found.former.append(_former(found, standing, amendment, who, now))
    split = begun and effective_on > found.starts_on
    _set_categories(found, kept.categories, effective_on if split else None)
    if found.ends_on != kept.ends_on:
        found.ended_reason = None
    _take_over(found, kept, now)
    _flush(session)
    facts = audit.changes(before, _facts(found))
    if begun:
        facts |= {"effective_on": str(effective_on), "reason": amendment.reason}
    _record(session, who, "agreement.amended", found, now, facts)
    return found


def end_early(
    session: Session, who: Who, agreement_id: int, ending: Ending, now: datetime
) -> Agreement:
    """End an own agreement in force after `ending.last_day`, with the reason; raises Invalid."""
    found = _get_locked(session, who, agreement_id)
    today = today_in_copenhagen(now)
    if found.is_draft or not rules.in_force_on(today, found.starts_on, found.ends_on):
        raise AgreementEnded(_("Only an agreement in force can be ended before its time."))
    wrong = amending.ending_problem(ending.last_day, today, found.starts_on, found.ends_on)
    if wrong is not None:
        raise Invalid({"last_day": [wrong]})
    before = _facts(found)
    planned.take_back(found, ending.last_day)
    found.ends_on, found.ended_reason, found.updated_at = ending.last_day, ending.reason, now
    facts = audit.changes(before, _facts(found)) | {"reason": ending.reason}
    _record(session, who, "agreement.ended", found, now, facts)
    return found


def get_own(session: Session, municipality_id: int, agreement_id: int) -> Agreement:
    """Return an agreement of the municipality with its categories; raises Missing."""
    found = session.scalars(
        select(Agreement)
        .where(Agreement.id == agreement_id, Agreement.municipality_id == municipality_id)
        .options(selectinload(Agreement.categories), selectinload(Agreement.former))
    ).first()
    if found is None:
        raise Missing(_("There is no such agreement in your municipality."))
    return found


def lock_own(session: Session, municipality_id: int, agreement_id: int) -> None:
    """Lock an agreement of the municipality: what is read of it stays until it is changed."""
    own = (Agreement.id == agreement_id, Agreement.municipality_id == municipality_id)
    session.execute(select(Agreement.id).where(*own).with_for_update())


def _get_locked(session: Session, who: Who, agreement_id: int) -> Agreement:
    lock_own(session, _municipality_id(who), agreement_id)
    return get_own(session, _municipality_id(who), agreement_id)


def _municipality_id(who: Who) -> int:
    if who.municipality_id is None:
        raise Missing(_("There is no such agreement in your municipality."))
    return who.municipality_id


def _problems(session: Session, agreement: Agreement, terms: Terms) -> Problems:
    """Return what is wrong beside other rows: a number taken, categories that do not exist."""
    problems: Problems = {}
    taken = session.scalar(
        select(Agreement.title).where(
            Agreement.municipality_id == agreement.municipality_id,
            Agreement.number == terms.number,
            Agreement.id != (agreement.id or 0),
        )
    )
    if taken is not None:
        problems["number"] = [
            _("The agreement “%(title)s” has this number; each needs its own", title=taken)
        ]
    known = session.scalars(select(Category.code).where(Category.code.in_(terms.categories)))
    if unknown := sorted(set(terms.categories) - set(known)):
        problems["category_text"] = [
            _("There is no category %(codes)s; search by words instead", codes=", ".join(unknown))
        ]
    return problems


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError:  # another took the number since we looked
        raise Invalid({"number": [_("Another agreement has just got this number")]}) from None


def _party_problems(session: Session, agreement: Agreement, today: date) -> Problems:
    party = {agreement.enterprise_id or 0}
    if party <= enterprises.verified_ids(session, agreement.municipality_id, party, today):
        return {}
    return {"enterprise_id": [_("Choose an enterprise that is verified in your municipality")]}


def _take_over(agreement: Agreement, terms: Terms, now: datetime) -> None:
    voluntary = terms.kind == AgreementKind.VOLUNTARY
    agreement.number, agreement.title = terms.number, terms.title
    agreement.starts_on, agreement.ends_on = terms.starts_on, terms.ends_on
    agreement.supplier_name = None if voluntary else terms.supplier_name
    agreement.where_to_buy = None if voluntary else terms.where_to_buy
    agreement.supplier_cvr = None if voluntary else terms.supplier_cvr
    agreement.enterprise_id = terms.enterprise_id if voluntary else None
    agreement.ceiling_ore = terms.ceiling_ore if voluntary else None
    agreement.ceiling_months = terms.ceiling_months if voluntary else None
    agreement.reference, agreement.notice_days = terms.reference, terms.notice_days
    agreement.options = terms.options
    agreement.contact_name, agreement.contact_email = terms.contact_name, terms.contact_email
    agreement.updated_at = now


def _set_categories(agreement: Agreement, codes: Sequence[str], effective_on: date | None) -> None:
    """Cover just `codes`, from a day on, or through the whole period while it has not begun."""
    rows = {Span(row.category_code, row.from_on, row.until_on): row for row in agreement.categories}
    spans = amending.spans_of(codes)
    if effective_on is not None:
        spans = amending.amended_spans(rows, codes, effective_on)
    begun = {(span.code, span.from_on): row for span, row in rows.items()}
    agreement.categories = []
    for span in spans:
        row = begun.get((span.code, span.from_on)) or AgreementCategory(
            category_code=span.code, prefix=rules.prefix(span.code), from_on=span.from_on
        )
        row.until_on = span.until_on
        agreement.categories.append(row)


def _standing(agreement: Agreement) -> Standing:
    last = agreement.former[-1].until_on + amending.ONE_DAY if agreement.former else None
    return Standing(last or agreement.starts_on, agreement.starts_on, agreement.ends_on)


def _former(
    agreement: Agreement, standing: Standing, amendment: Amendment, who: Who, now: datetime
) -> FormerTerms:
    effective_on = amendment.effective_on or today_in_copenhagen(now)
    return FormerTerms(
        **{name: getattr(agreement, name) for name in planned.FORMER},
        from_on=standing.since,
        until_on=effective_on - amending.ONE_DAY,
        reason=amendment.reason or "",
        amended_at=now,
        amended_by=who.person_id,
    )


def _make(session: Session, who: Who, terms: Terms, now: datetime) -> Agreement:
    made = Agreement(
        municipality_id=_municipality_id(who),
        kind=AgreementKind(terms.kind),
        enterprise_id=terms.enterprise_id,
        created_at=now,
        categories=[],
        former=[],
    )
    problems = rules.terms_problems(terms) | _problems(session, made, terms)
    if terms.enterprise_id is not None and terms.kind == AgreementKind.VOLUNTARY:
        problems |= _party_problems(session, made, today_in_copenhagen(now))
    if problems:
        raise Invalid(problems)
    _set_categories(made, terms.categories, None)
    _take_over(made, terms, now)
    session.add(made)
    _flush(session)
    return made


def _facts(agreement: Agreement) -> dict[str, Any]:
    """Return what an agreement says, as the audit keeps it; contact persons are left out."""
    facts: dict[str, Any] = {
        each.name: getattr(agreement, each.name)
        for each in fields(Terms)
        if each.name != "categories" and not each.name.startswith("contact_")
    }
    facts["starts_on"], facts["ends_on"] = str(agreement.starts_on), str(agreement.ends_on)
    covered = [each.category_code for each in agreement.categories if each.until_on is None]
    return facts | {"categories": sorted(covered)}


def _record(
    session: Session, who: Who, action: str, agreement: Agreement, now: datetime, facts: Any
) -> None:
    audit.record(
        session, action, ("agreement", agreement.id), person_id=who.person_id, now=now,
        facts=facts, municipality_id=agreement.municipality_id,
    )  # fmt: skip
