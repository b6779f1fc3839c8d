"""The world of site.py: a catalogue of any size with its agreements, people and pictures."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cast
import world as worlds
from PIL import Image as Pillow
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

import catalogue.app
from catalogue.accounts.models import Municipality
from catalogue.agreements.rules import InForce, Voluntary, judge
from catalogue.core.http import State
from catalogue.core.text import slug
from catalogue.media import deriving
from catalogue.media import service as media
from catalogue.media.models import Image
from catalogue.ordering.models import Order  # noqa: F401 - the tables of all features
from catalogue.products.models import Product, ProductImage
from catalogue.search import service as search

PICTURES, SELLERS, BASKETS, QUERIES = 8, 8, 300, 1_000
LONG = timedelta(days=400)


@dataclass(frozen=True)
class Shop:
    """A filled installation: what its processes are told, and whom and what visits name."""

    settings: dict[str, str]
    buyers: list[str]
    staff: list[str]
    sellers: list[tuple[str, list[int]]]  # who edits which products
    words: list[str]
    categories: list[str]
    products: list[str]  # the addresses of their pages
    orderable: list[int]  # by enterprise, in turn: neighbours are of different ones
    texts: list[tuple[str, str]]  # titles and descriptions, for others' shops
    pictures: list[str]


def make(folder: Path, settings: dict[str, str], count: int, people: int) -> Shop:
    """Fill the installation of `settings` with `count` products and `people` buyers."""
    url = settings.get("CATALOGUE_DATABASE_URL", "")
    world = worlds.make(folder, count, url=url, queries=QUERIES)
    app = catalogue.app.create_app({"CATALOGUE_DATA_FOLDER": str(folder), **settings})
    here: State = app.extensions["catalogue"]
    with here.database.transaction() as session:
        pictures = _hang_pictures(session, here)
        home = session.get_one(Municipality, world.in_force.municipality_id)
        _agree(session, home, world.in_force)
        buyers = [cast.buyer(session, home, name=f"Indkøber {n}").email for n in range(people)]
        staff = [cast.staff(session, home).email for _each in range(people)]
        sellers = _sellers(session)
        rows = session.execute(_facts()).all()
    texts = world.queries["one word"], world.queries["several"]
    search.rebuild(here.database, here.parts)
    here.database.dispose()
    world.database.dispose()
    return Shop(
        {"CATALOGUE_DATA_FOLDER": str(folder), **settings}, buyers, staff, sellers,
        [each.text for pair in zip(*texts, strict=True) for each in pair],
        sorted({f"{row.category_code[:2]}000000" for row in rows}),
        [f"/varer/{row.id}/{slug(row.title)}" for row in rows], _orderable(rows, world.in_force),
        [(row.title, row.description) for row in rows], pictures,
    )  # fmt: skip


def _facts() -> Any:
    return select(
        Product.id, Product.enterprise_id, Product.category_code, Product.title, Product.description
    ).order_by(Product.id)


def _agree(session: Session, home: Municipality, in_force: InForce) -> None:
    """Write the agreements of the world into the database, in force today."""
    today = datetime.now(UTC).date()
    days = {"starts_on": today - LONG, "ends_on": today + LONG}
    for each in (*in_force.voluntary, *in_force.mandatory):
        codes = [digits.ljust(8, "0") for digits in each.prefixes]
        facts = days | {"number": each.number, "categories": codes}
        if isinstance(each, Voluntary):
            enterprise = session.get_one(cast.Enterprise, each.enterprise_id)
            cast.voluntary(session, home, enterprise, **facts)
        else:
            cast.mandatory(session, home, **facts)


def _sellers(session: Session) -> list[tuple[str, list[int]]]:
    found = []
    for enterprise_id in session.scalars(select(cast.Enterprise.id).limit(SELLERS)).all():
        enterprise = session.get_one(cast.Enterprise, enterprise_id)
        own = select(Product.id).where(Product.enterprise_id == enterprise_id).limit(20)
        found.append((cast.worker(session, enterprise).email, list(session.scalars(own))))
    return found


def _orderable(rows: Any, in_force: InForce) -> list[int]:
    """Return products that may be ordered, an enterprise after the other."""
    shelves: dict[int, list[int]] = {}
    for row in rows:
        if judge(in_force, published=True, enterprise_id=row.enterprise_id,
                 category_code=row.category_code).orderable:  # fmt: skip
            shelves.setdefault(row.enterprise_id, []).append(row.id)
    depth = -(-BASKETS // len(shelves))
    return [shelf[n] for n in range(depth) for shelf in shelves.values() if n < len(shelf)]


def _hang_pictures(session: Session, here: State) -> list[str]:
    """Give every product a picture; there are few files, for each product its own row."""
    store = here.parts[media.PART]
    received = [media.receive_drawn(store, _drawn(n)) for n in range(PICTURES)]
    for each in received:
        deriving.derive(store, each.sha256)
    shops = session.scalars(select(cast.Enterprise.id)).all()
    made: dict[int, list[int]] = {}
    now = datetime.now(UTC)
    for shop in shops:
        images = [
            Image(
                enterprise_id=shop, sha256=each.sha256, width=each.width, height=each.height,
                size_bytes=each.size_bytes, source_format=each.source_format, created_at=now,
                colour=each.colour,
            )
            for each in received
        ]  # fmt: skip
        session.add_all(images)
        session.flush()
        made[shop] = [each.id for each in images]
    hung = [
        {"product_id": row.id, "image_id": made[row.enterprise_id][row.id % PICTURES],
         "position": 1, "alt": "En vare"}
        for row in session.execute(_facts())
    ]  # fmt: skip
    session.execute(update(Product).values(delivery_days=14))  # else none could be published anew
    for start in range(0, len(hung), worlds.CHUNK):
        session.execute(insert(ProductImage), hung[start : start + worlds.CHUNK])
    return [each.sha256 for each in received]


def _drawn(number: int) -> bytes:
    chance = random.Random(number)
    picture = Pillow.effect_noise((1280, 960), 40 + chance.randrange(60)).convert("RGB")
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=88)
    return content.getvalue()
