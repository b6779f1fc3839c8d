"""Decisions about the links by which an enterprise answers an order: what one may, and until when.

Pure functions of plain values.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.ordering.rules import Side, Step, steps

# What is decided by a link: the answers to an order, nothing else. Who has the mail has the link.
BY_LINK = (Step.CONFIRM, Step.CONFIRM_PART, Step.REJECT, Step.PROPOSE)


class Standing(StrEnum):
    """Whether a link may still be used, and why not."""

    OPEN = "open"
    USED = "used"
    MOVED_ON = "moved_on"
    EXPIRED = "expired"


STANDING_NAMES: dict[str, Text] = {
    Standing.OPEN: _("Open"),
    Standing.USED: _("Used"),
    Standing.MOVED_ON: _("The order has moved on"),
    Standing.EXPIRED: _("Expired"),
}


def answers(state: str) -> list[Step]:
    """List what an enterprise may answer by a link to an order in `state`.

    Nothing once it is answered: to change its mind an enterprise signs in.
    """
    possible = steps(state, Side.ENTERPRISE)
    return [step for step in possible if step in BY_LINK] if Step.CONFIRM in possible else []


def standing(*, used: bool, moved_on: bool, expires_at: datetime, now: datetime) -> Standing:
    """Return where a link stands; of several reasons the one that says most to its reader."""
    if used:
        return Standing.USED
    if moved_on:
        return Standing.MOVED_ON
    return Standing.OPEN if now < expires_at else Standing.EXPIRED
