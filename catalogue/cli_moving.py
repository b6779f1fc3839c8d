"""`catalogue move-files`: from the data folder into the bucket."""

from __future__ import annotations

from dataclasses import asdict

import click

from catalogue.cli_mounted import mounted
from catalogue.cli_telling import json_option, report, steps
from catalogue.operating import moving


@click.command("move-files")
@click.option("--copy", "copies", is_flag=True, help="Leave them in the data folder too.")
@json_option
def move_files(copies: bool, as_json: bool) -> None:
    """Move pictures, documents and all files that were sent from the data folder to the bucket.

    CATALOGUE_MEDIA_BUCKET names the bucket. Each file is read back before the folder loses it, and
    what is there already is not written again: run it with --copy while the old settings are in
    use, restart everything with the new ones, and run it without to bring what was sent meanwhile.
    """
    with report(as_json) as told:
        state = mounted()
        if not state.settings.media_bucket:
            raise click.ClickException("no bucket is set: name it by CATALOGUE_MEDIA_BUCKET")
        with steps("files") as step:
            made = moving.copy(state, step) if copies else moving.move(state, step)
        told.facts |= asdict(made)
        told.line(f"{made.written} files were written to the bucket, {made.known} were there")
        if not copies:
            told.line("The data folder holds none of them any more.")
