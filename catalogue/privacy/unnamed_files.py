"""Files that were sent and are not used: uploads nobody took in, and files that no row names.

A file of evidence, of a quote or a message is stored before its row is written, and lies on when
the form was refused, or when its row went with an old order.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from catalogue.agreements import sent_lists as agreement_files
from catalogue.core import kept_files as comparing
from catalogue.core.shelves import open_shelf
from catalogue.core.storage import Shelf
from catalogue.core.uploads import Uploads
from catalogue.coverage import ledger_store
from catalogue.ordering import kept_files
from catalogue.products import list_store
from catalogue.settings import Settings

from .rows import Night, Work

KEPT_FOR = timedelta(days=1)


def _count(session: Session, night: Night) -> int:
    number = sum(len(each.list_old(night.now)) for each in _sent_files(night.settings))
    for name, shelf in _shelves(night.settings):
        named = kept_files.list_named(session, name)
        number += sum(1 for _each in comparing.list_unnamed(shelf, named, night.now - KEPT_FOR))
    return number


def _take_out(session: Session, night: Night) -> int:
    number = sum(each.forget_old(night.now) for each in _sent_files(night.settings))
    for name, shelf in _shelves(night.settings):
        comparing.tend_bin(shelf, kept_files.list_named(session, name), night.now)
        named = kept_files.list_named(session, name)
        number += comparing.remove_unnamed(shelf, named, night.now - KEPT_FOR)
    return number


def _shelves(settings: Settings) -> list[tuple[str, Shelf]]:
    return [(name, open_shelf(settings, name)) for name in kept_files.NAMING]


def _sent_files(settings: Settings) -> list[Uploads]:
    return [each.sent_files(settings) for each in (agreement_files, ledger_store, list_store)]


WORK = Work(_count, _take_out)
