"""A small shop for the tests of both engines, and how its products are changed and looked for."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import cast
import pytest
from conftest import ENGINES
from search import worlds

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.products.models import Product
from catalogue.search import service
from catalogue.search.postgres import tables
from catalogue.search.query import Query

TITLES = ("Solur i kobber", "Gavekurv", "Havebænk")
BARE = {"summary": "Fast pris.", "description": "Leveres samlet."}
PAIRS = [("sqlite", "whoosh"), ("postgresql", "postgresql")]
# Each engine on the database that it is meant for: for tests that take long.
EACH_AT_HOME = pytest.mark.parametrize(
    ("database", "engine"), [each for each in PAIRS if each[0] in ENGINES], indirect=["database"]
)
IN_DATABASE = pytest.mark.parametrize("engine", ["postgresql"])


@pytest.fixture
def shop(database: Database, finder: dict[str, Any]) -> InForce:
    """Three products that may be ordered in Slagelse, and an index of them."""
    with database.transaction() as session:
        seller = cast.enterprise(session, "Allehånde")
        for title in TITLES:
            cast.product(session, seller, title, **BARE)
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    service.rebuild(database, finder)
    return in_force


def found(database: Database, finder: dict[str, Any], text: str, in_force: InForce) -> list[int]:
    with database.reading() as session:
        hits = service.find(session, finder, Query(text), in_force)
    assert not hits.degraded
    return list(hits.ids)


def built(session: Any) -> tables.Build:
    return next(build for build, _version in tables.list_written(session))


def wear(session: Any) -> tuple[int, ...]:
    return astuple(tables.get_wear(session, built(session)))


def change(session: Any, product_id: int, **values: Any) -> None:
    product = session.get(Product, product_id)
    for name, value in values.items():
        setattr(product, name, value)
    session.flush()
    worlds.put(session, [product])
