"""A town with an order whose mail has a link by which the enterprise answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cast import NOW
from exchange.box import Box
from exchange.test_mail import ordered, work
from flask import Flask
from ordering.world import World
from sqlalchemy import select

from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.ordering.models import Order
from catalogue.settings import Settings

NUMBER = "0330-2026-00001"
DAY = {"other_day": "1", "delivery_on": "2026-12-03"}
ASKED = DAY | {"reason": "Vi har travlt"}
LINK = re.compile(r"https://indkob\.example/katalog(/ordrelink/[\w-]{43})")


class Town:
    """A placed order, the mail about it, and the application that its link opens."""

    def __init__(self, app: Flask, database: Database, settings: Settings, box: Box) -> None:
        self.app, self.database, self.box = app, database, box
        self.world: World = ordered(database)
        self.work: Callable[[], None] = lambda: work(database, settings, app)
        self.work()

    @property
    def link(self) -> str:
        """Return the address in the newest mail to the enterprise."""
        own = [each for each in self.box.messages if each["To"] == self.world.enterprise.email]
        return address_in(own[-1])

    def read(self, what: Any) -> list[Any]:
        """Read rows anew."""
        with self.database.reading() as session:
            return list(session.scalars(what))

    @property
    def state(self) -> str:
        """Return the state of the order."""
        return str(self.read(select(Order.state))[0])

    def events(self) -> list[AuditEvent]:
        """List what the audit tells of links and answers."""
        wanted = ("order.confirmed", "order.rejected", "order.link_used", "order.link_refused")
        query = select(AuditEvent).where(AuditEvent.action.in_(wanted)).order_by(AuditEvent.id)
        return self.read(query)

    def let_pass(self, time: timedelta) -> None:
        """Let time pass for the application."""
        self.app.extensions["catalogue"].clock = lambda: NOW + time


def address_in(message: Any) -> str:
    """Return the path of the link in a mail, the same in text and HTML."""
    found = set()
    for kind in ("plain", "html"):
        found |= set(LINK.findall(message.get_body((kind,)).get_content()))
    (address,) = found
    return str(address)


@pytest.fixture
def town(app: Flask, database: Database, settings: Settings, box: Box) -> Town:
    """The town."""
    return Town(app, database, settings, box)
