"""Measure a price list of an enterprise, as the worker does it: check, import, and again changed.

Usage: python scripts/bench/price_list.py [ROWS] [DATABASE_URL]

The rows are whole products, written as our own list has them; every tenth price is changed in the
second round. Without an address the database is a fresh SQLite.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select

from catalogue.accounts import service as accounts
from catalogue.accounts.models import Municipality
from catalogue.agreements import categories
from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.media.folder import Folder
from catalogue.media.rules import Limits
from catalogue.media.store import Store
from catalogue.products import list_steps, list_store, sent_lists, sheet_cells, sheet_file
from catalogue.products.list_models import SentList
from catalogue.products.list_steps import Workshop
from catalogue.products.list_store import Upload
from catalogue.products.rules import ProductFacts
from catalogue.products.sent_lists import Stored, Which
from catalogue.products.sheet_cells import Names
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


def write(count: int, dearer: int) -> bytes:
    """Return a list of `count` products, every tenth of them `dearer` øre dearer."""
    lines = [
        sheet_cells.cells_of(
            replace(PRODUCT, item_number=f"V-{number:05}", title=f"Legehus nr. {number}",
                    price_ore=100_000 + number + (dearer if number % 10 == 0 else 0)),
            Names({}, {}),
        )
        for number in range(count)
    ]  # fmt: skip
    return sheet_file.as_xlsx(lines, [])


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


def main(count: int, folder: Path, url: str) -> None:
    """Bring in a list of `count` rows, and again with a tenth of the prices changed."""
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    database = Database(url)
    migrations.upgrade(database)
    print(f"{count} rows on {database.url.get_backend_name()}")
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
    for name, dearer in (("all new", 0), ("a tenth changed", -50)):
        path = folder / "priser.xlsx"
        with timed(f"write {name}"):
            path.write_bytes(write(count, dearer))
        print(f"{path.stat().st_size / 1e6:.1f} MB")
        bring_in(shop, who, path, name)


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as made:
        here = f"sqlite:///{Path(made) / 'bench.sqlite'}"
        main(rows, Path(made), sys.argv[2] if len(sys.argv) > 2 else here)
