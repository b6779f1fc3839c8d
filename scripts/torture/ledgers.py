"""Holds everything against everything after a fault: what was lost, what is there twice."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import audit
from form import ROOT
from people import Book
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session
from stands import TOLD, Stand

from catalogue.app import create_app
from catalogue.core import jobs
from catalogue.exchange.mail_models import MailRecord, Outcome
from catalogue.exchange.route_models import SentDocument
from catalogue.exchange.webhooks.models import Delivery
from catalogue.lanes import DAILY_WORK
from catalogue.media import collecting, comparing
from catalogue.media import service as media
from catalogue.ordering.message_models import MessageFile
from catalogue.ordering.models import Order
from catalogue.products import picture_use
from catalogue.products.models import Product, ProductImage, ProductState

SETTLE_SECONDS, LOOK_SECONDS = 180, 1.0
LATER = (timedelta(days=5), timedelta(days=10))  # two nights' collections: to the bin, and away
PLANNED = {each.topic for each in (*DAILY_WORK, collecting.DAILY)}


def settle(here: Stand) -> None:
    """Wait until the worker has done all that is due or was postponed; raises TimeoutError.

    What it would try again much later, or was planned, is put to now, as if the time had passed;
    not what was due at once, of which a worker must see to it that it is.
    """
    end = time.monotonic() + SETTLE_SECONDS
    left: list[tuple[str, str | None]] = []
    while time.monotonic() < end:
        with here.place.database.transaction() as session:
            now = datetime.now(UTC)
            # A claim lasts no longer than its lease; what is put for later has not been tried.
            tried = and_(jobs.Job.attempts > 0, jobs.Job.due_at > now + jobs.LEASE)
            planned = jobs.Job.due_at > jobs.Job.created_at
            put = and_(jobs.Job.attempts == 0, jobs.Job.due_at > now, planned)
            ours = jobs.Job.topic.not_in(PLANNED)
            session.execute(update(jobs.Job).where(ours, or_(tried, put)).values(due_at=now))
            left = [tuple(row) for row in session.execute(
                select(jobs.Job.topic, jobs.Job.error).where(ours))]  # fmt: skip
        if not left:
            return
        time.sleep(LOOK_SECONDS)
    raise TimeoutError(f"work is not done after {SETTLE_SECONDS} seconds: {left[:3]}")


def lost(here: Stand, book: Book) -> list[str]:
    """List what was acknowledged and is not there, or there twice, each in a sentence."""
    found = audit.faults(here.place, book.keys("order"), here.post)
    with here.place.database.reading() as session:
        # Also of other kinds, which the log alone tells of.
        gone = or_(MailRecord.outcome.in_((Outcome.SENT, Outcome.REPEATED)), audit.PERHAPS_SENT)
        logged = set(session.scalars(select(MailRecord.message_id).where(gone)))
        noted = {f"mail {each} has arrived and is not noted" for each in logged}
        found = [each for each in found if each not in noted]
        found += [
            *_of_rejections(session, book), *_of_products(session, book),
            *_of_traces(session, book), *_of_files(session, book),
            *_of_deliveries(session, here), *_of_documents(session, here),
        ]  # fmt: skip
    return found + _of_check(here)


def orphans(here: Stand) -> list[str]:
    """List files that lie unnamed after two nights' collections, and those that are missing."""
    state = create_app(here.place.environment).extensions["catalogue"]
    for later in LATER:
        collecting.collect_batch(
            state.database, state.parts, picture_use.NAMED, lambda at=later: datetime.now(UTC) + at
        )
    with state.database.reading() as session:
        found = comparing.compare(session, state.parts[media.PART], picture_use.NAMED)
    drafts = [name for name, _at in state.parts[media.PART].files.list_all() if "/." in name]
    state.database.dispose()
    return [f"{name} lies unnamed" for name in (*found.unnamed, *drafts)] + [
        f"{name} is missing" for name in found.missing
    ]


def _of_rejections(session: Session, book: Book) -> Iterator[str]:
    states = dict(session.execute(select(Order.number, Order.state)).tuples().all())
    for number in book.keys("rejection"):
        if states.get(number) != "rejected":
            yield f"order {number} was rejected, and is lost: {states.get(number)}"


def _of_products(session: Session, book: Book) -> Iterator[str]:
    pictures = select(ProductImage.product_id, func.count()).group_by(ProductImage.product_id)
    hung = dict(session.execute(pictures).tuples().all())
    rows = session.execute(select(Product.id, Product.item_number, Product.state)).all()
    made = Counter(row.item_number for row in rows)
    yield from (f"product {n} is there {times} times" for n, times in made.items() if times > 1)
    yield from (f"product {n} is lost" for n in book.keys("product") if not made[n])
    by_number = {row.item_number: row for row in rows}
    for number in book.keys("picture"):
        if (count := hung.get(by_number[number].id, 0)) != 1:
            yield f"the picture of product {number} is {'lost' if not count else 'there twice'}"
    for number in book.keys("published"):
        if by_number[number].state != ProductState.PUBLISHED:
            yield f"that product {number} was published is lost"


def _of_traces(session: Session, book: Book) -> Iterator[str]:
    """Each product that was acknowledged stands in the audit, once: described, and published."""
    ids = dict(session.execute(select(Product.item_number, Product.id)).tuples().all())
    told = audit.traced(session, "product")
    for what, action in (("product", "product.created"), ("published", "product.published")):
        for number in book.keys(what):
            if (times := told[ids.get(number, 0), action]) != 1:
                yield f"the audit tells {times} times of {action} of {number}"


def _of_files(session: Session, book: Book) -> Iterator[str]:
    """Each file that was sent with a message has its row; `catalogue check` looks at the files."""
    made = Counter(session.scalars(select(MessageFile.sha256)))
    for sha256 in book.keys("file"):
        if (times := made[sha256]) != 1:
            yield f"the file {sha256} of a message is {'there twice' if times else 'lost'}"


def _of_deliveries(session: Session, here: Stand) -> Iterator[str]:
    """Each order is told once to the system of the municipality; what is told arrived."""
    rows = session.scalars(select(Delivery)).all()
    told = Counter((each.about, each.type) for each in rows)
    for number in session.scalars(select(Order.number)):
        if (times := told[number, TOLD[0]]) != 1:
            yield f"that order {number} was placed is {'lost' if not times else 'told twice'}"
    for each in rows:
        came = here.received.messages.get(each.message_id, [])
        if not came:
            yield f"webhook {each.message_id} ({each.state}) is lost"
        elif len(set(came)) > 1:
            yield f"webhook {each.message_id} came with different words"


def _of_documents(session: Session, here: Stand) -> Iterator[str]:
    first = select(SentDocument.order_id).where(SentDocument.kind == "T01")
    told = Counter(session.scalars(first))
    for order_id, number in session.execute(select(Order.id, Order.number)):
        if (times := told[order_id]) != 1:
            yield f"the document of order {number} is {'doubled' if times else 'lost'}"
    for key in session.scalars(select(SentDocument.key)):
        if key not in here.received.messages:
            yield f"document {key} is noted as sent and is lost"


def _of_check(here: Stand) -> list[str]:
    """Ask `catalogue check`: chain, whole orders, mails, kept files, index product by product."""
    command = [sys.executable, "-m", "catalogue.cli", "check", "--json"]
    around = {name: told for name, told in here.place.environment.items() if name != "LD_PRELOAD"}
    done = subprocess.run(
        command, cwd=ROOT, env=around, capture_output=True, text=True, check=False
    )
    if done.returncode == 0 and json.loads(done.stdout):
        return []
    return [f"catalogue check: {done.stdout[-1500:]} {done.stderr[-500:]}"]
