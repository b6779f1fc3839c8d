"""What is published, counted by enterprise and category: what coverage knows of products.

One read serves products, who could deliver, and conflicts. Reads others' tables; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select, true
from sqlalchemy.orm import Session

from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductMunicipality, ProductState
from catalogue.products.queries import leading_where

Place = tuple[int, str]  # enterprise and code of the category
Row = tuple[Place, int, int, int]


@dataclass(frozen=True)
class Shelves:
    """Published products by enterprise and category; the columns stand side by side.

    Variants of one product count once, as buyers find them.

    `priced`: with a price, for without one nothing can be ordered. `everywhere`: delivered so.
    """

    places: Sequence[Place]
    products: Sequence[int]
    priced: Sequence[int]
    everywhere: Sequence[int]

    def rows(self) -> Iterator[Row]:
        """Yield places with their counts."""
        return zip(self.places, self.products, self.priced, self.everywhere, strict=True)

    def by_category(self) -> dict[str, int]:
        """Count products by category."""
        counts: dict[str, int] = {}
        for (_shop, code), count in zip(self.places, self.products, strict=True):
            counts[code] = counts.get(code, 0) + count
        return counts

    def of(self, shops: Set[int]) -> Shelves:
        """Return the shelves of some enterprises alone."""
        return _of_rows([each for each in self.rows() if each[0][0] in shops])

    def orderable(self, pairs: Set[Place]) -> dict[str, int]:
        """Count products with a price by category, in those places that may be ordered from."""
        counts: dict[str, int] = {}
        for place, count in zip(self.places, self.priced, strict=True):
            if count and place in pairs:
                counts[place[1]] = counts.get(place[1], 0) + count
        return counts

    def delivered_everywhere(self) -> Iterator[Place]:
        """Yield the places with something that is delivered everywhere."""
        return (each for each, count in zip(self.places, self.everywhere, strict=True) if count)


def read(session: Session, shops: Set[int] | None = None) -> Shelves:
    """Return the shelves of all enterprises, or of some. One query, answered by an index alone."""
    of_shops = true() if shops is None else Product.enterprise_id.in_(shops)
    everywhere = func.sum(case((Product.delivers_everywhere, 1), else_=0))
    rows = session.connection().execute(
        select(Product.enterprise_id, Product.category_code, func.count(),
               func.count(Product.price_ore), everywhere)
        .where(leading_where(), Product.category_code.is_not(None), of_shops)
        .group_by(Product.enterprise_id, Product.category_code)
    ).all()  # fmt: skip
    return _of_rows([((shop, str(code)), *counts) for shop, code, *counts in rows])


def owners(session: Session, products: Set[int]) -> set[int]:
    """Return the enterprises of some products. One query."""
    return set(session.scalars(select(Product.enterprise_id).where(Product.id.in_(products))))


def renewed(session: Session, kept: Shelves, shops: Set[int]) -> Shelves:
    """Return the shelves after those of some enterprises changed. One query.

    `kept` is what they were before, and is returned where they hold as much as they did: most
    edits change words and prices.
    """
    theirs = read(session, shops)
    if set(theirs.rows()) == set(kept.of(shops).rows()):
        return kept
    others = [each for each in kept.rows() if each[0][0] not in shops]
    return _of_rows([*others, *theirs.rows()])


def list_deliverable(
    session: Session,
    shelves: Shelves,
    municipality_id: int,
    today: date,
    shops: Set[int] | None = None,
) -> list[tuple[str, int]]:
    """List (code, enterprise) of what could be delivered to a municipality. Two queries.

    Of all enterprises, or of some with their shelves. The same enterprises as
    `behind.deliverable_where` finds one category at a time.
    """
    connection = session.connection()
    of_shops = true() if shops is None else Product.enterprise_id.in_(shops)
    are_these = true() if shops is None else Enterprise.id.in_(shops)
    verified = frozenset(
        connection.scalars(
            select(Enterprise.id).where(
                enterprises.verified_where(municipality_id, today), are_these
            )
        )
    )
    here = connection.execute(
        select(Product.enterprise_id, Product.category_code)
        .join(ProductMunicipality, ProductMunicipality.product_id == Product.id)
        .where(ProductMunicipality.municipality_id == municipality_id)
        .where(Product.state == ProductState.PUBLISHED, Product.category_code.is_not(None))
        .where(of_shops)
        .distinct()
    )
    found = {*shelves.delivered_everywhere(), *((shop, str(code)) for shop, code in here)}
    return [(code, shop) for shop, code in found if shop in verified]


def _of_rows(rows: Sequence[Row]) -> Shelves:
    places, products, priced, everywhere = list(zip(*rows, strict=True)) or [()] * 4
    return Shelves(places, products, priced, everywhere)
