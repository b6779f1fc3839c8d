"""A price list with its pictures: from a folder, or kept between preview and apply."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from catalogue.core.errors import Missing
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.media import service as media
from catalogue.media.decoding import UnusablePicture
from catalogue.media.service import Received
from catalogue.media.store import Store
from catalogue.settings import Settings

from . import price_list
from .price_list import Row

KEPT_FOR = timedelta(days=1)
PICTURE_FOLDERS = ("images", "billeder")
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Delivery:
    """Rows of a price list, and the pictures sent with it by name: received, or why not."""

    rows: tuple[Row, ...]
    pictures: Mapping[str, Received | Text]
    at_most: int = 12  # pictures of one product
    # Shared by the parts of a list: how often a number stands in it, and categories looked up.
    counted: Counter[str] | None = field(default=None, compare=False)
    looked_up: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def times(self) -> Counter[str]:
        """Return how often each item number stands in the whole list."""
        return self.counted or Counter(row.item_number for row in self.rows)

    def parts(self, size: int) -> Iterator[Delivery]:
        """Return the list in parts of `size` rows, in their order."""
        counted = self.times
        for start in range(0, len(self.rows), size):
            yield replace(self, rows=self.rows[start : start + size], counted=counted)


@dataclass(frozen=True)
class Sent:
    """A file as it was sent."""

    name: str
    content: bytes


def picture_key(name: str) -> str:
    """Return under what a picture is found: its bare name, without regard to case.

    Names of files come decomposed from a Mac (e + ´) and whole from elsewhere.
    """
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    return unicodedata.normalize("NFC", bare).casefold().strip()


def read_file(store: Store, path: Path, images: Path | None, settings: Settings) -> Delivery:
    """Read a price list and the pictures it names; they lie in `images`, else beside the list.

    Raises UnreadableList, or Missing when there is no such file.
    """
    if not path.is_file():
        raise Missing(_("There is no file %(path)s.", path=str(path)))
    rows = price_list.read(path.read_bytes(), path.name)
    wanted = {picture_key(name) for row in rows for name in row.images}
    folders = [images] if images else [path.parent / each for each in PICTURE_FOLDERS]
    folders = [*folders, path.parent]
    found = {
        picture_key(file.name): file
        for folder in reversed(folders)
        if folder.is_dir()
        for file in folder.iterdir()
        if file.is_file() and picture_key(file.name) in wanted
    }
    sent = (Sent(file.name, file.read_bytes()) for file in found.values())
    return Delivery(tuple(rows), receive_pictures(store, sent), settings.images_per_product)


def receive_pictures(store: Store, files: Iterable[Sent]) -> dict[str, Received | Text]:
    """Check and store pictures; return them, or why one cannot be used, by `picture_key`."""
    received: dict[str, Received | Text] = {}
    for file in files:
        try:
            received[picture_key(file.name)] = media.receive(store, file.content)
        except UnusablePicture as error:
            received[picture_key(file.name)] = error.reason
    return received


def keep(settings: Settings, enterprise_id: int, sent: Sent, delivery: Delivery) -> str:
    """Keep a sent price list until it is applied; return the token that finds it again."""
    token = secrets.token_hex(16)
    folder = _folder(settings, enterprise_id, token)
    folder.mkdir(parents=True)
    (folder / "list").write_bytes(sent.content)
    pictures = {name: _written(each) for name, each in delivery.pictures.items()}
    facts = {"name": sent.name, "pictures": pictures}
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    return token


def kept(settings: Settings, enterprise_id: int, token: str) -> tuple[str, Delivery]:
    """Return the name and content of what the enterprise sent; raises Missing."""
    folder = _folder(settings, enterprise_id, token)
    try:
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        rows = price_list.read((folder / "list").read_bytes(), facts["name"])
    except FileNotFoundError:
        raise Missing(_("The price list is no longer here. Send it again.")) from None
    pictures = {name: _read(each) for name, each in facts["pictures"].items()}
    return facts["name"], Delivery(tuple(rows), pictures, settings.images_per_product)


def forget(settings: Settings, enterprise_id: int, token: str) -> None:
    """Throw a kept price list away."""
    shutil.rmtree(_folder(settings, enterprise_id, token), ignore_errors=True)


def forget_old(settings: Settings, now: datetime) -> None:
    """Throw away what nobody applied within a day."""
    limit = (now - KEPT_FOR).timestamp()
    folders: Sequence[Path] = list(_root(settings).glob("*-*"))
    for folder in folders:
        if folder.stat().st_mtime < limit:
            shutil.rmtree(folder, ignore_errors=True)


def _root(settings: Settings) -> Path:
    return settings.data_folder / "imports"


def _folder(settings: Settings, enterprise_id: int, token: str) -> Path:
    """Return the folder of a token; the enterprise is part of its name, so no other finds it."""
    if not _TOKEN.fullmatch(token):
        raise Missing(_("The price list is no longer here. Send it again."))
    return _root(settings) / f"{enterprise_id}-{token}"


def _written(picture: Received | Text) -> dict[str, Any]:
    if isinstance(picture, Received):
        return asdict(picture)
    return {"message": picture.message, "values": picture.values}


def _read(facts: dict[str, Any]) -> Received | Text:
    return Text(**facts) if "message" in facts else Received(**facts)
