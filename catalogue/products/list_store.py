"""Files of a price list between sending and writing: the list, its pictures, what was found."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, NamedTuple

from catalogue.core import files, uploads
from catalogue.core.errors import Missing
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.uploads import Uploads
from catalogue.media.service import Received
from catalogue.settings import Settings

from . import kept_rows, zipped
from . import price_list as price_lists
from .price_list import Row
from .zipped import picture_key

KEPT_FOR = timedelta(days=7)
GONE = _("The price list is no longer here. Send it again.")


class Upload(NamedTuple):
    """A file as it is sent: its name, and where its content is read."""

    name: str
    stream: IO[bytes]


def keep(settings: Settings, price_list: Upload | Sequence[Row], pictures: Iterable[Upload]) -> str:
    """Store a sent list with its pictures; return the token. Raises UnusableZip, nothing kept.

    A list of another kind than ours is given as its rows, and kept as they are.
    """
    token = uploads.new_token()
    folder = sent_files(settings).place(token)
    folder.mkdir(parents=True)
    try:
        _keep_list(folder, price_list)
        _keep_pictures(folder, pictures)
        for path in archives(settings, token):
            zipped.list_pictures(path)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return token


def read_rows(settings: Settings, token: str, name: str) -> tuple[Row, ...]:
    """Read the rows of a stored list, sent under that name; raises UnreadableList or Missing."""
    folder = sent_files(settings).place(token)
    if (folder / "rows.json").is_file():
        return kept_rows.read((folder / "rows.json").read_bytes())
    if not (folder / "list").is_file():
        raise Missing(GONE)
    return tuple(price_lists.read((folder / "list").read_bytes(), name))


def archives(settings: Settings, token: str) -> list[Path]:
    """Return the ZIP files of pictures; those sent one by one lie in the first."""
    return sorted(sent_files(settings).place(token).glob("pictures-*.zip"))


def note_received(settings: Settings, token: str, pictures: dict[str, Received | Text]) -> None:
    """Keep which pictures were received, so that none is decoded twice."""
    facts = {name: _written(each) for name, each in pictures.items()}
    files.write_whole(
        sent_files(settings).place(token) / "received.json", json.dumps(facts).encode()
    )


def received(settings: Settings, token: str) -> dict[str, Received | Text]:
    """Return which pictures were received, or why not, by `picture_key`."""
    path = sent_files(settings).place(token) / "received.json"
    facts = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {name: _read(each) for name, each in facts.items()}


def note_digests(settings: Settings, token: str, digests: Sequence[str]) -> None:
    """Keep what tells the judged rows from rows judged after something has changed."""
    files.write_whole(sent_files(settings).place(token) / "digests", "\n".join(digests).encode())


def digests(settings: Settings, token: str) -> list[str]:
    """Return what was kept of the judged rows, in their order."""
    return (sent_files(settings).place(token) / "digests").read_text().split("\n")


def note_leaders(settings: Settings, token: str, leaders: Mapping[str, str]) -> None:
    """Keep which of the numbers in a list are variants, so that its parts stay the same."""
    path = sent_files(settings).place(token) / "leaders.json"
    files.write_whole(path, json.dumps(dict(leaders)).encode())


def leaders(settings: Settings, token: str) -> dict[str, str]:
    """Return what was kept of variants: their product's number by their own."""
    path = sent_files(settings).place(token) / "leaders.json"
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def forget(settings: Settings, token: str) -> None:
    """Throw the files of a list away."""
    uploads.remove(sent_files(settings).place(token))


def forget_old(settings: Settings, now: datetime) -> None:
    """Throw away what nobody has imported within a week."""
    sent_files(settings).forget_old(now)


def _keep_list(folder: Path, price_list: Upload | Sequence[Row]) -> None:
    if not isinstance(price_list, Upload):
        (folder / "rows.json").write_bytes(kept_rows.write(price_list))
        return
    with (folder / "list").open("wb") as file:
        shutil.copyfileobj(price_list.stream, file, 1 << 20)


def _keep_pictures(folder: Path, pictures: Iterable[Upload]) -> None:
    """Store ZIP files as they are, and single pictures in one of our own."""
    single: set[str] = set()
    with zipfile.ZipFile(folder / "pictures-0.zip", "w") as ours:
        for number, each in enumerate(pictures, start=1):
            begin = each.stream.read(4)
            each.stream.seek(0)
            if begin.startswith(b"PK"):
                with (folder / f"pictures-{number:05}.zip").open("wb") as file:
                    shutil.copyfileobj(each.stream, file, 1 << 20)
            elif (key := picture_key(each.name)) not in single:
                single.add(key)
                with ours.open(key or "-", "w") as entry:
                    shutil.copyfileobj(each.stream, entry, 1 << 20)


def sent_files(settings: Settings) -> Uploads:
    """Return where files lie between being sent and being used."""
    return Uploads(settings.data_folder / "imports", KEPT_FOR, GONE)


def _written(picture: Received | Text) -> dict[str, Any]:
    if isinstance(picture, Received):
        return asdict(picture)
    return {"message": picture.message, "values": picture.values}


def _read(facts: dict[str, Any]) -> Received | Text:
    return Text(**facts) if "message" in facts else Received(**facts)
