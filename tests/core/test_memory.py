"""A process of ours has few pools of memory, however many threads it has."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, sys, threading
from catalogue.core import memory
if sys.argv[1] == "limited":
    memory.give_back()
together = threading.Barrier(8)
def work():
    kept = [bytes(50_000) for _each in range(20)]
    together.wait()
threads = [threading.Thread(target=work) for _each in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries have other pools")
def test_eight_threads_share_two_pools() -> None:
    assert _pools("limited") == 2
    assert _pools("as it comes") > 2


def _pools(how: str) -> int:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, how], check=True, capture_output=True, text=True
    ).stdout
    return told.count("<heap nr=")
