#!/usr/bin/env python3
"""How quickly a ledger is read in, and how long the report of it takes.

Usage: scripts/bench/ledger.py [--rows N] [--excel-rows N] [--json]
On SQLite, and on PostgreSQL when CATALOGUE_TEST_POSTGRES_URL names a server (scripts/postgres).
Printed are rows a second of the dry run and of taking, first and again (nothing new), what of it
this process computed (PostgreSQL works beside it), the peak memory of the process, and medians of
the page's queries in milliseconds.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

import xlsxwriter
from search import machine
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

import catalogue.app  # noqa: F401 - the tables of all features
from catalogue.accounts import service as accounts
from catalogue.accounts.models import Municipality
from catalogue.agreements import categories
from catalogue.agreements import queries as agreement_queries
from catalogue.agreements.models import Agreement, AgreementCategory, AgreementKind
from catalogue.agreements.rules import prefix
from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.core.text import fold
from catalogue.core.who import Role, Who
from catalogue.coverage import ledger, ledger_opened, ledger_report, ledger_store, ledger_sums
from catalogue.coverage.ledger_rules import SOCIAL, Bought
from catalogue.coverage.ledger_sets import Sought
from catalogue.enterprises.models import Enterprise, EnterpriseState

NOW = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = (date(2025, 1, 1), date(2025, 12, 31))
SUPPLIERS, ACCOUNTS, DEPARTMENTS, SOCIAL_SUPPLIERS = 8000, 400, 80, 120
HEADS = ("Bogføringsdato", "CVR-nr", "Leverandør", "Beløb", "Konto", "Afdeling")
ASKED = 15


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--excel-rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        text_file, excel = Path(folder) / "ledger.csv", Path(folder) / "ledger.xlsx"
        write(text_file, options.rows)
        _write_excel(excel, options.excel_rows)
        results["sqlite"] = _measured(f"sqlite:///{folder}/ledger.sqlite", text_file, excel)
        if server := os.environ.get("CATALOGUE_TEST_POSTGRES_URL"):
            with fresh(server) as url:
                results["postgresql"] = _measured(url, text_file, excel)
        size = text_file.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if options.json:
        print(json.dumps({"machine": machine(), "peak_mb": peak, "results": results}, indent=2))
        return
    print(machine())
    print(f"{options.rows} rows of CSV ({size // 1_000_000} MB), {options.excel_rows} of Excel,"
          f" {peak} MB of memory at most")  # fmt: skip
    for name, result in results.items():
        print(f"{name:12}" + "   ".join(f"{key} {value}" for key, value in result.items()))


def _measured(url: str, text_file: Path, excel: Path) -> dict[str, float]:
    database = Database(url)
    migrations.upgrade(database)
    who = _world(database)
    result = {}
    for name, path in (("", text_file), ("_again", text_file), ("_excel", excel)):
        checked, taken, spent = read_in(database, who, path)
        result |= {f"checked{name}_rows_s": checked, f"taken{name}_rows_s": taken}
        result[f"taken{name}_cpu_us_a_row"] = spent
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")  # which PostgreSQL does by itself within a minute
    result |= _asked(database, who.municipality_id or 0)
    database.dispose()
    return result


def read_in(database: Database, who: Who, path: Path) -> tuple[int, int, float]:
    """Return rows a second of dry run and taking, and the processor's microseconds a row."""
    kept = ledger_store.Kept(path.name, "", ledger_store.digest(path))
    with database.transaction() as session:
        made = ledger.receive(session, who, kept, NOW)
    start = time.perf_counter()
    ledger.check(database, made.id, path, lambda _done: None)
    checked = time.perf_counter() - start
    with database.transaction() as session:
        ledger.begin(session, who, made.id, NOW)
    start, busy = time.perf_counter(), time.process_time()
    done = ledger.take(database, made.id, path, lambda: NOW, lambda _done: None)
    taken = time.perf_counter() - start
    busy = (time.process_time() - busy) * 1e6 / done.rows_read
    return round(done.rows_read / checked), round(done.rows_read / taken), round(busy, 1)


def _asked(database: Database, municipality_id: int) -> dict[str, float]:
    social, every = Sought(*YEAR, bought=SOCIAL), Sought(*YEAR)
    one = Sought(*YEAR, bought=(Bought.ON,), department="Institution 7")
    questions: dict[str, Callable[[Any], object]] = {
        "report_ms": lambda session: ledger_report.report(session, municipality_id, YEAR, "da"),
        "all_sum_ms": lambda session: ledger_sums.total(session, municipality_id, every),
        "all_page_ms": lambda session: ledger_opened.read(session, municipality_id, every, 100, 0),
        "social_sum_ms": lambda session: ledger_sums.total(session, municipality_id, social),
        "department_page_ms": lambda session: ledger_opened.read(
            session, municipality_id, one, 100, 0
        ),
        "accounts_ms": lambda session: ledger_sums.by_account(session, municipality_id),
    }
    found = {}
    for name, ask in questions.items():
        spent = []
        for _time in range(ASKED):
            with database.reading() as session:
                start = time.perf_counter()
                ask(session)
                spent.append((time.perf_counter() - start) * 1000)
        found[name] = round(statistics.median(spent), 1)
    return found


def _world(database: Database) -> Who:
    """Make enterprises with agreements, and give most accounts a category."""
    chance = random.Random(2)
    with database.transaction() as session:
        accounts.import_municipalities(session)
        categories.import_categories(session)
        home = session.scalars(select(Municipality.id).where(Municipality.code == "0330")).one()
        found = agreement_queries.find_categories(session, "37", "da", 200)
        codes = [each.code for each in found]
        for number in range(SOCIAL_SUPPLIERS):
            name = f"Virksomhed {number}"
            enterprise = Enterprise(
                cvr=cvr(number), name=name, name_folded=fold(name), legal_form="ApS",
                street="Gade 1", postcode="4200", city="Slagelse", municipality_id=home,
                reviewer_id=home, email="post@v.example", social_purpose="Arbejde",
                state=EnterpriseState.VERIFIED, verified_until=date(2100, 1, 1),
                created_at=NOW, updated_at=NOW,
            )  # fmt: skip
            session.add(enterprise)
            session.flush()
            session.add(_agreement(home, enterprise.id, number, chance.sample(codes, 3)))
        who = Who(role=Role.STAFF, municipality_id=home)
        session.flush()
        mapped = {f"{220_000 + n}": chance.choice(codes) for n in range(ACCOUNTS) if n % 10}
        ledger.map_accounts(session, who, mapped, NOW)
    return who


def _agreement(home: int, enterprise_id: int, number: int, codes: list[str]) -> Agreement:
    made = Agreement(
        municipality_id=home, kind=AgreementKind.VOLUNTARY, number=f"V-{number}", title="Aftale",
        starts_on=date(2025, 3, 1), ends_on=date(2026, 12, 31), enterprise_id=enterprise_id,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    made.categories = [
        AgreementCategory(category_code=code, prefix=prefix(code)) for code in set(codes)
    ]
    return made


def cvr(number: int) -> str:
    return str(10_000_000 + number * 7919)


def _rows(count: int) -> Any:
    chance = random.Random(1)
    for number in range(count):
        day = YEAR[0] + timedelta(days=number * 365 // count)
        ore, supplier = chance.randint(-50_000, 5_000_000), chance.randrange(SUPPLIERS)
        whole, places = divmod(abs(ore), 100)
        amount = ("-" if ore < 0 else "") + f"{whole:,}".replace(",", ".") + f",{places:02d}"
        yield (
            day.strftime("%d-%m-%Y"), cvr(supplier), f"Leverandør {supplier} ApS", amount,
            str(220_000 + chance.randrange(ACCOUNTS)),
            f"Institution {chance.randrange(DEPARTMENTS)}",
        )  # fmt: skip


def write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADS)
        writer.writerows(_rows(count))


def _write_excel(path: Path, count: int) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADS)
    for place, row in enumerate(_rows(count), start=1):
        sheet.write_row(place, 0, [*row[:5], row[5] + " X"])  # rows that the CSV has not
    book.close()


@contextmanager
def fresh(server: str) -> Any:
    name = f"ledger_{secrets.token_hex(4)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


if __name__ == "__main__":
    main()
