"""A second factor that is turned on, and the codes of its phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import cast
import pyotp
from sqlalchemy.orm import Session

from catalogue.accounts import second_factor
from catalogue.accounts.factor_keys import Keys
from catalogue.accounts.models import Person
from catalogue.accounts.second_factor import Gate

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HALF_MINUTE = timedelta(seconds=30)


def code_at(now: datetime, secret: str = SECRET) -> str:
    """Return what an app shows at a moment."""
    return str(pyotp.TOTP(secret).at(now))


def gate(now: datetime = cast.NOW, **facts: Any) -> Gate:
    """Return what tries are judged by."""
    values = {"per_person": 3, "per_address": 9, "address": "127.0.0.1"} | facts
    return Gate(Keys("a secret of the tests"), now=now, **values)  # type: ignore[arg-type]


def turned_on(session: Session, person: Person, now: datetime = cast.NOW) -> list[str]:
    """Turn a person's factor on, a while before `now`; return her recovery codes."""
    before = now - 4 * HALF_MINUTE
    return second_factor.turn_on(session, person.id, SECRET, code_at(before), gate(before))
