"""What `catalogue check` says of files: pictures, attachments, and the virus scanner."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.console import Console

from catalogue.core import scanning
from catalogue.core.http import State
from catalogue.media import comparing
from catalogue.media import service as media
from catalogue.products import picture_use

out = Console(highlight=False, soft_wrap=True)
SHOWN = 20  # names of files of one kind


def check_files(state: State) -> None:
    """Report what differs between rows and files; raises ClickException when files are missing."""
    with state.database.reading() as session:
        found = comparing.compare(session, state.parts[media.PART], picture_use.NAMED)
    _report("file is missing", found.missing)
    _report("size of a picture is not derived yet, its master is shown", found.underived)
    _report("file is named by nothing, the worker collects it when it is old", found.unnamed)
    if found.missing:
        raise click.ClickException(
            f"{len(found.missing)} files of pictures or attachments are missing;"
            " take them from a backup of the media folder or bucket"
        )
    out.print(f"{found.pictures} pictures and {found.attachments} attachments have their files")
    clamd = scanning.find_clamd(state.settings)
    if clamd is not None:
        clamd.check()
        out.print("the virus scanner answers")


def _report(what: str, names: Sequence[str]) -> None:
    for name in names[:SHOWN]:
        out.print(f"{name}: {what}")
    if len(names) > SHOWN:
        out.print(f"and {len(names) - SHOWN} more: {what}")
