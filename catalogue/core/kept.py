"""What was read or reckoned and may be asked for again, bounded by its bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any


class Kept:
    """Answers by key; the least recently used go when there is no room. Threads share it."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit, self._used = limit_bytes, 0
        self._kept: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any) -> Any:
        """Return an answer kept, else None."""
        return self.get_all((key,)).get(key)

    def get_all(self, keys: Iterable[Any]) -> dict[Any, Any]:
        """Return those answers that are kept, by key."""
        found = {}
        with self._lock:
            for key in keys:
                kept = self._kept.get(key)
                if kept is not None:
                    self._kept.move_to_end(key)
                    found[key] = kept[0]
        return found

    def put(self, key: Any, answer: Any, size_bytes: int) -> None:
        """Keep an answer in place of one of that key; let go of others when there is no room."""
        self.put_all(((key, answer, size_bytes),))

    def put_all(self, answers: Iterable[tuple[Any, Any, int]]) -> None:
        """Keep some answers, each given with its key and its size."""
        with self._lock:
            for key, answer, size_bytes in answers:
                self._used += size_bytes - self._kept.pop(key, (None, 0))[1]
                self._kept[key] = (answer, size_bytes)
            while self._used > self._limit and len(self._kept) > 1:
                self._used -= self._kept.popitem(last=False)[1][1]
