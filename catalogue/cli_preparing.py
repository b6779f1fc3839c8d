"""`catalogue migrate`, `demo` and `reindex`: bring an installation to where it can serve."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from catalogue import cli_mounted
from catalogue.accounts import service as accounts
from catalogue.agreements import categories, limits
from catalogue.cli_telling import Report, json_option, report, steps
from catalogue.core import migrations, revisions, turns
from catalogue.coverage import ledger_summing
from catalogue.search import service as search

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from catalogue.core.http import State


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what it would do; write nothing.")
@json_option
def migrate(dry_run: bool, as_json: bool) -> None:
    """Bring the database to the present schema and load municipalities, categories, limits."""
    with report(as_json) as told:
        if dry_run:
            _tell_pending(told)
            return
        prepare()
        told.facts["revision"] = revisions.head()


def _tell_pending(told: Report) -> None:
    with cli_mounted.opened(cli_mounted.settings()) as database, database.reading() as session:
        _refuse_newer(session)
        pending = migrations.list_pending(session)
    told.facts["pending"] = [asdict(each) for each in pending]
    for each in pending:
        beside = "only adds" if each.only_adds else "changes or takes away"
        told.line(f"{each.revision}  {each.title} ({beside})")
    if not pending:
        told.line("The tables are those of this program.")
    elif all(each.only_adds for each in pending):
        told.line("The program before may serve meanwhile.")
    else:
        told.line("Stop web server and worker first.")


@click.command("demo")
def demo_command() -> None:
    """Load the demonstration world, when the database has no persons yet; print its log-ins."""
    prepare()
    if not _print_log_ins(load_demo()):
        click.echo("Nothing is loaded: it goes into a database without persons, and here are some.")


@click.command()
@json_option
def reindex(as_json: bool) -> None:
    """Build the search index anew beside the live one, and swap; sum up the ledger anew."""
    with report(as_json) as told:
        state = cli_mounted.mounted()
        with state.database.transaction() as session:
            ledger_summing.rebuild(session)
        with steps("index") as step:
            count = search.rebuild(state.database, state.parts, step)
        told.facts["products"] = count
        told.line(f"{count} products indexed")


def prepare() -> None:
    """Migrate the database and load the vocabularies every installation needs.

    Two that start at once, such as containers of one installation, do so one after the other.
    """
    settings = cli_mounted.settings()
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    settings.secret()
    with cli_mounted.opened(settings) as database, turns.keep_turn(database, "migrating"):
        with database.reading() as session:
            _refuse_newer(session)
        migrations.upgrade(database)
        with database.transaction() as session:
            accounts.import_municipalities(session)
            categories.import_categories(session)
            limits.import_limits(session, datetime.now(UTC))
        parts: dict[str, Any] = {}
        search.open_index(parts, settings)
        with database.reading() as session:
            due = search.needs_rebuild(session, parts)
        if due:
            search.rebuild(database, parts)


def load_demo() -> State:
    """Load the demonstration world into an empty installation and work off what follows.

    Returns the Catalogue that it was loaded into, with no connection left open.
    """
    from catalogue import demo  # noqa: PLC0415  it draws its pictures, and knows all features

    state = cli_mounted.mounted()
    with steps("demonstration world") as step:
        loaded = demo.load(state, now=datetime.now(UTC), progress=step)
    if loaded:
        search.rebuild(state.database, state.parts)
    state.database.dispose()
    return state


def _refuse_newer(session: Session) -> None:
    """Refuse tables that this program can bring nowhere: it does not know where they stand."""
    if revisions.are_newer(session):
        raise click.ClickException(
            f"the tables have revision {revisions.present(session)} of a newer program, and this"
            f" one knows no more than {revisions.head()}: install that one, or restore a backup"
        )


def _print_log_ins(state: State) -> bool:
    """Print who can sign in to the demonstration world; nothing and False where there is none."""
    from catalogue import demo  # noqa: PLC0415  it draws its pictures, and knows all features

    people = demo.log_ins(state)
    state.database.dispose()
    if not people:
        return False
    table = Table(title="Demonstration log-ins", title_justify="left")
    for heading in ("e-mail", "password", "role"):
        table.add_column(heading)
    for email, roles in people:
        table.add_row(email, demo.PASSWORD, roles)
    Console(highlight=False).print(table)
    return True
