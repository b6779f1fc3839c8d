"""How a process of ours has memory looked after: by Python, and by the C library of Linux (glibc).

By itself the latter has eight pools for each processor, and each keeps what a thread once needed;
and after a large array was given back, arrays up to its size come from pools too.
scripts/bench/growth.py prints what a process takes with these limits. With lower ones pages took
longer, for memory came and went with each.
"""

from __future__ import annotations

import ctypes
import gc

GARBAGE = (20_000, 5, 50)  # objects made between two looks for garbage, by generation
# Numbers of mallopt(3), and what they are set to.
_POOLS, _TRIM, _LARGE = (-8, 2), (-1, 16 * 2**20), (-3, 4 * 2**20)


def give_back() -> None:
    """Have two pools, and give back what is large or free; elsewhere than on glibc do nothing."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option:
        for option, value in (_POOLS, _TRIM, _LARGE):
            set_option(option, value)


def look_seldom() -> None:
    """Look for garbage seldom: there is little, and to look takes a fifth of loading."""
    gc.set_threshold(*GARBAGE)
