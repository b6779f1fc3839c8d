"""Each night: remove images that nothing names any more, and files that no image names.

What names an image is told by the features that do (`in_use`), old versions of products among
them. Nothing younger than two days goes: an upload stores its files before any row names them, and
a price list waits a day between preview and decision.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, MutableMapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.text import COPENHAGEN, today_in_copenhagen

from .models import Image
from .service import PART
from .store import ORIGINALS, Store

DAILY = "media.collect"
NIGHT = time(3)  # in Copenhagen
YOUNG = timedelta(days=2)
_OURS = re.compile(rf"({ORIGINALS}/)?(?P<two>..)/(?P<sha256>(?P=two)[0-9a-f]{{62}})(/[\w.]+)?")
MOST = 500  # images of one night's transaction

# Of some images, those that something names.
InUse = Callable[[Session, Collection[int]], set[int]]


def start(session: Session, now: datetime) -> None:
    """Put the night's work unless it is waiting; called when a worker starts."""
    if not jobs.is_waiting(session, DAILY):
        _put_next(session, now)


def collect_batch(
    database: Database,
    parts: MutableMapping[str, Any],
    in_use: InUse,
    clock: Callable[[], datetime],
) -> None:
    """Do the night's work, and put the next night's; safe to repeat."""
    now = clock()
    with database.transaction() as session:
        remove_images(session, in_use, now)
        _put_next(session, now)
    with database.reading() as session:
        remove_files(session, parts[PART], now)


def remove_images(session: Session, in_use: InUse, now: datetime) -> int:
    """Remove rows that nothing names; return how many."""
    old = set(session.scalars(select(Image.id).where(Image.created_at < now - YOUNG)))
    unused = sorted(old - in_use(session, old))[:MOST]
    # Whoever is about to name one of them holds it, or waits here and finds it gone. Those named
    # meanwhile are asked about again.
    held = set(
        session.scalars(
            select(Image.id).where(Image.id.in_(unused)).with_for_update(skip_locked=True)
        )
    )
    gone = held - in_use(session, held)
    session.execute(delete(Image).where(Image.id.in_(gone)))
    return len(gone)


def remove_files(session: Session, store: Store, now: datetime) -> int:
    """Remove the files of hashes that no row names; return of how many hashes."""
    names, newest = defaultdict(list), dict[str, datetime]()
    for name, at in store.files.list_all():
        sha256 = _hash_in(name)
        if sha256 is None:
            continue
        names[sha256].append(name)
        newest[sha256] = max(at, newest.get(sha256, at))
    # Rows are read after the files: what was stored and named in between is among them.
    named = set(session.scalars(select(Image.sha256)))
    named |= set(session.scalars(select(Image.original_sha256).distinct()))
    gone = [each for each in names if each not in named and newest[each] < now - YOUNG]
    for sha256 in gone:
        for name in names[sha256]:
            store.files.remove(name)
    return len(gone)


def _hash_in(name: str) -> str | None:
    """Return the hash in a name of ours, or None: what others lay there is theirs."""
    found = _OURS.fullmatch(name)
    return found and found["sha256"]


def _put_next(session: Session, now: datetime) -> None:
    day = today_in_copenhagen(now) + timedelta(days=1)
    due_at = datetime.combine(day, NIGHT, COPENHAGEN)
    jobs.put_once(session, DAILY, now=now, due_at=due_at)
