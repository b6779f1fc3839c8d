"""`catalogue retention`: work the rules of retention now, or show what they would take out."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from catalogue.cli_mounted import mounted
from catalogue.core.text import reading_in
from catalogue.privacy import retention as nightly
from catalogue.privacy.retention_rules import RULES


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Count what is due, and take nothing out.")
@click.option("--json", "as_json", is_flag=True, help="Print for programs: counts by rule.")
def retention(dry_run: bool, as_json: bool) -> None:
    """Take out what is older than the rules of retention keep, as the worker does each night."""
    state = mounted()
    now = state.clock()
    if dry_run:
        with state.database.reading() as session:
            removed = nightly.due(session, state.settings, now)
    else:
        with state.database.transaction() as session:
            removed = dict(nightly.work(session, state.settings, now).removed)
    if as_json:
        click.echo(json.dumps({"at": now.isoformat(), "dry_run": dry_run, "removed": removed}))
        return
    table = Table("rule", "how long", "due" if dry_run else "taken out")
    with reading_in("en"):
        for rule in RULES:
            table.add_row(rule.code, str(rule.how_long(state.settings)), str(removed[rule.code]))
    Console(highlight=False).print(table)
    click.echo("Nothing was taken out." if dry_run else "Taken out.")
