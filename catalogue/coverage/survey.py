"""The dry run: what a file of the ledger would do, found by reading it once; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise

from .ledger_cells import Fault, Posting
from .ledger_faults import UnreadableLedger
from .ledger_file import Chunk
from .ledger_rules import Occurrences
from .models import LedgerRow

MOST_FAULTS = 200  # that are listed; all are counted
MOST_ACCOUNTS = 20_000
_FETCHED = 50_000
Progress = Callable[[float], None]  # is told which part of the file is behind, 0 to 1


@dataclass
class Survey:
    """What a file holds and would do. `accounts`: account -> [rows, øre]; amounts in øre."""

    read: int = 0
    new: int = 0
    known: int = 0
    refused: int = 0
    first_on: date | None = None
    last_on: date | None = None
    amount_ore: int = 0
    without_cvr: int = 0
    social_rows: int = 0
    social_ore: int = 0
    social_suppliers: set[str] = field(default_factory=set)
    accounts: dict[str, list[int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def survey(
    session: Session, municipality_id: int, found: Iterable[Chunk], progress: Progress
) -> Survey:
    """Read all of a file and compare it with the ledger; raises UnreadableLedger."""
    social = _social_cvrs(session, municipality_id)
    made, occurrences, prints = Survey(), Occurrences(), []
    for chunk in found:
        prints.append(_fingerprinted(occurrences, chunk.postings))
        for posting in chunk.postings:
            _count(made, posting, posting.cvr in social)
        made.read += len(chunk.postings) + len(chunk.faults)
        made.refused += len(chunk.faults)
        made.faults += chunk.faults[: MOST_FAULTS - len(made.faults)]
        if len(made.accounts) > MOST_ACCOUNTS:
            raise UnreadableLedger(
                _("There are more than %(most)s accounts; is the heading Konto above the right"
                  " column?", most=MOST_ACCOUNTS)
            )  # fmt: skip
        progress(chunk.done)
    made.known = _known(session, municipality_id, made, np.concatenate(prints or [_NONE]))
    made.new = made.read - made.refused - made.known
    return made


def to_json(made: Survey) -> dict[str, Any]:
    """Return what a page shows of a survey, as its row keeps it."""
    return {
        "first_on": made.first_on and made.first_on.isoformat(),
        "last_on": made.last_on and made.last_on.isoformat(),
        "amount_ore": made.amount_ore,
        "without_cvr": made.without_cvr,
        "social_rows": made.social_rows,
        "social_ore": made.social_ore,
        "social_suppliers": len(made.social_suppliers),
        "accounts": made.accounts,
        "faults": [
            [each.line, each.field, each.text.message, each.text.values] for each in made.faults
        ],
    }


def period(facts: dict[str, Any]) -> tuple[date, date] | None:
    """Return the first and the last day that `to_json` kept, None for a file without rows."""
    if not facts.get("first_on"):
        return None
    return date.fromisoformat(facts["first_on"]), date.fromisoformat(facts["last_on"])


def faults(facts: dict[str, Any]) -> list[Fault]:
    """Return the faults that `to_json` kept, to be told in the reader's language."""
    kept = facts.get("faults", [])
    return [Fault(line, name, Text(message, values)) for line, name, message, values in kept]


_NONE = np.empty(0, np.int64)


def _fingerprinted(occurrences: Occurrences, postings: Sequence[Posting]) -> NDArray[np.int64]:
    return np.array(occurrences.fingerprints([each.mark for each in postings]), np.int64)


def _count(made: Survey, posting: Posting, is_social: bool) -> None:
    day, ore = posting.booked_on, posting.amount_ore
    if made.first_on is None or day < made.first_on:
        made.first_on = day
    if made.last_on is None or day > made.last_on:
        made.last_on = day
    made.amount_ore += ore
    account = made.accounts.setdefault(posting.account, [0, 0])
    account[0] += 1
    account[1] += ore
    if not posting.cvr:
        made.without_cvr += 1
    if is_social:
        made.social_rows += 1
        made.social_ore += ore
        made.social_suppliers.add(posting.cvr)


def _social_cvrs(session: Session, municipality_id: int) -> frozenset[str]:
    # Of which days the rows are is not known yet, and a lapse does not rewrite what was bought.
    where = enterprises.verified_where(municipality_id, date.min)
    return frozenset(session.scalars(select(Enterprise.cvr).where(where)))


def _known(session: Session, municipality_id: int, made: Survey, prints: NDArray[np.int64]) -> int:
    """Count rows that are in the ledger already: its fingerprints of the period are streamed."""
    if made.first_on is None:
        return 0
    rows = session.scalars(
        select(LedgerRow.fingerprint)
        .where(LedgerRow.municipality_id == municipality_id)
        .where(LedgerRow.booked_on.between(made.first_on, made.last_on))
        .execution_options(yield_per=_FETCHED)
    )
    prints.sort()
    return sum(_common(np.array(part, np.int64), prints) for part in rows.partitions())


def _common(part: NDArray[np.int64], prints: NDArray[np.int64]) -> int:
    """Count what of `part` stands in `prints`, which is in order."""
    places = np.minimum(np.searchsorted(prints, part), len(prints) - 1)
    return int((prints[places] == part).sum())
