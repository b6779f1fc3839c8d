"""One-time codes (RFC 6238), recovery codes, who must have a second factor and who may reset it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest

import pyotp

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import MUNICIPAL, OF_ENTERPRISE, Role, Who

STEP_SECONDS = 30
DRIFT_STEPS = 1  # a watch that is half a minute off, and a code typed slowly (RFC 6238, 5.2)
CODES = 10
HALF_FOR = timedelta(minutes=10)
# Without letters and digits that look alike; 12 of them are 59 bits, and kept by a keyed mark.
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUP, _GROUPS = 4, 3


class Step(StrEnum):
    """What is owed after the password."""

    CODE = "code"
    SET_UP = "set_up"


class News(StrEnum):
    """What a person is told by mail of her second factor, and of her password."""

    ON = "on"
    OFF = "off"
    RESET = "reset"
    RECOVERED = "recovered"
    PASSWORD = "password"  # noqa: S105 - that it was changed, not what it is


class Required(StrEnum):
    """Of whom a municipality asks a second factor."""

    NONE = "none"
    STAFF = "staff"
    APPROVERS = "approvers"
    ALL = "all"


COVERED: dict[Required, frozenset[Role]] = {
    Required.NONE: frozenset(),
    Required.STAFF: frozenset({Role.STAFF}),
    Required.APPROVERS: frozenset({Role.STAFF, Role.APPROVER}),
    Required.ALL: MUNICIPAL,
}
REQUIRED_NAMES: dict[Required, Text] = {
    Required.NONE: _("Nobody: each decides for herself"),
    Required.STAFF: _("Procurement staff alone"),
    Required.APPROVERS: _("Procurement staff and approvers"),
    Required.ALL: _("Everybody: buyers too"),
}
# What the audit calls what is done with second factors, and what it keeps of them.
ACTION_NAMES: dict[str, Text] = {
    "factor.turned_on": _("Sign-in in two steps turned on"),
    "factor.turned_off": _("Sign-in in two steps turned off"),
    "factor.codes_renewed": _("New recovery codes made"),
    "factor.recovered": _("Signed in by a recovery code"),
    "factor.reset": _("Sign-in in two steps reset by another"),
    "factor.required": _("Who must sign in in two steps"),
    "person.password_link": _("Link to choose a password mailed"),
    "person.password_chosen": _("Password chosen"),
    "person.password_changed": _("Password changed"),
    "person.signed_out": _("Sessions ended"),
}
FIELD_NAMES: dict[str, Text] = {
    "two_steps": _("Sign-in in two steps"),
    "codes_left": _("Recovery codes left"),
    "must_have": _("Who must have it"),
}


@dataclass(frozen=True)
class Place:
    """A role that somebody holds, and where."""

    role: Role
    municipality_id: int | None
    enterprise_id: int | None


def new_secret() -> str:
    """Return the secret of a new factor: 160 bits in base 32 (RFC 4226, 4)."""
    return pyotp.random_base32()


def address_of(secret: str, email: str, issuer: str) -> str:
    """Return what an app reads from the QR code (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def grouped(secret: str) -> str:
    """Return a secret as people copy it: in groups of four."""
    return " ".join(re.findall(".{1,4}", secret))


def find_step(secret: str, typed: str, now: datetime, last_step: int | None) -> int | None:
    """Return the step of time whose code was typed; None for a wrong, old or used one."""
    code = re.sub(r"[\s-]", "", typed)
    if not re.fullmatch(r"[0-9]{6}", code):
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    maker = pyotp.HOTP(secret)
    used = last_step or 0
    if used > present + DRIFT_STEPS:  # by a clock that was ahead; nobody waits until it comes round
        used = 0
    found = None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if compare_digest(maker.at(step), code) and step > used:
            found = step
    return found


def new_codes() -> list[str]:
    """Return ten recovery codes as they are shown, such as `7kqm-x2pd-9hrt`."""
    signs = ["".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(CODES * _GROUPS)]
    return ["-".join(signs[at : at + _GROUPS]) for at in range(0, len(signs), _GROUPS)]


def plain_code(typed: str) -> str:
    """Return a recovery code without what people add or leave out when they type it."""
    return re.sub(r"[^0-9a-z]", "", typed.casefold())


def must_have(held: Iterable[tuple[Role, Required]]) -> bool:
    """Tell whether one of the roles needs a factor, each with what its municipality asks."""
    return any(role in COVERED[required] for role, required in held)


def refuses_reset(who: Who, person_id: int, places: Iterable[Place]) -> Text | None:
    """Say why `who` may not reset the factor of a person with those roles; None: she may.

    Whoever is also known elsewhere is protected by it there too, so only an administrator may.
    """
    if who.person_id == person_id:
        return _("Turn your own off on your own page: it asks for your password and a code.")
    if who.role == Role.ADMINISTRATOR:
        return None
    if all(_is_ours(who, each) for each in places):
        return None
    return _("This person also acts elsewhere. Ask the administrator of the catalogue to reset it.")


def _is_ours(who: Who, place: Place) -> bool:
    if who.role == Role.STAFF and place.role in MUNICIPAL:
        return place.municipality_id == who.municipality_id
    if who.role == Role.ENTERPRISE and place.role in OF_ENTERPRISE:
        return place.enterprise_id == who.enterprise_id
    return False
