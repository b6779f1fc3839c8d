"""Who is let into the application: as many at once as it has threads for, and others wait a little.

Stands between web server and application. Whoever would wait for too long is told to come again
(503), health is asked past everybody, and a body or an answer that trickles holds no place of a
page. It knows nothing of what is asked.
"""

from __future__ import annotations

import io
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO, Any

log = logging.getLogger("catalogue.admission")
WAITING, PATIENCE_SECONDS = 32, 5.0  # who wait for a place, and for how long
MOVING, MOVING_EACH = 16, 8  # bodies, and large answers, on their way: in all, of one address
SPARE = 8  # threads for health, files, and for telling others to come again
KEPT_BYTES = 1_000_000  # of a body or an answer that lie in memory; a larger body lies in a file
PIECE_BYTES = 65_536
RETRY_SECONDS = "5"
LOG_SECONDS = 60.0  # between two lines of the log about it
PAST = ("/livez", "/readyz", "/healthz", "/metrics", "/static/")
Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]


class Full(Exception):
    """There is no place, and too many wait for one."""


@dataclass(frozen=True)
class Refusal:
    """What is answered to whoever finds no place: a page, and what a program gets."""

    page: bytes
    problem: bytes


class Lane:
    """Places for what moves slowly, of which one address may take some, never all."""

    def __init__(self, places: int, each: int) -> None:
        self._left, self._each = places, each
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, address: str) -> None:
        """Take a place; raises Full at once."""
        with self._lock:
            if not self._left or self._held[address] == self._each:
                raise Full
            self._left -= 1
            self._held[address] += 1

    def leave(self, address: str) -> None:
        """Give it back."""
        with self._lock:
            self._left += 1
            self._held[address] -= 1
            self._held += Counter()  # forgets who holds none

    @contextmanager
    def hold(self, address: str) -> Iterator[None]:
        """Hold a place meanwhile; raises Full at once."""
        self.take(address)
        try:
            yield
        finally:
            self.leave(address)


class Admission:
    """The application, for so many requests at once (`places`).

    `largest_bytes` is the most that a body may have; the application refuses larger ones.
    """

    def __init__(
        self,
        application: Application,
        refusal: Refusal,
        *,
        places: int,
        largest_bytes: int,
        prefix: str = "",
    ) -> None:
        self._application, self._refusal = application, refusal
        self._largest, self._prefix = largest_bytes, prefix
        self._places = threading.Semaphore(places)
        self._queue = threading.Semaphore(places + WAITING)
        self._bodies = Lane(MOVING, MOVING_EACH)
        self._answers = Lane(MOVING, MOVING_EACH)
        self._told_at = float("-inf")

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer a request, or tell that there is no place for it."""
        try:
            if environ["PATH_INFO"].removeprefix(self._prefix).startswith(PAST):
                return self._answer(environ, start)
            with self._received(environ), self._place():
                return self._answer(environ, start)
        except Full:
            return self._refuse(environ, start)

    def _answer(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Have an answer whole, for the server sends that without a thread; unless it is large."""
        answer = self._application(environ, start)
        if isinstance(answer, list):
            return answer
        pieces, head, size = iter(answer), [], 0
        for piece in pieces:
            head.append(piece)
            size += len(piece)
            if size > KEPT_BYTES:
                return self._send(environ, (head, pieces), answer)
        _close(answer)
        return head

    def _send(
        self, environ: Environ, parts: tuple[list[bytes], Iterator[bytes]], answer: Iterable[bytes]
    ) -> Iterable[bytes]:
        """Return a large answer, which holds a thread until its reader has it, but no place."""
        address = environ["REMOTE_ADDR"]
        try:
            self._answers.take(address)
        except Full:
            _close(answer)
            raise
        return _Moving(chain(*parts), answer, lambda: self._answers.leave(address))

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._queue.acquire(blocking=False):
            raise Full
        try:
            if not self._places.acquire(timeout=PATIENCE_SECONDS):
                raise Full
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._queue.release()

    @contextmanager
    def _received(self, environ: Environ) -> Iterator[None]:
        """Have the whole body here first: as long as it comes in, it holds a thread alone."""
        told = int(environ.get("CONTENT_LENGTH") or 0)
        chunked = "HTTP_TRANSFER_ENCODING" in environ
        if not (told or chunked) or told > self._largest:  # refused without being read
            yield
            return
        with _room(told, chunked=chunked) as body:
            with self._bodies.hold(environ["REMOTE_ADDR"]):
                self._receive(environ["wsgi.input"], body)
            body.seek(0)
            environ["wsgi.input"] = body
            yield

    def _receive(self, source: IO[bytes], body: IO[bytes]) -> None:
        left = self._largest + 1  # by one more the application sees that it is too large
        while left and (piece := source.read(min(left, PIECE_BYTES))):
            left -= body.write(piece)

    def _refuse(self, environ: Environ, start: Start) -> Iterable[bytes]:
        now = time.monotonic()
        if now - self._told_at > LOG_SECONDS:
            self._told_at = now
            log.warning("too much at once")
        is_api = environ["PATH_INFO"].removeprefix(self._prefix).startswith("/api/")
        kind, text = (
            ("application/problem+json", self._refusal.problem)
            if is_api
            else ("text/html; charset=utf-8", self._refusal.page)
        )
        headers = [
            ("Content-Type", kind), ("Content-Length", str(len(text))),
            ("Cache-Control", "no-store"), ("Retry-After", RETRY_SECONDS),
        ]  # fmt: skip
        start("503 Service Unavailable", headers)
        return [text]


class _Moving:
    """An answer in pieces that gives its place back when it is closed, once."""

    def __init__(
        self, pieces: Iterator[bytes], answer: Iterable[bytes], leave: Callable[[], None]
    ) -> None:
        self._pieces, self._answer, self._leave = pieces, answer, leave
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        """End it, whether all of it was read or not."""
        if not self._closed:
            self._closed = True
            self._leave()
            _close(self._answer)


def threads(places: int) -> int:
    """Return how many threads a process needs that lets so many in at once."""
    return places + WAITING + 2 * MOVING + SPARE


def _room(told: int, *, chunked: bool) -> IO[bytes]:
    if chunked or told > KEPT_BYTES:
        return SpooledTemporaryFile(KEPT_BYTES)
    return io.BytesIO()


def _close(answer: Iterable[bytes]) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()
