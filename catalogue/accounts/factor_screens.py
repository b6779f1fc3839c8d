"""What the pages of the second factor share: what a try is judged by, and the picture to scan."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import request
from flask import session as cookie

from catalogue.core.http import now, state
from catalogue.core.text import Text, gettext
from catalogue.core.text import lazy as _

from . import factor_rules as rules
from .browser import NEW_FACTOR
from .factor_keys import Keys
from .second_factor import Gate, Tried

Errors = dict[str, list[Text | str]]
REFUSALS: dict[Tried, Text] = {
    Tried.WRONG: _("The code is not right, or was used already. Wait for the next one and try it."),
    Tried.TOO_MANY: _("Too many tries. Wait a quarter of an hour and try again."),
}
RECOVERY_REFUSALS: dict[Tried, Text] = REFUSALS | {
    Tried.WRONG: _("The recovery code is not right, or was used already."),
}
PROOF_REFUSALS: dict[Tried, Text] = REFUSALS | {
    Tried.WRONG: _("Password or code is not right, or the code was used already. Try again."),
}
_PENDING = "pending factor"  # the purpose of a key


@dataclass(frozen=True)
class Picture:
    """A secret as it is handed to an app: to be scanned, opened or typed."""

    source: str  # of an image
    link: str
    words: str


def gate() -> Gate:
    """Return what tries of this request are judged by."""
    settings = state().settings
    return Gate(
        _keys(), settings.sign_in_attempts, settings.sign_in_attempts_per_address,
        request.remote_addr or "", now(),
    )  # fmt: skip


def pending_secret(person_id: int) -> str:
    """Return the secret that she is setting up, the same until it counts; made on first asking.

    It waits sealed in her cookie, for her alone.
    """
    secret = _keys().unseal(_PENDING, person_id, cookie.get(NEW_FACTOR, ""))
    if secret is None:
        secret = rules.new_secret()
        cookie[NEW_FACTOR] = _keys().seal(_PENDING, person_id, secret)
    return secret


def draw_picture(secret: str, email: str) -> Picture:
    """Return a secret as an app takes it, with the QR code as SVG."""
    link = rules.address_of(secret, email, gettext("Catalogue"))
    code = segno.make(link, error="m", micro=False)
    source = code.svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return Picture(source, link, rules.grouped(secret))


def _keys() -> Keys:
    return Keys(state().settings.secret())
