"""What becomes of each row of a list of agreements, compared with what the catalogue knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core import book_errors
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, day, fold
from catalogue.core.text import lazy as _

from . import amending, category_words, options, rules, schema
from .agreement_list import Row
from .amending import Amendment, Standing
from .category_words import Label
from .models import Agreement, AgreementCategory, AgreementKind, FormerTerms
from .rules import Problems, Terms

FIELD_NAMES: dict[str, Text] = {
    "number": _("Agreement number"),
    "title": _("Title of the agreement"),
    "supplier_name": _("Supplier"),
    "supplier_cvr": _("CVR number of the supplier"),
    "categories": _("Categories"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "options": _("Options to prolong"),
    "contact_name": _("Contact person"),
    "contact_email": _("E-mail of the contact person"),
    "where_to_buy": _("Where to buy"),
    "reference": _("Reference"),
}


class Outcome(StrEnum):
    """What becomes of a row."""

    REFUSED = "refused"
    WAITING = "waiting"
    CREATED = "created"
    CHANGED = "changed"
    SKIPPED = "skipped"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Entry:
    """A row judged: what becomes of it, which facts change, what is wrong or in doubt."""

    line: int
    number: str
    title: str
    outcome: Outcome
    fields: tuple[str, ...] = ()
    problems: Mapping[str, list[Text | str]] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()
    words: tuple[str, ...] = ()  # that wait for an answer, or name no category
    agreement_id: int | None = None
    terms: Terms | None = None

    @property
    def latest_last_day(self) -> date | None:
        """Return the last day of the agreement when all its options are used, if it is known."""
        terms = self.terms
        return options.latest_last_day(terms.ends_on, terms.options or "") if terms else None


@dataclass(frozen=True)
class Present:
    """An agreement as it stands."""

    agreement_id: int
    terms: Terms
    ended_early: bool
    is_draft: bool
    since: date  # from when it says this; later than today where a change is planned


@dataclass(frozen=True)
class Known:
    """What rows are compared with; read once for all of them."""

    agreements: Mapping[str, Present]  # by number
    labels: Mapping[str, Label]
    answers: Mapping[str, tuple[str, ...]]
    times: Mapping[str, int]
    today: date


def know(session: Session, municipality_id: int, rows: Sequence[Row], today: date) -> Known:
    """Read what all rows are compared with: four queries, however many there are."""
    return Known(
        agreements=_agreements(session, municipality_id),
        labels=category_words.list_labels(session),
        answers=category_words.find_answers(session, municipality_id),
        times=Counter(row.number for row in rows),
        today=today,
    )


def judge(row: Row, known: Known) -> Entry:
    """Tell what becomes of a row. Pure."""
    present = known.agreements.get(row.number)
    old = present.terms if present else None
    title = row.cells.get("title") or (old.title if old else "")
    agreement_id = present.agreement_id if present else None
    entry = Entry(row.line, row.number, title, Outcome.REFUSED, agreement_id=agreement_id)
    codes, waiting = _categories(row, known)
    values, problems = _read(row, old)
    problems |= _row_problems(row, old, known)
    problems |= {
        name: [book_errors.FAULTY] for name, text in row.cells.items() if text in book_errors.WORDS
    }
    if problems:
        return replace(entry, problems=problems)
    if waiting:
        return replace(entry, outcome=Outcome.WAITING, words=tuple(waiting))
    if row.words and not codes:
        return replace(entry, outcome=Outcome.SKIPPED, words=row.words)
    values["categories"] = codes or (old.categories if old else ())
    terms = replace(old, **values) if old else Terms(kind=AgreementKind.MANDATORY, **values)
    if problems := _as_list_fields(rules.terms_problems(terms)):
        return replace(entry, problems=problems)
    settled = _settled(replace(entry, terms=terms, warnings=_warnings(terms, present)), old)
    if present and settled.outcome == Outcome.CHANGED:
        problems = _begun_problems(terms, present, known.today)
    return replace(entry, problems=problems) if problems else settled


def _agreements(session: Session, municipality_id: int) -> dict[str, Present]:
    """Return all agreements of the municipality by number; two queries, however many there are."""
    codes: dict[int, list[str]] = {}
    for agreement_id, code in session.execute(
        select(AgreementCategory.agreement_id, AgreementCategory.category_code)
        .join(Agreement, Agreement.id == AgreementCategory.agreement_id)
        .where(Agreement.municipality_id == municipality_id)
        .where(AgreementCategory.until_on.is_(None))  # what the newest terms say
        .order_by(AgreementCategory.category_code)
    ):
        codes.setdefault(agreement_id, []).append(code)
    names = [each.name for each in fields(Terms) if each.name != "categories"]
    columns = [getattr(Agreement, name) for name in names]
    planned = (
        select(func.max(FormerTerms.until_on))
        .where(FormerTerms.agreement_id == Agreement.id)
        .scalar_subquery()
    )
    found = session.execute(
        select(Agreement.id, Agreement.ended_reason, Agreement.is_draft, planned, *columns).where(
            Agreement.municipality_id == municipality_id
        )
    )
    return {
        row.number: Present(
            row.id,
            Terms(
                **dict(zip(names, row[4:], strict=True)), categories=tuple(codes.get(row.id, ()))
            ),
            row.ended_reason is not None,
            row.is_draft,
            amending.day_after(row[3]) if row[3] else row.starts_on,
        )
        for row in found
    }


def _begun_problems(terms: Terms, present: Present, today: date) -> Problems:
    """Return why an agreement that has begun cannot be changed so today, as its form would say."""
    old = present.terms
    if present.is_draft or not amending.has_begun(today, old.starts_on):
        return {}
    if today > old.ends_on:
        return {"number": [_("The agreement is over. Make a new one instead.")]}
    if present.since > today:
        return {
            "number": [
                _(
                    "A change from %(day)s is planned; change the agreement in its form, from that"
                    " day or later",
                    day=day(present.since),
                )
            ]
        }
    standing = Standing(present.since, old.starts_on, old.ends_on)
    return amending.amendment_problems(standing, Amendment(terms, reason="-"), today)


def _warnings(terms: Terms, present: Present | None) -> tuple[Text, ...]:
    found = [rules.cvr_warning(terms.supplier_cvr)]
    if present is not None and present.ended_early and terms.ends_on != present.terms.ends_on:
        found.append(_("It was ended before its time; with this last day it applies again"))
    return tuple(each for each in found if each is not None)


def _settled(entry: Entry, old: Terms | None) -> Entry:
    if old is None:
        return replace(entry, outcome=Outcome.CREATED)
    changed = tuple(
        name for name in FIELD_NAMES if getattr(old, name) != getattr(entry.terms, name)
    )
    return replace(entry, outcome=Outcome.CHANGED if changed else Outcome.UNCHANGED, fields=changed)


def _categories(row: Row, known: Known) -> tuple[tuple[str, ...], list[str]]:
    """Return the codes a row stands for, and the words that nobody has explained yet."""
    codes, waiting = set(row.codes), []
    for word in row.words:
        answer = known.answers.get(fold(word))
        if answer is None:
            waiting.append(word)
        codes |= set(answer or ())
    return tuple(sorted(codes)), waiting


def _read(row: Row, old: Terms | None) -> tuple[dict[str, Any], Problems]:
    """Read the cells by the schema of the form; an existing agreement keeps what is blank."""
    cells = {name: text for name, text in row.cells.items() if name != "categories"}
    try:
        return schema.read_some_terms(cells) if old else schema.read_all_terms(cells), {}
    except Invalid as error:
        return {}, error.problems


def _row_problems(row: Row, old: Terms | None, known: Known) -> Problems:
    """Return what is wrong with a row beside other rows and what the catalogue knows."""
    problems: Problems = {}
    if row.number and known.times[row.number] > 1:
        problems["number"] = [_("The number stands in several rows; keep one of them")]
    elif old is not None and old.kind != AgreementKind.MANDATORY:
        problems["number"] = [
            _("This number is a voluntary agreement's; change that one in its form")
        ]
    if unknown := [code for code in row.codes if code not in known.labels]:
        problems["categories"] = [
            _("There is no category %(codes)s; look it up or write words", codes=", ".join(unknown))
        ]
    elif any(not category_words.is_keepable(word) for word in row.words):
        problems["categories"] = [
            _("At most %(limit)s letters between two commas", limit=category_words.LONGEST_WORD)
        ]
    return problems


def _as_list_fields(problems: Problems) -> Problems:
    return {
        "categories" if name == schema.ENTRY_FIELD else name: texts
        for name, texts in problems.items()
    }
