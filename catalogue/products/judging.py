"""Read the rows of a price list against what the database knows: values, or what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalogue.accounts import queries as accounts
from catalogue.core import sheets
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, current_locale, fold
from catalogue.core.text import lazy as _
from catalogue.media.models import Image
from catalogue.media.service import Received

from . import gate, prices, queries, revisions, row_pictures, schema, sheet_cells, shelf
from .check_models import Revision
from .deliveries import Delivery
from .models import Product
from .price_list import LINED, WHOLE_COUNTRY, Row
from .queries import LookedUp
from .row_pictures import Sources
from .rules import ProductFacts
from .shelf import NewPicture

_NEVER_EMPTY = ("item_number", "title", "delivers_everywhere", "municipality_ids")
_USUAL = {
    name: value for name, value in asdict(ProductFacts("", "")).items() if name not in _NEVER_EMPTY
}
# Free texts: a cell that says what stands already is not judged anew.
_TEXTS = {name for name, usual in asdict(ProductFacts("", "")).items() if usual == ""} - {"place"}
_TEXTS |= {"vat_exempt_reason", "gtin", "unspsc"}


@dataclass
class Known:
    """What rows are compared with; read once for all of them."""

    verified: bool
    checked: bool  # the municipality reads products before buyers do
    changing: frozenset[int]  # products that a change has been begun of
    products: dict[str, Product]
    images: dict[int, Received]  # the enterprise's own, by id
    places: dict[str, int]  # folded name or code -> municipality id
    categories: dict[str, LookedUp]
    times: Counter[str]
    bound: frozenset[int]  # products whose price cannot rise by the enterprise alone

    def alts_of(self, product: Product | None) -> dict[str, str]:
        """Return the alternative texts of the product's pictures by their hash, in order."""
        shown = product.images if product else []
        return {self.images[each.image_id].sha256: each.alt for each in shown}

    def find(self, item_number: str) -> Product | None:
        """Return the product of that number; blanks within it are not compared."""
        return self.products.get(item_number) or self.products.get(_spaced(item_number))


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
    _read_cells(row, product, draft)
    _read_number(item_number, known, draft)
    _read_category(row, known, draft)
    _read_area(row, known, draft)
    _read_pictures(row, Found(delivery, known, product), draft)
    _read_emptied(row, draft)
    return draft


def know(session: Session, enterprise_id: int, delivery: Delivery, today: date) -> Known:
    """Read what the rows are compared with: their products and pictures, and no others."""
    places: dict[str, int] = {}
    for each in accounts.list_municipalities(session):
        name = fold(each.name)
        for spelling in (name, f"{name} kommune", f"{name}s kommune", each.code):
            places[spelling] = each.id
    products = list_own(session, enterprise_id, {row.item_number for row in delivery.rows})
    by_number = {_spaced(each.item_number): each for each in products}
    return Known(
        verified=shelf.is_verified(session, enterprise_id, today),
        checked=gate.is_checked(session, enterprise_id),
        changing=revisions.list_changing(session, enterprise_id),
        products=by_number | {each.item_number: each for each in products},
        images=_list_images(session, enterprise_id, products, delivery),
        places=places,
        categories=_categories(session, delivery),
        times=delivery.times,
        bound=prices.bound_ids(session, enterprise_id, today),
    )


def list_own(session: Session, enterprise_id: int, numbers: Collection[str]) -> list[Product]:
    """List the products of those numbers with pictures and area; a change of another is none."""
    uneven = [Product.item_number.contains(blanks) for blanks in ("  ", "\u00a0", "\t", "\n")]
    query = (
        select(Product)
        .where(Product.enterprise_id == enterprise_id)
        .where(or_(Product.item_number.in_(numbers), *uneven))
        .where(Product.id.not_in(select(Revision.draft_id)))
        .options(*shelf.whole())
    )
    return list(session.scalars(query))


def _list_images(
    session: Session, enterprise_id: int, products: Collection[Product], delivery: Delivery
) -> dict[int, Received]:
    """Return by id the pictures of the products, and those that rows call by our name for them."""
    wanted = {each.image_id for product in products for each in product.images}
    wanted |= {
        number
        for row in delivery.rows
        for name in row.images
        if (number := sheet_cells.picture_id(name))
    }
    query = select(Image).where(Image.enterprise_id == enterprise_id, Image.id.in_(wanted))
    names = Received.__dataclass_fields__
    return {
        each.id: Received(**{name: getattr(each, name) for name in names})
        for each in session.scalars(query)
    }


def _categories(session: Session, delivery: Delivery) -> dict[str, LookedUp]:
    """Look up every different category of the list; codes in one query, words one by one.

    What was looked up for other rows of the list is not looked up again.
    """
    known, locale = delivery.looked_up, current_locale()
    texts = {_category_text(row) for row in delivery.rows} - {"", *known}
    codes = queries.find_categories_by_code(session, texts)
    known |= {
        text: LookedUp(codes[text], ())
        if text in codes
        else queries.look_up_category(session, text, locale)
        for text in texts
    }
    return known


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
        if isinstance(was := old.get(name), str) and text == _spaced(was, name)
    }
    if product.details and row.cells.get("labels") in sheet_cells.label_spellings(product.details):
        same.add("labels")
    cells = {name: text for name, text in row.cells.items() if name not in same}
    return replace(row, cells=cells)


def _spaced(text: str, name: str = "") -> str:
    """Return a text with the blanks that a cell of it has."""
    return sheets.spaced(text, lines=name in LINED)


def _category_text(row: Row) -> str:
    text = row.cells.get("category", "")
    code = schema.CATEGORY_CODE.match(text)
    return code[1] if code else text


def _read_cells(row: Row, product: Product | None, draft: Draft) -> None:
    cells = {name: text for name, text in row.cells.items() if name not in draft.problems}
    try:
        draft.values = schema.read(cells) if product is None else schema.read_some(cells)
    except Invalid as error:
        draft.problems |= error.problems
    draft.values.pop("category", None)


def _read_number(item_number: str, known: Known, draft: Draft) -> None:
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
    text = _category_text(row)
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


def _read_pictures(row: Row, found: Found, draft: Draft) -> None:
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
            draft.problems[field] = [_("This cannot be emptied in a list")]
