"""Each night: remove images that nothing names any more, and files that nothing names.

What names an image or an attachment is told by the features that do (`Named`), old versions of
products among them. Nothing younger than two days goes: an upload stores its files before any row
names them, and a price list waits a day between preview and decision.

A file that is old and unnamed may be sent again in the very moment in which it is taken away, and
no lock is shared by a database and a bucket. So it is not removed but laid in a bin, from which it
is still read; it goes when nothing has named it for two days more, and is put back when something
has.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, MutableMapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.core import jobs
from catalogue.core.daily import Daily
from catalogue.core.db import Database
from catalogue.core.storage import BIN

from .models import Image
from .service import PART
from .store import ATTACHMENTS, ORIGINALS, Store

DAILY = Daily("media.collect", time(3))  # at night
YOUNG = timedelta(days=2)
MOST = 500  # images of one night's transaction
_OURS = re.compile(
    rf"(?P<bin>{BIN}/)?(?P<kind>{ORIGINALS}/|{ATTACHMENTS}/)?"
    r"(?P<two>..)/(?P<sha256>(?P=two)[0-9a-f]{62})(?P<size>/[\w.]+)?"
)
# What `write_whole` leaves when its process is killed.
_DRAFT = re.compile(
    rf"(?:{BIN}/)?(?:{ORIGINALS}/|{ATTACHMENTS}/)?[0-9a-f]{{2}}/(?:[0-9a-f]{{64}}/)?\.[\w.]+\.[0-9a-f]{{12}}"
)

# A file of ours by what it belongs to: "" (an image), originals or attachments, and a hash.
Thing = tuple[str, str]
Lying = dict[Thing, dict[str, datetime]]  # names with the time they were written last


@dataclass(frozen=True)
class Named:
    """What the features that name images and attachments tell of them."""

    images: Callable[[Session, Collection[int]], set[int]]  # of some, those that something names
    attachments: Callable[[Session], set[str]]  # the hashes of all that something names


def start(session: Session, now: datetime) -> None:
    """Put the night's work unless it is waiting; called when `Daily.start` is."""
    DAILY.bring_back(session, now)
    if not jobs.is_waiting(session, DAILY.topic):
        DAILY.put_next(session, now)


def collect_batch(
    database: Database,
    parts: MutableMapping[str, Any],
    named: Named,
    clock: Callable[[], datetime],
) -> None:
    """Do the night's work, and put the next night's; safe to repeat."""
    now = clock()
    with database.transaction() as session:
        remove_images(session, named, now)
        DAILY.put_next(session, now)
    with database.reading() as session:
        remove_files(session, parts[PART], named, now)


def remove_images(session: Session, named: Named, now: datetime) -> int:
    """Remove rows that nothing names; return how many."""
    old = set(session.scalars(select(Image.id).where(Image.created_at < now - YOUNG)))
    unused = sorted(old - named.images(session, old))[:MOST]
    # Whoever is about to name one of them holds it, or waits here and finds it gone. Those named
    # meanwhile are asked about again.
    held = set(
        session.scalars(
            select(Image.id).where(Image.id.in_(unused)).with_for_update(skip_locked=True)
        )
    )
    gone = held - named.images(session, held)
    session.execute(delete(Image).where(Image.id.in_(gone)))
    return len(gone)


def remove_files(session: Session, store: Store, named: Named, now: datetime) -> int:
    """Lay the files in the bin that nothing names, and empty it; return of how many things.

    What something names by now is put back. What was half written when a process was killed goes.
    """
    listed = list(store.files.list_all())
    for name, at in listed:
        if _DRAFT.fullmatch(name) and at < now - YOUNG:
            store.files.remove(name)
    lying, binned = _sorted(listed)
    # Rows are read after the files: what was stored and named in between is among them.
    known = list_named(session, named)
    for thing, files in binned.items():
        for name, at in files.items():
            if thing in known:
                _put_back(store, name)
            elif at < now - YOUNG:
                store.files.remove(name)
    gone = [
        files
        for thing, files in lying.items()
        if thing not in known and max(files.values()) < now - YOUNG
    ]
    for files in gone:
        for name in files:
            store.files.move(name, f"{BIN}/{name}")
    return len(gone)


def list_named(session: Session, named: Named) -> set[Thing]:
    """Return all that something names: images, their originals, attachments."""
    rows = session.execute(select(Image.sha256, Image.original_sha256)).all()
    return (
        {("", row.sha256) for row in rows}
        | {(ORIGINALS, row.original_sha256) for row in rows if row.original_sha256}
        | {(ATTACHMENTS, sha256) for sha256 in named.attachments(session)}
    )


def list_files(store: Store) -> tuple[Lying, Lying]:
    """Return our files and those in the bin, by what they belong to; others' files are theirs."""
    return _sorted(store.files.list_all())


def _sorted(listed: Iterable[tuple[str, datetime]]) -> tuple[Lying, Lying]:
    lying: Lying = defaultdict(dict)
    binned: Lying = defaultdict(dict)
    for name, at in listed:
        ours = _OURS.fullmatch(name)
        if ours is not None:
            found = binned if ours["bin"] else lying
            found[(ours["kind"] or "").rstrip("/"), ours["sha256"]][name] = at
    return lying, binned


def _put_back(store: Store, name: str) -> None:
    """Put a file back from the bin; one that was stored anew meanwhile has the same content."""
    bare = name.removeprefix(f"{BIN}/")
    if store.files.exists(bare):
        store.files.remove(name)
    else:
        store.files.move(name, bare)
