"""Measure a price list of an enterprise, as the worker does it: check, import, and again changed.

Usage: python scripts/bench/price_list.py [ROWS] [DATABASE_URL] [--variants N] [--published]

The rows are whole products, written as our own list has them; every tenth price is changed in the
second round. Without an address the database is a fresh SQLite. With N variants, each product has
N rows more, so that ROWS are fewer products. Published ones have a picture and are on the shelf.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import select

from catalogue.accounts import service as accounts
from catalogue.accounts.models import Municipality
from catalogue.agreements import categories
from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.core.folder import Folder
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.media import service as media
from catalogue.media.rules import Limits
from catalogue.media.store import Store
from catalogue.products import list_steps, list_store, sent_lists, sheet_cells, sheet_file
from catalogue.products.list_models import SentList
from catalogue.products.list_steps import Workshop
from catalogue.products.list_store import Upload
from catalogue.products.rules import ProductFacts
from catalogue.products.sent_lists import Stored, Which
from catalogue.products.sheet_cells import Names
from catalogue.products.variant_rules import Variant
from catalogue.settings import read

NOW = datetime(2026, 1, 5, tzinfo=UTC)
PRODUCT = ProductFacts(
    item_number="", title="", summary="Bygget på værkstedet.", category_code="37535200",
    description="Dansk lærk, ubehandlet, med skruer af rustfrit stål. " * 8, price_ore=0,
    delivery_days=21, gtin="73513537", materials="Lærk", dimensions="2 × 2 m", pack_size=1,
)  # fmt: skip


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long the block took, in all and on the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:30} {wall:7.1f} s   processor {cpu:7.1f} s", flush=True)


def write(asked: argparse.Namespace, dearer: int, picture: str) -> bytes:
    """Return a list of as many rows as asked for, a tenth of the products `dearer` øre dearer."""
    count = asked.rows // (1 + asked.variants)
    lines = [
        line
        for number in range(count)
        for line in family(number, asked.variants, dearer if number % 10 == 0 else 0)
    ]
    shown = {"images": picture, "alts": "Legehuset set forfra"} if picture else {}
    return sheet_file.as_xlsx([line | ({} if line.get("variant_of") else shown)
                               for line in lines], [])  # fmt: skip


def family(number: int, variants: int, dearer: int) -> list[dict[str, Any]]:
    """Return the lines of a product and its variants."""
    price = 100_000 + number + dearer
    told = tuple(
        Variant(key, f"V-{number:05}-{key}", size=f"{key} m", price_ore=price + key)
        for key in range(1, variants + 1)
    )
    facts = replace(
        PRODUCT, item_number=f"V-{number:05}", title=f"Legehus nr. {number}", price_ore=price,
        size="mini" if variants else "", variants=told,
    )  # fmt: skip
    own = [sheet_cells.variant_cells(facts, each) for each in told]
    return [sheet_cells.cells_of(facts, Names({}, {})), *own]


def bring_in(shop: Workshop, who: Who, path: Path, name: str) -> None:
    """Send, check and import a list."""
    with path.open("rb") as file:
        token = list_store.keep(shop.settings, Upload(path.name, file), [])
    with shop.database.transaction() as session:
        sent = sent_lists.receive(session, who, Stored(path.name, token), NOW)
    with timed(f"check {name}"):
        list_steps.run(shop, sent_lists.CHECK, sent.id)
    with shop.database.transaction() as session:
        print(sent_lists.begin(session, who, sent.id, Which.ALL, NOW).facts["counts"])
    with timed(f"import {name}"):
        list_steps.run(shop, sent_lists.TAKE, sent.id)
    with shop.database.reading() as session:
        print(session.get_one(SentList, sent.id).facts["taken"])


def keep_picture(shop: Workshop, enterprise_id: int) -> str:
    """Give the enterprise a picture; return its name in a list."""
    content = io.BytesIO()
    Image.new("RGB", (800, 600), "darkred").save(content, "JPEG")
    with shop.database.transaction() as session:
        image = media.keep_drawn(session, shop.store, enterprise_id, content.getvalue(), NOW)
        return sheet_cells.PICTURE_NAME.format(image.id)


def main(asked: argparse.Namespace, folder: Path, url: str) -> None:
    """Bring in a list of so many rows, and again with a tenth of the prices changed."""
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    database = Database(url)
    migrations.upgrade(database)
    kind = database.url.get_backend_name()
    print(f"{asked.rows} rows on {kind}, {asked.variants} variants of each product")
    with database.transaction() as session:
        accounts.import_municipalities(session)
        categories.import_categories(session)
        home = session.scalars(select(Municipality.id).where(Municipality.code == "0330")).one()
        own = Enterprise(
            cvr="13748136", name="Legehytten", name_folded="legehytten", legal_form="ApS",
            street="Vej 1", postcode="4200", city="Slagelse", email="post@legehytten.example",
            municipality_id=home, reviewer_id=home, social_purpose="Arbejde til alle",
            state=EnterpriseState.VERIFIED, verified_until=date(2027, 1, 1),
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        session.add(own)
        session.flush()
        who = Who(role=Role.ENTERPRISE, enterprise_id=own.id)
    settings = read({"CATALOGUE_DATA_FOLDER": str(folder)})
    store = Store(Folder(folder / "media"), Limits(15_000_000, 60_000_000, 200))
    shop = Workshop(database, store, settings, lambda: NOW)
    picture = keep_picture(shop, who.enterprise_id or 0) if asked.published else ""
    for name, dearer in (("all new", 0), ("a tenth changed", -50)):
        path = folder / "priser.xlsx"
        with timed(f"write {name}"):
            path.write_bytes(write(asked, dearer, picture))
        print(f"{path.stat().st_size / 1e6:.1f} MB")
        bring_in(shop, who, path, name)


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=20_000)
    parser.add_argument("url", nargs="?", default="")
    parser.add_argument("--variants", type=int, default=0)
    parser.add_argument("--published", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    wanted = options()
    with tempfile.TemporaryDirectory() as made:
        here = f"sqlite:///{Path(made) / 'bench.sqlite'}"
        main(wanted, Path(made), wanted.url or here)
