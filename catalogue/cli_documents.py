"""`catalogue collect-documents`: take what enterprises left in their folders. For a timer."""

from __future__ import annotations

import click

from catalogue.cli_mounted import mounted
from catalogue.cli_telling import json_option, report
from catalogue.exchange import document_receiving


@click.command("collect-documents")
@json_option
def collect_documents(as_json: bool) -> None:
    """Take the answers that enterprises left in their folders, and acknowledge each."""
    with report(as_json) as told:
        state = mounted()
        found = document_receiving.collect(state.database, state.settings, state.clock)
        told.facts |= {
            "taken": found.taken, "refused": found.refused, "acknowledged": found.acknowledged,
            "failed": found.failed,
        }  # fmt: skip
        told.line(
            f"{found.taken} taken, {found.refused} refused,"
            f" {found.acknowledged} of ours acknowledged"
        )
        if found.failed:
            told.line(
                f"{found.failed} could not be dealt with and stay where they lie: see the log"
            )
