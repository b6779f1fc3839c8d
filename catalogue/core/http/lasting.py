"""Cookies that outlive a session: signed, for this host and path alone, and read by us only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from .framing import cookies_of_people, guarded
from .signing import SteadySigner
from .state import state


def keep(response: Response, name: str, value: Any, age: timedelta) -> None:
    """Have the browser keep a value of JSON for so long; whatever is changed in it voids it."""
    cookies, path = cookies_of_people(), _path()
    response.set_cookie(
        guarded(current_app, name, path), str(_signing(name).dumps(value)), max_age=age, path=path,
        secure=cookies.get_cookie_secure(current_app), httponly=True, samesite="Lax",
    )  # fmt: skip


def kept(name: str, age: timedelta) -> Any:
    """Return what the browser was given to keep, not longer ago than `age`; else None."""
    sent = request.cookies.get(guarded(current_app, name, _path()), "")
    try:
        return _signing(name).loads(sent, max_age=int(age.total_seconds()))
    except BadData:
        return None


def _path() -> str:
    return cookies_of_people().get_cookie_path(current_app)


def _signing(name: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(state().settings.secret(), salt=name, signer=SteadySigner)
