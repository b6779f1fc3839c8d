"""What hangs on a mounted application, and what a request asks it for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import jinja2
from flask import current_app, g
from sqlalchemy.orm import Session

from catalogue.core import text
from catalogue.core.db import Database
from catalogue.core.who import Who
from catalogue.settings import Settings

from .framing import Framed


@dataclass(frozen=True)
class MenuEntry:
    """A door in the navigation, shown to those who may enter its endpoint.

    A host's page declares no access: its entry says who is shown it. Its label may be one that
    Flask-Babel translates when it is shown.
    """

    label: object
    endpoint: str
    access: frozenset[Any] | None = None


@dataclass
class State:
    """All state of one mounted Catalogue."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]
    identity: Callable[[State], Who]
    menu: Sequence[MenuEntry]
    page_facts: Callable[[Session, Who, Collection[str]], Mapping[str, Any]]
    templates: jinja2.Environment
    # Tells who acts in the framed session of that number; None: there are no such sessions.
    framed: Callable[[State, int], Framed] | None = None
    # Returns the host's page to sign in at, from where it leads back; None: people do it here.
    sign_in: Callable[[str], str] | None = None
    # Holds a form that came when its session had ended; returns the page where it waits, or None.
    hold: Callable[[State], str | None] | None = None
    parts: dict[str, Any] = field(default_factory=dict)  # what features keep open, by name


def state() -> State:
    """Return the Catalogue of the application that serves this request."""
    found: State = current_app.extensions["catalogue"]
    return found


def transaction() -> AbstractContextManager[Session]:
    """Open a writing transaction, committed at the end of the block."""
    return state().database.transaction()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a reading transaction."""
    with state().database.reading() as session:
        yield session


def now() -> datetime:
    """Return the present time in UTC by this Catalogue's clock."""
    return state().clock()


def today() -> date:
    """Return the date in Copenhagen."""
    return text.today_in_copenhagen(now())


def who() -> Who:
    """Return who is asking."""
    asking: Who = g.catalogue_who
    return asking
