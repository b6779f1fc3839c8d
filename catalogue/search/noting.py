"""What is searched for is noted once the buyer has her answer, so that she never waits for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from flask import Response
from sqlalchemy.orm import Session

from catalogue.core.http import State, now, state, who

from . import asked
from .query import Hits, Query

log = logging.getLogger("catalogue.search")


def note_later(response: Response, hits: Hits) -> None:
    """Note the search once the answer is sent; what the search field alone was asked."""
    municipality_id = who().municipality_id
    if municipality_id is not None and worth_noting(hits):
        note = partial(asked.note, text=hits.query.text, found=hits.total, now=now())
        response.call_on_close(partial(_write, state(), municipality_id, note))


def worth_noting(hits: Hits) -> bool:
    """Tell whether the hits say all that may be ordered for a text, and nothing else is asked."""
    query = hits.query
    whole = Query(query.text, sort=query.sort, page_size=query.page_size)
    plan = hits.why.plan if hits.why else None
    plain = plan is not None and not plan.phrases and not plan.unwanted
    return bool(query.text) and query == whole and plain and not hits.degraded


def _write(here: State, municipality_id: int, note: Callable[[Session, int], None]) -> None:
    try:
        with here.database.transaction() as session:
            note(session, municipality_id)
    except Exception:  # the answer is out: whatever it is, it must not reach the server
        log.exception("search not noted", extra={"municipality_id": municipality_id})
