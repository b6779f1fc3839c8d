"""Where the torture takes place: a small world in a database, and a mail server that keeps all."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import cast
from aiosmtpd.controller import Controller
from ports import free_port

import catalogue.app  # noqa: F401 - the tables of all features
from catalogue.core import jobs, migrations
from catalogue.core.db import Database
from catalogue.products import stock

STOCK, CEILING_ORE, PRICE_ORE = 6, 500_000, 100_000  # one less by the ceiling than by the stock


@dataclass
class Place:
    """A laid ground: processes are told of it by their environment."""

    folder: Path
    database: Database
    environment: dict[str, str]
    port: int
    product_id: int
    agreement_id: int
    buyers: list[str]
    worker: str

    @property
    def address(self) -> str:
        """Return where the web server answers."""
        return f"http://127.0.0.1:{self.port}"


class Post:
    """What the mail server took in, by Message-ID."""

    def __init__(self) -> None:
        self.port = 0
        self.letters: dict[str, list[EmailMessage]] = {}
        self._lock = threading.Lock()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = BytesParser(policy=policy.default).parsebytes(envelope.content)
        with self._lock:
            self.letters.setdefault(str(letter["Message-ID"]), []).append(letter)  # type: ignore[arg-type]  # the policy makes EmailMessage
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Post]:
    """Run a mail server on a free port of loopback."""
    post = Post()
    post.port = free_port()
    controller = Controller(post, hostname="127.0.0.1", port=post.port)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()


def lay(folder: Path, url: str, buyers: int, smtp_port: int) -> Place:
    """Make the world: an enterprise with a few pieces, an agreement with a low ceiling, buyers."""
    port = free_port()
    url = url or f"sqlite:///{folder / 'catalogue.sqlite'}"
    around = {name: told for name, told in os.environ.items() if not name.startswith("CATALOGUE_")}
    environment = around | {
        "CATALOGUE_DATA_FOLDER": str(folder), "CATALOGUE_DATABASE_URL": url,
        "CATALOGUE_COOKIE_SECURE": "false", "CATALOGUE_SIGN_IN_ATTEMPTS_PER_ADDRESS": "1000000",
        "CATALOGUE_SMTP_HOST": "127.0.0.1", "CATALOGUE_SMTP_PORT": str(smtp_port),
        "CATALOGUE_PUBLIC_URL": f"http://127.0.0.1:{port}", "CATALOGUE_SECRET_KEY": "of a torture",
        "CATALOGUE_WORKER_PAUSE_MS": "50",
    }  # fmt: skip
    database = Database(url)
    migrations.upgrade(database)
    with database.transaction() as session:
        home, shop = cast.municipality(session), cast.enterprise(session)
        product = cast.product(session, shop, price_ore=PRICE_ORE)
        agreement = cast.voluntary(session, home, shop, ceiling_ore=CEILING_ORE)
        people = [cast.buyer(session, home, name=f"Buyer {n}") for n in range(buyers)]
        worker = cast.worker(session, shop)
        told = {product.id: Decimal(STOCK)}
        stock.count(session, cast.who(session, worker), told, datetime.now(UTC))
        return Place(
            folder, database, environment, port, product.id, agreement.id,
            [each.email for each in people], worker.email,
        )  # fmt: skip


def wait_until_done(place: Place, seconds: float) -> None:
    """Wait until the worker has done all that is due or was postponed; raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with place.database.reading() as session:
            left = session.query(jobs.Job).filter(jobs.Job.topic == "order.mail").count()
        if not left:
            return
        time.sleep(0.5)
    raise TimeoutError(f"{left} mails are still to be sent after {seconds} seconds")
