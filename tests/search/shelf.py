"""A shop whose pages tests look at, and a buyer in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cast
import pytest
from flask import Flask
from search import worlds

from catalogue.core.db import Database
from catalogue.products.models import ProductMunicipality, ProductState

SHELF = "kategori=37000000"
# Sign-in, agreements in force, words, enterprises, cards 2, basket, bell, once a process knows the
# categories; a shelf's is looked up too.
RESULTS_QUERIES = 8


@dataclass(frozen=True)
class Shop:
    """Ids of what the pages show."""

    orderable: int
    gift: int
    refused: int
    withdrawn: int
    draft: int
    seller: int


@pytest.fixture
def shop(app: Flask, database: Database) -> Iterator[Shop]:
    """A play house and a gift that may be ordered, cleaning under a mandatory agreement."""
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        here, there = cast.municipality(session), cast.municipality(session, "Vejle")
        seller = cast.enterprise(session)
        made = {
            "orderable": cast.product(session, seller, "Legehus i lærk"),
            "gift": cast.product(
                session, seller, "Jubilæumsgave", category_code=cast.GIFTS, price_ore=25_000,
                delivers_everywhere=False,
            ),
            "refused": cast.product(session, seller, "Rengøring", category_code="90910000"),
            "withdrawn": cast.product(session, seller, "Væk", state=ProductState.WITHDRAWN),
            "draft": cast.product(
                session, seller, "Kladde", state=ProductState.DRAFT, version=0, published_at=None
            ),
        }  # fmt: skip
        session.add(ProductMunicipality(product_id=made["gift"].id, municipality_id=there.id))
        cast.voluntary(session, here, seller, categories=[cast.PLAY_HOUSES, cast.GIFTS])
        cast.mandatory(
            session, here, categories=["90910000"], where_to_buy="Ring til Rent Hus på 12 34 56 78."
        )
        worlds.put(session, list(made.values()))
        ids = {name: product.id for name, product in made.items()}
        shop = Shop(**ids, seller=seller.id)
    worlds.work(database, parts)
    yield shop
    parts["search"].close()


@pytest.fixture
def buyer(client: Any, database: Database) -> Any:
    """A browser in which a buyer of Slagelse is signed in."""
    with database.transaction() as session:
        person = cast.buyer(session)
    cast.sign_in_as(client, person)
    return client
