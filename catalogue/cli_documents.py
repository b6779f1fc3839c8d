"""`catalogue collect-documents`: take what enterprises left in their folders. For a timer."""

from __future__ import annotations

from typing import cast

import click

from catalogue.app import create_app
from catalogue.core.http import State
from catalogue.exchange import document_receiving


@click.command("collect-documents")
def collect_documents() -> None:
    """Take the answers that enterprises left in their folders, and acknowledge each."""
    state = cast(State, create_app().extensions["catalogue"])
    found = document_receiving.collect(state.database, state.settings, state.clock)
    click.echo(
        f"{found.taken} taken, {found.refused} refused, {found.acknowledged} of ours acknowledged"
    )
