"""An index with something in it, ways to damage it, and what must hold afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cast
from search import worlds
from sqlalchemy import select

from catalogue.agreements.rules import InForce
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.products.models import Product, ProductState
from catalogue.search import service
from catalogue.search.query import Query
from catalogue.settings import Settings

BARE = {"summary": "Fast pris.", "description": "Leveres samlet."}


def stocked(database: Database, parts: dict[str, Any]) -> InForce:
    """Make an index of two segments over three products, one of which is a play house."""
    with database.transaction() as session:
        seller = cast.enterprise(session, "Allehånde")
        titles = ("Legehus i lærk", "Havebænk", "Jubilæumsgave")
        made = [cast.product(session, seller, title, **BARE) for title in titles]
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    service.rebuild(database, parts)
    with database.transaction() as session:
        made[2] = session.merge(made[2])
        made[2].title = "Gavekurv"
        worlds.put(session, [made[2]])
    worlds.work(database, parts)
    return in_force


def index_in_use(folder: Path) -> Path:
    return folder / (folder / "current").read_text()


def all_files(folder: Path) -> list[Path]:
    return sorted(path for path in index_in_use(folder).iterdir() if path.suffix != ".lock")


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def assert_right_and_mended(database: Database, settings: Settings, in_force: InForce) -> None:
    """Search as another process would, have the worker mend what is due, and search again."""
    parts = worlds.opened(settings.data_folder)
    for text, expected in (("legehus", 1), ("havebænk", 1), ("gavekurv", 1), ("sandkasse", 0)):
        with database.reading() as session:
            hits = service.find(session, parts, Query(text), in_force)
            cards = service.list_cards(session, hits.ids, in_force)
        assert len(cards) == expected, text
    with database.transaction() as session:
        if hits.degraded:
            service.ask_for_rebuild(session, cast.NOW)
            service.ask_for_rebuild(session, cast.NOW)
            assert jobs.waiting(session) == 1
    worlds.work(database, parts)
    with database.reading() as session:
        hits = service.find(session, parts, Query("bænk have"), in_force)
        assert not hits.degraded
        assert len(hits.ids) == 1
        assert not service.compare(session, parts)
    parts["search"].close()


def assert_no_wrong_hit(database: Database, parts: dict[str, Any], in_force: InForce) -> None:
    """Search as a buyer does while the killed worker's work waits: it hides, but shows no wrong."""
    with database.reading() as session:
        texts = {each.id: each.title.casefold() for each in session.scalars(select(Product))}
        waiting = {
            job.payload["product_id"]
            for job in session.scalars(select(jobs.Job).where(jobs.Job.topic == service.INDEX))
        }
        for word in ("gave", "kaffe", "kurv", "bænk"):
            asked = Query(f'"{word}"', page_size=1000)
            hits = service.find(session, parts, asked, in_force)
            cards = service.list_cards(session, hits.ids, in_force)
            assert len(set(hits.ids)) == len(hits.ids)
            assert all(card.product.state == ProductState.PUBLISHED for card in cards)
            shown = {card.product.id for card in cards} - waiting
            assert all(word in texts[each] for each in shown), word
