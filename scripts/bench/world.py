"""Catalogues of any size for measuring: seeded, words by Zipf's law, as real ones are skewed."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from catalogue.accounts import service as accounts
from catalogue.accounts.models import Municipality
from catalogue.agreements import categories
from catalogue.agreements.models import Category
from catalogue.agreements.rules import InForce, Mandatory, Voluntary
from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.core.text import fold
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.products.models import Product, ProductMunicipality
from catalogue.search.models import Asked
from catalogue.search.query import Query
from catalogue.settings import Settings

ENTERPRISES, DIVISIONS, CHUNK = 200, 12, 5_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUERIES = 200


@dataclass(frozen=True)
class World:
    """A catalogue in a database, and what is asked of it."""

    database: Database
    settings: Settings
    in_force: InForce
    queries: dict[str, list[Query]]


def make(folder: Path, count: int, seed: int = 1, url: str = "", queries: int = QUERIES) -> World:
    """Fill a database with `count` published products: that of `url`, else one in `folder`.

    With so many `queries` of each kind.
    """
    chance = random.Random(seed)
    settings = Settings(data_folder=folder, database_url=url)
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database, settings.sqlite_busy_timeout_ms)
    migrations.upgrade(database)
    with database.transaction() as session:
        accounts.import_municipalities(session)
        categories.import_categories(session)
        labels = dict(session.execute(select(Category.code, Category.label_da)).all())
        towns = list(session.scalars(select(Municipality.id).order_by(Municipality.id)))
        ids = _enterprises(session, towns[0])
    shelves = {each: chance.sample(sorted(labels), chance.randint(3, 15)) for each in ids}
    words = _words(labels.values(), chance)
    titles = []
    for start in range(0, count, CHUNK):
        with database.transaction() as session:
            made = [_product(chance, words, shelves, start + n)
                    for n in range(min(CHUNK, count - start))]  # fmt: skip
            session.execute(insert(Product), made)
            titles += [each["title"] for each in made]
    with database.transaction() as session:
        local = select(Product.id).where(~Product.delivers_everywhere)
        rows = [
            {"product_id": each, "municipality_id": chance.choice(towns[:20])}
            for each in session.scalars(local)
        ]
        session.execute(insert(ProductMunicipality), rows)
    in_force = _agreements(towns[0], ids, shelves, chance)
    return World(database, settings, in_force, _queries(chance, titles, sorted(labels), queries))


def add_like(world: World, fact: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Add a product that differs from one there is by a word of its own; return it and the word."""
    with world.database.transaction() as session:
        like = session.get_one(Product, fact["id"])
        values = {each.name: getattr(like, each.name) for each in Product.__table__.columns}
        number = (session.scalar(select(func.max(Product.id))) or 0) + 1
        word = f"kendemaerke{number:06d}"
        own = {"id": number, "item_number": f"V-{word}", "title": f"Legehus {word}"}
        session.execute(insert(Product), [values | own])
    return fact | {"id": number, "title": own["title"]}, word


def _enterprises(session: Session, town: int) -> list[int]:
    rows = [
        {
            "name": f"Virksomhed {n}", "name_folded": f"virksomhed {n}", "cvr": str(10_000_000 + n),
            "legal_form": "ApS", "street": "Bredgade 1", "postcode": "6000", "city": "Kolding",
            "municipality_id": town, "reviewer_id": town, "email": f"post@v{n}.example",
            "social_purpose": "Arbejde.", "state": EnterpriseState.VERIFIED,
            "verified_until": date(2100, 1, 1), "created_at": NOW, "updated_at": NOW,
        }
        for n in range(ENTERPRISES)
    ]  # fmt: skip
    session.execute(insert(Enterprise), rows)
    return list(session.scalars(select(Enterprise.id).order_by(Enterprise.id)))


def _words(labels: object, chance: random.Random) -> tuple[list[str], list[float]]:
    found = {word for label in labels for word in re.findall(r"[a-zæøå]{3,}", label.lower())}  # type: ignore[attr-defined]  # the values of a dict
    words = sorted(found)
    chance.shuffle(words)
    return words, list(itertools.accumulate(1 / (rank + 2) for rank in range(len(words))))


def _product(
    chance: random.Random,
    words: tuple[list[str], list[float]],
    shelves: dict[int, list[str]],
    number: int,
) -> dict[str, object]:
    def text(count: int) -> str:
        return " ".join(chance.choices(words[0], cum_weights=words[1], k=count))

    enterprise_id = chance.choice(list(shelves))
    return {
        "enterprise_id": enterprise_id, "item_number": f"V-{number}",
        "kind": chance.choice(("goods", "service")),
        "title": text(chance.randint(2, 5)).capitalize(), "summary": text(12),
        "description": text(60), "category_code": chance.choice(shelves[enterprise_id]),
        "unit": "piece", "price_ore": int(10 ** chance.uniform(3, 7)), "state": "published",
        "version": 1, "published_at": NOW + timedelta(minutes=number),
        "created_at": NOW, "updated_at": NOW, "delivers_everywhere": chance.random() < 0.7,
    }  # fmt: skip


def _agreements(
    town: int, ids: Sequence[int], shelves: dict[int, list[str]], chance: random.Random
) -> InForce:
    """Return agreements with three of five enterprises, and mandatory ones on some divisions."""
    parties = chance.sample(list(ids), len(ids) * 3 // 5)
    divisions = sorted({code[:2] for codes in shelves.values() for code in codes})
    return InForce(
        municipality_id=town,
        day=date(2026, 11, 24),
        voluntary=tuple(
            Voluntary(n, f"V{n:04d}", each, tuple(sorted({code[:2] for code in shelves[each]})))
            for n, each in enumerate(parties)
        ),
        mandatory=tuple(
            Mandatory(n, f"F{n:04d}", "Fast", "Leverandør", "Køb der.", (digits,))
            for n, digits in enumerate(chance.sample(divisions, len(divisions) // 8))
        ),
        verified=frozenset(parties),
    )


def note_searches(world: World, count: int) -> None:
    """Note that buyers of the municipality searched for so many texts, each more than once."""
    home, now = world.in_force.municipality_id, datetime.now(UTC)
    with world.database.transaction() as session:
        titles = session.scalars(select(Product.title).limit(count)).all()
        pairs = (" ".join(each.lower().split()[:2]) for each in titles)
        texts = {fold(each): each for each in pairs}
        session.execute(insert(Asked), [
            {"municipality_id": home, "text": each, "text_folded": key, "times": 2, "found": 1,
             "last_at": now}
            for key, each in texts.items()
        ])  # fmt: skip


def _queries(
    chance: random.Random, titles: Sequence[str], codes: Sequence[str], count: int
) -> dict[str, list[Query]]:
    """Return `count` queries of each kind, of words as frequent as in titles."""

    def some(least: int, most: int) -> list[str]:
        words = chance.choice(titles).lower().split()
        return chance.sample(words, min(len(words), chance.randint(least, most)))

    def slip(word: str) -> str:
        at = chance.randrange(1, len(word) - 1)
        return word[:at] + word[at + 1 :]

    kinds = {
        "one word": lambda: Query(some(1, 1)[0]),
        "several": lambda: Query(" ".join(some(2, 4))),
        "prefix": lambda: Query(some(1, 1)[0][:4]),
        "misspelt": lambda: Query(slip(some(1, 1)[0])),
        "filter": lambda: Query(
            " ".join(some(2, 2)), category=chance.choice(codes)[:2] + "000000",
            price_from_ore=10_000, price_to_ore=2_000_000, delivers_to=1,
        ),
        "phrase": lambda: Query('"' + " ".join(chance.choice(titles).lower().split()[:2]) + '"'),
    }  # fmt: skip
    return {kind: [make() for _n in range(count)] for kind, make in kinds.items()}
