"""Log what went wrong so that it can be found, without what it went wrong with.

The words of an exception hold what was typed, sent or stored: parameters of a statement, the key
that PostgreSQL says exists already, the address that a mail server refused. So the log has kinds
of exceptions and the lines they came from. What a job failed with stands on its row (outbox).
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any


def note(log: logging.Logger, event: str, **facts: Any) -> None:
    """Log the exception that is being handled; `facts` are ids and names of the business."""
    file, line, function, _stack = log.findCaller(stacklevel=2)
    at = log.name, logging.ERROR, file, line
    record = log.makeRecord(*at, event, (), None, function, facts)
    record.exc_text = told(sys.exception())  # shown where a traceback would be
    log.handle(record)


def told(error: BaseException | None) -> str:
    """Return the kinds of an exception and of those it came from, and their lines; no words."""
    return "".join(_told(error))


def _told(error: BaseException | None) -> Iterator[str]:
    if error is None:
        return
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    yield from _told(earlier)
    yield from traceback.format_tb(error.__traceback__)
    number = f" {error.errno}" if isinstance(error, OSError) and error.errno else ""
    yield f"{type(error).__module__}.{type(error).__qualname__}{number}\n"
