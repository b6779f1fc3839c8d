"""What applies about an enterprise in a municipality: three facts kept apart, and their sum.

And for how long: a verification counts to a last day and is renewed before it, or lapses.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .models import EnterpriseState, Recognition, RegisterStatus

# Time enough for an enterprise to answer and for the reviewer to read it.
RENEWAL_DAYS = 60
REGISTER_FRESH_DAYS = 365  # a look-up of the register older than that says little of today


class Because(StrEnum):
    """Why an enterprise applies as verified in a municipality, or does not."""

    VERIFIED = "verified"
    NOT_REVIEWED = "not_reviewed"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    NOT_RECOGNISED = "not_recognised"
    NOT_ON_REGISTER = "not_on_register"


@dataclass(frozen=True)
class Review:
    """What the reviewing municipality decided, and the last day that it counts."""

    state: EnterpriseState
    verified_until: date | None

    def lapsed_on(self, day: date) -> bool:
        """Tell whether a verification was given and counts no more on `day`."""
        until = self.verified_until
        return self.state == EnterpriseState.VERIFIED and (until is None or until < day)

    def renewable_on(self, day: date) -> bool:
        """Tell whether the verification may be renewed on `day`: close to its end, or after it."""
        until = self.verified_until
        close = until is None or day >= until - timedelta(days=RENEWAL_DAYS)
        return self.state == EnterpriseState.VERIFIED and close


@dataclass(frozen=True)
class Standing:
    """What therefore applies."""

    because: Because

    @property
    def verified(self) -> bool:
        """Tell whether the enterprise counts as verified in the municipality."""
        return self.because == Because.VERIFIED


def standing(
    review: Review,
    recognition: Recognition | None,
    register: RegisterStatus | None,
    *,
    requires_registered: bool,
    day: date,
) -> Standing:
    """Sum up on `day`: the review, the municipality's own decision, and the register if required.

    The register alone is neither necessary nor sufficient (DOMAIN.md 1.6): each municipality
    chooses whether it requires it.
    """
    if review.state == EnterpriseState.SUSPENDED:
        return Standing(Because.SUSPENDED)
    if review.state != EnterpriseState.VERIFIED:
        return Standing(Because.NOT_REVIEWED)
    if review.lapsed_on(day):
        return Standing(Because.LAPSED)
    if recognition == Recognition.NOT_RECOGNISED:
        return Standing(Because.NOT_RECOGNISED)
    if requires_registered and register != RegisterStatus.REGISTERED:
        return Standing(Because.NOT_ON_REGISTER)
    return Standing(Because.VERIFIED)


def valid_until(day: date, months: int) -> date:
    """Return the last day of a verification given on `day` for so many months."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def renewed_until(until: date, today: date, months: int) -> date:
    """Return the last day of a renewed verification; who renews early loses no day by it."""
    return valid_until(max(until, today), months)


def turnover_problems(
    turnover_ore: int | None, year: int | None, today: date
) -> dict[str, list[Text | str]]:
    """Return what is wrong with a stated turnover, by field; a turnover is that of a year gone."""
    if turnover_ore is not None and year is None:
        return {"turnover_year": [_("Write the accounting year the turnover is of")]}
    if year is not None and turnover_ore is None:
        return {"turnover": [_("Write the turnover of that year, or clear the year")]}
    if year is not None and year > today.year:
        return {"turnover_year": [_("Write this year or an earlier one")]}
    return {}
