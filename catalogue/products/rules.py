"""What a product must tell before buyers see it, and what counts as a change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise

from catalogue.core.text import Counted, Text
from catalogue.core.text import day as in_words
from catalogue.core.text import lazy as _

from . import details, seasons, variant_rules
from .details import Label
from .price_rules import Tier
from .variant_rules import Variant

Problem = tuple[str, Text]  # a field and what is to be mended there
UNIT_NAMES: dict[str, Counted] = {
    "piece": Counted(_("piece"), _("pieces")),
    "set": Counted(_("set"), _("sets")),
    "hour": Counted(_("hour"), _("hours")),
    "day": Counted(_("day"), _("days")),
    "month": Counted(_("month"), _("months")),
    "person": Counted(_("person"), _("persons")),
    "portion": Counted(_("portion"), _("portions")),
    "kg": Counted(_("kg"), _("kg")),
    "litre": Counted(_("litre"), _("litres")),
    "metre": Counted(_("metre"), _("metres")),
    "m2": Counted(_("m²"), _("m²")),
    "visit": Counted(_("visit"), _("visits")),
    "box": Counted(_("box"), _("boxes")),
}
# UN/ECE Recommendation 20, as electronic orders and invoices name units; a box is of its annex on
# packages (Recommendation 21).
UNIT_CODES: dict[str, str] = {
    "piece": "H87", "set": "SET", "hour": "HUR", "day": "DAY", "month": "MON", "person": "IE",
    "portion": "PTN", "kg": "KGM", "litre": "LTR", "metre": "MTR", "m2": "MTK", "visit": "E48",
    "box": "XBX",
}  # fmt: skip
MOST_TIERS = 5
MOST_OFF_PERMILLE = 900
KIND_NAMES: dict[str, Text] = {"goods": _("Goods"), "service": _("Service")}
STATE_NAMES: dict[str, Text] = {
    "draft": _("Draft"),
    "submitted": _("Sent in"),
    "published": _("Published"),
    "withdrawn": _("Withdrawn"),
}
FIELD_NAMES: dict[str, Text] = {
    "title": _("Title"),
    "summary": _("In one sentence"),
    "description": _("Description"),
    "item_number": _("Item number"),
    "kind": _("Goods or service"),
    "category": _("Category"),
    "category_code": _("Category"),
    "unit": _("Unit"),
    "price": _("Price excl. VAT"),
    "price_ore": _("Price excl. VAT"),
    "price_base_quantity": _("The price is for"),
    "vat_rate": _("VAT"),
    "vat_exempt_reason": _("Why there is no VAT"),
    "minimum_quantity": _("Smallest order"),
    "delivery_days": _("Days until delivery"),
    "delivers_everywhere": _("Where do you deliver?"),
    "municipalities": _("Municipalities you deliver to"),
    "municipality_ids": _("Municipalities you deliver to"),
    "images": _("Pictures"),
    "state": _("State"),
    "image_alts": _("What the pictures show"),
    "attachment": _("Document"),
    "attachments": _("Documents"),
    "kind_of_attachment": _("What is it?"),
    "title_of_attachment": _("What is it called?"),
    **details.NAMES,
    **variant_rules.NAMES,
}


@dataclass(frozen=True)
class ProductFacts:
    """All that an enterprise says of a product, but for its pictures."""

    item_number: str
    title: str
    unit: str = "piece"
    kind: str = "goods"
    summary: str = ""
    description: str = ""
    category_code: str | None = None
    price_ore: int | None = None
    price_base_quantity: int = 1
    vat_rate: int = 25
    vat_exempt_reason: str | None = None
    minimum_quantity: int = 1
    delivery_days: int | None = None
    delivers_everywhere: bool = True
    municipality_ids: frozenset[int] = frozenset()
    gtin: str | None = None
    paused_until: date | None = None  # the first day on which it can be ordered again
    tiers: tuple[Tier, ...] = ()
    pack_size: int | None = None
    made_to_order: bool | None = None
    materials: str = ""
    dimensions: str = ""
    season: str = ""  # what more there is to say of it
    season_from: str | None = None  # its first day as `05-01`, in every year
    season_to: str | None = None  # its last day
    allergens: str = ""
    on_request: bool = False  # a service whose price is told when it is asked for
    included: str = ""
    place: str = ""
    duration: str = ""
    hours: str = ""
    extent: str = ""
    notice_days: int | None = None
    capacity_per_week: int | None = None
    pause_reason: str = ""
    origin: str = ""
    labels: tuple[Label, ...] = ()
    social_story: str = ""
    unspsc: str | None = None
    size: str = ""
    colour: str = ""
    trait: str = ""
    variants: tuple[Variant, ...] = ()  # besides the product itself, which is the first


def problems(facts: ProductFacts, image_alts: Sequence[str]) -> list[Problem]:
    """List what lacks before the product can be published, in the order of the form.

    `image_alts`: the alternative texts of its pictures. Text and pictures are what the report asks
    for ("i tekst og billeder", section 5.4); alternative texts are law (DOMAIN.md 1.8).
    """
    wanting: list[tuple[bool, str, Text]] = [
        (not facts.title, "title", _("Give it a title")),
        (not facts.summary, "summary", _("Say in one sentence what it is")),
        (not facts.description, "description", _("Describe it, so that a buyer can choose it")),
        (facts.category_code is None, "category", _("Choose a category")),
        (
            facts.price_ore is None and not facts.on_request,
            "price",
            _("State a price")
            if facts.kind == "goods"
            else _("State a price, or say that it is told on request"),
        ),
        (facts.delivery_days is None, "delivery_days", _("State the days until delivery")),
        (not image_alts, "images", _("Add at least one picture")),
        (
            not all(alt.strip() for alt in image_alts),
            "images",
            _("Say for every picture what it shows"),
        ),
    ]
    found = [(field, text) for lacks, field, text in wanting if lacks]
    if not facts.on_request and any(each.price_ore is None for each in facts.variants):
        found.append(("variants", _("State a price for every variant")))
    return found + contradictions(facts)


def contradictions(facts: ProductFacts) -> list[Problem]:
    """List what does not go together, in a draft too."""
    found: list[Problem] = []
    if facts.vat_rate == 0 and not facts.vat_exempt_reason:
        found.append(("vat_exempt_reason", _("Say why the product is without VAT")))
    if not facts.delivers_everywhere and not facts.municipality_ids:
        found.append(("municipalities", _("Choose the municipalities you deliver to")))
    if facts.on_request and facts.kind != "service":
        found.append(("on_request", _("Only services can have their price on request")))
    elif facts.on_request and facts.price_ore is not None:
        found.append(("price", _("Leave the price empty when it is told on request")))
    if problem := tier_problem(facts.tiers):
        found.append(("tiers", problem))
    if half := seasons.problem(facts.season_from, facts.season_to):
        found.append(half)
    found += [
        ("variants", text)
        for text in variant_rules.problems(as_variant(facts), facts.variants, facts.title)
    ]
    return found + [
        ("labels", _("Say what proves %(label)s", label=details.LABEL_NAMES[each.code]))
        for each in facts.labels
        if not each.proof
    ]


def as_variant(facts: ProductFacts) -> Variant:
    """Return the product itself as the first of its variants."""
    traits = {name: getattr(facts, name) for name in variant_rules.TRAITS}
    paused = facts.paused_until.isoformat() if facts.paused_until else None
    return Variant(0, facts.item_number, price_ore=facts.price_ore, paused_until=paused, **traits)


def tier_problem(tiers: Sequence[Tier]) -> Text | None:
    """Return what is wrong with prices at larger quantities, else None."""
    if any(not 0 < each.off_permille <= MOST_OFF_PERMILLE for each in tiers):
        return _("Take between 0,1 and %(most)s per cent off", most=MOST_OFF_PERMILLE // 10)
    pairs = pairwise(tiers)
    if any(
        b.from_quantity <= a.from_quantity or b.off_permille <= a.off_permille for a, b in pairs
    ):
        return _("Let each line be a larger quantity with more off than the one before")
    if any(each.from_quantity < 2 for each in tiers):
        return _("The first line begins at 2 or more")
    return None


def is_paused(paused_until: date | None, today: date) -> bool:
    """Tell whether a product cannot be ordered today, though buyers find it."""
    return paused_until is not None and today < paused_until


def pause_on(facts: ProductFacts, today: date) -> Text | None:
    """Return what buyers read while a product cannot be ordered, else None."""
    if facts.paused_until is None or not is_paused(facts.paused_until, today):
        return None
    return pause_text(facts.paused_until, facts.pause_reason)


def next_season(facts: ProductFacts, today: date) -> date | None:
    """Return when a product out of season is in season next; it can be ordered meanwhile."""
    return seasons.next_start(facts.season_from, facts.season_to, today)


def pause_text(paused_until: date, reason: str) -> Text:
    """Return what buyers read of a pause."""
    if reason:
        return _(
            "%(reason)s. It can be ordered again from %(day)s.",
            reason=reason.rstrip(". "),
            day=in_words(paused_until),
        )
    return _(
        "The enterprise has no more capacity. It can be ordered again from %(day)s.",
        day=in_words(paused_until),
    )


def changed_fields(old: ProductFacts, new: ProductFacts) -> tuple[str, ...]:
    """Return the names of the facts that differ, in the order they are declared."""
    return tuple(
        each.name for each in fields(old) if getattr(old, each.name) != getattr(new, each.name)
    )


def by_field(found: Iterable[Problem]) -> dict[str, list[Text | str]]:
    """Gather problems by field, as forms show them."""
    gathered: dict[str, list[Text | str]] = {}
    for field, text in found:
        gathered.setdefault(field, []).append(text)
    return gathered


def next_item_number(taken: Iterable[str]) -> str:
    """Return a free item number for a product that was given none: V-0001, V-0002, …"""
    numbers = [int(found[1]) for each in taken if (found := re.fullmatch(r"V-(\d{1,9})", each))]
    return f"V-{max(numbers, default=0) + 1:04d}"
