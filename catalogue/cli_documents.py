"""`catalogue collect-documents`: take what enterprises left in their folders. For a timer."""

from __future__ import annotations

import click

from catalogue.cli_mounted import mounted
from catalogue.exchange import document_receiving


@click.command("collect-documents")
def collect_documents() -> None:
    """Take the answers that enterprises left in their folders, and acknowledge each."""
    state = mounted()
    found = document_receiving.collect(state.database, state.settings, state.clock)
    click.echo(
        f"{found.taken} taken, {found.refused} refused, {found.acknowledged} of ours acknowledged"
    )
