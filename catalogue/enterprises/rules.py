"""What applies about an enterprise in a municipality: three facts kept apart, and their sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .models import EnterpriseState, Recognition, RegisterStatus


class Because(StrEnum):
    """Why an enterprise applies as verified in a municipality, or does not."""

    VERIFIED = "verified"
    NOT_REVIEWED = "not_reviewed"
    SUSPENDED = "suspended"
    NOT_RECOGNISED = "not_recognised"
    NOT_ON_REGISTER = "not_on_register"


@dataclass(frozen=True)
class Standing:
    """What therefore applies."""

    because: Because

    @property
    def verified(self) -> bool:
        """Tell whether the enterprise counts as verified in the municipality."""
        return self.because == Because.VERIFIED


def standing(
    state: EnterpriseState,
    recognition: Recognition | None,
    register: RegisterStatus | None,
    *,
    requires_registered: bool,
) -> Standing:
    """Sum up: the review, the municipality's own decision, and the register where it is required.

    The register alone is neither necessary nor sufficient (DOMAIN.md 1.6): each municipality
    chooses whether it requires it.
    """
    if state == EnterpriseState.SUSPENDED:
        return Standing(Because.SUSPENDED)
    if state != EnterpriseState.VERIFIED:
        return Standing(Because.NOT_REVIEWED)
    if recognition == Recognition.NOT_RECOGNISED:
        return Standing(Because.NOT_RECOGNISED)
    if requires_registered and register != RegisterStatus.REGISTERED:
        return Standing(Because.NOT_ON_REGISTER)
    return Standing(Because.VERIFIED)


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
