"""Browsers that somebody has signed in with: her failed tries there are counted apart.

Else whoever knows an address could keep its owner out, by failing there again and again on
purpose. The browser holds a mark for each of its last few persons, signed by us, that tells no
address. Source: OWASP, Blocking Brute Force Attacks, device cookies.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta

from .queries import hash_of

COOKIE, AGE = "catalogue_known", timedelta(days=180)
MOST = 5  # persons at one computer
Marks = Mapping[str, str]  # by what tells a person apart
_SIGNS = 32  # of a hash: enough to tell persons apart


def mark_of(kept: Marks | None, email: str) -> str:
    """Return the mark that the browser holds for an address, "" if it is not known for it."""
    return (kept or {}).get(_key(email), "")


def with_mark(kept: Marks | None, email: str) -> dict[str, str]:
    """Return what the browser is to hold once its person has signed in; she comes last."""
    marks = dict(kept or {})
    mark = marks.pop(_key(email), None) or secrets.token_urlsafe(12)
    return dict([*marks.items(), (_key(email), mark)][-MOST:])


def _key(email: str) -> str:
    return hash_of(email.casefold())[:_SIGNS]
