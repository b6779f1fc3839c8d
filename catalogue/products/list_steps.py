"""The long steps of a sent price list: check it with its pictures, and write its rows.

Both go in pieces that are kept as they are done, so that a step which dies goes on where it was,
and one that is stopped ends after its piece.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import update

from catalogue.core.db import Database
from catalogue.core.errors import Invalid
from catalogue.core.jobs import Work
from catalogue.core.text import Text, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who
from catalogue.media.service import Received
from catalogue.media.store import Store
from catalogue.settings import Settings

from . import (
    addressed,
    deliveries,
    known,
    list_store,
    plan,
    sent_lists,
    sheet_export,
    taking,
    zipped,
)
from .deliveries import Delivery
from .list_models import ListState, SentList
from .list_report import Report
from .price_list import Row
from .sent_lists import CHECK, SILENT, TAKE, Stored
from .taking import Taken
from .zipped import picture_key

AT_ONCE_BYTES = 600_000  # with our lists to choose from a small one has half of that
AT_ONCE_ROWS = plan.PART_ROWS  # about two seconds, which a person waits for
AT_ONCE_PICTURES = 12
KEPT_EACH = 10  # pictures after which it is kept which were received
SHARE_PERCENT = 60  # of a check with pictures: decoding them
_MOST_MOVED = 200
Clock = Callable[[], datetime]


class Stopped(Exception):
    """The list is not being checked any more."""


@dataclass(frozen=True)
class Workshop:
    """What the steps work with."""

    database: Database
    store: Store
    settings: Settings
    clock: Clock


def is_small(rows: int, pictures: Collection[str]) -> bool:
    """Tell whether a list of that many rows, with files of those names, is checked at once."""
    zipped_too = any(name.lower().endswith(".zip") for name in pictures)
    return rows <= AT_ONCE_ROWS and len(pictures) <= AT_ONCE_PICTURES and not zipped_too


def receive(shop: Workshop, who: Who, stored: Stored, *, small: bool) -> int:
    """Write down that a list was sent and check it, a small one at once; return its id."""
    now = shop.clock()
    with shop.database.transaction() as session:
        sent = sent_lists.receive(session, who, stored, now)
        sent_lists.put(session, sent, CHECK, now, wait=small)
    if small:
        run(shop, CHECK, sent.id)
    return sent.id


def run(shop: Workshop, topic: str, list_id: int) -> None:
    """Do one step, CHECK or TAKE, of a list; nothing when it is done already."""
    with shop.database.reading() as session:
        sent = session.get(SentList, list_id)
    if sent is None:
        return
    with reading_in(sent.locale):
        if topic == CHECK and sent.state == ListState.CHECKING:
            check(shop, sent)
        elif topic == TAKE and sent.state == ListState.TAKING:
            take(shop, sent)


def run_batch(shop: Workshop, batch: Sequence[Work]) -> None:
    """Do the steps that were left to the worker."""
    for work in batch:
        run(shop, work.topic, int(work.payload["list_id"]))


def check(shop: Workshop, sent: SentList) -> None:
    """Read a list and its pictures, judge all rows, and keep what they would do."""
    _claim(shop, sent)
    try:
        delivery = _read(shop, sent)
        report, digests = _judge(shop, sent, delivery)
        list_store.note_digests(shop.settings, sent.token, digests)
        facts = report.to_json()
        values = {"state": ListState.CHECKED, "facts": facts, "rows": len(digests)}
        _note(shop, sent, values | {"done_percent": 100})
    except Invalid as error:
        text = error.detail or next(iter(error.problems.values()))[0]
        _update(shop, sent, {"state": ListState.FAILED, "facts": {"fault": str(text)}})
        list_store.forget(shop.settings, sent.token)
    except Stopped:
        list_store.forget(shop.settings, sent.token)


def take(shop: Workshop, sent: SentList) -> None:
    """Write the rows of a list that was begun, from where it stands; ends when it is stopped."""
    digests = list_store.digests(shop.settings, sent.token)
    rows = list_store.read_rows(shop.settings, sent.token, sent.file_name)
    rows = deliveries.led(rows, list_store.leaders(shop.settings, sent.token))
    pictures = list_store.received(shop.settings, sent.token)
    whole = Delivery(rows, pictures, shop.settings.images_per_product)
    parts = whole.parts_by_start(plan.PART_ROWS)
    while _take_next(shop, sent.id, parts, digests):
        pass
    list_store.forget(shop.settings, sent.token)


def _take_next(
    shop: Workshop, list_id: int, parts: Mapping[int, Delivery], digests: Sequence[str]
) -> bool:
    """Write the next part; tell whether there is another one."""
    with shop.database.transaction() as session:
        sent = session.get_one(SentList, list_id, with_for_update=True)
        if sent.state != ListState.TAKING:
            return False
        if part := parts.get(sent.rows_done):
            now = shop.clock()
            own = digests[sent.rows_done : sent.rows_done + len(part.rows)]
            done = taking.take_part(session, _acting(sent), part, own, now)
            _count(sent, done, len(part.rows))
        if sent.rows_done < sent.rows:
            return True
        sent.state, sent.done_percent = ListState.TAKEN, 100
    return False


def _count(sent: SentList, done: Taken, rows: int) -> None:
    before = sent.facts.get("taken", {"created": 0, "changed": 0, "moved": 0, "rows": []})
    sent.rows_done += rows
    sent.done_percent = sent.rows_done * 100 // max(sent.rows, 1)
    sent.facts = sent.facts | {
        "taken": {
            "created": before["created"] + done.created,
            "changed": before["changed"] + done.changed,
            "moved": before["moved"] + len(done.moved),
            "rows": [*before["rows"], *done.moved][:_MOST_MOVED],
        }
    }


def _acting(sent: SentList) -> Who:
    return Who(role=Role.ENTERPRISE, enterprise_id=sent.enterprise_id, person_id=sent.person_id)


def _claim(shop: Workshop, sent: SentList) -> None:
    """Take the check for this process; raises NotNow when another one is at it."""
    now = shop.clock()
    with shop.database.transaction() as session:
        found = session.get_one(SentList, sent.id, with_for_update=True)
        if found.touched_at is not None and found.touched_at > now - SILENT:
            raise sent_lists.NotNow(_("The list is being read by another process."))
        found.touched_at = now


def _read(shop: Workshop, sent: SentList) -> Delivery:
    """Read the list, and receive those of the sent pictures that it names."""
    rows = list_store.read_rows(shop.settings, sent.token, sent.file_name)
    rows = _led(shop, sent, rows)
    received = list_store.received(shop.settings, sent.token)
    with list_store.archives(shop.settings, sent.token) as archives:
        _unpack(shop, sent, rows, archives, received)
    _fetch(shop, sent, rows, received)
    list_store.note_received(shop.settings, sent.token, received)
    return Delivery(rows, received, shop.settings.images_per_product)


def _unpack(
    shop: Workshop,
    sent: SentList,
    rows: Sequence[Row],
    archives: Sequence[Path],
    received: dict[str, Received | Text],
) -> None:
    """Receive the pictures of archives that rows name and that were not received before."""
    wanted = {picture_key(name) for row in rows for name in row.images}
    sources = {
        key: (path, name)
        for path in archives
        for key, name in zipped.list_pictures(path).items()
        if key in wanted
    }
    for number, key in enumerate(sorted(set(sources) - set(received)), start=1):
        content = zipped.read(*sources[key], shop.settings.image_max_bytes)
        received[key] = deliveries.receive_picture(shop.store, content)
        if number % KEPT_EACH == 0:
            list_store.note_received(shop.settings, sent.token, received)
            _progress(shop, sent, SHARE_PERCENT * len(received) // len(sources))


def _led(shop: Workshop, sent: SentList, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows with the product of those that are known variants, and keep which they are.

    So a list is cut into the same parts whenever it is taken up again.
    """
    with shop.database.reading() as session:
        known_leaders = known.list_leaders(session, sent.enterprise_id)
    numbers = {row.item_number for row in rows}
    told = {number: leader for number, leader in known_leaders.items() if number in numbers}
    list_store.note_leaders(shop.settings, sent.token, told)
    return deliveries.led(rows, told)


def _fetch(
    shop: Workshop, sent: SentList, rows: Sequence[Row], received: dict[str, Received | Text]
) -> None:
    """Fetch the pictures that rows name by their address, with a sign of life for each."""
    missing = addressed.list_missing(rows, received, shop.settings.images_per_product)
    found = addressed.receive(shop.store, missing, shop.settings)
    for number, (address, picture) in enumerate(found, start=1):
        received[address] = picture
        if number % KEPT_EACH == 0:
            list_store.note_received(shop.settings, sent.token, received)
        _progress(shop, sent, SHARE_PERCENT * number // len(missing))


def _judge(shop: Workshop, sent: SentList, delivery: Delivery) -> tuple[Report, list[str]]:
    """Judge all rows part by part; return what to show, and what tells each row."""
    report, digests = Report(), list[str]()
    begin = SHARE_PERCENT if delivery.pictures else 0
    today = today_in_copenhagen(shop.clock())
    with shop.database.reading() as session:
        names = sheet_export.read_names(session)
    for part in delivery.parts(plan.PART_ROWS):
        with shop.database.reading() as session:
            entries = plan.judge(session, sent.enterprise_id, part, today)
        report.add(entries, names)
        digests += [each.digest for each in entries]
        done = begin + (100 - begin) * len(digests) // len(delivery.rows)
        _progress(shop, sent, min(done, 99))
    return report, digests


def _progress(shop: Workshop, sent: SentList, done_percent: int) -> None:
    """Keep how far a check is; raises Stopped when it is to be none any more."""
    _note(shop, sent, {"done_percent": done_percent, "touched_at": shop.clock()})


def _note(shop: Workshop, sent: SentList, values: dict[str, Any]) -> None:
    if not _update(shop, sent, values):
        raise Stopped


def _update(shop: Workshop, sent: SentList, values: dict[str, Any]) -> bool:
    """Change a list that is being checked; tell whether it still is."""
    query = update(SentList).where(SentList.id == sent.id, SentList.state == ListState.CHECKING)
    with shop.database.transaction() as session:
        return bool(session.connection().execute(query.values(**values)).rowcount)
