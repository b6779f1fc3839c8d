"""`catalogue backup` and `catalogue restore`: one file that holds an installation."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from catalogue import cli_check, cli_preparing
from catalogue.cli_mounted import mounted
from catalogue.cli_telling import json_option, report, steps
from catalogue.core import revisions
from catalogue.operating import archive, backup, restore
from catalogue.search import service as search


@click.command("backup")
@click.argument("place", type=click.Path(path_type=Path))
@click.option("--with-secrets", is_flag=True, help="Put secret key and passwords in, in clear.")
@json_option
def backup_command(place: Path, with_secrets: bool, as_json: bool) -> None:
    """Write a backup to PLACE, a file or a folder, while the installation is in use.

    It holds the database, all files that the database names, and the settings. Secrets are left out
    unless asked for, for a backup lies where many may read it: keep the secret key apart.
    """
    with report(as_json) as told:
        now = datetime.now(UTC)
        path = place / f"catalogue-{now:%Y%m%dT%H%M%SZ}.tar" if place.is_dir() else place
        if path.exists() or not path.parent.is_dir():
            raise click.ClickException(f"{path} exists, or has no folder; name another file")
        state = mounted()
        if state.settings.data_folder.resolve() in path.resolve().parents:
            raise click.ClickException("a backup lies outside of the data folder that it saves")
        with steps("files") as step:
            made = backup.take(state, backup.Wanted(path, now, with_secrets), step)
        told.facts |= {"file": str(path), "size_bytes": path.stat().st_size}
        told.facts |= _facts(made)
        told.line(f"{path}: {sum(made.rows.values())} rows, {path.stat().st_size:,} bytes")
        if made.settings_left_out:
            told.line(f"without {', '.join(made.settings_left_out)}: keep these apart")
        if made.files_absent:
            raise click.ClickException(
                f"{len(made.files_absent)} files that the database names are not there and so not"
                f" in the backup: {', '.join(made.files_absent[:5])}; see: catalogue check"
            )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Verify the file and the place; write nothing.")
@json_option
def restore_command(file: Path, dry_run: bool, as_json: bool) -> None:
    """Restore the backup FILE into an empty database, data folder and bucket, and check it.

    Every file is held against the manifest before anything is written. Tables of an older program
    are migrated, and the search index is built anew.
    """
    with report(as_json) as told, archive.reading(file) as (packed, manifest):
        state = mounted()
        archive.verify(packed, manifest)
        told.facts |= _facts(manifest)
        told.line(f"the backup of {manifest.made_at} is whole: {sum(manifest.rows.values())} rows")
        restore.refuse(state, manifest)
        told.facts["differences"] = restore.differences(state, packed, manifest)
        for each in told.facts["differences"]:
            told.line(each)
        if dry_run:
            told.line("This place is empty and fits; run it without --dry-run to restore.")
            return
        with steps("files") as step:
            restore.fill(state, packed, manifest, step)
        if manifest.revision != revisions.head():
            cli_preparing.prepare()
        with steps("index") as step:
            search.rebuild(state.database, state.parts, step)
        cli_check.look(state, told, every_picture=True)
        told.line("restored")


def _facts(manifest: archive.Manifest) -> dict[str, object]:
    told = asdict(manifest)
    files: dict[str, object] = told.pop("files")
    return told | {"files": len(files)}
