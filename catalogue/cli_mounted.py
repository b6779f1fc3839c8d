"""The Catalogue that a command works on: our own application's, or the host's under `flask`.

In a host the same commands are `flask catalogue …`: an entry point of `flask.commands` adds them.
"""

from __future__ import annotations

import os
from typing import cast

import click
from flask.cli import ScriptInfo

from catalogue.app import create_app
from catalogue.core.http import State
from catalogue.settings import Settings, read


def mounted() -> State:
    """Return the Catalogue of the host that `flask` has loaded, else one of our own."""
    info = _host()
    app = create_app() if info is None else info.load_app()
    if "catalogue" not in app.extensions:
        raise click.ClickException(
            f"no Catalogue is mounted in {app.name}: Catalogue(app, url_prefix=…)"
        )
    return cast(State, app.extensions["catalogue"])


def settings() -> Settings:
    """Return the settings that commands work by, without opening anything of our own."""
    return read(os.environ) if _host() is None else mounted().settings


def refuse_in_host() -> None:
    """Refuse a command that would start our own application instead of the host's."""
    if _host() is not None:
        raise click.ClickException(
            "the host's own web server serves Catalogue; beside it run: flask catalogue work"
        )


def _host() -> ScriptInfo | None:
    context = click.get_current_context(silent=True)
    return None if context is None else context.find_object(ScriptInfo)
