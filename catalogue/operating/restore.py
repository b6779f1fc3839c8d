"""Restore a backup into an empty place: verified first, refused where anything is already."""

from __future__ import annotations

import shlex
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import inspect

from catalogue.core import revisions, shelves
from catalogue.core.db import Database
from catalogue.core.storage import Files
from catalogue.media import service as media
from catalogue.settings import PREFIX

from . import Step, archive, copying
from .archive import Manifest
from .backup import (
    DATA,
    DATABASE,
    MEDIA,
    SECRET_KEY,
    SECRETS,
    SETTINGS,
    is_of_database,
    mark,
    told_settings,
)

if TYPE_CHECKING:
    from catalogue.core.http import State

_OF_THE_PLACE = (f"{PREFIX}DATA_FOLDER", f"{PREFIX}DATABASE_URL")


def refuse(state: State, manifest: Manifest) -> None:
    """Refuse a backup that does not fit here, or a place that is not empty."""
    here = copying.engine_of(state.database)
    if manifest.database != here:
        raise click.ClickException(
            f"the backup is of {manifest.database}, CATALOGUE_DATABASE_URL here is {here}"
        )
    if manifest.revision is not None and manifest.revision not in revisions.known():
        raise click.ClickException(
            f"the backup has tables of revision {manifest.revision}, which this program does not"
            f" know; install Catalogue {manifest.catalogue} or newer"
        )
    if occupied := [*_tables(state.database), *_files(state)]:
        raise click.ClickException(
            f"something is here already: {', '.join(occupied[:5])}; restore into an empty"
            " database, data folder and bucket"
        )


def fill(state: State, packed: tarfile.TarFile, manifest: Manifest, step: Step) -> None:
    """Put database and files back, and hold the rows against the manifest."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / DATABASE
        archive.unpack(packed, DATABASE, copy)
        state.settings.data_folder.mkdir(parents=True, exist_ok=True)
        copying.put_back(state.database, copy)
    with state.database.reading() as session:
        found = copying.count_rows(session)
    if found != manifest.rows:
        differing = {name for name in found | manifest.rows
                     if found.get(name) != manifest.rows.get(name)}  # fmt: skip
        raise click.ClickException(f"rows differ from the backup's: {', '.join(sorted(differing))}")
    files: Files = state.parts[media.PART].files
    for count, name in enumerate(manifest.files, start=1):
        _put(state, packed, name, files)
        step(count, len(manifest.files))


def differences(state: State, packed: tarfile.TarFile, manifest: Manifest) -> list[str]:
    """Tell which settings were others when the backup was taken; of secrets, nothing more."""
    lines = shlex.split(archive.read(packed, SETTINGS).decode())
    then = dict(line.partition("=")[::2] for line in lines)
    now = told_settings(state.settings)
    told = [
        _difference(key, then, now)
        for key in sorted(then.keys() | now.keys())
        if key not in _OF_THE_PLACE
        and then.get(key) != now.get(key)
        and not any(key in each for each in manifest.settings_left_out)
    ]
    if mark(state.settings) != manifest.secret_key:
        told.append(
            "the secret key is another: people sign in anew, links in mails end, and what is"
            " sealed (second factors, secrets of sign-in and webhooks) must be entered anew"
        )
    return told


def _difference(key: str, then: dict[str, str], now: dict[str, str]) -> str:
    if key.removeprefix(PREFIX).lower() in SECRETS:
        return f"{key} is another"
    return f"{key} was {then.get(key, 'not set')!r}, here it is {now.get(key, 'not set')!r}"


def _put(state: State, packed: tarfile.TarFile, name: str, files: Files) -> None:
    if name.startswith(MEDIA):
        files.write(name.removeprefix(MEDIA), archive.read(packed, name))
    elif name.startswith(DATA):
        _put_data(state, packed, name)
    elif name == SECRET_KEY and not state.settings.secret_key:
        kept = state.settings.data_folder / SECRET_KEY
        kept.unlink(missing_ok=True)  # the one that was made for the empty place
        archive.unpack(packed, name, kept)
        kept.chmod(0o600)


def _put_data(state: State, packed: tarfile.TarFile, name: str) -> None:
    """Put a file back where it lies by the settings here, which may be another place than then."""
    shelf, _slash, bare = name.removeprefix(DATA).partition("/")
    if shelf in shelves.NAMES:
        source = archive.opened(packed, name)
        shelves.open_shelf(state.settings, shelf).write_from(bare, source)
        return
    place = state.settings.data_folder / name.removeprefix(DATA)
    if not is_of_database(state.settings, place):  # backups of 0.1 held one of another name twice
        archive.unpack(packed, name, place)


def _tables(database: Database) -> list[str]:
    path = Path(str(database.url.database))
    if database.is_sqlite and not path.exists():
        return []
    return [f"table {name}" for name in inspect(database.engine).get_table_names()]


def _files(state: State) -> list[str]:
    root = state.settings.data_folder
    lying = [path for path in root.rglob("*") if path.is_file()] if root.exists() else []
    ours = (SECRET_KEY, "catalogue.sqlite")
    found = [str(path) for path in lying if not path.name.startswith(ours)]
    found += [f"media {name}" for name, _at in state.parts[media.PART].files.list_all()]
    if state.settings.media_bucket:  # a host may keep pictures elsewhere
        for name in shelves.NAMES:
            shelf = shelves.open_shelf(state.settings, name)
            found += [f"{name} {each}" for each, _at in shelf.list_all()]
    return found
