"""How a claimed batch of work is done: together, and job by job when that fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import faults, logs

log = logging.getLogger("catalogue.jobs")


@dataclass(frozen=True)
class Work:
    """A claimed job as its handler sees it."""

    id: int
    topic: str
    payload: Mapping[str, Any]
    attempts: int
    request_id: str | None = None


# A handler does all of a batch or raises; it opens its own transactions and is idempotent.
Handler = Callable[[Sequence[Work]], None]


def handle(handler: Handler, batch: Sequence[Work]) -> Iterator[tuple[Sequence[Work], str | None]]:
    """Do a batch, or each job of one that failed; yield what is done and what it failed at."""
    error = _do(handler, batch)
    if error is None or len(batch) == 1:
        yield batch, error
        return
    for work in batch:  # still claimed, or another worker would do the same meanwhile
        yield [work], _do(handler, [work])


def _do(handler: Handler, batch: Sequence[Work]) -> str | None:
    facts, began = {"topic": batch[0].topic, "jobs": len(batch)}, time.monotonic()
    with logs.during(sorted({work.request_id for work in batch if work.request_id})):
        try:
            handler(batch)
        except Exception as error:  # the border of the worker: kept on the row, logged, tried again
            faults.note(log, "job failed", **facts)
            return f"{type(error).__name__}: {error}"
        log.info("job done", extra=facts | {"ms": round((time.monotonic() - began) * 1000)})
        return None
