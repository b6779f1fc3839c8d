"""A small world of ordering: a buyer in Slagelse and an enterprise with a voluntary agreement."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import cast
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person
from catalogue.agreements.models import Agreement
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import basket
from catalogue.ordering.rules import Delivery
from catalogue.products.models import Product

DELIVERY = Delivery(
    institution="Børnehuset Regnbuen",
    street="Skovvej 3",
    postcode="4200",
    city="Slagelse",
    gln=cast.GLN,
    contact_name="Bo Berg",
    contact_email="bo@slagelse.example",
    reference="MEHO",
    account_coding="1234-56",
    note="Ring før levering",
)
FORM = {key: value for key, value in vars(DELIVERY).items() if value is not None}
KEY = "a-key-of-one-drawn-form"


@dataclass
class World:
    """Who and what the tests of ordering are about."""

    home: Municipality
    buyer: Person
    enterprise: Enterprise
    worker: Person
    product: Product
    agreement: Agreement
    who: Who
    worker_who: Who


def make(session: Session, town: str = "Slagelse", **agreement: Any) -> World:
    """Make the world in a municipality; facts given are those of the agreement."""
    home = cast.municipality(session, town)
    buyer = cast.buyer(session, home)
    enterprise = cast.enterprise(session)
    worker = cast.worker(session, enterprise)
    product = cast.product(session, enterprise)
    made = cast.voluntary(session, home, enterprise, **agreement)
    return World(
        home, buyer, enterprise, worker, product, made,
        cast.who(session, buyer), cast.who(session, worker),
    )  # fmt: skip


def second_enterprise(session: Session, world: World, name: str = "Grennessminde") -> Product:
    """Add another enterprise with an agreement and a product that is free of VAT."""
    enterprise = cast.enterprise(session, name)
    cast.voluntary(session, world.home, enterprise)
    return cast.product(session, enterprise, "Hækklipning", price_ore=45_000, vat_rate=0)


def put(session: Session, world: World, quantity: str | None = None) -> None:
    """Put the world's product into its buyer's basket."""
    many = None if quantity is None else Decimal(quantity)
    basket.add(session, world.who, world.product.id, many, cast.NOW)
