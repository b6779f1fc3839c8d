"""How much a product tells its buyers, from 0 to 100, and what to add first, with the reason.

It advises the enterprise and nothing else: what must be there is `rules.problems`, how products
that match equally well are ordered is a rule of search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import details
from .rules import ProductFacts

LONG_ENOUGH = 150  # characters of a description in which a search finds words
PICTURES_ENOUGH = 3


@dataclass(frozen=True)
class Advice:
    """What to add, at which field, why, and how many points of the score it gives."""

    field: str
    text: Text
    why: Text
    points: int


@dataclass(frozen=True)
class Assessment:
    """The score of a product, and what would raise it, most first."""

    score: int
    advice: tuple[Advice, ...]


def assess(facts: ProductFacts, image_alts: Sequence[str]) -> Assessment:
    """Weigh what a product tells against what could be told of one of its kind."""
    weighed = [*_needed(facts), *_shown(image_alts), *_better(facts), *_asked(facts)]
    whole = sum(each.points for _done, each in weighed)
    told = sum(each.points for done, each in weighed if done)
    lacking = sorted((each for done, each in weighed if not done), key=lambda each: -each.points)
    return Assessment(told * 100 // whole, tuple(lacking))


def _needed(facts: ProductFacts) -> list[tuple[bool, Advice]]:
    why = _("It must be there before buyers can see the product.")
    wanting = [
        (bool(facts.summary), "summary", _("Say in one sentence what it is")),
        (
            bool(facts.description),
            "description",
            _("Describe it, so that a buyer can choose it"),
        ),
        (facts.category_code is not None, "category", _("Choose a category")),
        (facts.price_ore is not None or facts.on_request, "price", _("State a price")),
        (
            facts.delivery_days is not None,
            "delivery_days",
            _("State the days until delivery"),
        ),
    ]
    return [(done, Advice(field, text, why, 10)) for done, field, text in wanting]


def _shown(image_alts: Sequence[str]) -> list[tuple[bool, Advice]]:
    many = _("Buyers choose with their eyes: whole, close by and in use.")
    must = _("It must be there before buyers can see the product.")
    described = bool(image_alts) and all(each.strip() for each in image_alts)
    return [
        (described, Advice("images", _("Add a picture and say what it shows"), must, 10)),
        (
            len(image_alts) >= PICTURES_ENOUGH,
            Advice("images", _("Add pictures until there are three"), many, 8),
        ),
    ]


def _better(facts: ProductFacts) -> list[tuple[bool, Advice]]:
    return [
        (
            len(facts.description) >= LONG_ENOUGH,
            Advice(
                "description",
                _("Write some lines more about it"),
                _("A search finds only the words that stand here."),
                8,
            ),
        ),
        (
            bool(facts.social_story),
            Advice(
                "social_story",
                _("Tell who makes it, and what that means to them"),
                _("It is what sets you apart, and what a municipality reports of its purchases."),
                6,
            ),
        ),
        (
            bool(facts.origin),
            Advice(
                "origin",
                _("Say where it is made"),
                _("Municipalities are asked how far their goods have travelled."),
                3,
            ),
        ),
        (
            facts.capacity_per_week is not None,
            Advice(
                "capacity_per_week",
                _("Say how many you can make or do in a week"),
                _("A buyer of forty sees at once whether you can, and need not ask."),
                3,
            ),
        ),
    ]


def _asked(facts: ProductFacts) -> list[tuple[bool, Advice]]:
    """List the questions of its kind and category; the food rules make allergens weigh more."""
    found = []
    for name in details.questions(facts.kind, facts.category_code):
        if name in ("gtin", "season", "pack_size", "unspsc"):
            continue  # not every product has one
        text = _("Fill in: %(field)s", field=details.NAMES[name])
        why = (
            _("Kitchens may not serve food whose allergens they do not know.")
            if name == "allergens"
            else _("Buyers ask about it before they order.")
        )
        done = getattr(facts, name) not in (None, "")
        found.append((done, Advice(name, text, why, 8 if name == "allergens" else 3)))
    return found
