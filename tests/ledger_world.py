"""A small ledger for the tests: what was bought where, on which agreements, written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import cast
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.db import Database
from catalogue.core.who import Who
from catalogue.coverage import ledger, ledger_store
from catalogue.coverage.models import LedgerImport
from catalogue.enterprises.models import Enterprise

HEAD = "Bogføringsdato;CVR-nr;Leverandør;Beløb;Konto;Afdeling"
PLAY, CLEANING, UNKNOWN = "4210", "4220", "4299"
DAY = cast.TODAY - timedelta(days=30)


@dataclass(frozen=True)
class World:
    """Slagelse with two social enterprises, one of them with an agreement for play houses."""

    home: Municipality
    legehytten: Enterprise
    rent: Enterprise
    staff: Who


def make(session: Session) -> World:
    """Make the world; the accounts PLAY and CLEANING have categories, UNKNOWN has none."""
    home = cast.municipality(session)
    legehytten, rent = cast.enterprise(session), cast.enterprise(session, "Rent Arbejde")
    cast.voluntary(session, home, legehytten, number="V-1", categories=["37530000"])
    for code in (cast.PLAY_HOUSES, "90910000"):
        cast.category(session, code)
    person = cast.staff(session, home)
    who = cast.who(session, person)
    codes: dict[str, str | None] = {PLAY: cast.PLAY_HOUSES, CLEANING: "90910000"}
    ledger.map_accounts(session, who, codes, cast.NOW)
    return World(home, legehytten, rent, who)


def lines(world: World) -> list[str]:
    """Return a ledger in which each of its kinds of purchase stands once."""
    day = DAY.strftime("%d-%m-%Y")
    first = world.legehytten.cvr
    return [
        HEAD,
        f"{day};{first};Legehytten ApS;1.000,00;{PLAY};Børnehuset",  # on agreement
        f"{day};{first};Legehytten ApS;-100,50;{PLAY};Børnehuset",  # its credit note
        f"{day};{first};Legehytten ApS;200,00;{CLEANING};Rådhuset",  # off: another category
        f"{day};{first};Legehytten ApS;30,00;{UNKNOWN};Rådhuset",  # uncertain
        f"{day};{world.rent.cvr};Rent Arbejde ApS;50,00;{CLEANING};Rådhuset",  # off: no agreement
        f"{day};12345674;Storkøb A/S;5.000,00;{PLAY};",  # elsewhere, without department
        f"{day};;Hans Hansen;70,00;{UNKNOWN};Rådhuset",  # without a CVR number
    ]


def file(folder: Path, rows: Iterable[str], encoding: str = "utf-8") -> Path:
    """Write a CSV file."""
    path = folder / "regnskab.csv"
    path.write_text("\r\n".join(rows) + "\r\n", encoding=encoding, newline="")
    return path


def take(database: Database, who: Who, path: Path) -> LedgerImport:
    """Receive, check and take a file."""
    kept = ledger_store.Kept(path.name, "0" * 32, ledger_store.digest(path))
    with database.transaction() as session:
        made = ledger.receive(session, who, kept, cast.NOW)
    ledger.check(database, made.id, path, lambda _done: None)
    with database.transaction() as session:
        ledger.begin(session, who, made.id, cast.NOW)
    return ledger.take(database, made.id, path, lambda: cast.NOW, lambda _done: None)


def year(day: date = DAY) -> tuple[date, date]:
    """Return the first and the last day of a day's year."""
    return date(day.year, 1, 1), date(day.year, 12, 31)
