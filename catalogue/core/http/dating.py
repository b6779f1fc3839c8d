"""When an answer that anybody may keep last changed: `Last-Modified`, and what was asked by it.

The rows behind an answer do not tell, for what leaves it changes the time of nothing that stays.
So each process notes when it first saw an answer as it is. It knows nothing of the time before it
began, and sends once more then what has not changed: too late a time is no fault, too early is one.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from threading import Lock

from flask import Response, request

from .state import State, state

PART = "http.seen"
MOST_SEEN = 5_000  # addresses; what was asked for longest ago is forgotten first
# The header tells whole seconds, in which an answer may change again (RFC 9110, 8.8.2.2): it names
# the second that follows, once that is here.
SECOND = timedelta(seconds=1)


class Seen:
    """Answers by address, each with its tag and when it was first seen with it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    def since(self, address: str, tag: str, now: datetime) -> datetime:
        """Return since when the answer at an address is as it is, as far as is known."""
        with self._lock:
            known, at = self._kept.pop(address, ("", now))
            at = at if known == tag else now
            self._kept[address] = tag, at
            if len(self._kept) > MOST_SEEN:
                self._kept.popitem(last=False)
            return at


def keep(response: Response, control: str) -> Response:
    """Let an answer be kept by everybody, and one with an ETag be asked about by tag or time."""
    here = state()
    response.headers["Cache-Control"] = control
    tag, _weak = response.get_etag()
    if tag is not None:
        now = here.clock().astimezone(UTC)
        at = _seen(here).since(request.full_path, tag, now).replace(microsecond=0) + SECOND
        if at <= now:
            response.last_modified = at
    response.make_conditional(request)
    return response


def _seen(here: State) -> Seen:
    found: Seen = here.parts.setdefault(PART, Seen())
    return found
