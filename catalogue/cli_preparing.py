"""`catalogue migrate`, `demo` and `reindex`: bring an installation to where it can serve."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from catalogue import cli_mounted
from catalogue.accounts import service as accounts
from catalogue.agreements import categories, limits
from catalogue.cli_telling import json_option, report, steps
from catalogue.core import migrations
from catalogue.coverage import ledger_summing
from catalogue.search import service as search


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database to the present schema and load municipalities, categories, limits."""
    with report(as_json) as told:
        prepare()
        told.facts["revision"] = migrations.head()


@click.command("demo")
def demo_command() -> None:
    """Load the demonstration world, when the database has no persons yet."""
    prepare()
    load_demo()


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
    """Migrate the database and load the vocabularies every installation needs."""
    settings = cli_mounted.settings()
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    settings.secret()
    with cli_mounted.opened(settings) as database:
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


def load_demo() -> None:
    """Load the demonstration world into an empty installation and work off what follows."""
    from catalogue import demo  # noqa: PLC0415  it draws its pictures, and knows all features

    state = cli_mounted.mounted()
    with steps("demonstration world") as step:
        loaded = demo.load(state, now=datetime.now(UTC), progress=step)
    if loaded:
        search.rebuild(state.database, state.parts)
    state.database.dispose()
