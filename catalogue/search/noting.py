"""What is searched for is noted once the buyer has her answer, so that she never waits for it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from flask import Response
from sqlalchemy.orm import Session

from catalogue.core.http import State, now, state, who
from catalogue.core.who import Role

from . import asked, rules
from .nothing import Nothing
from .queries import Card
from .query import Hits, Query
from .rules import Outcome, Vain

log = logging.getLogger("catalogue.search")


def note_later(response: Response, hits: Hits, vain: Vain | None) -> None:
    """Note the search once the answer is sent, and why it was in vain, if it was.

    Noted is what the search field alone was asked. Staff lack nothing when they look a word up, so
    theirs never count as in vain.
    """
    municipality_id = who().municipality_id
    if who().role == Role.STAFF:
        vain = None
    if municipality_id is not None and worth_noting(hits):
        note = partial(_note, text=hits.query.text, found=hits.total, vain=vain, now=now())
        response.call_on_close(partial(_write, state(), municipality_id, note))


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


def _note(
    session: Session,
    municipality_id: int,
    *,
    text: str,
    found: int,
    vain: Vain | None,
    now: datetime,
) -> None:
    asked_id = asked.note(session, municipality_id, text, found, now)
    if asked_id is not None and vain is not None:
        asked.note_in_vain(session, asked_id, vain, now)


def _write(here: State, municipality_id: int, note: Callable[[Session, int], None]) -> None:
    try:
        with here.database.transaction() as session:
            note(session, municipality_id)
    except Exception:  # the answer is out: whatever it is, it must not reach the server
        log.exception("search not noted", extra={"municipality_id": municipality_id})
