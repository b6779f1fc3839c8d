"""The Catalogue that a command works on: our own application's, or the host's under `flask`.

In a host the same commands are `flask catalogue …`: an entry point of `flask.commands` adds them.
The application takes seconds to load, so only a command that needs all of it asks for it.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from catalogue.core import revisions
from catalogue.core.db import Database
from catalogue.settings import Settings, read

if TYPE_CHECKING:
    from catalogue.core.http import State


def mounted() -> State:
    """Return the Catalogue of the host that `flask` has loaded, else one of our own."""
    from catalogue.app import create_app  # noqa: PLC0415  loads all views, which takes seconds
    from catalogue.search import service as search  # noqa: PLC0415  loaded with them

    info = _host()
    app = create_app() if info is None else info.load_app()
    if "catalogue" not in app.extensions:
        raise click.ClickException(
            f"no Catalogue is mounted in {app.name}: Catalogue(app, url_prefix=…)"
        )
    state = cast("State", app.extensions["catalogue"])
    context = click.get_current_context(silent=True)
    if info is None and context is not None:
        context.call_on_close(state.parts[search.PART].close)
        context.call_on_close(state.database.dispose)
    return state


def in_host() -> bool:
    """Tell whether the command was given to a host's `flask`."""
    return _host() is not None


def settings() -> Settings:
    """Return the settings that commands work by, without opening anything of our own."""
    return mounted().settings if in_host() else read(os.environ)


@contextmanager
def opened(in_force: Settings) -> Iterator[Database]:
    """Open the database alone, for a command that needs no more; closed at the end."""
    _load_models()
    database = Database(in_force.database, in_force.sqlite_busy_timeout_ms)
    try:
        yield database
    finally:
        database.dispose()


def lack_of_tables(database: Database) -> str | None:
    """Return what is told of tables that are older than this program, or not there."""
    with database.reading() as session:
        if not revisions.are_missing(session):
            return None
        has = revisions.present(session) or "none"
    return (
        f"the tables have revision {has}, this program wants {revisions.head()}:"
        " run `catalogue migrate`"
    )


def refuse_in_host() -> None:
    """Refuse a command that would start our own application instead of the host's."""
    if in_host():
        raise click.ClickException(
            "the host's own web server serves Catalogue; beside it run: flask catalogue work"
        )


def _load_models() -> None:
    """Load the rows of all features: those that one names in another's must be there to be used."""
    package = Path(__file__).parent
    for path in sorted(package.rglob("*models.py")):
        name = path.relative_to(package.parent).with_suffix("")
        importlib.import_module(".".join(name.parts))


def _host() -> Any:  # Flask's ScriptInfo, or None: Flask is loaded only where a host is
    context, loaded = click.get_current_context(silent=True), sys.modules.get("flask.cli")
    if context is None or loaded is None:
        return None
    return context.find_object(loaded.ScriptInfo)
