"""Read the rows of a price list against what the database knows: values, or what is wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

from catalogue.core.errors import Invalid
from catalogue.core.text import Text, current_locale, fold
from catalogue.core.text import lazy as _

from . import row_pictures, schema, sheet_cells, variant_rules
from .deliveries import Delivery
from .known import Known, category_text
from .models import Product
from .price_list import WHOLE_COUNTRY, Row, spaced
from .row_pictures import Sources
from .rules import ProductFacts
from .shelf import NewPicture

NOT_EMPTIED = _("This cannot be emptied in a list")
_NEVER_EMPTY = ("item_number", "title", "delivers_everywhere", "municipality_ids")
_USUAL = {
    name: value for name, value in asdict(ProductFacts("", "")).items() if name not in _NEVER_EMPTY
}
# Free texts: a cell that says what stands already is not judged anew.
_TEXTS = {name for name, usual in asdict(ProductFacts("", "")).items() if usual == ""} - {"place"}
_TEXTS |= {"vat_exempt_reason", "gtin", "unspsc"}


@dataclass
class Draft:
    """A row as it was read: values, pictures, and what is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, list[Any]] = field(default_factory=dict)
    pictures: list[NewPicture] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)


class Found(NamedTuple):
    """Where the pictures of a row are looked for."""

    delivery: Delivery
    known: Known
    product: Product | None


def draft_of(row: Row, known: Known, delivery: Delivery) -> Draft:
    """Read one row; whatever is wrong stands in its problems, by field."""
    product = known.find(row.item_number)
    item_number, row = row.item_number, _news(row, product)
    draft = Draft(problems=dict(row.problems))
    _read_cells(row, draft, partial=product is not None)
    _read_number(item_number, known, draft)
    _read_category(row, known, draft)
    _read_area(row, known, draft)
    read_pictures(row, Found(delivery, known, product), draft)
    _read_emptied(row, draft)
    return draft


def read_shared(row: Row, product: Product | None, known: Known) -> Draft:
    """Read a row of a variant as if its product told it, but for pictures."""
    row = _news(row, product)
    draft = Draft()
    _read_cells(row, draft, partial=True)
    _read_category(row, known, draft)
    _read_area(row, known, draft)
    return draft


def alone(row: Row) -> Row:
    """Return the row of a product that has no variants, which it would be told apart from.

    Many lists have a column Størrelse for what ours calls Mål.
    """
    own = row.cells.keys() & {*variant_rules.TRAITS}
    if not own:
        return row
    cells = {name: text for name, text in row.cells.items() if name not in own}
    columns = dict(row.columns)
    if "size" in own and not {"dimensions"} & (columns.keys() | cells.keys()):
        own -= {"size"}
        cells["dimensions"] = row.cells["size"]
        columns |= {"dimensions": columns["size"]} if "size" in columns else {}
    told = _(
        "Size, colour and other differences are told only of products that have variants; they"
        " were passed over"
    )
    return replace(row, cells=cells, columns=columns, notes=row.notes + ((told,) if own else ()))


def _news(row: Row, product: Product | None) -> Row:
    """Leave out the texts that the product has already, but for blanks that a sheet takes off.

    So an export that comes back changes nothing, even where it says what would be refused today.
    """
    if product is None:
        return row
    told = product.details or {}
    old = {name: getattr(product, name, None) or told.get(name) for name in _TEXTS}
    same = {
        name
        for name, text in row.cells.items()
        if isinstance(was := old.get(name), str) and text == spaced(was, name)
    }
    if product.details and row.cells.get("labels") in sheet_cells.label_spellings(product.details):
        same.add("labels")
    cells = {name: text for name, text in row.cells.items() if name not in same}
    return replace(row, cells=cells)


def _read_cells(row: Row, draft: Draft, *, partial: bool) -> None:
    cells = {name: text for name, text in row.cells.items() if name not in draft.problems}
    try:
        draft.values = schema.read_some(cells) if partial else schema.read(cells)
    except Invalid as error:
        draft.problems |= error.problems
    draft.values.pop("category", None)


def _read_number(item_number: str, known: Known, draft: Draft) -> None:
    if "item_number" in draft.problems:
        return  # what it was read as is none
    if not item_number:
        draft.problems["item_number"] = [_("Write the item number; it tells products apart")]
    elif (found := known.products.get(item_number)) and found.variant_of_id is not None:
        text = _(
            "This is a variant of “%(title)s”. Change it on that product's page", title=found.title
        )
        draft.problems["item_number"] = [text]
    elif known.times[item_number] > 1:
        draft.problems["item_number"] = [_("The item number stands in several rows")]


def _read_category(row: Row, known: Known, draft: Draft) -> None:
    text = category_text(row)
    if not text:
        return
    found = known.categories[text]
    if found.category is not None:
        draft.values["category_code"] = found.category.code
        return
    near = ", ".join(f"{each.code} {each.label(current_locale())}" for each in found.candidates[:3])
    draft.problems["category"] = [
        _("“%(text)s” may be several categories; write the code, such as %(near)s",
          text=text, near=near)
        if near
        else _("There is no category “%(text)s”; write a CPV code", text=text)
    ]  # fmt: skip


def _read_area(row: Row, known: Known, draft: Draft) -> None:
    if not row.area:
        return
    folded = {fold(name): name for name in row.area}
    if set(folded) & WHOLE_COUNTRY:
        draft.values |= {"delivers_everywhere": True, "municipality_ids": frozenset()}
        return
    unknown = [name for key, name in folded.items() if key not in known.places]
    if unknown:
        text = _("No municipality is called %(names)s", names=", ".join(unknown))
        draft.problems["municipalities"] = [text]
        return
    ids = frozenset(known.places[key] for key in folded)
    draft.values |= {"delivers_everywhere": False, "municipality_ids": ids}


def read_pictures(row: Row, found: Found, draft: Draft) -> None:
    """Read which pictures a row names, and what they show."""
    known, delivery = found.known, found.delivery
    alts = known.alts_of(found.product)
    sources = Sources(delivery.pictures, known.images, alts, delivery.at_most)
    read = row_pictures.read(row, sources)
    draft.pictures, draft.notes = read.pictures, read.notes
    if read.faults:
        draft.problems["images"] = read.faults


def _read_emptied(row: Row, draft: Draft) -> None:
    """Give what is to be emptied its usual value; some things are never without one."""
    for name in row.emptied:
        fact = {"price": "price_ore", "category": "category_code"}.get(name, name)
        if fact in _USUAL:
            draft.values[fact] = _USUAL[fact]
        else:
            field = "municipalities" if name == "area" else "images" if name == "alts" else name
            draft.problems[field] = [NOT_EMPTIED]
