"""What we sign and read again, whatever a clock did meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from itsdangerous import SignatureExpired, TimestampSigner


class SteadySigner(TimestampSigner):
    """Reads what was signed in the future too: the clock was set back since, and we signed it.

    By itself the library takes it for expired, and everybody is signed out until the clock comes
    to that time again. How long a session lasts stands in the database.
    """

    def unsign(
        self, signed_value: Any, max_age: int | None = None, return_timestamp: bool = False
    ) -> Any:
        """Return what was signed; raises BadSignature, and SignatureExpired when it is too old."""
        value, at = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None and self._age(at) > max_age:
            raise SignatureExpired("signed too long ago", payload=value, date_signed=at)
        return (value, at) if return_timestamp else value

    def _age(self, at: datetime) -> float:
        return self.get_timestamp() - at.timestamp()
