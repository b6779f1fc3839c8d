"""What the browser holds of a sign-in: a token in the signed cookie, and nothing from before it."""

from __future__ import annotations

from flask import session as cookie

from catalogue.core.http import forget_visitor

TOKEN = "catalogue_token"  # noqa: S105 - the name of a place in the cookie
HALF = "catalogue_half"  # of a sign-in that is half done
NEW_FACTOR = "catalogue_new_factor"  # the sealed secret of a factor that is being set up
_KEPT = ("catalogue_messages", "catalogue_locale")


def hold(token: str) -> None:
    """Begin a session: what was planted before sign-in is worth nothing after it."""
    _begin_anew()
    cookie[TOKEN] = token


def hold_half(token: str) -> None:
    """Begin the second step of a sign-in; nobody is signed in meanwhile."""
    _begin_anew()
    cookie[HALF] = token


def _begin_anew() -> None:
    kept = {name: cookie[name] for name in _KEPT if cookie.get(name)}
    forget_visitor()
    cookie.update(kept)
