"""What may wait is written together, and none of it is lost by a process that ends in order."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence

from catalogue.core.later import Later

ENDS = """
from catalogue.core.later import Later
later = Later(lambda pieces: print(*pieces, flush=True))
later.seconds = 0.3
later.add("one")
later.add("two")
"""


def test_without_a_time_to_wait_each_piece_is_written_at_once() -> None:
    written: list[Sequence[int]] = []
    later = Later[int](written.append)
    later.add(1)
    later.add(2)
    assert written == [[1], [2]]


def test_pieces_of_many_threads_are_written_together_and_once() -> None:
    written: list[Sequence[int]] = []
    done = threading.Event()

    def write(pieces: Sequence[int]) -> None:
        written.append(pieces)
        if sum(map(len, written)) == 40:
            done.set()

    later = Later[int](write)
    later.seconds = 0.2
    threads = [threading.Thread(target=later.add, args=(number,)) for number in range(40)]
    for each in threads:
        each.start()
    assert done.wait(10)
    assert sorted(number for pieces in written for number in pieces) == list(range(40))
    assert len(written) < 40


def test_a_process_that_ends_in_order_writes_what_waits() -> None:
    ended = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, check=True)
    assert ended.stdout == "one two\n"
