"""`catalogue import ledger`: bring in what a municipality's ledger says it bought."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.cli_mounted import mounted
from catalogue.cli_telling import Report, json_option, report, steps
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

if TYPE_CHECKING:
    from catalogue.core.http import State


@click.command("ledger")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--municipality", "code", required=True, metavar="CODE", help="Whose it is: 0330.")
@click.option("--dry-run", is_flag=True, help="Show what it would do, and write nothing.")
@json_option
def import_ledger(file: Path, code: str, dry_run: bool, as_json: bool) -> None:
    """Read the ledger FILE (CSV or XLSX) in; rows that are there already are left out."""
    with report(as_json) as told:
        _import(told, mounted(), file, code, dry_run=dry_run)


def _import(told: Report, state: State, file: Path, code: str, *, dry_run: bool) -> None:
    if not file.is_file():
        raise Missing(_("There is no file %(path)s.", path=str(file)))
    with state.database.reading() as session, steps("check") as step:
        who = _acting(session, code)
        municipality_id = who.municipality_id or 0
        chunks = ledger_file.chunks(file)
        found = survey.survey(session, municipality_id, chunks, lambda done: step(done, 1.0))
        unmapped = set(found.accounts) - set(ledger_queries.list_mapped(session, municipality_id))
    _show(told, found, len(unmapped - {""}))
    if dry_run or not found.new:
        told.line("Nothing was written.")
        sys.exit(1 if found.refused and not found.new else 0)
    digest = ledger_store.digest(file)
    kept = ledger_store.Kept(ledger_store.bare(file.name), "", digest)
    with state.database.transaction() as session:
        made = ledger.receive(session, who, kept, state.clock())
    ledger.keep_survey(state.database, made.id, found)
    with state.database.transaction() as session:
        ledger.begin(session, who, made.id, state.clock())
    with steps("read in") as step:
        done = ledger.take(state.database, made.id, file, state.clock, lambda done: step(done, 1.0))
    told.facts["rows_written"] = done.rows_new
    told.line(f"{done.rows_new} rows written.")


def prove_sums(session: Session, told: Report) -> None:
    """Tell whether the kept sums of the ledger are those of its rows; raises where they differ."""
    differing = ledger_summing.compare(session)
    for each in differing:
        told.line(
            f"ledger of municipality {each.municipality_id}: {each.kind} {each.name!r}, {each.span}"
            f" from {each.first_on}: {each.row_count} rows and {each.amount_ore} øre are not summed"
        )
    if differing:
        raise click.ClickException("sums and rows of the ledger differ; sum up: catalogue reindex")
    told.line("the sums of the ledger are those of its rows")


def _acting(session: Session, code: str) -> Who:
    found = session.scalar(select(Municipality).where(Municipality.code == code.zfill(4)))
    if found is None:
        raise Missing(_("No municipality has the number %(code)s; Slagelse is 0330.", code=code))
    return Who(role=Role.STAFF, municipality_id=found.id, municipality_name=found.name)


def _show(told: Report, found: Survey, unmapped: int) -> None:
    told.facts |= {
        "rows": found.read, "new": found.new, "known": found.known, "refused": found.refused,
        "unmapped_accounts": unmapped, "faults": [asdict(each) for each in found.faults],
    }  # fmt: skip
    told.line(f"{found.read} rows: {found.new} new, {found.known} known, {found.refused} refused")
    if found.first_on:
        told.line(f"{found.first_on} to {found.last_on}, {money(found.amount_ore)} excl. VAT")
        social = f"{money(found.social_ore)} in {found.social_rows} rows"
        told.line(f"at {len(found.social_suppliers)} social enterprises: {social}")
        told.line(f"{found.without_cvr} rows without CVR number, {unmapped} accounts to map")
    for fault in found.faults:
        told.line(f"line {fault.line}, {fault.field}: {fault.text}")
    if found.refused > len(found.faults):
        told.line(f"… and {found.refused - len(found.faults)} more")
