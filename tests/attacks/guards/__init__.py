"""Guards against attacks: where each stands, how it is taken out, and which test misses it.

`scripts/attacks` takes them out one by one, in a copy of the tree, and sees the test fail. Here
stands what is cheap to hold: that the text of each guard is still there, once.
"""

from __future__ import annotations

from . import addresses, at_once, browser, elsewhere, entering, files, signing_in
from .guard import POSTGRES, Guard

__all__ = ["GUARDS", "POSTGRES", "Guard"]

GUARDS = [
    *entering.GUARDS, *browser.GUARDS, *addresses.GUARDS, *files.GUARDS, *signing_in.GUARDS,
    *elsewhere.GUARDS, *at_once.GUARDS,
]  # fmt: skip
