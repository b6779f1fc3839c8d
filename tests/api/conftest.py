"""A small world of buying, and the programs of those in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import cast
import pytest
from api.callers import Caller, caller
from flask import Flask
from ordering import world

from catalogue.accounts.models import Person


@dataclass
class Town:
    """Ids of what there is, and the programs of buyer, staff and workshop."""

    app: Flask
    product_id: int
    agreement_id: int
    buyer: Caller
    staff: Caller
    shop: Caller
    people: dict[str, Person]
    others: dict[str, Caller] = field(default_factory=dict)  # programs of further roles


@pytest.fixture
def town(app: Flask) -> Town:
    """A buyer, a member of staff, and a workshop with a product and an agreement."""
    with app.extensions["catalogue"].database.transaction() as session:
        made = world.make(session)
        staff = cast.staff(session, made.home)
        product_id, agreement_id = made.product.id, made.agreement.id
    people = {"buyer": made.buyer, "staff": staff, "shop": made.worker}
    return Town(
        app, product_id, agreement_id, caller(app, made.buyer), caller(app, staff),
        caller(app, made.worker), people,
    )  # fmt: skip
