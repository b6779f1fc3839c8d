"""The verbs about lists: make, name, share, add to, take from, delete, and order the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import gettext, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.turns import take_turn
from catalogue.core.who import Who
from catalogue.products.models import Product

from . import filling
from .filling import Filling, Wish
from .list_models import ProductList, ProductListLine
from .list_schema import Added, Named

MOST_LINES = 200  # of one list: its page has a field for each
TAKEN = _("You have a list of that name already")
NO_LIST = _("There is no such list.")
NO_PRODUCT = _("The product is not on the list.")


@dataclass(frozen=True)
class Listed:
    """A list among others, with its number of lines."""

    list: ProductList
    owner_name: str
    lines: int
    own: bool


@dataclass(frozen=True)
class ListPage:
    """A list with its lines beside the products of today."""

    list: ProductList
    owner_name: str
    own: bool
    filling: Filling


def list_visible(session: Session, who: Who) -> list[Listed]:
    """List own lists by name, then those colleagues share. One query."""
    lines = (
        select(func.count())
        .where(ProductListLine.list_id == ProductList.id)
        .correlate(ProductList)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ProductList, Person.name, lines)
        .join(Person, Person.id == ProductList.person_id)
        .where(ProductList.visible_to(who))
        .order_by(ProductList.person_id != who.person_id, ProductList.name, ProductList.id)
    )
    return [Listed(each, name, many, each.person_id == who.person_id) for each, name, many in rows]


def get(session: Session, who: Who, list_id: int, today: date) -> ListPage:
    """Return a list that `who` may read, judged and priced today; raises Missing."""
    visible = (ProductList.visible_to(who), ProductList.id == list_id)
    rows = session.execute(
        select(ProductList, Person.name, ProductListLine)
        .join(Person, Person.id == ProductList.person_id)
        .outerjoin(ProductListLine, ProductListLine.list_id == ProductList.id)
        .where(*visible)
        .order_by(ProductListLine.id)
    ).all()
    if not rows:
        raise Missing(NO_LIST)
    found, name, _first = rows[0]
    wishes = [_wish(line) for _list, _name, line in rows if line is not None]
    return ListPage(
        found, name, found.person_id == who.person_id,
        filling.foresee(session, who, wishes, today),
    )  # fmt: skip


def make(session: Session, who: Who, named: Named, now: datetime) -> ProductList:
    """Make an empty list; raises Invalid when the buyer has one of that name."""
    if _find_named(session, who, named.name) is not None:
        raise Invalid({"name": [TAKEN]})
    made = ProductList(
        municipality_id=who.municipality_id,
        person_id=who.person_id,
        name=named.name,
        shared=named.shared,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # the buyer's other request made it a moment ago
        raise Invalid({"name": [TAKEN]}) from None
    return made


def make_from_order(
    session: Session, who: Who, named: Named, number: str, now: datetime
) -> ProductList:
    """Make a list of what an order has from the shelf; raises Missing, and Invalid for nothing."""
    wishes = [
        each for each in filling.list_ordered(session, who, number) if each.product_id is not None
    ]
    if not wishes:
        raise Invalid({"name": [_("The order has nothing that is listed")]})
    made = make(session, who, named, now)
    session.add_all(
        ProductListLine(
            list_id=made.id, product_id=each.product_id, title=each.title, unit=each.unit,
            quantity=each.quantity,
        )
        for each in wishes[:MOST_LINES]
    )  # fmt: skip
    session.flush()
    return made


def rename(session: Session, who: Who, list_id: int, named: Named, now: datetime) -> None:
    """Name an own list anew, and share it or not; raises Missing, or Invalid for a taken name."""
    take_turn(session, "list", who.person_id)
    found = lock_own(session, who, list_id)
    same = _find_named(session, who, named.name)
    if same is not None and same.id != found.id:
        raise Invalid({"name": [TAKEN]})
    found.name, found.shared, found.updated_at = named.name, named.shared, now


def add(session: Session, who: Who, added: Added, now: datetime) -> tuple[ProductList, Product]:
    """Put a product on an own list, or set how many when it is there; return both.

    Without a list it goes to the list of that name, or to the favourites, made on first use.
    Raises Missing for an unknown list or a product that buyers never saw, Invalid for a full list.
    """
    product = _get_seen(session, added.product_id)
    take_turn(session, "list", who.person_id)  # the favourites may not be there yet
    found = _wanted(session, who, added, now)
    quantity = added.quantity or Decimal(product.minimum_quantity)
    lines = {each.product_id: each for each in _lines(session, found)}
    if line := lines.get(product.id):
        line.quantity, line.unit, line.title = quantity, product.unit, product.name
    elif len(lines) >= MOST_LINES:
        raise Invalid({"list_id": [_("A list has at most %(most)s lines", most=MOST_LINES)]})
    else:
        session.add(
            ProductListLine(
                list_id=found.id, product_id=product.id, title=product.name, unit=product.unit,
                quantity=quantity,
            )
        )  # fmt: skip
    found.updated_at = now
    session.flush()
    return found, product


def choices(session: Session, who: Who, product_id: int) -> tuple[Product, Sequence[ProductList]]:
    """Return a product that buyers have seen, and the own lists it may go on, by name."""
    product = _get_seen(session, product_id)
    query = select(ProductList).where(ProductList.owned_by(who)).order_by(ProductList.name)
    return product, session.scalars(query).all()


def set_quantities(
    session: Session, who: Who, list_id: int, quantities: Mapping[int, Decimal], now: datetime
) -> None:
    """Set how many by product id; what is not on the list is passed over. Raises Missing."""
    found = lock_own(session, who, list_id)
    for line in _lines(session, found):
        line.quantity = quantities.get(line.product_id, line.quantity)
    found.updated_at = now


def take_off(session: Session, who: Who, list_id: int, product_id: int, now: datetime) -> None:
    """Take a product off an own list; one that is gone already is no fault. Raises Missing."""
    found = lock_own(session, who, list_id)
    own = (ProductListLine.list_id == found.id, ProductListLine.product_id == product_id)
    session.execute(delete(ProductListLine).where(*own))
    found.updated_at = now


def remove(session: Session, who: Who, list_id: int) -> None:
    """Delete an own list; raises Missing."""
    found = lock_own(session, who, list_id)
    session.execute(delete(ProductListLine).where(ProductListLine.list_id == found.id))
    session.delete(found)


def order(session: Session, who: Who, list_id: int, now: datetime) -> Filling:
    """Put what may be ordered today of a list into the basket; return what became of each line."""
    visible = (ProductList.visible_to(who), ProductList.id == list_id)
    found = session.scalars(select(ProductList).where(*visible)).first()
    if found is None:
        raise Missing(NO_LIST)
    return filling.fill(session, who, _wishes(session, found), now)


def lock_own(session: Session, who: Who, list_id: int) -> ProductList:
    """Return an own list, locked; raises Missing, for those of colleagues too."""
    own = (ProductList.owned_by(who), ProductList.id == list_id)
    found = session.scalars(select(ProductList).where(*own).with_for_update()).first()
    if found is None:
        raise Missing(NO_LIST)
    return found


def _get_seen(session: Session, product_id: int) -> Product:
    product = session.get(Product, product_id)
    if product is None or not product.version:
        raise Missing(_("The product does not exist."))
    return product


def _wanted(session: Session, who: Who, added: Added, now: datetime) -> ProductList:
    if added.list_id is not None and not added.name:
        return lock_own(session, who, added.list_id)
    if not added.name:
        with reading_in("da"):  # one list of favourites, whatever language she reads in today
            added = Added(added.product_id, added.quantity, None, gettext("Favourites"))
    name = added.name or ""
    return _find_named(session, who, name) or make(session, who, Named(name, shared=False), now)


def _find_named(session: Session, who: Who, name: str) -> ProductList | None:
    own = (ProductList.owned_by(who), ProductList.name == name)
    return session.scalars(select(ProductList).where(*own)).first()


def _lines(session: Session, of: ProductList) -> Sequence[ProductListLine]:
    query = select(ProductListLine).where(ProductListLine.list_id == of.id)
    return session.scalars(query.order_by(ProductListLine.id)).all()


def _wishes(session: Session, of: ProductList) -> list[Wish]:
    return [_wish(line) for line in _lines(session, of)]


def _wish(line: ProductListLine) -> Wish:
    return Wish(line.product_id, line.title, line.quantity, line.unit)
