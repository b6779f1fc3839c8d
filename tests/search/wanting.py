"""A world of demands: who asks, who is asked, and the few deeds that tests of them begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cast
import pytest
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.db import Database
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product
from catalogue.search import demand as service
from catalogue.search.models import Demand, DemandAnswer
from catalogue.search.rules import Given, Wanted

LIST, NEW, RECEIVED = "/efterlysninger", "/efterlysninger/ny", "/efterlysninger/modtagne"
NAME, EMAIL = "Mette Hemmelig", "mette.hemmelig@slagelse.example"


@dataclass
class World:
    """A buyer and a colleague, staff, two enterprises, and a neighbouring municipality."""

    buyer: Person
    colleague: Person
    staff: Person
    neighbour: Person
    enterprise: Enterprise
    worker: Person
    other: Enterprise
    other_worker: Person
    product: Product


def make(session: Session) -> World:
    """Make the world."""
    home, next_door = cast.municipality(session), cast.municipality(session, "Sorø")
    enterprise = cast.enterprise(session)
    other = cast.enterprise(session, "Grennessminde")
    return World(
        buyer=cast.buyer(session, home, name=NAME, email=EMAIL),
        colleague=cast.buyer(session, home, name="Bo Berg"),
        staff=cast.staff(session, home),
        neighbour=cast.staff(session, next_door, name="Ida Nabo"),
        enterprise=enterprise,
        worker=cast.worker(session, enterprise),
        other=other,
        other_worker=cast.worker(session, other),
        product=cast.product(session, enterprise, "Legetøjskasse i birk"),
    )


@pytest.fixture
def world(database: Database) -> World:
    """The world, committed."""
    with database.transaction() as session:
        return make(session)


def ask(database: Database, by: Person, **wanted: Any) -> Demand:
    """Ask as that person."""
    with database.transaction() as session:
        given = Wanted(**({"text": "Legetøj i træ"} | wanted))
        return service.ask(session, cast.who(session, by), given, cast.NOW)


def answer(database: Database, by: Person, to: Demand, **given: Any) -> DemandAnswer:
    """Answer as that person."""
    with database.transaction() as session:
        filled = Given(**({"text": "Det kan vi lave."} | given))
        return service.answer(session, cast.who(session, by), to.id, filled, cast.NOW)


def close(database: Database, by: Person, which: Demand) -> Demand:
    """Close as that person."""
    with database.transaction() as session:
        return service.close(session, cast.who(session, by), which.id, "Fundet", cast.NOW)


def browser(app: Any, person: Person) -> Any:
    """Return a browser in which that person is signed in."""
    client = app.test_client()
    cast.sign_in_as(client, person)
    return client
