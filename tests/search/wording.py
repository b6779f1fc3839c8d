"""Two towns that say of words what they mean, each for itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cast
import pytest
from flask import Flask
from search import worlds
from sqlalchemy import select

from catalogue.core.db import Database
from catalogue.search.models import KeptSynonym
from catalogue.search.synonyms import Synonym

SHIPPED = (
    Synonym("legehus", "same", ("hytte til børn",), ()),
    Synonym("rengøring", "same", ("renhold",), ()),
    Synonym("rengøring", "also", ("vinduespudsning",), ("90910000",)),
)
FORM = {"word": "krudthus", "relation": "same", "means": "legehus", "categories": ""}


@dataclass
class Towns:
    """Browsers of staff and buyers in Slagelse, and of both in Vejle."""

    staff: Any
    buyer: Any
    staff_there: Any
    buyer_there: Any
    ids: dict[str, int] = field(default_factory=dict)


@pytest.fixture
def towns(app: Flask, database: Database) -> Iterator[Towns]:
    """A play house that both towns may order."""
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        here, there = cast.municipality(session), cast.municipality(session, "Vejle")
        seller = cast.enterprise(session, "Værkstedet")
        texts = {"summary": "Af lærk.", "description": "Leveres samlet."}
        product = cast.product(session, seller, "Legehus", **texts)
        for town in (here, there):
            cast.voluntary(session, town, seller, categories=[cast.PLAY_HOUSES])
        people = [
            cast.staff(session, here), cast.buyer(session, here),
            cast.staff(session, there), cast.buyer(session, there),
        ]  # fmt: skip
        worlds.put(session, [product])
        ids = {"here": here.id, "there": there.id}
    worlds.work(database, parts)
    browsers = [app.test_client() for _person in people]
    for browser, person in zip(browsers, people, strict=True):
        cast.sign_in_as(browser, person)
    yield Towns(*browsers, ids=ids)
    parts["search"].close()


def finds(browser: Any, text: str) -> bool:
    page = browser.get("/soeg", query_string={"q": text}).text
    return "Legehus</a>" in page.replace("<mark>", "").replace("</mark>", "")


def only_own(database: Database) -> KeptSynonym:
    with database.reading() as session:
        return session.scalars(select(KeptSynonym)).one()
