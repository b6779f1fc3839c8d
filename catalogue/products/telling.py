"""What a version tells, in words and pictures for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements.models import Category
from catalogue.core.text import Text, current_locale, gettext, money, number
from catalogue.core.text import day as in_words
from catalogue.core.text import lazy as _
from catalogue.media.models import Image

from . import attached, details, differing, rules, seasons
from .attached import Attachment
from .differing import Piece
from .queries import Picture
from .variant_rules import Variant

Told = Mapping[str, Any]
NOTHING = "–"
LONG = ("title", "summary", "description")  # compared word by word
_NAMED: dict[str, Mapping[str, Text]] = {
    "kind": rules.KIND_NAMES,
    "unit": rules.UNIT_NAMES,
    "state": rules.STATE_NAMES,
    "place": details.PLACES,
}
_EVERYWHERE = {True: _("The whole country"), False: _("Chosen municipalities")}


@dataclass(frozen=True)
class Side:
    """One side of a line: pieces of text, pictures, or attachments, which readers may open."""

    pieces: Sequence[Piece] = ()
    pictures: Sequence[Picture] = ()
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Line:
    """A field of two versions side by side."""

    label: Any
    old: Side
    new: Side
    differs: bool


@dataclass(frozen=True)
class _Names:
    """What numbers in versions stand for."""

    categories: Mapping[str, Category]
    places: Mapping[int, str]
    images: Mapping[int, Image]


def lines(session: Session, old: Told | None, new: Told) -> list[Line]:
    """Return two versions side by side, field by field; three queries. `old` None: there is none.

    A field that both leave blank is left out.
    """
    names = _names(session, [each for each in (old, new) if each is not None])
    pairs = differing.compare(old, new)
    return [
        Line(differing.label(each.name), *_sides(names, each), each.differs)
        for each in pairs
        if not (_blank(each.old) and _blank(each.new))
    ]


def _sides(names: _Names, pair: differing.Pair) -> tuple[Side, Side]:
    if pair.name == "images":
        return Side(pictures=_pictures(names, pair.old)), Side(pictures=_pictures(names, pair.new))
    if pair.name == "attachments":
        return Side(attachments=attached.of(pair.old)), Side(attachments=attached.of(pair.new))
    old, new = _words(names, pair.name, pair.old), _words(names, pair.name, pair.new)
    if pair.name in LONG and pair.differs and not (_blank(pair.old) or _blank(pair.new)):
        left, right = differing.pieces(old, new)
        return Side(left), Side(right)
    return Side([(old, False)]), Side([(new, False)])


def _words(names: _Names, name: str, value: Any) -> str:
    if _blank(value):
        return NOTHING
    if name in _NAMED:
        return str(_NAMED[name].get(value, value))
    if name in _SPELT:
        return _SPELT[name](value)
    if name == "tiers":
        return tiers_in_words(value)
    if name == "labels":
        return ", ".join(
            f"{details.LABEL_NAMES.get(code, code)} ({proof})" for code, proof in value
        )
    if name == "vat_rate":
        return f"{number(value)} %"
    if name == "category_code":
        found = names.categories.get(value)
        return f"{value} {found.label(current_locale())}" if found else str(value)
    if name == "delivers_everywhere":
        return str(_EVERYWHERE[bool(value)])
    if name == "municipality_ids":
        return ", ".join(sorted(names.places.get(each, str(each)) for each in value))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return number(value) if isinstance(value, int) else str(value)


def variants_in_words(told: Sequence[Told]) -> str:
    """Return variants in words, as they were kept; what a variant no longer tells is left out."""
    known = ({name: each[name] for name in Variant._fields if name in each} for each in told)
    return "; ".join(_variant(Variant(**each)) for each in known)


def tiers_in_words(told: Sequence[tuple[int, int]]) -> str:
    """Return prices at larger quantities in words, as they were kept."""
    return "; ".join(_tier(*each) for each in told)


def _variant(told: Variant) -> str:
    price = money(told.price_ore) if told.price_ore is not None else ""
    paused_on = told.paused_on
    until = gettext("paused until %(day)s", day=in_words(paused_on)) if paused_on else ""
    facts = (told.item_number, price, told.gtin or "", until)
    return f"{told.words} ({', '.join(each for each in facts if each)})"


def _tier(from_quantity: int, off_permille: int) -> str:
    return gettext(
        "from %(quantity)s: %(percent)s %% off",
        quantity=number(from_quantity),
        percent=number(off_permille / 10),
    )


_SPELT: Mapping[str, Callable[[Any], str]] = {
    "price_ore": money,
    "variants": variants_in_words,
    "made_to_order": lambda stock: str(details.STOCK_NAMES[str(int(stock))]),
    "paused_until": lambda day: in_words(date.fromisoformat(day)),
    **dict.fromkeys(seasons.FIELDS, seasons.spoken),
}


def _pictures(names: _Names, told: Sequence[Told] | None) -> list[Picture]:
    found = []
    for place, each in enumerate(told or (), start=1):
        image = names.images.get(each["image_id"])
        if image is not None:
            found.append(
                Picture(
                    image.id, image.sha256, image.width, image.height, image.colour, each["alt"],
                    place, image.id, image.looks, image.shown,
                )
            )  # fmt: skip
    return found


def _blank(value: Any) -> bool:
    return value is None or value in ("", [])


def _names(session: Session, told: Sequence[Told]) -> _Names:
    codes = {each.get("category_code") for each in told} - {None}
    places = {place for each in told for place in each.get("municipality_ids", ())}
    images = {one["image_id"] for each in told for one in each.get("images", ())}
    towns = select(Municipality.id, Municipality.name).where(Municipality.id.in_(places))
    return _Names(
        {each.code: each for each in session.scalars(
            select(Category).where(Category.code.in_(codes)))},
        {id_: name for id_, name in session.execute(towns)},
        {each.id: each for each in session.scalars(select(Image).where(Image.id.in_(images)))},
    )  # fmt: skip
