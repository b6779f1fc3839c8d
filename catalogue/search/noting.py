"""What is searched for is noted once the buyer has her answer, so that she never waits for it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from catalogue.core import faults
from catalogue.core.db import Database
from catalogue.core.http import State, now, state, who
from catalogue.core.later import Later
from catalogue.core.text import fold, today_in_copenhagen
from catalogue.core.who import Role

from . import asked, counting, rules
from .count_models import Seen
from .nothing import Nothing
from .queries import Card
from .query import Hits, Query
from .rules import Outcome, Vain

BUYING = frozenset({Role.BUYER, Role.APPROVER})
PART = "search notes"
TOGETHER_SECONDS = 1.0
log = logging.getLogger("catalogue.search")


@dataclass(frozen=True)
class Note:
    """What is noted of a page; text None: it was not the search field alone that was asked."""

    municipality_id: int
    at: datetime
    seen: Seen
    product_ids: Sequence[int]  # products on the page, when a buyer sees it
    text: str | None = None
    found: int = 0
    vain: Vain | None = None


def open_notes(here: State) -> None:
    """Put what notes pages into its parts: each at once, until `note_together`."""
    here.parts[PART] = Later[Note](lambda notes: _write(here.database, notes))


def note_together(parts: dict[str, Any]) -> None:
    """Note pages of about a second together: it takes a fifth of what each by itself does."""
    parts[PART].seconds = TOGETHER_SECONDS


def note_later(response: Response, hits: Hits, vain: Vain | None) -> None:
    """Note the search once the answer is sent, and why it was in vain, if it was.

    Noted is what the search field alone was asked, and which products buyers were shown. Staff lack
    nothing when they look a word up, and buy nothing: theirs never count as in vain, or as shown.
    """
    municipality_id = who().municipality_id
    if who().role == Role.STAFF:
        vain = None
    seen = hits.ids if who().role in BUYING else ()
    text = hits.query.text if worth_noting(hits) else None
    if municipality_id is not None and (seen or text is not None):
        note = Note(municipality_id, now(), Seen.SHOWN, seen, text, hits.total, vain)
        response.call_on_close(partial(state().parts[PART].add, note))


def note_opened(response: Response, product_id: int) -> None:
    """Count that a buyer has opened a product, once the answer is sent."""
    if who().role in BUYING:
        note = Note(who().municipality_id or 0, now(), Seen.OPENED, (product_id,))
        response.call_on_close(partial(state().parts[PART].add, note))


def worth_noting(hits: Hits) -> bool:
    """Tell whether the hits say all that may be ordered for a text, and nothing else is asked."""
    query = hits.query
    whole = Query(query.text, sort=query.sort, page_size=query.page_size)
    plan = hits.why.plan if hits.why else None
    plain = plan is not None and not plan.phrases and not plan.unwanted
    return bool(query.text) and query == whole and plain and not hits.degraded


def why_in_vain(hits: Hits, cards: Sequence[Card], lacking: Nothing | None) -> Vain | None:
    """Return why the hits help nobody here; None when they do.

    `cards` are the hits, `lacking` holds what may not be ordered. Pure.
    """
    if hits.total:
        delivered = hits.facets.to_us > 0
        return None if delivered else Vain(Outcome.ELSEWHERE, _main_category(cards))
    hidden = lacking.cards if lacking else ()
    outcome = rules.refused([each.judgement.reason for each in hidden])
    return Vain(outcome, _main_category(hidden))


def _main_category(cards: Sequence[Card]) -> str | None:
    codes = Counter(each.category.code for each in cards if each.category)
    return max(codes, key=lambda code: codes[code], default=None)


def _write(database: Database, notes: Sequence[Note]) -> None:
    """Write notes in one transaction; should that fail, each in one of its own."""
    try:
        with database.noting() as session:
            _note(session, notes)
    except Exception:  # the answers are out: whatever it is, it must not reach the server
        if len(notes) == 1:
            faults.note(log, "search not noted", municipality_id=notes[0].municipality_id)
            return
        for each in notes:
            _write(database, [each])


def _note(session: Session, notes: Sequence[Note]) -> None:
    """Write notes in the same order in every process, so that none waits crosswise for another."""
    days = {each.at: today_in_copenhagen(each.at) for each in notes}
    counts = Counter(
        (product_id, days[note.at], note.seen) for note in notes for product_id in note.product_ids
    )
    counting.note_counts(session, counts)
    shown = []
    for note in sorted(notes, key=lambda each: (each.municipality_id, fold(each.text or ""))):
        if note.text is None:
            continue
        asked_id = asked.note(session, note.municipality_id, note.text, note.found, note.at)
        if asked_id is None:
            continue
        if note.vain is not None:
            asked.note_in_vain(session, asked_id, note.vain, note.at)
        if note.product_ids:
            shown.append(counting.Shown(note.text, note.product_ids, note.at))
    if shown:
        counting.note_words(session, shown)
