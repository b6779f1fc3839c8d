"""What the world's buyers keep: delivery addresses, lists, and the record of a choice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core.text import reading_in, today_in_copenhagen
from catalogue.core.who import Role, Who
from catalogue.ordering import addresses, lists
from catalogue.ordering.address_schema import AddressFacts
from catalogue.ordering.list_schema import Added, Named
from catalogue.products.models import Product
from catalogue.search import choice_records, comparing, rules
from catalogue.search.choice_records import Found, Said
from catalogue.search.query import Sort

if TYPE_CHECKING:
    from .load import World

HOME = "0330"  # all of them buy for Slagelse


def keep(session: Session, world: World, rows: dict[str, Any]) -> None:
    """Have the buyers of the file keep what it says, by the verbs of the pages."""
    shelf = {
        (each.enterprise_id, each.item_number): each for each in session.scalars(select(Product))
    }
    for row in rows["addresses"]:
        addresses.keep(session, _who(world, row), AddressFacts(**row["address"]), world.now)
    for row in rows["lists"]:
        _list(session, world, row, shelf)
    for row in rows["choices"]:
        _choice(session, world, row, shelf)


def _list(session: Session, world: World, row: dict[str, Any], shelf: dict[Any, Product]) -> None:
    who = _who(world, row)
    made = lists.make(session, who, Named(row["name"], row["shared"]), world.now)
    for key, number, quantity in row["lines"]:
        product = shelf[world.enterprises[key].id, number]
        added = Added(product.id, Decimal(quantity), made.id)
        lists.add(session, who, added, world.now)


def _choice(session: Session, world: World, row: dict[str, Any], shelf: dict[Any, Product]) -> None:
    def ids(named: list[list[str]]) -> list[int]:
        return [shelf[world.enterprises[key].id, number].id for key, number in named]

    who = _who(world, row)
    today = today_in_copenhagen(world.now)
    applies = agreements.in_force(session, who.municipality_id or 0, today)
    with reading_in("da"):
        compared = comparing.list_compared(session, ids(row["found"]), applies)
        products = choice_records.copied(compared, ids(row["compared"]))
        sort = str(rules.SORT_NAMES[Sort.RELEVANCE])
    found = Found(row["text"], (), sort, len(products), 0, products)
    (chosen_id,) = ids([row["chosen"]])
    said = Said(row["title"], chosen_id, row["reason"], row["case_number"])
    choice_records.keep(session, who, found, said, world.now)


def _who(world: World, row: dict[str, Any]) -> Who:
    person = world.persons[row["buyer"]]
    return Who(
        person_id=person.id,
        name=person.name,
        email=person.email,
        role=Role.BUYER,
        municipality_id=world.municipalities[HOME].id,
    )
