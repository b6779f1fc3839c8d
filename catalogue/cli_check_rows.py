"""What `catalogue check` asks of rows: whole orders, mails, and files that are named by hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click
from sqlalchemy import text
from sqlalchemy.orm import Session

from catalogue.cli_telling import Report
from catalogue.core import kept_files as comparing
from catalogue.core.checking import Check, Found, find, first_of
from catalogue.core.kept_files import Kind
from catalogue.core.shelves import open_shelf
from catalogue.core.text import today_in_copenhagen
from catalogue.exchange import document_checking, mail_accounts
from catalogue.ordering import kept_files, wholeness
from catalogue.ordering.ceilings import list_overrun

if TYPE_CHECKING:
    from catalogue.core.http import State

SHOWN = 20  # names of one kind
_OVERRUN = "ceiling of the agreement is overrun, or was lowered since"
_KEPT = {
    Kind.MISSING: "file is missing",
    Kind.CHANGED: "file is not what was sent",
    Kind.UNNAMED: "file is named by nothing, the worker collects it when it is old",
}


def check_named_rows(state: State, told: Report) -> None:
    """Tell which rows of SQLite name rows that are gone; raises ClickException when there are any.

    PostgreSQL lets nobody take out a row that is named; SQLite lets every other program do so.
    """
    if not state.database.is_sqlite:
        return
    with state.database.reading() as session:
        rows = session.execute(text("PRAGMA foreign_key_check"))
        names = (f"{table}, row {row}, names a row of {named}" for table, row, named, _key in rows)
        found = first_of(names, SHOWN)
    _tell(told, ("rows_gone", "it is not there"), found)
    if found.count:
        raise click.ClickException(
            f"{found.count} rows name others that are gone; take these from a backup"
        )
    told.line("each row that another names is there")


def check_orders(state: State, told: Report) -> None:
    """Tell which orders are not whole; raises ClickException when there are any.

    A ceiling that is overrun is told and is no fault: staff may lower one.
    """
    with state.database.reading() as session:
        wrong = _ask(session, told, wholeness.checks())
        day = today_in_copenhagen(state.clock())
        over = first_of(list_overrun(session, day), SHOWN)
    _tell(told, ("ceilings_overrun", _OVERRUN), over)
    if wrong:
        raise click.ClickException(
            f"orders are not whole: {wrong}; compare them with a backup and with the audit"
        )
    told.line("orders are whole: lines, sums, events, numbers, what they hold of stock")


def check_mails(state: State, told: Report) -> None:
    """Tell which mails are not accounted for; raises ClickException when there are any."""
    with state.database.reading() as session:
        wrong = _ask(session, told, mail_accounts.checks(state.clock()))
    if wrong:
        raise click.ClickException(f"mails are not accounted for: {wrong}; see /sendte-mails")
    told.line("each mail that an order calls for is sent and noted, or waits")


def check_kept_files(state: State, told: Report) -> None:
    """Hold evidence, files of quotes and messages, and documents that came in against the rows
    that name them; raises ClickException when one is missing or is not what was sent.
    """
    wrong = 0
    for name in kept_files.NAMING:
        shelf = open_shelf(state.settings, name)
        with state.database.reading() as session:
            named = kept_files.list_named(session, name)
            found = _sorted(name, comparing.compare(shelf, named))
        for kind, each in found.items():
            _tell(told, (f"{name}_{kind}", _KEPT[kind]), each)
            wrong += each.count if kind != Kind.UNNAMED else 0
    with state.database.reading() as session:
        strangers = document_checking.list_strangers(session, state.settings)
        documents = first_of(strangers, SHOWN)
    _tell(told, ("documents_changed", "document is not the one that was taken"), documents)
    if wrong + documents.count:
        raise click.ClickException(
            f"{wrong + documents.count} files that were kept are missing or changed; take them from"
            " a backup of the data folder or bucket"
        )
    told.line("evidence, files of quotes and messages, and documents are as they came")


def _ask(session: Session, told: Report, checks: Iterable[Check]) -> str:
    """Ask each check and tell what it finds; return how many of what are wrong, in words."""
    wrong = []
    for each in checks:
        found = find(session, each, SHOWN)
        _tell(told, (each.code, each.says), found)
        if found.count and each.is_fault:
            wrong.append(f"{found.count} {each.code}")
    return ", ".join(wrong)


def _sorted(name: str, differences: Iterable[comparing.Difference]) -> dict[Kind, Found]:
    """Sort differences by their kind; of each the first are kept, the others counted."""
    first: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    count = dict.fromkeys(Kind, 0)
    for each in differences:
        count[each.kind] += 1
        if count[each.kind] <= SHOWN:
            first[each.kind].append(f"{name}/{each.sha256}")
    return {kind: Found(first[kind], count[kind]) for kind in Kind}


def _tell(told: Report, what: tuple[str, str], found: Found) -> None:
    code, says = what
    told.facts[code] = {"count": found.count, "first": list(found.first)}
    for line in _lines(says, found):
        told.line(line)


def _lines(says: str, found: Found) -> Iterator[str]:
    yield from (f"{name}: {says}" for name in found.first)
    if found.count > len(found.first):
        yield f"and {found.count - len(found.first)} more: {says}"
