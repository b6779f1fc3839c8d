"""Lines of the log: JSON where no person reads them, each with the requests that it belongs to.

A request has an id, which the work that it causes carries on. No line holds personal data: what is
logged are events and facts of ours. Of what others log (Flask names the address that it failed at)
stands what they always say, not what they fill in; exceptions are told without their words, and
addresses of mail are blotted out.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from . import faults, personal

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_ADDRESS = re.compile(r"[^\s@<>\"'(){}\[\],;:=]+@[\w-]+(?:\.[\w-]+)+")
_ids: ContextVar[tuple[str, ...]] = ContextVar("catalogue_request_ids", default=())
# Not "catalogue" alone: as that Flask speaks of our application. The web server tells of processes.
_OURS = ("catalogue.", "granian", "_granian")
# What every record has; all else was given as facts of the event.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def new_id(sent: str | None) -> str:
    """Return the id that was sent along, if it is well-formed and no CPR number; else a new one."""
    is_id = sent and _WELL_FORMED.fullmatch(sent) and not personal.has_cpr_number(sent)
    return sent if sent and is_id else secrets.token_hex(16)


def present_id() -> str | None:
    """Return the id of the request that this is done for, if it is done for one."""
    found = _ids.get()
    return found[0] if len(found) == 1 else None


def begin(ids: Sequence[str]) -> None:
    """Do what follows, in this thread, for these requests."""
    _ids.set(tuple(ids))


@contextmanager
def during(ids: Sequence[str]) -> Iterator[None]:
    """Do the block for these requests."""
    before = _ids.set(tuple(ids))
    try:
        yield
    finally:
        _ids.reset(before)


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a record tells, as plain values: when, how grave, where, what, for which."""
    at = datetime.fromtimestamp(record.created, UTC)
    told: dict[str, Any] = {
        "at": at.isoformat(timespec="milliseconds"), "level": record.levelname.lower(),
        "logger": record.name, "event": _event_of(record),
    }  # fmt: skip
    ids = _ids.get()
    if ids:
        told["request"] = ids[0] if len(ids) == 1 else list(ids)
    return told | {name: each for name, each in vars(record).items() if name not in _USUAL}


def _event_of(record: logging.LogRecord) -> str:
    """Return what a record says; of others' with nothing filled in, and without further lines,
    which is what programs that they ran have said.
    """
    if record.name.startswith(_OURS):
        return record.getMessage()
    return str(record.msg).partition("\n")[0]


def _error_of(record: logging.LogRecord) -> str | None:
    """Return what went wrong, as `faults` tells it."""
    return faults.told(record.exc_info[1]) if record.exc_info else record.exc_text


class JsonLines(logging.Formatter):
    """A line of JSON for each record; for a host's handlers too."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON, without addresses of mail."""
        told = facts_of(record)
        if error := _error_of(record):
            told["error"] = error
        return without_addresses(json.dumps(told, ensure_ascii=False, default=str))


class PlainLines(logging.Formatter):
    """A line for people, with the facts behind the event."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record in words, without addresses of mail."""
        told = facts_of(record)
        begin = f"{told.pop('at')[11:19]} {told.pop('level'):7} {told.pop('event')}"
        del told["logger"]
        line = " ".join([begin, *(f"{name}={value}" for name, value in told.items())])
        if error := _error_of(record):
            line += f"\n{error}"
        return without_addresses(line)


class ShortLines(logging.Formatter):
    """What a record says, and the kind of what went wrong; for who reads what a command tells."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record in a line."""
        kind = (_error_of(record) or "").rstrip().rpartition("\n")[2]
        return without_addresses(_event_of(record) + (f": {kind}" if kind else ""))


def without_addresses(text: str) -> str:
    """Return a text in which addresses of mail are blotted out."""
    return _ADDRESS.sub("…@…", text)


def set_up(stream: TextIO | None = None) -> None:
    """Have all lines of this process written to a stream: JSON unless it is a terminal.

    Libraries tell what goes wrong alone: their chatter may hold what is nobody's business. What
    ends the process, or a thread of it, is told like all else, not by Python with its words.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    is_terminal = handler.stream.isatty()
    handler.setFormatter(PlainLines() if is_terminal else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("catalogue").setLevel(logging.INFO)
    sys.excepthook = _tell_end
    threading.excepthook = lambda ended: _tell("thread failed", ended.exc_value)
    sys.unraisablehook = lambda found: _tell("failed while tidying up", found.exc_value)


def set_up_in_short() -> None:
    """Have what goes wrong told in a line each, for a command that somebody waits for.

    Python shows what nobody else takes by its last resort, here with some sixty lines of where in
    botocore no keys were found. Who serves calls `set_up` later, which comes before it.
    """
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(ShortLines())


def are_set_up() -> bool:
    """Tell whether this process writes its lines by `set_up`, also of how it ends."""
    return sys.excepthook is _tell_end


def _tell_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _tell("process failed", error)


def _tell(event: str, error: BaseException | None) -> None:
    told = (type(error), error, error.__traceback__) if error else None
    logging.getLogger("catalogue.process").error(event, exc_info=told)
