"""Agreements as staff see them: in lists and one by one, as of a day; the reads of their pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.core.errors import Missing
from catalogue.core.text import fold
from catalogue.core.text import lazy as _
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise

from .models import Agreement, CarveOut
from .rules import AgreementState, Terms, prefix, state_on


@dataclass(frozen=True)
class Entry:
    """An agreement as it was, is or will be on the asked day: party, state and terms."""

    agreement: Agreement
    party: str
    state: AgreementState
    terms: Terms


@dataclass(frozen=True)
class Version:
    """What an agreement says between two days, both included; why and when that was amended."""

    number: int
    from_on: date
    until_on: date
    terms: Terms
    amended_because: str | None = None
    amended_at: datetime | None = None


def list_agreements(session: Session, municipality_id: int, day: date) -> list[Entry]:
    """List the municipality's agreements: those in force first, then coming, then expired.

    Drafts come first of all; within a state the one that ends first. Three queries.
    """
    entries = [_entry(row, day) for row in session.execute(_entry_rows(municipality_id))]
    return sorted(entries, key=_by_state)


def reaching(entries: Iterable[Entry], code: str) -> list[Entry]:
    """Return those in force that cover a category, or something above or below it."""
    digits = prefix(code)
    return [
        each
        for each in entries
        if each.state in (AgreementState.IN_FORCE, AgreementState.EXPIRING)
        and any(
            digits.startswith(prefix(own)) or own.startswith(digits)
            for own in each.terms.categories
        )
    ]


def get_entry(session: Session, municipality_id: int, agreement_id: int, day: date) -> Entry:
    """Return one agreement of the municipality as lists show it; raises Missing. Three queries."""
    query = _entry_rows(municipality_id).where(Agreement.id == agreement_id)
    row = session.execute(query).first()
    if row is None:
        raise Missing(_("There is no such agreement in your municipality."))
    return _entry(row, day)


def terms_on(agreement: Agreement, day: date) -> Terms:
    """Return what a loaded agreement says on `day`; outside its period, what it says at the end
    that is nearer.
    """
    day = min(max(day, agreement.starts_on), agreement.ends_on)
    said = next(
        (each for each in agreement.former if each.from_on <= day <= each.until_on), agreement
    )
    codes = [
        each.category_code
        for each in agreement.categories
        if (each.from_on or day) <= day <= (each.until_on or day)
    ]
    return Terms(
        kind=agreement.kind,
        number=agreement.number,
        title=said.title,
        starts_on=agreement.starts_on,
        ends_on=said.ends_on,
        categories=tuple(sorted(codes)),
        enterprise_id=agreement.enterprise_id,
        supplier_name=said.supplier_name,
        where_to_buy=said.where_to_buy,
        reference=said.reference,
        ceiling_ore=said.ceiling_ore,
        ceiling_months=said.ceiling_months,
        notice_days=agreement.notice_days,
        supplier_cvr=agreement.supplier_cvr,
        options=agreement.options,
        contact_name=agreement.contact_name,
        contact_email=agreement.contact_email,
    )


def versions(agreement: Agreement) -> list[Version]:
    """List what a loaded agreement has said and says, the oldest first; numbers begin with 1."""
    former = sorted(agreement.former, key=lambda each: each.from_on)
    found = [
        Version(place, each.from_on, each.until_on, terms_on(agreement, each.from_on),
                each.reason, each.amended_at)
        for place, each in enumerate(former, start=1)
    ]  # fmt: skip
    begin = former[-1].until_on + timedelta(days=1) if former else agreement.starts_on
    if begin > agreement.ends_on:  # it was ended early, before its last amendment counted
        return found
    now = Version(len(found) + 1, begin, agreement.ends_on, terms_on(agreement, begin))
    return [*found, now]


def list_carve_outs(session: Session, agreement_id: int) -> list[tuple[CarveOut, str | None]]:
    """List the carve-outs of an agreement with the names of enterprises, the newest first."""
    rows = session.execute(
        select(CarveOut, Enterprise.name)
        .outerjoin(Enterprise, Enterprise.id == CarveOut.enterprise_id)
        .where(CarveOut.agreement_id == agreement_id)
        .order_by(CarveOut.starts_on.desc(), CarveOut.id.desc())
    )
    return [(carved, name) for carved, name in rows]


def list_parties(session: Session, municipality_id: int, today: date) -> list[tuple[int, str]]:
    """List (id, name) of the enterprises a voluntary agreement can be made with, by name."""
    names = {row.id: row.name for row in session.execute(select(Enterprise.id, Enterprise.name))}
    verified = enterprises.verified_ids(session, municipality_id, set(names), today)
    return sorted(((id_, names[id_]) for id_ in verified), key=lambda each: fold(each[1]))


def _entry_rows(municipality_id: int) -> Any:  # 2.0 and 2.1 type such rows differently
    return (
        select(Agreement, Enterprise.name)
        .outerjoin(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .where(Agreement.municipality_id == municipality_id)
        .options(selectinload(Agreement.categories), selectinload(Agreement.former))
    )


def _entry(row: Any, day: date) -> Entry:
    agreement, enterprise_name = row
    terms = terms_on(agreement, day)
    state = state_on(day, agreement.starts_on, agreement.ends_on)
    return Entry(
        agreement,
        enterprise_name or terms.supplier_name or "",
        AgreementState.DRAFT if agreement.is_draft else state,
        terms,
    )


def _by_state(entry: Entry) -> tuple[int, date, str]:
    order = (AgreementState.DRAFT, AgreementState.EXPIRING, AgreementState.IN_FORCE,
             AgreementState.COMING)  # fmt: skip
    place = order.index(entry.state) if entry.state in order else len(order)
    return place, entry.agreement.ends_on, entry.agreement.number
