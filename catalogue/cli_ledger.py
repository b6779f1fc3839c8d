"""`catalogue import ledger`: bring in what a municipality's ledger says it bought."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.cli_mounted import mounted
from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import money
from catalogue.core.who import Role, Who
from catalogue.coverage import (
    ledger,
    ledger_file,
    ledger_queries,
    ledger_store,
    ledger_summing,
    survey,
)
from catalogue.coverage.survey import Survey


@click.command("ledger")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--municipality", "code", required=True, metavar="CODE", help="Whose it is: 0330.")
@click.option("--dry-run", is_flag=True, help="Show what it would do, and write nothing.")
def import_ledger(file: Path, code: str, dry_run: bool) -> None:
    """Read the ledger FILE (CSV or XLSX) in; rows that are there already are left out."""
    state = mounted()
    if not file.is_file():
        raise Missing(_("There is no file %(path)s.", path=str(file)))
    with state.database.reading() as session, bar("check") as progress:
        who = _acting(session, code)
        municipality_id = who.municipality_id or 0
        chunks = ledger_file.chunks(file)
        found = survey.survey(session, municipality_id, chunks, progress)
        unmapped = set(found.accounts) - set(ledger_queries.list_mapped(session, municipality_id))
    _show(found, len(unmapped - {""}))
    if dry_run or not found.new:
        click.echo("Nothing was written.")
        sys.exit(1 if found.refused and not found.new else 0)
    digest = ledger_store.digest(file)
    kept = ledger_store.Kept(ledger_store.bare(file.name), "", digest, file)
    with state.database.transaction() as session:
        made = ledger.receive(session, who, kept, state.clock())
    ledger.keep_survey(state.database, made.id, found)
    with state.database.transaction() as session:
        ledger.begin(session, who, made.id, state.clock())
    with bar("read in") as progress:
        done = ledger.take(state.database, made.id, file, state.clock, progress)
    click.echo(f"{done.rows_new} rows written.")


def prove_sums(session: Session) -> None:
    """Tell whether the kept sums of the ledger are those of its rows; raises where they differ."""
    differing = ledger_summing.compare(session)
    for each in differing:
        click.echo(
            f"ledger of municipality {each.municipality_id}: {each.kind} {each.name!r}, {each.span}"
            f" from {each.first_on}: {each.row_count} rows and {each.amount_ore} øre are not summed"
        )
    if differing:
        raise click.ClickException("sums and rows of the ledger differ; sum up: catalogue reindex")
    click.echo("the sums of the ledger are those of its rows")


def sum_up(database: Database) -> None:
    """Reckon the kept sums of the ledger anew from its rows."""
    with database.transaction() as session:
        ledger_summing.rebuild(session)


@contextmanager
def bar(name: str) -> Iterator[survey.Progress]:
    """Show a bar where there is a terminal, else nothing; the block gets what moves it."""
    columns = (TextColumn(name), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    console = Console(stderr=True)
    quiet = not console.is_terminal
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=quiet) as bar:
        task = bar.add_task(name, total=1.0)
        yield lambda done: bar.update(task, completed=done)


def _acting(session: Session, code: str) -> Who:
    found = session.scalar(select(Municipality).where(Municipality.code == code.zfill(4)))
    if found is None:
        raise Missing(_("No municipality has the number %(code)s; Slagelse is 0330.", code=code))
    return Who(role=Role.STAFF, municipality_id=found.id, municipality_name=found.name)


def _show(found: Survey, unmapped: int) -> None:
    click.echo(f"{found.read} rows: {found.new} new, {found.known} known, {found.refused} refused")
    if found.first_on:
        click.echo(f"{found.first_on} to {found.last_on}, {money(found.amount_ore)} excl. VAT")
        social = f"{money(found.social_ore)} in {found.social_rows} rows"
        click.echo(f"at {len(found.social_suppliers)} social enterprises: {social}")
        click.echo(f"{found.without_cvr} rows without CVR number, {unmapped} accounts to map")
    for fault in found.faults:
        click.echo(f"line {fault.line}, {fault.field}: {fault.text}")
    if found.refused > len(found.faults):
        click.echo(f"… and {found.refused - len(found.faults)} more")
