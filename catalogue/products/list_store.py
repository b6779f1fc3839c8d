"""Files of a price list between sending and writing: the list, its pictures, what was found."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, NamedTuple

from catalogue.core import uploads
from catalogue.core.errors import Missing
from catalogue.core.shelves import PRICE_LISTS, open_shelf
from catalogue.core.storage import Shelf
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
_ARCHIVE = re.compile(r"pictures-[0-9]+\.zip")


class Upload(NamedTuple):
    """A file as it is sent: its name, and where its content is read."""

    name: str
    stream: IO[bytes]


def keep(settings: Settings, price_list: Upload | Sequence[Row], pictures: Iterable[Upload]) -> str:
    """Store a sent list with its pictures; return the token. Raises UnusableZip, nothing kept.

    A list of another kind than ours is given as its rows, and kept as they are.
    """
    token = uploads.new_token()
    place = sent_files(settings).place(token)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _lay_pictures(folder, pictures)
        for path in folder.iterdir():
            zipped.list_pictures(path)
        try:
            _keep_list(place, price_list)
            for path in folder.iterdir():
                with path.open("rb") as file:
                    place.write_from(path.name, file)
        except BaseException:
            forget(settings, token)
            raise
    return token


def read_rows(settings: Settings, token: str, name: str) -> tuple[Row, ...]:
    """Read the rows of a stored list, sent under that name; raises UnreadableList or Missing."""
    place = sent_files(settings).place(token)
    rows = place.read("rows.json")
    if rows is not None:
        return kept_rows.read(rows)
    content = place.read("list")
    if content is None:
        raise Missing(GONE)
    return tuple(price_lists.read(content, name))


@contextmanager
def archives(settings: Settings, token: str) -> Iterator[list[Path]]:
    """Have the ZIP files of pictures at hand; those sent one by one lie in the first."""
    place = sent_files(settings).place(token)
    with ExitStack() as held:
        names = [name for name, _at in place.list_in_order() if _ARCHIVE.fullmatch(name)]
        files = [file for name in names if (file := place.open(name)) is not None]
        yield [Path(held.enter_context(file).name) for file in files]


def note_received(settings: Settings, token: str, pictures: dict[str, Received | Text]) -> None:
    """Keep which pictures were received, so that none is decoded twice."""
    facts = {name: _written(each) for name, each in pictures.items()}
    sent_files(settings).place(token).write("received.json", json.dumps(facts).encode())


def received(settings: Settings, token: str) -> dict[str, Received | Text]:
    """Return which pictures were received, or why not, by `picture_key`."""
    facts = json.loads(sent_files(settings).place(token).read("received.json") or b"{}")
    return {name: _read(each) for name, each in facts.items()}


def note_digests(settings: Settings, token: str, digests: Sequence[str]) -> None:
    """Keep what tells the judged rows from rows judged after something has changed."""
    sent_files(settings).place(token).write("digests", "\n".join(digests).encode())


def digests(settings: Settings, token: str) -> list[str]:
    """Return what was kept of the judged rows, in their order."""
    found = sent_files(settings).place(token).read("digests")
    if found is None:
        raise Missing(GONE)
    return found.decode().split("\n")


def note_leaders(settings: Settings, token: str, leaders: Mapping[str, str]) -> None:
    """Keep which of the numbers in a list are variants, so that its parts stay the same."""
    sent_files(settings).place(token).write("leaders.json", json.dumps(dict(leaders)).encode())


def leaders(settings: Settings, token: str) -> dict[str, str]:
    """Return what was kept of variants: their product's number by their own."""
    kept = sent_files(settings).place(token).read("leaders.json")
    found: dict[str, str] = json.loads(kept or b"{}")
    return found


def forget(settings: Settings, token: str) -> None:
    """Throw the files of a list away."""
    sent_files(settings).forget(token)


def forget_old(settings: Settings, now: datetime) -> None:
    """Throw away what nobody has imported within a week."""
    sent_files(settings).forget_old(now)


def _keep_list(place: Shelf, price_list: Upload | Sequence[Row]) -> None:
    if isinstance(price_list, Upload):
        place.write_from("list", price_list.stream)
    else:
        place.write("rows.json", kept_rows.write(price_list))


def _lay_pictures(folder: Path, pictures: Iterable[Upload]) -> None:
    """Lay ZIP files out as they are, and single pictures in one of our own."""
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
    return Uploads(open_shelf(settings, PRICE_LISTS), KEPT_FOR, GONE)


def _written(picture: Received | Text) -> dict[str, Any]:
    if isinstance(picture, Received):
        return asdict(picture)
    return {"message": picture.message, "values": picture.values}


def _read(facts: dict[str, Any]) -> Received | Text:
    return Text(**facts) if "message" in facts else Received(**facts)
