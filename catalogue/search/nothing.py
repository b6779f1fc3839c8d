"""Why nothing was found, and the step that helps: a filter to drop, or where else to buy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from catalogue.agreements import service as agreements
from catalogue.agreements.rules import InForce

from . import queries, service
from .query import Query

MOST_REFUSALS = 3
# What to set to be without a filter, by the filter's name in the address of the page.
WITHOUT: Mapping[str, Mapping[str, Any]] = {
    "kategori": {"category": None},
    "enterprise": {"enterprise_id": None},
    "type": {"kind": None},
    "pris": {"price_from_ore": None, "price_to_ore": None},
    "levering": {"delivers_to": None},
}


class Reason(StrEnum):
    """Why nothing was found, in the order in which reasons are looked for."""

    ELSEWHERE = "elsewhere"  # there is some, delivered to other municipalities only
    NARROW = "narrow"  # without one of the filters there is some
    REFUSED = "refused"  # there is some that may not be ordered here
    NOTHING = "nothing"  # nobody in the catalogue has it


@dataclass(frozen=True)
class Nothing:
    """Why nothing was found: products left without each filter, and refusals with where to buy."""

    reason: Reason
    without: Mapping[str, int]
    refusals: tuple[Any, ...] = ()  # agreements.service.Refusal


def explain(session: Session, parts: dict[str, Any], query: Query, in_force: InForce) -> Nothing:
    """Return why a query finds nothing that may be ordered; asks once more for each filter."""
    counts = {
        name: service.find(session, parts, asked, in_force).total
        for name, asked in narrowed(query).items()
    }
    left = {name: total for name, total in counts.items() if total}
    hidden = service.find(
        session, parts, replace(query, show_all=True, page=1, page_size=24), in_force
    )
    refusals: dict[str, Any] = {}
    for card in queries.list_cards(session, hidden.ids, in_force):
        if not card.judgement.orderable:
            refusal = agreements.explain(card.judgement)
            refusals.setdefault(f"{refusal.title} {refusal.where_to_buy}", refusal)
    found = tuple(refusals.values())[:MOST_REFUSALS]
    return Nothing(reason_for(left, refused=bool(found)), left, found)


def narrowed(query: Query) -> dict[str, Query]:
    """Return the query without each filter it has, by name. Pure."""
    asked = {name: replace(query, **without, page=1) for name, without in WITHOUT.items()}
    return {name: each for name, each in asked.items() if each != replace(query, page=1)}


def reason_for(without: Mapping[str, int], *, refused: bool) -> Reason:
    """Return the reason to tell first. Pure."""
    if set(without) == {"levering"}:
        return Reason.ELSEWHERE
    if without:
        return Reason.NARROW
    return Reason.REFUSED if refused else Reason.NOTHING
