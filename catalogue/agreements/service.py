"""The verbs: make, amend and end agreements; bring in the categories; explain a refusal."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from catalogue.core import audit
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import Text, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises import queries as enterprises

from . import rules
from .models import Agreement, AgreementCategory, AgreementKind, Category, folded_labels
from .rules import Judgement, Problems, Reason, Terms

CATEGORY_FILE = Path(__file__).parent / "data" / "cpv2008_da_en.csv"


class AgreementEnded(Conflict):
    """The agreement is over, or not begun, so that it cannot be ended."""

    title = _("The agreement cannot be ended")


@dataclass(frozen=True)
class Refusal:
    """Why a product may not be ordered, and for a mandatory agreement where to buy instead."""

    title: Text
    detail: Text
    where_to_buy: Text | str | None = None
    agreement_number: str | None = None


@dataclass(frozen=True)
class Ending:
    """The last day an agreement shall apply, and why it ends before its time."""

    last_day: date
    reason: str


def create(session: Session, who: Who, terms: Terms, now: datetime) -> Agreement:
    """Make an agreement of the municipality `who` acts for; raises Invalid by field."""
    made = Agreement(
        municipality_id=_municipality_id(who),
        kind=AgreementKind(terms.kind),
        enterprise_id=terms.enterprise_id,
        created_at=now,
        categories=[],
    )
    problems = rules.terms_problems(terms) | _problems(session, made, terms)
    if terms.enterprise_id is not None and terms.kind == AgreementKind.VOLUNTARY:
        problems |= _party_problems(session, made)
    if problems:
        raise Invalid(problems)
    _take_over(made, terms, now)
    session.add(made)
    _flush(session)
    _record(session, who, "agreement.created", made, now, _facts(made))
    return made


def amend(session: Session, who: Who, agreement_id: int, terms: Terms, now: datetime) -> Agreement:
    """Change an own agreement; kind and enterprise stay. Raises Invalid by field, Missing.

    With another enterprise it would be another agreement: orders point at this one.
    """
    found = get_own(session, _municipality_id(who), agreement_id)
    kept = replace(terms, kind=found.kind, enterprise_id=found.enterprise_id)
    problems = rules.terms_problems(kept) | _problems(session, found, kept)
    if problems:
        raise Invalid(problems)
    before = _facts(found)
    if found.ends_on != kept.ends_on:
        found.ended_reason = None
    _take_over(found, kept, now)
    _flush(session)
    after = _facts(found)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    _record(session, who, "agreement.amended", found, now, changed)
    return found


def end_early(
    session: Session, who: Who, agreement_id: int, ending: Ending, now: datetime
) -> Agreement:
    """End an own agreement in force after `ending.last_day`, with the reason; raises Invalid."""
    found = get_own(session, _municipality_id(who), agreement_id)
    today = today_in_copenhagen(now)
    if not rules.in_force_on(today, found.starts_on, found.ends_on):
        raise AgreementEnded(_("Only an agreement in force can be ended before its time."))
    wrong = rules.ending_problem(ending.last_day, today, found.starts_on, found.ends_on)
    if wrong is not None:
        raise Invalid({"last_day": [wrong]})
    facts = {"ends_on": [str(found.ends_on), str(ending.last_day)], "reason": ending.reason}
    found.ends_on, found.ended_reason, found.updated_at = ending.last_day, ending.reason, now
    _record(session, who, "agreement.ended", found, now, facts)
    return found


def get_own(session: Session, municipality_id: int, agreement_id: int) -> Agreement:
    """Return an agreement of the municipality with its categories; raises Missing."""
    found = session.scalars(
        select(Agreement)
        .where(Agreement.id == agreement_id, Agreement.municipality_id == municipality_id)
        .options(selectinload(Agreement.categories))
    ).first()
    if found is None:
        raise Missing(_("There is no such agreement in your municipality."))
    return found


def import_categories(session: Session) -> int:
    """Bring the CPV list of the package into the database; return how many rows were written.

    Run again it writes only what is new or renamed. Categories are never taken out, for
    agreements, products and orders point at them.
    """
    known = {
        code: (label_da, label_en)
        for code, label_da, label_en in session.execute(
            select(Category.code, Category.label_da, Category.label_en)
        )
    }
    rows = list(_category_rows())
    new = [row for row in rows if row["code"] not in known]
    renamed = [
        row
        for row in rows
        if known.get(row["code"], (row["label_da"], row["label_en"]))
        != (row["label_da"], row["label_en"])
    ]
    if new:
        session.execute(insert(Category), new)
    if renamed:
        session.execute(update(Category), renamed)
    return len(new) + len(renamed)


def explain(judgement: Judgement) -> Refusal:
    """Return the texts of a refusal, the same on every page. Only for what is not orderable."""
    if judgement.mandatory is not None:
        mandatory = judgement.mandatory
        return Refusal(
            _("You must buy this on a mandatory agreement."),
            _(
                "Your municipality's agreement %(number)s, %(title)s, with %(supplier)s covers"
                " this category.",
                number=mandatory.number,
                title=mandatory.title,
                supplier=mandatory.supplier_name,
            ),
            mandatory.where_to_buy or _("Ask your procurement staff where to buy."),
            mandatory.number,
        )
    if judgement.reason is None:
        raise ValueError("the product is orderable; there is no refusal to explain")
    return Refusal(*_REFUSALS[judgement.reason])


_REFUSALS = {
    Reason.NOT_PUBLISHED: (
        _("This is not for sale now."),
        _("The enterprise has withdrawn it or not published it yet."),
    ),
    Reason.NO_AGREEMENT: (
        _("Your municipality has no agreement for this."),
        _(
            "No voluntary agreement with the enterprise covers this category today. Ask your"
            " procurement staff whether one can be made."
        ),
    ),
    Reason.NOT_VERIFIED: (
        _("The enterprise is not verified in your municipality."),
        _("There is an agreement, but it cannot be used until the enterprise is verified."),
    ),
}


def _category_rows() -> Iterator[dict[str, Any]]:
    """Read the file, parents before children; raises ValueError when it is not a tree."""
    with CATEGORY_FILE.open(encoding="utf-8", newline="") as file:
        labels = {row["code"]: (row["da"], row["en"]) for row in csv.DictReader(file)}
    by_prefix = {rules.prefix(code): code for code in labels}
    if len(by_prefix) != len(labels):
        raise ValueError("two categories of the list have the same digits")
    for prefix, code in sorted(by_prefix.items(), key=lambda each: (len(each[0]), each[0])):
        above = [prefix[:length] for length in range(len(prefix) - 1, 1, -1)]
        # 35 codes of CPV 2008 skip a level: their parent is the nearest one that exists.
        parent = next((by_prefix[each] for each in above if each in by_prefix), None)
        if parent is None and len(prefix) > 2:
            raise ValueError(f"category {code} stands below no other")
        label_da, label_en = labels[code]
        yield {
            "code": code,
            "prefix": prefix,
            "parent_code": parent,
            "level": len(prefix) - 2,
            "label_da": label_da,
            "label_en": label_en,
            "folded": folded_labels(label_da, label_en),
        }


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


def _party_problems(session: Session, agreement: Agreement) -> Problems:
    party = {agreement.enterprise_id or 0}
    if party <= enterprises.verified_ids(session, agreement.municipality_id, party):
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
    agreement.reference, agreement.options = terms.reference, terms.options
    agreement.contact_name, agreement.contact_email = terms.contact_name, terms.contact_email
    agreement.updated_at = now
    kept = {each.category_code: each for each in agreement.categories}
    agreement.categories = [
        kept.get(code) or AgreementCategory(category_code=code, prefix=rules.prefix(code))
        for code in sorted(set(terms.categories))
    ]


def _facts(agreement: Agreement) -> dict[str, Any]:
    """Return what an agreement says, as the audit keeps it; contact persons are left out."""
    facts: dict[str, Any] = {
        each.name: getattr(agreement, each.name)
        for each in fields(Terms)
        if each.name != "categories" and not each.name.startswith("contact_")
    }
    facts["starts_on"], facts["ends_on"] = str(agreement.starts_on), str(agreement.ends_on)
    return facts | {"categories": [each.category_code for each in agreement.categories]}


def _record(
    session: Session, who: Who, action: str, agreement: Agreement, now: datetime, facts: Any
) -> None:
    audit.record(
        session, action, ("agreement", agreement.id), person_id=who.person_id, now=now, facts=facts
    )
