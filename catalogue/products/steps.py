"""The steps in which a product is told: what is asked where, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.core.errors import Missing
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import details
from .rules import ProductFacts


@dataclass(frozen=True)
class Step:
    """A page of the guided form: its word in the address, its heading, and its fields."""

    key: str
    title: Text
    fields: tuple[str, ...]


STEPS = (
    Step(
        "hvad", _("What is it?"), ("title", "kind", "summary", "description", "category")
    ),
    Step(
        "pris",
        _("What does it cost?"),
        ("price", "price_base_quantity", "unit", "on_request", "tiers", "vat_rate",
         "vat_exempt_reason"),
    ),
    Step(
        "levering",
        _("Order and delivery"),
        ("minimum_quantity", "delivery_days", "delivers_everywhere", "municipalities",
         "capacity_per_week", "season_from", "season_to", "season", "paused_until", "pause_reason"),
    ),
    Step(
        "fakta",
        _("Good to know"),
        ("item_number", "gtin", "pack_size", "made_to_order", "materials", "dimensions",
         "allergens", "included", "place", "duration", "hours", "extent", "notice_days", "origin",
         "unspsc"),
    ),
    Step("historie", _("Labels and story"), ("labels", "social_story")),
)  # fmt: skip


def get_step(key: str) -> Step:
    """Return the step of that word; raises Missing."""
    found = next((each for each in STEPS if each.key == key), None)
    if found is None:
        raise Missing(_("There is no such step."))
    return found


def step_after(step: Step) -> Step | None:
    """Return the step that follows; None after the last, when pictures come."""
    place = STEPS.index(step) + 1
    return STEPS[place] if place < len(STEPS) else None


def step_of(field: str) -> Step | None:
    """Return the step that asks for a field; pictures have a place of their own."""
    return next((each for each in STEPS if field in each.fields), None)


def asked(facts: ProductFacts) -> frozenset[str]:
    """Return the questions shown: those of kind and category, and those answered before."""
    answered = {name for name in (*details.STORED, "gtin") if getattr(facts, name) not in _BLANK}
    return frozenset(details.questions(facts.kind, facts.category_code)) | answered


_BLANK = (None, "", (), False)
