"""Agreements that may stand in conflict, by a line each."""

from __future__ import annotations

from datetime import timedelta

from cast import TODAY

from catalogue.agreements.conflict_facts import Side
from catalogue.agreements.rules import prefix

DAY = timedelta(days=1)
PLAY, GIFTS = "37535200", "18530000"
CODES = ("37000000", "37500000", "37530000", "37535200", "37535210", "37520000", "18530000")


def side(number: str, kind: str, *codes: str, starts: int = -10, ends: int = 10) -> Side:
    """Return an agreement for those codes; days count from TODAY; the party is that of its kind."""
    return Side(
        agreement_id=int("".join(sign for sign in number if sign.isdigit())),
        kind=kind,
        number=number,
        title="Aftale",
        party="Part",
        party_key="part",
        starts_on=TODAY + starts * DAY,
        ends_on=TODAY + ends * DAY,
        prefixes=tuple(prefix(code) for code in codes or (PLAY,)),
        enterprise_id=1 if kind == "voluntary" else None,
    )
