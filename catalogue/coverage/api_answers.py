"""What the operations of coverage share: the blueprint, its scope, and how they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from catalogue.core.http import contract, state, today, who
from catalogue.core.http.answering import open_api
from catalogue.core.http.operations import Trait

from . import schema, watch_queries

versioned = open_api("coverage_v1_api", __name__)
READ = "coverage:read"
PAGED, TAGGED = frozenset({Trait.PAGED}), frozenset({Trait.TAG})
# What addresses of pages call what programs name otherwise.
NAMES = {
    "dag": "day", "fra": "first_on", "til": "last_on", "beloeb": "amount_ore", "sted": "place",
    "kategori": "category", "afdeling": "department", "konto": "account",
}  # fmt: skip


def home() -> int:
    """Return the municipality of who asks; staff have one, 0 belongs to nobody."""
    return who().municipality_id or 0


def address_of(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the address of a page that asks the same."""
    said = {each: name for name, each in NAMES.items()}
    return {said.get(name, name): value for name, value in query.items()}


def read_day(query: Mapping[str, Any]) -> date:
    """Return the day that is asked about, today without one; raises Invalid."""
    with contract.named(NAMES):
        return schema.read_view(address_of(query), today()).day


def watching(day: date) -> watch_queries.Asked:
    """Return how the limits of a day are held against what was ordered."""
    settings = state().settings
    return watch_queries.Asked(home(), day, settings.watch_years, settings.watch_near_percent)
