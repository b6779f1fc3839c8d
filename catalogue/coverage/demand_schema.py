"""The shape of the desk's address: the period, and which groups to show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.core.errors import Invalid
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.search.rules import OUTCOME_NAMES, Outcome

from .demand_rules import Group, Wish

NOTED, UNQUOTED, WITHOUT = "efterlyst", "uden-tilbud", "ingen"
# Reasons as addresses have them.
REASONS: dict[str, Outcome] = {
    "intet": Outcome.NOTHING,
    "fast-aftale": Outcome.MANDATORY,
    "ingen-aftale": Outcome.NO_AGREEMENT,
    "ikke-verificeret": Outcome.NOT_VERIFIED,
    "leveres-ikke": Outcome.ELSEWHERE,
}
REASON_CHOICES: list[tuple[str, Text]] = [
    *((value, OUTCOME_NAMES[outcome]) for value, outcome in REASONS.items()),
    (NOTED, _("Requested by buyers")),
    (UNQUOTED, _("No quote came")),
]
PERIODS = (3, 12)


@dataclass(frozen=True)
class DeskView:
    """What a reader asks the desk for, with the words of the address as they came."""

    months: int
    wish: Wish
    reason: str
    category: str


def read_desk_view(query: Mapping[str, Any]) -> DeskView:
    """Read the address; what cannot be read counts as not said."""
    months = 3 if query.get("periode") == "3" else 12
    reason, category = str(query.get("aarsag", "")), str(query.get("kategori", ""))
    if reason not in (*REASONS, NOTED, UNQUOTED):
        reason = ""
    is_code = len(category) == 8 and category.isascii() and category.isdecimal()
    if not is_code and category != WITHOUT:
        category = ""
    wish = Wish(
        outcome=REASONS.get(reason),
        only_noted=reason == NOTED,
        only_unquoted=reason == UNQUOTED,
        category=category if is_code else None,
        alone=query.get("kun") == "1",
        without_category=category == WITHOUT,
    )
    return DeskView(months, wish, reason, category)


def refuse_asked(group: Group, enterprise_ids: Collection[int]) -> None:
    """Raise Invalid when one of them was asked already: a form sent twice would ask, and mail, all
    of them twice.
    """
    if not {each.enterprise_id for each in group.sent}.isdisjoint(enterprise_ids):
        raise Invalid({"enterprises": [_("Some of them are asked already; choose others")]})
