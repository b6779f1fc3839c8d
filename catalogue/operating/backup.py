"""Take a backup: the database first, then the files that it names, and the settings.

Files are never changed in place, and what nothing names any more is kept for days. So every file
that the copied database names is there when the files are copied after it.
"""

from __future__ import annotations

import hashlib
import hmac
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from catalogue.core import revisions, shelves
from catalogue.core.storage import BIN, Files
from catalogue.media import collecting
from catalogue.media import service as media
from catalogue.media.store import Store
from catalogue.products import picture_use
from catalogue.settings import PREFIX, Settings

from . import Step, copying
from .archive import Manifest, Writing, writing

if TYPE_CHECKING:
    from catalogue.core.http import State

DATABASE, SETTINGS, SECRET_KEY = "database", "settings.env", "secret_key"
MEDIA, DATA = "media/", "data/"
SECRETS = frozenset({"secret_key", "smtp_password", "access_point_token", "metrics_token"})
# What is made anew, or copied by other ways than file by file.
_NOT_COPIED = ("index", "media", "secret_key", "catalogue.sqlite")


@dataclass(frozen=True)
class Wanted:
    """Where a backup goes, when it is taken, and whether secrets go along in clear."""

    path: Path
    at: datetime
    with_secrets: bool


def take(state: State, wanted: Wanted, step: Step) -> Manifest:
    """Write a backup of an installation in use; return what it says of itself."""
    settings, database = state.settings, state.database
    with tempfile.TemporaryDirectory(dir=wanted.path.parent) as name, writing(wanted.path) as made:
        copy = Path(name) / DATABASE
        with copying.copied(database, copy) as session:
            rows, revision = copying.count_rows(session), revisions.present(session)
            named, absent = _named(session, state.parts[media.PART])
        made.add_file(DATABASE, copy)
        copy.unlink()
        absent += _add_media(made, state.parts[media.PART].files, named, step)
        for shelf_name in shelves.NAMES:
            _add_shelf(made, settings, shelf_name)
        for path in _data(settings):
            made.add_file(f"{DATA}{path.relative_to(settings.data_folder).as_posix()}", path)
        left_out = _add_settings(made, settings, wanted.with_secrets)
        manifest = Manifest(
            made_at=wanted.at.isoformat(), catalogue=metadata.version("purchasing-catalogue"),
            revision=revision, database=copying.engine_of(database), rows=rows,
            secret_key=mark(settings), settings_left_out=left_out, files_absent=absent,
        )  # fmt: skip
        made.finish(manifest)
    return manifest


def mark(settings: Settings) -> str:
    """Return a mark of the secret key, which tells nothing of it but whether it is another one."""
    return hmac.new(settings.secret().encode(), b"catalogue backup", hashlib.sha256).hexdigest()[
        :16
    ]


def told_settings(settings: Settings) -> dict[str, str]:
    """Return the settings that differ from their defaults, as they stand in the environment."""
    return {
        PREFIX + each.name.upper(): _plain(getattr(settings, each.name))
        for each in fields(Settings)
        if getattr(settings, each.name) != each.default
    }


def _named(session: Session, store: Store) -> tuple[dict[str, str], list[str]]:
    """Return the files that the database names, by where each lies now, and those that lack."""
    lying, binned = collecting.list_files(store)
    found: dict[str, str] = {}
    absent = []
    for thing in sorted(collecting.list_named(session, picture_use.NAMED)):
        kept = {name.removeprefix(f"{BIN}/"): name for name in binned.get(thing, ())}
        kept |= {name: name for name in lying.get(thing, ())}
        found |= kept
        if not kept:
            absent.append("/".join(filter(None, thing)))
    return found, absent


def _add_media(made: Writing, files: Files, named: dict[str, str], step: Step) -> list[str]:
    """Add files of pictures and attachments; return those that are not there any more."""
    absent = []
    for count, (name, place) in enumerate(sorted(named.items()), start=1):
        content = files.read(place)
        if content is None:  # laid in the bin, or put back, since it was listed
            content = files.read(name) or files.read(f"{BIN}/{name}")
        if content is None:
            absent.append(name)
        else:
            made.add(f"{MEDIA}{name}", content)
        step(count, len(named))
    return absent


def _add_shelf(made: Writing, settings: Settings, shelf_name: str) -> None:
    """Add the files of a shelf, from folder or bucket; those in the bin under their own names."""
    if shelf_name == shelves.CATALOGUE_FILES and settings.catalogue_files_folder:
        return  # another system's folder, and written anew each night
    shelf, added = shelves.open_shelf(settings, shelf_name), set[str]()
    for listed, _at in shelf.list_in_order():
        name = listed.removeprefix(f"{BIN}/")
        if name in added or _is_draft(name.split("/")):
            continue
        opened = shelf.open(name) or shelf.open(f"{BIN}/{name}")
        if opened is not None:
            with opened:
                made.add_open(f"{DATA}{shelf_name}/{name}", opened)
            added.add(name)


def _is_draft(parts: Sequence[str]) -> bool:
    return any(each.startswith(".") for each in parts)


def _data(settings: Settings) -> Iterator[Path]:
    """Return the other files of the data folder: documents in and out, mail."""
    for path in sorted(settings.data_folder.rglob("*")):
        parts = path.relative_to(settings.data_folder).parts
        if parts[0].startswith(_NOT_COPIED) or _is_draft(parts) or parts[0] in shelves.NAMES:
            continue
        if path.is_file() and not is_of_database(settings, path):
            yield path


def is_of_database(settings: Settings, path: Path) -> bool:
    """Tell whether a file is that of SQLite, or its log beside it: it may have any name."""
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        return False
    lies = Path(url.database).resolve()
    return path.resolve() in {lies, *(Path(f"{lies}-{end}") for end in ("wal", "shm", "journal"))}


def _add_settings(made: Writing, settings: Settings, with_secrets: bool) -> list[str]:
    """Add the settings; return the names of those that were left out, or cut."""
    told, left_out = told_settings(settings), []
    for name in sorted(SECRETS):
        key = PREFIX + name.upper()
        if key in told and not with_secrets:
            del told[key]
            left_out.append(key)
    url = make_url(settings.database)
    if (url.password or "password" in url.query) and not with_secrets:
        bare = url.set(password=None).difference_update_query(["password"])
        told[f"{PREFIX}DATABASE_URL"] = bare.render_as_string()
        left_out.append(f"{PREFIX}DATABASE_URL (its password)")
    lines = [f"{key}={shlex.quote(value)}\n" for key, value in told.items()]
    made.add(SETTINGS, "".join(lines).encode())
    if with_secrets:
        made.add(SECRET_KEY, settings.secret().encode())
    else:
        left_out.append(f"the secret key ({PREFIX}SECRET_KEY, else {SECRET_KEY} in the folder)")
    return left_out


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
