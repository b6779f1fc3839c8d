"""An installation with something of all that `catalogue check` looks at, and all of it in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import cast
import pytest
from click import ClickException
from flask import Flask
from ordering import approving, quoting
from ordering.world import World
from sqlalchemy import delete
from sqlalchemy.orm import Session

from catalogue import cli_check
from catalogue.cli_telling import Report
from catalogue.core import jobs
from catalogue.core.files import write_whole
from catalogue.core.http import State
from catalogue.core.kept_files import name_of
from catalogue.core.receiving import Received
from catalogue.core.shelves import open_shelf
from catalogue.enterprises import evidence
from catalogue.exchange.route_models import ReceivedDocument
from catalogue.lanes import lanes
from catalogue.media import service as media
from catalogue.media.models import Image
from catalogue.ordering import kept_files, messages, quote_files
from catalogue.ordering.messages import Written
from catalogue.ordering.quote_models import QuoteRequest
from catalogue.products import attaching, stock
from catalogue.products.attaching import Described, New
from catalogue.products.models import ProductImage
from catalogue.search import service as search

SHEET, DOCUMENT = b"%PDF-1.7 %%EOF", b"<OrderResponse/>"
SHA256 = hashlib.sha256(SHEET).hexdigest()


@dataclass(frozen=True)
class Here:
    """The installation: an order that is placed, one that awaits approval, and files."""

    app: Flask
    state: State
    world: World
    placed: str
    waiting: str
    folder: Path

    def write(self, change: Callable[[Session], Any]) -> None:
        """Change rows behind the application's back."""
        with self.state.database.transaction() as session:
            change(session)

    def kept(self, shelf: str) -> Path:
        """Return where the file of a shelf lies."""
        return self.state.settings.data_folder / shelf / name_of(SHA256)

    @property
    def document(self) -> Path:
        """Return where the document that came in lies."""
        folder = self.state.settings.documents_folder / self.world.enterprise.cvr
        return folder / "done" / "svar.xml"


def make(app: Flask) -> Here:
    """Make it; mails are sent and the index is built."""
    state: State = app.extensions["catalogue"]
    with state.database.transaction() as session:
        town = approving.town(session)
        world = town.world
        stock.count(session, world.worker_who, {world.product.id: Decimal(10)}, cast.NOW)
        placed = approving.order(session, town, "2", key="form-1")
        approving.rule(session, town)
        waiting = approving.order(session, town, key="form-2")
        _keep(session, world, placed.number)
        _without_pictures(session)
        numbers = placed.number, waiting.number
    here = Here(app, state, world, *numbers, state.settings.data_folder)
    _lay(here)
    for lane in lanes(state):
        if lane.name == "mail":
            while jobs.run_once(state.database, lane.handlers, clock=state.clock):
                pass
    search.rebuild(state.database, state.parts)
    return here


def _without_pictures(session: Session) -> None:
    """Take the rows of pictures out: the cast lays no files for them."""
    for table in (ProductImage, Image):
        session.execute(delete(table).execution_options(synchronize_session=False))


def _keep(session: Session, world: World, number: str) -> None:
    """Write the rows that name files."""
    sheet = Received("bilag.pdf", SHA256, "pdf", len(SHEET))
    evidence.add(session, world.worker_who, sheet, cast.NOW)
    said = Written("Hej", [sheet])
    messages.send(session, world.who, number, said, now=cast.NOW, mail_at=cast.NOW)
    new = New(sheet, Described("other", "Bilag"), 10)
    attaching.attach(session, world.worker_who, world.product.id, new, cast.NOW)
    asked = quoting.wanted(frozenset())
    cast.category(session, quoting.CODE)
    request = QuoteRequest(
        municipality_id=world.home.id, buyer_id=world.buyer.id, category_code=quoting.CODE,
        kind="service", title=asked.title, description=asked.description, details={},
        deadline_on=asked.deadline_on, created_at=cast.NOW,
    )  # fmt: skip
    session.add(request)
    session.flush()
    quote_files.keep(session, request, None, [sheet], cast.NOW)
    session.add(
        ReceivedDocument(
            enterprise_id=world.enterprise.id, sha256=hashlib.sha256(DOCUMENT).hexdigest(),
            name="svar.xml", order_number=number, received_at=cast.NOW,
        )
    )  # fmt: skip


def _lay(here: Here) -> None:
    """Lay the files that the rows name."""
    for name in kept_files.NAMING:
        open_shelf(here.state.settings, name).write(name_of(SHA256), SHEET)
    here.state.parts[media.PART].keep_attachment(SHA256, SHEET)
    write_whole(here.document, DOCUMENT)
    said = here.document.parent.parent / "ack" / "svar.xml.json"
    write_whole(said, json.dumps({"file": "svar.xml", "taken": True}).encode())


@pytest.fixture
def here(app: Flask) -> Iterator[Here]:
    """An installation in order."""
    made = make(app)
    yield made
    made.state.parts[search.PART].close()


def look(here: Here) -> tuple[dict[str, list[str]], str]:
    """Return what the check names, by code, and with what words it fails, if it does."""
    told = Report(as_json=True)
    try:
        cli_check.look(here.state, told)
    except ClickException as error:
        return _named(told), error.message
    return _named(told), ""


def _named(told: Report) -> dict[str, list[str]]:
    found = {code: each for code, each in told.facts.items() if isinstance(each, dict)}
    return {code: each["first"] for code, each in found.items() if each["count"]}
