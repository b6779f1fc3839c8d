"""How an agreement that has begun may be changed, and what stays true of the days gone by. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from catalogue.core.text import Text, day
from catalogue.core.text import lazy as _

from .rules import Problems, Terms

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Amendment:
    """New terms, the first day they apply (None: today), and why; a reason is owed once begun."""

    terms: Terms
    effective_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Standing:
    """The present terms of an agreement: since which day, and its period."""

    since: date
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Span:
    """A category an agreement covers; without days of its own through the whole period."""

    code: str
    from_on: date | None = None
    until_on: date | None = None


def day_after(day: date) -> date:
    """Return the day on which what replaces something begins to apply."""
    return day + ONE_DAY


def has_begun(today: date, starts_on: date) -> bool:
    """Tell whether orders may have been placed on an agreement by its period."""
    return starts_on <= today


def amendment_problems(standing: Standing, amendment: Amendment, today: date) -> Problems:
    """Return what is wrong with amending an agreement that has begun, by field.

    Days gone by cannot be changed: orders were placed on them.
    """
    problems: Problems = {}
    terms, effective_on = amendment.terms, amendment.effective_on or today
    if terms.starts_on != standing.starts_on:
        problems["starts_on"] = [_("The agreement has begun; its first day cannot be changed")]
    if effective_on < today:
        problems["effective_on"] = [
            _("Choose today or later; until now the agreement was what it was")
        ]
    elif effective_on < standing.since:
        problems["effective_on"] = [
            _("A change from %(day)s is planned; choose that day or later", day=day(standing.since))
        ]
    elif effective_on > standing.ends_on + ONE_DAY:
        problems["effective_on"] = [
            _("Choose at the latest the day after the present last day, so that no gap is left")
        ]
    elif terms.ends_on < effective_on:
        problems["ends_on"] = [_("The last day comes before the day from which this applies")]
    if not amendment.reason:
        problems["reason"] = [_("Write why the agreement is changed; it is kept with it")]
    return problems


def ending_problem(last_day: date, today: date, starts_on: date, ends_on: date) -> Text | None:
    """Return what is wrong with ending an agreement early after `last_day`, else None.

    Days gone by cannot be taken back: orders were placed on them.
    """
    if not starts_on <= last_day < ends_on:
        return _("Choose a day within the period and before the present last day")
    if last_day < today - ONE_DAY:
        return _("Choose yesterday or later; what was ordered until now was on the agreement")
    return None


def spans_of(codes: Collection[str]) -> list[Span]:
    """Return the categories of an agreement that has not begun: each through the whole period."""
    return [Span(code) for code in sorted(set(codes))]


def amended_spans(spans: Iterable[Span], codes: Collection[str], effective_on: date) -> list[Span]:
    """Return the categories when from `effective_on` on just `codes` are covered.

    What was covered before that day stays so. A category that left the day before comes back as
    if it had not.
    """
    wanted, before = set(codes), effective_on - ONE_DAY
    kept = []
    for span in spans:
        if span.until_on not in (None, before):
            kept.append(span)
        elif span.code in wanted:
            wanted.discard(span.code)
            kept.append(Span(span.code, span.from_on))
        elif span.from_on is None or span.from_on < effective_on:  # else planned, and never was
            kept.append(Span(span.code, span.from_on, before))
    return [*kept, *(Span(code, effective_on) for code in sorted(wanted))]
