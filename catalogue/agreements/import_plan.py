"""What a list of agreements would do, told row by row, and doing it: all rows or none.

The list holds mandatory agreements, known by their number. A blank cell leaves what the agreement
says. Rows whose categories nobody has explained yet wait; rows that name no category are left out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import DEFAULT_LOCALE, Text, fold, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import service
from .agreement_list import Row
from .amending import Amendment
from .import_judging import FIELD_NAMES, Entry, Outcome, judge, know
from .models import Agreement
from .rules import Terms


class Refused(Conflict):
    """Some rows cannot be taken, so none was."""

    title = _("The agreements were not imported")


class Moved(Conflict):
    """The agreements, or the answers about categories, have changed since the preview."""

    title = _("The agreements were not imported")


@dataclass(frozen=True)
class Plan:
    """All rows judged, in the order of the file."""

    entries: tuple[Entry, ...]

    def by(self, outcome: Outcome) -> list[Entry]:
        """List the rows with that outcome."""
        return [each for each in self.entries if each.outcome == outcome]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows have each outcome."""
        found = Counter(each.outcome for each in self.entries)
        return {str(outcome): found[outcome] for outcome in Outcome}

    @property
    def waiting_words(self) -> list[str]:
        """List the texts that wait for an answer, each once, in the order of the file."""
        waiting = (word for each in self.by(Outcome.WAITING) for word in each.words)
        return list({fold(word): word for word in waiting}.values())

    @property
    def fingerprint(self) -> str:
        """Return what tells this plan from one made after something has changed."""
        told = [(each.line, each.outcome, each.agreement_id, each.terms) for each in self.entries]
        return hashlib.sha256(repr(told).encode()).hexdigest()


def preview(session: Session, municipality_id: int, rows: Sequence[Row], today: date) -> Plan:
    """Judge every row against the municipality's agreements; four queries, nothing is written."""
    known = know(session, municipality_id, rows, today)
    return Plan(tuple(judge(row, known) for row in rows))


def apply(session: Session, who: Who, rows: Sequence[Row], fingerprint: str, now: datetime) -> Plan:
    """Do what the preview of that fingerprint said, all of it or nothing; return the plan.

    Raises Refused when a row is refused or waits, Moved when things are not what they were.
    """
    municipality_id = who.municipality_id
    if municipality_id is None:
        raise Missing(_("There is no such agreement in your municipality."))
    own = select(Agreement.id).where(Agreement.municipality_id == municipality_id)
    session.execute(own.with_for_update())  # nobody changes them between judging and doing
    plan = preview(session, municipality_id, rows, today_in_copenhagen(now))
    if refused := plan.counts[Outcome.REFUSED] + plan.counts[Outcome.WAITING]:
        raise Refused(_refusal(refused))
    if plan.fingerprint != fingerprint:
        raise Moved(_("Agreements or answers have changed since the preview. Look at it again."))
    for entry in plan.entries:
        if entry.terms is not None and entry.outcome in (Outcome.CREATED, Outcome.CHANGED):
            _do(session, who, entry, entry.terms, now)
    return plan


def _refusal(rows: int) -> Text:
    if rows == 1:
        return _("One row cannot be taken, so nothing was imported.")
    return _("%(count)s rows cannot be taken, so nothing was imported.", count=rows)


def told(problems: Mapping[str, list[Text | str]]) -> str:
    """Return problems in one line, each with the name of its field."""
    return "; ".join(
        f"{FIELD_NAMES.get(name, name)}: {text}"
        for name, texts in problems.items()
        for text in texts
    )


def _do(session: Session, who: Who, entry: Entry, terms: Terms, now: datetime) -> None:
    try:
        if entry.agreement_id is None:
            service.create(session, who, terms, now)
        else:
            _amend(session, who, entry.agreement_id, terms, now)
    except Invalid as error:  # what the preview cannot know, such as another's number just taken
        raise Refused(
            _(
                "Row %(row)s: %(problem)s. Nothing was imported.",
                row=entry.line,
                problem=told(error.problems),
            )
        ) from None
    except service.AgreementEnded as error:
        raise Refused(
            _(
                "Row %(row)s: %(problem)s. Nothing was imported.",
                row=entry.line,
                problem=str(error).rstrip("."),
            )
        ) from None


def _amend(session: Session, who: Who, agreement_id: int, terms: Terms, now: datetime) -> None:
    """Change an agreement by the verb of the form: here alone the import calls it."""
    with reading_in(DEFAULT_LOCALE):  # it is kept for readers of either language
        reason = str(_("Read from the municipality's list"))
    service.amend(session, who, agreement_id, Amendment(terms, reason=reason), now)
