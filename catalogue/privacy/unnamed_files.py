"""Files that were sent and are not used: uploads nobody took in, and files that no row names.

A file of evidence, of a quote or a message is stored before its row is written, and lies on when
the form was refused, or when its row went with an old order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from catalogue.agreements import sent_lists as agreement_files
from catalogue.core import kept_files as comparing
from catalogue.core.uploads import Uploads
from catalogue.coverage import ledger_store
from catalogue.ordering import kept_files
from catalogue.products import list_store
from catalogue.settings import Settings

from .rows import Night, Work

KEPT_FOR = timedelta(days=1)


def _count(session: Session, night: Night) -> int:
    unused = sum(len(each.list_old(night.now)) for each in _sent_files(night.settings))
    return unused + sum(1 for _path in _unnamed(session, night))


def _take_out(session: Session, night: Night) -> int:
    number = 0
    for each in _sent_files(night.settings):
        number += len(each.list_old(night.now))
        each.forget_old(night.now)
    for path in _unnamed(session, night):
        comparing.remove(path, night.now - KEPT_FOR)
        number += 1
    return number


def _unnamed(session: Session, night: Night) -> Iterator[Path]:
    for shelf in kept_files.SHELVES:
        named = kept_files.list_named(session, shelf)
        folder = shelf.folder(night.settings)
        yield from comparing.list_unnamed(folder, named, night.now - KEPT_FOR)


def _sent_files(settings: Settings) -> list[Uploads]:
    return [each.sent_files(settings) for each in (agreement_files, ledger_store, list_store)]


WORK = Work(_count, _take_out)
