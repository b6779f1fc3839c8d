"""Small pieces of writing that may wait a moment, so that many are done together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Piece = TypeVar("Piece")


class Later(Generic[Piece]):
    """What waits to be written together after some seconds; with none it is written at once.

    A process that ends in order writes what waits, one that is killed loses it: for counts, never
    for what somebody did. Threads share it. `write` must not raise: nobody would hear of it.
    """

    def __init__(self, write: Callable[[Sequence[Piece]], None]) -> None:
        self.seconds = 0.0
        self._write = write
        self._waiting: list[Piece] = []
        self._lock = threading.Lock()

    def add(self, piece: Piece) -> None:
        """Have a piece written, at once or with what comes meanwhile."""
        if not self.seconds:
            self._write([piece])
            return
        with self._lock:
            self._waiting.append(piece)
            alone = len(self._waiting) == 1
        if alone:  # no daemon: a process that ends waits for it
            threading.Timer(self.seconds, self._together).start()

    def _together(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        self._write(waiting)
