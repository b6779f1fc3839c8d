"""What is offered while a buyer types: what she may order, in a fixed number of queries."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from search import worlds

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.search import service, suggest


@pytest.fixture
def in_force(database: Database, parts: dict[str, Any]) -> InForce:
    """A play house that may be ordered and a gift that may not."""
    with database.transaction() as session:
        cast.category(session, cast.GIFTS, "Gaver og belønninger")
        seller = cast.enterprise(session, "Legehytten")
        cast.product(session, seller, "Legehus i lærk")
        cast.product(session, seller, "Legegave", category_code=cast.GIFTS)
        made = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    service.rebuild(database, parts)
    return made


@pytest.mark.parametrize(
    ("typed", "products", "categories", "enterprises"),
    [
        ("leg", ["Legehus i lærk"], [], ["Legehytten"]),
        ("legeh", ["Legehus i lærk"], [], ["Legehytten"]),
        ("beløn", [], ["Gaver og belønninger"], []),
        ("Gav", [], ["Gaver og belønninger"], []),
        ("le", [], [], []),
        ("%%%", [], [], []),
    ],
)
def test_suggestions(
    database: Database, parts: dict[str, Any], in_force: InForce, typed: str,
    products: list[str], categories: list[str], enterprises: list[str],
) -> None:  # fmt: skip
    with database.reading() as session:
        found = suggest.suggest(session, parts, typed, in_force)
    assert [name for _id, name in found.products] == products
    assert [name for _code, name in found.categories] == categories
    assert [name for _id, name in found.enterprises] == enterprises


def test_suggestions_take_three_queries(
    database: Database, parts: dict[str, Any], in_force: InForce
) -> None:
    with database.reading() as session, cast.counted_queries(database) as seen:
        suggest.suggest(session, parts, "legehus", in_force)
    assert len(seen) == 3
