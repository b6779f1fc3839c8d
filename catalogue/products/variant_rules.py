"""Variants of a product: what they may differ in, what they are called, and what is wrong. Pure.

A product with variants is itself the first of them. The others are told as facts of that leading
product, so that drafts, checks, versions and copies hold them as they hold a title; on the shelf
each is a row of its own (`families.py`), which buyers order by its own number and price.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _

MOST_VARIANTS = 30
NEW = 0  # the key of a variant that has none yet
LONGEST_NAME = 120  # of an order line, which names the variant
TRAITS = ("size", "colour", "trait")
FAMILY = (*TRAITS, "variants")
NAMES: dict[str, Text] = {
    "size": _("Size"),
    "colour": _("Colour"),
    "trait": _("Another difference"),
    "variant_of": _("Variant of"),
    "variants": _("Variants"),
}
SIZE = "størrelse"  # orders are Danish, whatever the language of the reader
_SAYS_SIZE = ("str ", "stoerrelse", "size")


class Variant(NamedTuple):
    """What a variant tells of its own; all else it shares with the leading product.

    `key` stays with it for good. `paused_until` is an ISO date, as JSON has it.
    """

    key: int
    item_number: str
    size: str = ""
    colour: str = ""
    trait: str = ""
    price_ore: int | None = None
    gtin: str | None = None
    made_to_order: bool | None = None
    paused_until: str | None = None
    pause_reason: str = ""
    image_id: int | None = None  # of the pictures of the leading product

    @property
    def paused_on(self) -> date | None:
        """Return the first day on which it can be ordered again, if it is paused."""
        return date.fromisoformat(self.paused_until) if self.paused_until else None

    @property
    def words(self) -> str:
        """Return what tells it from the others."""
        return words(self.size, self.colour, self.trait)


def words(size: str, colour: str, trait: str) -> str:
    """Return what tells a variant from the others: `størrelse L, blå`."""
    said = fold(size).startswith(_SAYS_SIZE)
    sized = size if not size or said else f"{SIZE} {size}"
    return ", ".join(part for part in (sized, colour, trait) if part)


def full_name(title: str, told: Mapping[str, Any] | None) -> str:
    """Return the title with what tells the variant from the others, from what a row keeps."""
    own = words_of(told)
    return f"{title}, {own}" if own else title


def words_of(told: Mapping[str, Any] | None) -> str:
    """Return what tells the variant from the others, from what a row keeps."""
    given = told or {}
    return words(*(str(given.get(name, "")) for name in TRAITS))


def stored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what facts tell of variants as JSON, blanks left out."""
    own = {name: facts[name] for name in TRAITS if facts[name]}
    variants = [_plain(each) for each in facts["variants"]]
    return own | ({"variants": variants} if variants else {})


def read(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the facts that `stored` made JSON of."""
    given = {name: value for name, value in (kept or {}).items() if name in FAMILY}
    if "variants" in given:
        given["variants"] = tuple(Variant(**each) for each in given["variants"])
    return given


def lowest(price_ore: int | None, variants: Iterable[Variant]) -> int | None:
    """Return the lowest price of a family: what it is sorted and filtered by."""
    known = [each for each in (price_ore, *(one.price_ore for one in variants)) if each is not None]
    return min(known, default=None)


def problems(leader: Variant, variants: Sequence[Variant], title: str) -> list[Text]:
    """List what does not go together; `leader` is the product itself as the first variant."""
    if not variants:
        return []
    family = [leader, *variants]
    told = [fold(each.words) for each in family]
    numbers = [each.item_number for each in family]
    longest = max(len(each.words) for each in family) + len(title) + 2
    wanting = [
        (len(variants) > MOST_VARIANTS, _("At most %(limit)s variants", limit=MOST_VARIANTS)),
        (
            not all(told),
            _("Say of every variant, the first one too, its size, colour or another difference"),
        ),
        (len({*told}) < len(told), _("Two variants are told alike; let them differ")),
        (len({*numbers}) < len(numbers), _("Two variants have the same item number")),
        (
            longest > LONGEST_NAME,
            _(
                "Title and differences together have at most %(limit)s characters, for so the"
                " order names them",
                limit=LONGEST_NAME,
            ),
        ),
    ]
    return [text for wrong, text in wanting if wrong]


def faults(family: Sequence[Variant], title: str) -> dict[int, list[tuple[str, Text]]]:
    """Return what of `problems` is wrong with which variant: by place, field and remedy.

    The first of `family` is the product itself. All that are told alike are named.
    """
    if len(family) < 2:
        return {}
    times = Counter(fold(each.words) for each in family)
    found = {
        place: _faults(each, times[fold(each.words)], len(title) + 2 + len(each.words))
        for place, each in enumerate(family)
    }
    for place in range(MOST_VARIANTS + 1, len(family)):
        text = _("A product has at most %(limit)s variants", limit=MOST_VARIANTS)
        found[place].append(("item_number", text))
    return {place: wrong for place, wrong in found.items() if wrong}


def _faults(variant: Variant, times: int, length: int) -> list[tuple[str, Text]]:
    wanting = [
        (not fold(variant.words), _("Say its size, colour or another difference")),
        (fold(variant.words) and times > 1, _("Another variant is told alike; let them differ")),
        (
            length > LONGEST_NAME,
            _("With the title it has more than %(limit)s characters; make it shorter",
              limit=LONGEST_NAME),
        ),
    ]  # fmt: skip
    where = next((name for name in TRAITS if getattr(variant, name)), TRAITS[0])
    return [(where, text) for wrong, text in wanting if wrong]


def keep_present(
    base: Sequence[Mapping[str, Any]],
    changed: Sequence[Mapping[str, Any]],
    present: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Return variants as `changed` has them, with what it did not change as `present` has it."""
    was, now = ({each["key"]: each for each in side} for side in (base, present))
    return [_merged(was.get(each["key"], {}), each, now.get(each["key"], {})) for each in changed]


def _merged(
    base: Mapping[str, Any], changed: Mapping[str, Any], present: Mapping[str, Any]
) -> dict[str, Any]:
    ours = {name for name in {*base, *changed} if changed.get(name) != base.get(name)}
    said = {name: changed if name in ours else present for name in {**present, **changed}}
    return {name: told[name] for name, told in said.items() if name in told}


def _plain(variant: Variant) -> dict[str, Any]:
    given = {name: each for name, each in variant._asdict().items() if each not in (None, "")}
    return {"key": variant.key, "item_number": variant.item_number} | given
