"""Municipalities of any size with agreements, products and orders for measuring; seeded.

Sizes are skewed as those of towns are: the largest of 98 has a thirteenth of everything.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from catalogue.accounts import service as accounts
from catalogue.accounts.models import Municipality, Person
from catalogue.agreements import categories, limits
from catalogue.agreements.models import (
    Agreement,
    AgreementCategory,
    CarveOut,
    Category,
    FormerTerms,
)
from catalogue.agreements.rules import prefix
from catalogue.core.db import Base, Database
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.ordering.models import Order, OrderLine
from catalogue.products.models import Product
from catalogue.search.models import Asked, AskedMonth

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FIRST = date(2020, 1, 1)
DAYS = (NOW.date() - FIRST).days
CHUNK = 10_000
# Of ten orders one does not stand.
STATES = ("received",) * 6 + ("dispatched", "confirmed", "placed", "rejected")
ENDS = {"created_at": NOW, "updated_at": NOW}
Row = dict[str, Any]


@dataclass(frozen=True)
class Sizes:
    """How much of everything there is."""

    agreements: int
    products: int
    lines: int
    enterprises: int
    asked: int


@dataclass(frozen=True)
class Towns:
    """The municipalities by size: the largest, and the one in the middle."""

    largest: int
    typical: int


class Maker:
    """Draws the rows of one world, the same for the same sizes."""

    def __init__(self, session: Session, sizes: Sizes) -> None:
        self.session, self.sizes, self.chance = session, sizes, random.Random(7)
        self.codes = sorted(session.scalars(select(Category.code)))
        self.towns = list(session.scalars(select(Municipality.id).order_by(Municipality.code)))
        self.weights = list(itertools.accumulate(1 / (rank + 4) for rank in range(len(self.towns))))
        self.codes_known = set(self.codes)
        self.shelves: list[list[str]] = []  # codes, by enterprise
        self.placed: list[tuple[int, int, int]] = []  # agreement, enterprise, lines; by order
        self.products: dict[int, list[tuple[int, str]]] = {}
        self.voluntary: dict[int, list[tuple[int, int]]] = {town: [] for town in self.towns}

    def town(self) -> int:
        """Draw a municipality, a large one more often."""
        return self.chance.choices(self.towns, cum_weights=self.weights)[0]

    def write(self, table: type[Base], rows: Iterable[Row]) -> None:
        """Insert rows in pieces."""
        waiting = iter(rows)
        while piece := list(itertools.islice(waiting, CHUNK)):
            self.session.execute(insert(table), piece)


def make(database: Database, sizes: Sizes, cvrs: list[str]) -> Towns:
    """Fill a migrated database; the enterprises get those CVR numbers."""
    with database.transaction() as session:
        accounts.import_municipalities(session)
        categories.import_categories(session)
        limits.import_limits(session, NOW)
        session.add(
            Person(name="Bo", email="bo@b.example", email_folded="bo@b.example", password_hash="",
                   created_at=NOW)
        )  # fmt: skip
        session.flush()
        maker = Maker(session, sizes)
        maker.write(Enterprise, _enterprises(maker, cvrs))
        maker.write(Product, _products(maker))
        agreed = list(_agreements(maker))
        maker.write(Agreement, agreed)
        maker.write(AgreementCategory, _covered(maker, agreed))
        mandatory = [each for each in agreed if each["kind"] == "mandatory"]
        maker.write(CarveOut, _carve_outs(maker, mandatory[::10]))
        maker.write(FormerTerms, _former(agreed[::20]))
        maker.write(Order, _orders(maker))
        maker.write(OrderLine, _lines(maker))
        maker.write(Asked, _asked(maker))
        maker.write(AskedMonth, _months(maker))
    return Towns(maker.towns[0], maker.towns[len(maker.towns) // 2])


def some_codes(database: Database, count: int) -> list[str]:
    """Return so many categories, spread over the whole vocabulary."""
    with database.reading() as session:
        codes = sorted(session.scalars(select(Category.code)))
    return codes[:: len(codes) // count][:count]


def _enterprises(maker: Maker, cvrs: list[str]) -> Iterator[Row]:
    for number in range(maker.sizes.enterprises):
        maker.shelves.append(maker.chance.sample(maker.codes, maker.chance.randint(3, 15)))
        yield {
            "id": number + 1, "cvr": cvrs[number], "name": f"Virksomhed {number}",
            "name_folded": f"virksomhed {number}", "legal_form": "ApS", "street": "Bredgade 1",
            "postcode": "6000", "city": "Kolding", "municipality_id": maker.towns[0],
            "reviewer_id": maker.towns[0], "email": "post@v.example", "social_purpose": "Arbejde",
            "state": EnterpriseState.SUSPENDED if number % 50 == 9 else EnterpriseState.VERIFIED,
            "verified_until": date(2100, 1, 1),
            **ENDS,
        }  # fmt: skip


def _products(maker: Maker) -> Iterator[Row]:
    chance = maker.chance
    for number in range(maker.sizes.products):
        enterprise = chance.randrange(maker.sizes.enterprises)
        code = chance.choice(maker.shelves[enterprise])
        maker.products.setdefault(enterprise + 1, []).append((number + 1, code))
        yield {
            "id": number + 1, "enterprise_id": enterprise + 1, "item_number": f"V-{number}",
            "kind": "goods", "title": f"Vare {number}", "summary": "En vare", "unit": "piece",
            "description": "Lavet i hånden. " * 20, "category_code": code,
            "price_ore": chance.randint(1_000, 5_000_000) if number % 50 else None,
            "state": "withdrawn" if number % 20 == 3 else "published", "version": 1, **ENDS,
        }  # fmt: skip


def _agreements(maker: Maker) -> Iterator[Row]:
    """One in seven is mandatory; periods of one to four years lie from 2020 to 2029."""
    chance = maker.chance
    shops = list(maker.products)
    for number in range(1, maker.sizes.agreements + 1):
        town, is_mandatory = maker.town(), number % 7 == 0
        enterprise = None if is_mandatory else chance.choice(shops)
        starts_on = FIRST + timedelta(days=chance.randrange(DAYS + 60))
        if enterprise is not None:
            maker.voluntary[town].append((number, enterprise))
        yield {
            "id": number, "municipality_id": town, "number": f"A-{number}",
            "kind": "mandatory" if is_mandatory else "voluntary", "title": f"Aftale {number}",
            "starts_on": starts_on,
            "ends_on": starts_on + timedelta(days=chance.randint(365, 1460)),
            "enterprise_id": enterprise, "where_to_buy": "I systemet." if is_mandatory else None,
            "supplier_name": "Leverandør A/S" if is_mandatory else None,
            "ceiling_ore": chance.randint(1, 500) * 10_000_000 if number % 3 == 0 else None,
            "ceiling_months": 12 if number % 6 == 0 else None, "is_draft": number % 40 == 5, **ENDS,
        }  # fmt: skip


def _covered(maker: Maker, agreed: list[Row]) -> Iterator[Row]:
    """A mandatory one covers two narrow categories, a voluntary one half of the shelf or above."""
    chance = maker.chance
    for each in agreed:
        if each["enterprise_id"] is None:
            codes = chance.sample(maker.codes, 2)
        else:
            shelf = maker.shelves[each["enterprise_id"] - 1]
            codes = chance.sample(shelf, (len(shelf) + 1) // 2)
        digits = {prefix(code)[: chance.randint(3, 8)] for code in codes}
        known = {own.ljust(8, "0") for own in digits}.intersection(maker.codes_known)
        for place, code in enumerate(sorted(known or codes)):
            leaves = each["starts_on"] + timedelta(days=200) if each["id"] % 10 == place else None
            yield {
                "agreement_id": each["id"], "category_code": code, "prefix": prefix(code),
                "from_on": None, "until_on": leaves,
            }  # fmt: skip


def _carve_outs(maker: Maker, mandatory: list[Row]) -> Iterator[Row]:
    for each in mandatory:
        yield {
            "agreement_id": each["id"], "category_code": None, "prefix": "",
            "enterprise_id": maker.chance.randint(1, maker.sizes.enterprises), "reason": "Små køb",
            "starts_on": each["starts_on"], "ends_on": each["ends_on"], "made_at": NOW,
        }  # fmt: skip


def _former(agreed: list[Row]) -> Iterator[Row]:
    for each in agreed:
        yield {
            "agreement_id": each["id"], "from_on": each["starts_on"],
            "until_on": each["starts_on"] + timedelta(days=100), "title": "Som det hed",
            "ends_on": each["ends_on"], "supplier_name": each["supplier_name"],
            "where_to_buy": each["where_to_buy"], "reason": "Ændret", "amended_at": NOW,
        }  # fmt: skip


def _orders(maker: Maker) -> Iterator[Row]:
    """Orders of three lines on average, of an agreement of the town each."""
    chance, placed = maker.chance, iter(range(1, maker.sizes.lines + 1))
    lines = 0
    while lines < maker.sizes.lines:
        town = maker.town()
        if not maker.voluntary[town]:
            continue
        agreement, enterprise = chance.choice(maker.voluntary[town])
        number = next(placed)
        count = min(chance.randint(1, 5), maker.sizes.lines - lines)
        maker.placed.append((agreement, enterprise, count))
        lines += count
        yield {
            "id": number, "number": f"{town}-{number}", "municipality_id": town, "year": 2026,
            "sequence": number, "enterprise_id": enterprise, "buyer_id": 1,
            "placing_key": str(number), "state": chance.choice(STATES),
            "placed_at": NOW - timedelta(minutes=chance.randrange(DAYS * 1440)),
            "gln": "5798009811578", "institution": f"Børnehuset {number % 300}",
            "street": "Skovvej 3", "postcode": "4200", "city": "Slagelse", "contact_name": "Bo",
            "contact_email": "bo@b.example", "reference": "BO", "net_ore": 0, "vat_ore": 0,
        }  # fmt: skip


def _lines(maker: Maker) -> Iterator[Row]:
    chance = maker.chance
    for order, (agreement, enterprise, count) in enumerate(maker.placed, start=1):
        for position in range(1, count + 1):
            product, code = chance.choice(maker.products[enterprise])
            price = chance.randint(1_000, 500_000)
            yield {
                "order_id": order, "position": position, "product_id": product,
                "product_version": 1, "item_number": f"V-{product}", "title": f"Vare {product}",
                "category_code": code, "unit": "piece", "quantity": Decimal(1),
                "price_ore": price, "vat_rate": 25, "net_ore": price, "agreement_id": agreement,
                "agreement_number": f"A-{agreement}",
            }  # fmt: skip


def _asked(maker: Maker) -> Iterator[Row]:
    words = [label.split()[0] for label in maker.session.scalars(select(Category.label_da))]
    for number in range(1, maker.sizes.asked + 1):
        text = f"{maker.chance.choice(words)} {maker.chance.choice(words)} {number}"
        yield {
            "id": number, "municipality_id": maker.town(), "text": text, "times": 1, "found": 0,
            "text_folded": text.lower(), "last_at": NOW,
        }  # fmt: skip


def _months(maker: Maker) -> Iterator[Row]:
    for number in range(1, maker.sizes.asked + 1):
        for month in maker.chance.sample(range(1, 12), 2):
            yield {
                "asked_id": number, "month": date(2026, month, 1), "outcome": "nothing",
                "times": maker.chance.randint(1, 9), "category_code": None,
            }  # fmt: skip
