"""Why nothing was found, and the step that helps: a filter to drop, where to buy, whom to ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from catalogue.agreements import refusals
from catalogue.agreements.refusals import Refusal
from catalogue.agreements.rules import InForce

from . import queries, service
from .port import Looked
from .queries import Card
from .query import Hits, Query

MOST_REFUSALS = MOST_ENTERPRISES = 3
LOOKED_AT = 24  # of the products that may not be ordered, for their refusals
DELIVERY, ALL = "levering", "alle"
# What to set to be without a filter, by the filter's name on the page.
WITHOUT: Mapping[str, Mapping[str, Any]] = {
    "q": {"text": ""},
    "kategori": {"category": None},
    "enterprise": {"enterprise_id": None},
    "type": {"kind": None},
    "pris": {"price_from_ore": None, "price_to_ore": None},
    DELIVERY: {"delivers_to": None},
}
# What somebody wants is the first of these that she gave; the rest narrows it.
SUBJECTS = ("q", "kategori", "enterprise")


class Reason(StrEnum):
    """Why nothing was found, in the order in which reasons are looked for."""

    NARROW = "narrow"  # without one of the filters, or all of them, there is some
    REFUSED = "refused"  # there is some that may not be ordered here
    ELSEWHERE = "elsewhere"  # there is some, delivered to other municipalities only
    NOTHING = "nothing"  # nobody in the catalogue has it
    UNSURE = "unsure"  # nobody has it as it is written, and more cannot be said without an index


@dataclass(frozen=True)
class Nothing:
    """Why nothing was found, and what helps.

    `without` counts the products left without each filter, `ALL` without all but the subject;
    `hidden` those that may not be ordered, looked for without filters when `hidden_beyond`;
    `enterprises` (id and name) have something near it and can be asked for a quote; `cards` are
    those of the products that may not be ordered or delivered that were looked at.
    """

    reason: Reason
    without: Mapping[str, int] = field(default_factory=dict)
    hidden: int = 0
    hidden_beyond: bool = False
    refusals: tuple[Refusal, ...] = ()
    enterprises: tuple[tuple[int, str], ...] = ()
    cards: tuple[Card, ...] = ()


def explain(session: Session, parts: dict[str, Any], hits: Hits, in_force: InForce) -> Nothing:
    """Return why `hits` are none; asks the index once more for each filter, the rows once."""
    query = replace(hits.query, page=1, page_size=LOOKED_AT)
    found = {
        name: service.find_ids(session, parts, Looked(asked, in_force, hits.meant))
        for name, asked in widened(query).items()
    }
    left = {name: each.total for name, each in found.items() if each.total}
    beyond = not hits.total_hidden and ALL in found and ALL not in left
    hidden = found[ALL].total_hidden if beyond else hits.total_hidden
    ids = list(found[DELIVERY].ids) if DELIVERY in left else []
    if hidden:
        asked = replace(bare(query) if beyond else query, show_all=True)
        ids += service.find_ids(session, parts, Looked(asked, in_force, hits.meant)).ids
    cards = queries.list_cards(session, ids, in_force) if ids else []
    return Nothing(
        reason=reason_for(left, hidden=hidden, sure=not hits.degraded),
        without=left,
        hidden=hidden,
        hidden_beyond=beyond and bool(hidden),
        refusals=_refusals(cards),
        enterprises=_may_be_asked(cards),
        cards=tuple(cards),
    )


def widened(query: Query) -> dict[str, Query]:
    """Return the query without each filter beside its subject, and without all, by name. Pure."""
    asked = {
        name: replace(query, **without)
        for name, without in WITHOUT.items()
        if name != subject(query)
    }
    filters = {name: each for name, each in asked.items() if each != query}
    return filters | {ALL: bare(query)} if filters else {}


def bare(query: Query) -> Query:
    """Return the query with its subject alone. Pure."""
    kept = WITHOUT.get(subject(query), {})
    dropped = {name: each for without in WITHOUT.values() for name, each in without.items()}
    return replace(query, **{name: each for name, each in dropped.items() if name not in kept})


def subject(query: Query) -> str:
    """Return the name of what is wanted, "" when nothing certain is. Pure."""
    given = {"q": query.text, "kategori": query.category, "enterprise": query.enterprise_id}
    return next((name for name in SUBJECTS if given[name]), "")


def reason_for(without: Mapping[str, int], *, hidden: int, sure: bool = True) -> Reason:
    """Return the reason to tell first. Pure."""
    if set(without) - {DELIVERY, ALL}:
        return Reason.NARROW
    if hidden:
        return Reason.REFUSED
    if DELIVERY in without:
        return Reason.ELSEWHERE
    if ALL in without:
        return Reason.NARROW
    return Reason.NOTHING if sure else Reason.UNSURE


def _refusals(cards: Iterable[Card]) -> tuple[Refusal, ...]:
    """Return the distinct refusals, those first that say where to buy instead."""
    judgements = [each.judgement for each in cards if not each.judgement.orderable]
    told: dict[str, Refusal] = {}
    for judgement in sorted(judgements, key=lambda each: each.mandatory is None):
        refusal = refusals.explain(judgement)
        told.setdefault(f"{refusal.title} {refusal.agreement_number}", refusal)
    return tuple(told.values())[:MOST_REFUSALS]


def _may_be_asked(cards: Iterable[Card]) -> tuple[tuple[int, str], ...]:
    """Return who could offer it: not where a mandatory agreement says where to buy."""
    named = {
        each.enterprise.id: each.enterprise.name
        for each in cards
        if each.judgement.mandatory is None
    }
    return tuple(named.items())[:MOST_ENTERPRISES]
