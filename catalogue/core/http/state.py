"""What hangs on a mounted application, and what a request asks it for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import jinja2
from flask import current_app, g
from sqlalchemy.orm import Session

from catalogue.core import text
from catalogue.core.db import Database
from catalogue.core.form_keys import FormKey
from catalogue.core.who import Who
from catalogue.settings import Settings

from .framing import Framed

_KEPT, _READING = "catalogue_kept", "catalogue_reading"
HELD = "catalogue_held"


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


@dataclass
class Held:
    """A transaction that is kept open until the view has answered (once.py)."""

    commit: ExitStack  # closed then
    claim: Callable[[Session], FormKey]
    session: Session = field(init=False)
    claimed: FormKey | None = None


def state() -> State:
    """Return the Catalogue of the application that serves this request."""
    found: State = current_app.extensions["catalogue"]
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a writing transaction, committed at the end of the block, or once the view answers."""
    held: Held | None = g.pop(HELD, None)
    with ExitStack() as commit:
        session = commit.enter_context(state().database.transaction())
        claimed = held.claim(session) if held else None
        yield session
        if held:
            session.flush()  # what the database refuses is refused here
            held.session, held.claimed = session, claimed
            held.commit.push(commit.pop_all())
    read_anew()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a reading transaction; a page has one for all that it reads."""
    kept: ExitStack | None = g.get(_KEPT)
    if kept is None:
        with state().database.reading() as session:
            yield session
        return
    found: Session | None = g.get(_READING)
    if found is None:
        found = kept.enter_context(state().database.reading())
        setattr(g, _READING, found)
    try:
        yield found
    except BaseException:  # it may have been the connection
        read_anew()
        raise


def read_together() -> None:
    """Have the rest of this request read in one session: to open one costs as much as a query."""
    setattr(g, _KEPT, ExitStack())


def read_anew() -> None:
    """Have what is read from now on know what was written meanwhile."""
    g.pop(_READING, None)


def stop_reading(_error: BaseException | None = None) -> None:
    """Close what this request has read in; when it ends."""
    read_anew()
    if (kept := g.pop(_KEPT, None)) is not None:
        kept.close()


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
