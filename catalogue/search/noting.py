"""What is searched for is noted once the buyer has her answer, so that she never waits for it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Response
from sqlalchemy.orm import Session

from catalogue.core import faults
from catalogue.core.http import State, now, state, who
from catalogue.core.who import Role

from . import asked, counting, rules
from .count_models import Seen
from .nothing import Nothing
from .queries import Card
from .query import Hits, Query
from .rules import Outcome, Vain

BUYING = frozenset({Role.BUYER, Role.APPROVER})
log = logging.getLogger("catalogue.search")


@dataclass(frozen=True)
class Searched:
    """What is noted of a search; text None: it was not the search field alone that was asked."""

    text: str | None
    found: int
    vain: Vain | None
    seen: Sequence[int]  # products on the page, when a buyer sees it


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
        note = partial(_note, searched=Searched(text, hits.total, vain, seen), now=now())
        response.call_on_close(partial(_write, state(), municipality_id, note))


def note_opened(response: Response, product_id: int) -> None:
    """Count that a buyer has opened a product, once the answer is sent."""
    if who().role in BUYING:
        here, at = state(), now()
        response.call_on_close(
            partial(
                _write, here, who().municipality_id or 0,
                lambda session, _place: counting.note_seen(session, [product_id], Seen.OPENED, at),
            )
        )  # fmt: skip


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


def _note(session: Session, municipality_id: int, *, searched: Searched, now: datetime) -> None:
    counting.note_seen(session, searched.seen, Seen.SHOWN, now)
    if searched.text is None:
        return
    asked_id = asked.note(session, municipality_id, searched.text, searched.found, now)
    if asked_id is None:
        return
    if searched.vain is not None:
        asked.note_in_vain(session, asked_id, searched.vain, now)
    if searched.seen:
        counting.note_words(session, searched.seen, searched.text, now)


def _write(here: State, municipality_id: int, note: Callable[[Session, int], None]) -> None:
    try:
        with here.database.noting() as session:
            note(session, municipality_id)
    except Exception:  # the answer is out: whatever it is, it must not reach the server
        faults.note(log, "search not noted", municipality_id=municipality_id)
