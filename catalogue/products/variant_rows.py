"""Read the row of a variant in a price list: what it tells of its own, or what is wrong.

All else is its product's to tell. A cell may repeat it, for lists that have everything in every
row; one that says otherwise is refused, for it would be of all variants or of none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from catalogue.core.errors import Invalid
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import judging, sheet_columns, variant_form, variant_rules, verdicts
from .deliveries import Delivery
from .judging import Draft, Found
from .known import Known
from .models import Product
from .price_list import Row, spaced
from .rules import ProductFacts
from .shelf import NewPicture
from .variant_rules import NEW, Variant

_BLANK = Variant(NEW, "")._asdict()
_FACTS = {"price": "price_ore", "images": "image_id"}  # of columns that are called otherwise
_TEXTS = (*variant_rules.TRAITS, "gtin", "pause_reason")
_OWN = {*sheet_columns.OF_VARIANTS}
_NUMBERS = {"item_number", "variant_of"}


@dataclass(frozen=True)
class Leader:
    """The product whose variants rows tell: as it is, and as its own row would make it."""

    number: str
    product: Product | None = None
    before: ProductFacts | None = None
    after: ProductFacts | None = None

    @property
    def sides(self) -> list[ProductFacts]:
        """Return what it says and will say, as far as it does."""
        return [each for each in (self.before, self.after) if each is not None]

    def former(self, item_number: str) -> Variant | None:
        """Return the variant of that number, as the product tells it now."""
        told = self.before.variants if self.before else ()
        found = {spaced(each.item_number): each for each in told}
        return found.get(item_number)

    def image_ids(self, known: Known) -> dict[str, int]:
        """Return the pictures that the product has, by hash."""
        shown = self.product.images if self.product else []
        return {known.images[each.image_id].sha256: each.image_id for each in shown}


@dataclass
class Told:
    """What a row tells of a variant: as it was, as it will be, and what is wrong."""

    row: Row
    former: Variant | None
    variant: Variant
    problems: dict[str, list[Any]] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    pictures: tuple[NewPicture, ...] = ()
    chosen: str = ""  # hash of a picture that the product does not have yet
    brings_pictures: bool = False  # or says anew what they show

    @property
    def is_news(self) -> bool:
        """Tell whether the row changes anything."""
        return self.former != self.variant or bool(self.chosen) or self.brings_pictures

    @property
    def changes(self) -> tuple[str, ...]:
        """Return the facts that the row tells anew; all of a variant that was not told yet."""
        former, now = self.former and self.former._asdict(), self.variant._asdict()
        return tuple(name for name in now if former is None or former[name] != now[name])


def read(row: Row, leader: Leader, known: Known, delivery: Delivery) -> Told:
    """Read one row; whatever is wrong stands in its problems, by field."""
    draft = Draft(problems=dict(row.problems), notes=list(row.notes))
    former = leader.former(row.item_number)
    _read_number(row, leader, known, draft)
    _read_own(row, former, draft)
    judging.read_pictures(row, Found(delivery, known, leader.product), draft)
    variant = (former or Variant(NEW, row.item_number))._replace(**draft.values)
    _read_shared((row, variant), leader, known, draft)
    alts = known.alts_of(leader.product)
    told = Told(
        row, former, variant, draft.problems, tuple(draft.notes), tuple(draft.pictures),
        brings_pictures=verdicts.are_new(draft.pictures, alts),
    )  # fmt: skip
    _choose_picture(told, leader.image_ids(known))
    return told


def _read_number(row: Row, leader: Leader, known: Known, draft: Draft) -> None:
    found, whose = known.find(row.item_number), known.find(leader.number)
    stays = known.leaders.get(row.item_number, leader.number)
    if not row.item_number:
        draft.problems["item_number"] = [_("Write the item number; it tells variants apart")]
    elif known.times[row.item_number] > 1:
        draft.problems["item_number"] = [_("The item number stands in several rows")]
    elif found is not None and found.variant_of_id is None:
        text = _(
            "“%(title)s” is a product of its own and cannot become a variant. Give the variant a"
            " new item number",
            title=found.title,
        )
        draft.problems["item_number"] = [text]
    elif whose is not None and whose.variant_of_id is not None:
        told = known.leaders[spaced(leader.number)]
        text = _("%(number)s is itself a variant. Write %(leader)s", number=leader.number,
                 leader=told)  # fmt: skip
        draft.problems["variant_of"] = [text]
    elif stays != leader.number:
        text = _("It is a variant of %(number)s, and stays so; leave this cell blank", number=stays)
        draft.problems["variant_of"] = [text]


def _read_own(row: Row, former: Variant | None, draft: Draft) -> None:
    told = former._asdict() if former else {}
    cells = {
        name: text
        for name, text in row.cells.items()
        if name in _OWN | {"item_number"}
        and name not in draft.problems
        and not (name in _TEXTS and text == spaced(told.get(name) or ""))
    }
    try:
        draft.values = variant_form.read_row(cells)
    except Invalid as error:
        draft.problems |= error.problems
    draft.values.pop("item_number", None)
    for name in row.emptied & (_OWN | {"images"}):
        fact = _FACTS.get(name, name)
        draft.values[fact] = _BLANK[fact]
    for name in row.emptied & {"alts", *_NUMBERS}:
        draft.problems[name] = [judging.NOT_EMPTIED]


def _read_shared(told: tuple[Row, Variant], leader: Leader, known: Known, draft: Draft) -> None:
    """Refuse what the row says of all variants otherwise than their product does."""
    row, variant = told
    cells = {name: text for name, text in row.cells.items() if name not in _OWN | _NUMBERS}
    others = set(row.emptied) - _OWN - _NUMBERS - {"images", "alts"}
    if cells or row.area:
        read_ = judging.read_shared(replace(row, cells=cells), leader.product, known)
        draft.problems |= read_.problems
        others |= {
            sheet_columns.OF_FACTS.get(name, name)
            for name, value in read_.values.items()
            if not _is_said(name, value, variant, leader.sides)
        }
    for name in sorted(others):
        _refuse(name, row, leader, draft)


def _is_said(name: str, value: Any, variant: Variant, sides: Iterable[ProductFacts]) -> bool:
    """Tell whether the product says the same; nothing is asked where it is not known."""
    said = [getattr(each, name) for each in sides]
    if name == "title":
        said += [f"{title}, {variant.words}" for title in said]
    return not said or value in said


def _refuse(name: str, row: Row, leader: Leader, draft: Draft) -> None:
    if row.lenient:
        draft.notes.append(
            _("What differs from product %(number)s was left out", number=leader.number)
        )
        return
    draft.problems["municipalities" if name == "area" else name] = [
        _(
            "All variants of %(number)s share this. Change it in the row of %(number)s, and leave"
            " it blank here",
            number=leader.number,
        )
    ]


def _choose_picture(told: Told, image_ids: dict[str, int]) -> None:
    """Let the variant be shown by the first picture that its row names."""
    if not told.pictures:
        return
    sha256 = told.pictures[0].received.sha256
    if sha256 in image_ids:
        told.variant = told.variant._replace(image_id=image_ids[sha256])
    else:
        told.chosen = sha256
