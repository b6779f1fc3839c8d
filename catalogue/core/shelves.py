"""Where files lie that only some may read, or that wait: by the settings, each kind on its shelf.

A shelf is a folder of the data folder, else what begins with `private/` and its name in the bucket.
Nothing there has a public address: views ask who may read, and hand out. The bucket needs no
object that everybody may read, for pictures too go through the web server.
"""

from __future__ import annotations

from pathlib import Path

from catalogue.settings import Settings

from .bucket import open_bucket
from .folder import Folder
from .storage import Shelf

PRIVATE = "private"
EVIDENCE, QUOTES, MESSAGES = "evidence", "quotes", "messages"
AGREEMENT_LISTS, PRICE_LISTS, LEDGERS = "agreement-imports", "imports", "ledger"
CATALOGUE_FILES = "catalogue-files"
NAMES = (EVIDENCE, QUOTES, MESSAGES, AGREEMENT_LISTS, PRICE_LISTS, LEDGERS, CATALOGUE_FILES)


def open_shelf(settings: Settings, name: str) -> Shelf:
    """Return the shelf of that name; opening one costs nothing."""
    if name == CATALOGUE_FILES and settings.catalogue_files_folder:
        return Folder(Path(settings.catalogue_files_folder))
    if settings.media_bucket:
        bucket = open_bucket(settings.media_bucket, settings.media_endpoint)
        return bucket.within(PRIVATE).within(name)
    return Folder(settings.data_folder / name)
