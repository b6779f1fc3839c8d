"""A price list with its pictures, as it is judged; and how the command line reads one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
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

from . import price_list, zipped
from .price_list import Row
from .zipped import picture_key

PICTURE_FOLDERS = ("images", "billeder")


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

    @property
    def numbers(self) -> set[str]:
        """Return the item numbers that rows are about, or whose variants they tell."""
        named = {row.item_number for row in self.rows} | {row.variant_of for row in self.rows}
        return named - {""}

    def parts(self, size: int) -> Iterator[Delivery]:
        """Return the list in parts of `size` rows, in their order but for variants.

        Those stand with their product, in the same part, however many they are.
        """
        counted, part = self.times, list[Row]()
        for family in families(self.rows, _leading):
            if part and len(part) + len(family) > size:
                yield replace(self, rows=tuple(part), counted=counted)
                part = []
            part += family
        yield replace(self, rows=tuple(part), counted=counted)

    def parts_by_start(self, size: int) -> dict[int, Delivery]:
        """Return the parts of the list by how many rows come before each."""
        parts = list(self.parts(size))
        starts = accumulate((len(each.rows) for each in parts), initial=0)
        return dict(zip(starts, parts, strict=False))


@dataclass(frozen=True)
class Sent:
    """A file as it was sent."""

    name: str
    content: bytes


def read_file(store: Store, path: Path, images: Path | None, settings: Settings) -> Delivery:
    """Read a price list and the pictures it names; they lie in `images`, else beside the list.

    `images` is a folder or a ZIP file. Raises UnreadableList, UnusableZip, or Missing when there is
    no such file.
    """
    if not path.is_file():
        raise Missing(_("There is no file %(path)s.", path=str(path)))
    rows = tuple(price_list.read(path.read_bytes(), path.name))
    pictures = find_pictures(store, rows, (path, images), settings)
    return Delivery(rows, pictures, settings.images_per_product)


def find_pictures(
    store: Store, rows: Iterable[Row], where: tuple[Path, Path | None], settings: Settings
) -> dict[str, Received | Text]:
    """Receive what rows name of a folder or ZIP file, or of what lies beside their file.

    `where`: the file, and the folder or ZIP file where one is given. Raises UnusableZip.
    """
    path, images = where
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
    files: Iterator[tuple[str, bytes | Text]]
    if images and images.is_file():
        names = zipped.list_pictures(images)
        most = settings.image_max_bytes
        files = ((key, zipped.read(images, names[key], most)) for key in wanted & set(names))
    else:
        files = ((key, file.read_bytes()) for key, file in found.items())
    return {key: receive_picture(store, content) for key, content in files}


def families(rows: Iterable[Row], leading: Callable[[Row], str]) -> list[list[Row]]:
    """Gather rows by the number of the product that leads them; a row without any is alone."""
    found: dict[str | int, list[Row]] = {}
    for place, row in enumerate(rows):
        found.setdefault(leading(row) or place, []).append(row)
    return list(found.values())


def led(rows: Iterable[Row], leaders: Mapping[str, str]) -> tuple[Row, ...]:
    """Return rows of known variants with the number of their product where they do not say it.

    `leaders`: what `known.list_leaders` tells, kept with a list so that its parts stay the same.
    """
    return tuple(
        replace(row, cells={**row.cells, "variant_of": found})
        if not row.variant_of and not row.withdraws and (found := leaders.get(row.item_number))
        else row
        for row in rows
    )


def receive_pictures(store: Store, sent: Iterable[Sent]) -> dict[str, Received | Text]:
    """Check and store pictures; return them, or why one cannot be used, by `picture_key`."""
    return {picture_key(each.name): receive_picture(store, each.content) for each in sent}


def receive_picture(store: Store, content: bytes | Text) -> Received | Text:
    """Check and store a picture; return it, or why it cannot be used, as it is known already."""
    if isinstance(content, Text):
        return content
    try:
        return media.receive(store, content)
    except UnusablePicture as error:
        return error.reason


def _leading(row: Row) -> str:
    return row.item_number if row.withdraws else row.variant_of or row.item_number
