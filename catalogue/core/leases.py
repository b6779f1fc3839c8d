"""How long work is claimed, and waits after it failed.

What is claimed stays so for as long as it is worked on: a mail server that answers after ten
seconds makes a batch longer than its lease, and another worker would send the same letters.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from . import outage

log = logging.getLogger("catalogue.jobs")
LEASE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)
RENEWED_SECONDS = 20.0  # a third of a lease: one that fails in between loses nothing
LetGo = Callable[[Iterable[int]], None]


def pause_after(attempts: int) -> timedelta:
    """Return how long work waits that has failed so often: twice as long each time, up to an hour.

    Held down before it is a time: 2**47 seconds are none, and ended the worker.
    """
    return min(timedelta(seconds=2 ** min(attempts, 12)), LONGEST_PAUSE)


@contextmanager
def renewed(ids: Iterable[int], renew: Callable[[Collection[int]], None]) -> Iterator[LetGo]:
    """Renew the leases of jobs during the block; yields what lets go of those that are done."""
    held, lock, over = set(ids), threading.Lock(), threading.Event()

    def keep() -> None:
        while not over.wait(RENEWED_SECONDS):
            with lock, outage.endured(log, "lease not renewed"):
                renew(held)

    def let_go(done: Iterable[int]) -> None:
        with lock:
            held.difference_update(done)

    keeper = threading.Thread(target=keep, name="leases", daemon=True)
    keeper.start()
    try:
        yield let_go
    finally:
        over.set()
        keeper.join()
