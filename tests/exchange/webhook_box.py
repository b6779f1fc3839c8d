"""A receiver of webhooks on loopback, and a worker that sends to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import cast
from standardwebhooks import Webhook as Judge

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.who import Who
from catalogue.exchange.webhooks import news, queue, rules, sending, service, signing, spreading
from catalogue.exchange.webhooks.models import Webhook
from catalogue.exchange.webhooks.schema import Terms
from catalogue.settings import Settings


@dataclass
class Receiver:
    """What came to the receiver, and with which status it answers."""

    address: str
    status: int = 204
    says: bytes = b""
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def judged(self, secret: str) -> list[Any]:
        """Return what came as the judge lets it through who knows the secret."""
        return [Judge(secret).verify(body, headers) for _path, headers, body in self.came]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Keep what came, and answer."""
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.came.append((self.path, dict(self.headers), body))
        self.send_response(receiver.status)
        if receiver.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(receiver.says)))
        self.end_headers()
        self.wfile.write(receiver.says)

    def log_message(self, *_what: object) -> None:
        """Say nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a free port of loopback."""
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    server.receiver = receiver  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield receiver
    server.shutdown()
    thread.join()
    server.server_close()


def settings_of(folder: Path, **more: Any) -> Settings:
    """Return settings that let webhooks lead to loopback."""
    values = {"secret_key": "a secret", "webhook_allowed_hosts": "127.0.0.1"} | more
    return Settings(data_folder=folder, public_url="https://indkob.example", **values)


def hook(session: Any, who: Who, url: str, types: list[str] | None = None) -> Webhook:
    """Register an address for everything its owner may ask for."""
    names = [each.name for each in rules.types_for(who.role)]
    return service.create(session, who, Terms("ERP", url, types or names), cast.NOW)


def secret(settings: Settings, of: Webhook) -> str:
    """Return the secret of a webhook."""
    return signing.secret_of(settings.secret(), of.key)


def work(database: Database, settings: Settings, now: datetime = cast.NOW) -> None:
    """Let the worker do all of webhooks that is due."""
    handlers: dict[str, jobs.Handler] = {
        topic: partial(do, database, settings, clock=lambda: now)
        for topic, do in (
            (news.NEWS, spreading.spread_batch),
            (queue.DELIVER, sending.send_batch),
        )
    }
    while jobs.run_once(database, handlers, clock=lambda: now, limit=sending.SIDE_BY_SIDE):
        pass
