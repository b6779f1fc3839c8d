"""Read the rows of a price list against what the database knows: values, or what is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts import queries as accounts
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, current_locale, fold
from catalogue.core.text import lazy as _
from catalogue.media.models import Image
from catalogue.media.service import Received

from . import gate, prices, queries, revisions, schema, shelf
from .deliveries import Delivery, picture_key
from .models import Product
from .price_list import WHOLE_COUNTRY, Row
from .queries import LookedUp
from .shelf import NewPicture


@dataclass
class Known:
    """What rows are compared with; read once for all of them."""

    verified: bool
    checked: bool  # the municipality reads products before buyers do
    changing: frozenset[int]  # products that a change has been begun of
    products: dict[str, Product]
    hashes: dict[int, str]  # image id -> sha256
    places: dict[str, int]  # folded name or code -> municipality id
    categories: dict[str, LookedUp]
    times: Counter[str]
    bound: frozenset[int]  # products whose price cannot rise by the enterprise alone

    def alts_of(self, product: Product | None) -> dict[str, str]:
        """Return the alternative texts of the product's pictures by their hash, in order."""
        images = product.images if product else []
        return {self.hashes[each.image_id]: each.alt for each in images}


@dataclass
class Draft:
    """A row as it was read: values, pictures, and what is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, list[Any]] = field(default_factory=dict)
    pictures: list[NewPicture] = field(default_factory=list)


def draft_of(row: Row, known: Known, delivery: Delivery) -> Draft:
    """Read one row; whatever is wrong stands in its problems, by field."""
    draft = Draft(problems=dict(row.problems))
    _read_cells(row, known.products.get(row.item_number), draft)
    _read_number(row.item_number, known, draft)
    _read_category(row, known, draft)
    _read_area(row, known, draft)
    _read_pictures(row, delivery, draft)
    return draft


def know(session: Session, enterprise_id: int, delivery: Delivery, today: date) -> Known:
    """Read what all rows are compared with."""
    places: dict[str, int] = {}
    for each in accounts.list_municipalities(session):
        name = fold(each.name)
        for spelling in (name, f"{name} kommune", f"{name}s kommune", each.code):
            places[spelling] = each.id
    images = select(Image.id, Image.sha256).where(Image.enterprise_id == enterprise_id)
    return Known(
        verified=shelf.is_verified(session, enterprise_id, today),
        checked=gate.is_checked(session, enterprise_id),
        changing=revisions.list_changing(session, enterprise_id),
        products={each.item_number: each for each in list_all_own(session, enterprise_id)},
        hashes={id_: sha256 for id_, sha256 in session.execute(images)},
        places=places,
        categories=_categories(session, delivery),
        times=Counter(row.item_number for row in delivery.rows),
        bound=prices.bound_ids(session, enterprise_id, today),
    )


def list_all_own(session: Session, enterprise_id: int) -> list[Product]:
    """List all products of the enterprise with pictures and delivery area."""
    query = (
        select(Product)
        .where(Product.enterprise_id == enterprise_id)
        .options(selectinload(Product.images), selectinload(Product.delivery_area))
    )
    return list(session.scalars(query))


def _categories(session: Session, delivery: Delivery) -> dict[str, LookedUp]:
    """Look up every different category of the list; codes in one query, words one by one."""
    texts = {_category_text(row) for row in delivery.rows} - {""}
    codes = queries.find_categories_by_code(session, texts)
    locale = current_locale()
    return {
        text: LookedUp(codes[text], ())
        if text in codes
        else queries.look_up_category(session, text, locale)
        for text in texts
    }


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


def _read_pictures(row: Row, delivery: Delivery, draft: Draft) -> None:
    faults: list[Text | str] = []
    for place, name in enumerate(row.images):
        found = delivery.pictures.get(picture_key(name))
        if found is None:
            faults.append(_("The picture %(name)s was not sent along", name=name))
        elif isinstance(found, Received):
            alt = row.alts[place] if place < len(row.alts) else ""
            draft.pictures.append(NewPicture(found, alt))
        else:
            faults.append(_("%(name)s: %(problem)s", name=name, problem=found))
    try:
        for alt in row.alts:
            schema.read_alt(alt)
    except Invalid as error:
        faults += error.problems["images"]
    if faults:
        draft.problems["images"] = faults
