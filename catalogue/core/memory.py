"""How the C library of Linux (glibc) keeps memory that was given back to it, for a process of ours.

By itself it has eight pools for each processor, and each keeps what a thread once needed; and after
a large array was given back, arrays up to its size come from pools too. scripts/bench/growth.py
prints what a process takes with these limits. With lower ones pages took longer, for memory came
and went with each.
"""

from __future__ import annotations

import ctypes

# Numbers of mallopt(3), and what they are set to.
_POOLS, _TRIM, _LARGE = (-8, 2), (-1, 16 * 2**20), (-3, 4 * 2**20)


def give_back() -> None:
    """Have two pools, and give back what is large or free; elsewhere than on glibc do nothing."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option:
        for option, value in (_POOLS, _TRIM, _LARGE):
            set_option(option, value)
