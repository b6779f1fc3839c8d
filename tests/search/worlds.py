"""Worlds of random products for tests that compare search with counting by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import cast
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements.rules import InForce, Mandatory, Voluntary, prefix
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.products.models import Product, ProductKind, ProductMunicipality
from catalogue.search import service
from catalogue.settings import Settings

CODES = ("37535200", "37535210", "37500000", "18530000", "18500000", "77310000", "90910000")
WORDS = ("legehus", "gave", "kurv", "have", "bænk", "rengøring", "kaffe")


def opened(folder: Path, engine: str = "whoosh") -> dict[str, Any]:
    """Return parts with an index in `folder`, or in the database."""
    parts: dict[str, Any] = {}
    service.open_index(parts, Settings(data_folder=folder, search_engine=engine))
    return parts


def work(database: Database, parts: dict[str, Any], at: datetime = cast.NOW) -> None:
    """Do all the work of the outbox that search does."""
    todo: dict[str, jobs.Handler] = {
        "search.index": lambda batch: service.index_batch(database, parts, batch),
        "search.index_enterprise": lambda batch: service.index_enterprise_batch(
            database, parts, batch
        ),
        service.REBUILD: lambda batch: service.rebuild_batch(database, parts, batch),
    }
    while jobs.run_once(database, todo, clock=lambda: at):
        pass


def work_after_lease(database: Database, parts: dict[str, Any]) -> None:
    """Do what a worker that died had claimed, too."""
    work(database, parts, cast.NOW + 2 * jobs.LEASE)


def put(session: Session, products: Sequence[Product]) -> None:
    """Write to the outbox that the products changed."""
    for product in products:
        jobs.put(session, "search.index", {"product_id": product.id}, now=cast.NOW)


def applying(
    municipality: Municipality,
    *,
    voluntary: Sequence[tuple[int, str]] = (),
    mandatory: Sequence[str] = (),
    verified: Sequence[int] | None = None,
) -> InForce:
    """Return what applies: voluntary by (enterprise id, code), mandatory by code."""
    ids = {enterprise_id for enterprise_id, _code in voluntary}
    return InForce(
        municipality_id=municipality.id,
        day=cast.TODAY,
        voluntary=tuple(
            Voluntary(place, f"V{place}", enterprise_id, (prefix(code),))
            for place, (enterprise_id, code) in enumerate(voluntary)
        ),
        mandatory=tuple(
            Mandatory(place, f"F{place}", "Fast", "Leverandør", "Køb der.", (prefix(code),))
            for place, code in enumerate(mandatory)
        ),
        verified=frozenset(ids if verified is None else verified),
    )


def grow(session: Session, chance: random.Random, count: int) -> list[Product]:
    """Make `count` products of some enterprises, with all that filters look at drawn by lot."""
    enterprises = [cast.enterprise(session, f"Virksomhed {n}") for n in range(4)]
    places = [cast.municipality(session, name) for name in ("Slagelse", "Vejle")]
    made = []
    for _n in range(count):
        everywhere = chance.random() < 0.5
        product = cast.product(
            session,
            chance.choice(enterprises),
            " ".join(chance.sample(WORDS, 2)),
            category_code=chance.choice(CODES),
            kind=chance.choice(list(ProductKind)),
            price_ore=chance.choice((None, 0, 49_999, 50_000, 50_001, 199_999, 5_000_000)),
            published_at=cast.NOW - timedelta(hours=chance.randrange(20)),
            delivers_everywhere=everywhere,
        )
        if not everywhere:
            session.add(
                ProductMunicipality(product_id=product.id, municipality_id=chance.choice(places).id)
            )
        made.append(product)
    session.flush()
    put(session, made)
    return made
