"""Waiting for a server of files, but not for long and not in a crowd: it may hang, or drip.

The threads that serve pages are few. Without this, a bucket that hangs takes all of them, and with
its pictures the whole site is gone (seen by scripts/torture/faults.py).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from . import faults
from .errors import Unavailable
from .text import lazy as _

log = logging.getLogger("catalogue.media")
ANSWER_SECONDS = 15.0  # for a whole file, whose sending a time-out of a socket does not bound
REST_SECONDS = 10.0  # in which nobody asks a server that was silent
AT_ONCE = 8
Answer = TypeVar("Answer")


class FilesUnavailable(Unavailable):
    """The server of files does not answer; others who ask are told so at once for a while."""

    title = _("Pictures and documents cannot be reached right now")


@dataclass
class Patience:
    """How long one process waits for a server; after silence one asker tries for all."""

    answer_seconds: float = ANSWER_SECONDS
    watch: Callable[[], float] = time.monotonic
    _rests_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    def ask(self, do: Callable[[], Answer], silence: tuple[type[Exception], ...]) -> Answer:
        """Return what `do` returns; raises FilesUnavailable when it takes too long or is silent.

        `silence`: what it raises when nobody answers.
        """
        self._enter()
        nobody: tuple[type[Exception], ...] = (TimeoutError, *silence)
        answer: Future[Answer] = Future()
        # A thread of its own, for nothing else can be left waiting for what drips.
        threading.Thread(target=self._do, args=(do, answer), daemon=True).start()
        try:
            found = answer.result(self.answer_seconds)
        except nobody as error:
            self._rests_until = self.watch() + REST_SECONDS
            faults.note(log, "server of files is silent")
            raise FilesUnavailable from error
        except BaseException:
            self._rests_until = 0.0  # it said no, which is an answer
            raise
        self._rests_until = 0.0
        return found

    def _enter(self) -> None:
        with self._lock:
            now = self.watch()
            if now < self._rests_until or not self._places.acquire(blocking=False):
                raise FilesUnavailable
            if self._rests_until:  # we try for all: they need not wait along
                self._rests_until = now + self.answer_seconds

    def _do(self, do: Callable[[], Answer], answer: Future[Answer]) -> None:
        try:
            answer.set_result(do())
        except BaseException as error:  # handed to who waits
            answer.set_exception(error)
        finally:
            self._places.release()
