"""Orders in bulk for growth.py: copies of some that lived, with all that these left behind.

They fall on the last year, in the order of their numbers. Towns are skewed as those of towns.py:
the one that is asked about is the largest and has a thirteenth. A buyer orders a hundred times a
year, each institution of a town has a hundredth of its orders, and a few enterprises share all.
"""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import chain
from catalogue.core.audit import AuditEvent, AuditHead
from catalogue.core.db import Base, Database

CHUNK, YEAR, NOTICE_DAYS, OF_A_BUYER, INSTITUTIONS = 1_000, timedelta(days=365), 120, 100, 100
OWN = ("order_lines", "order_events", "shipments", "sent_mails")  # an id of their own, an order's
NAMED = {"mail_log": "about", "notices": "path"}  # with its number in this column
Row = dict[str, Any]


@dataclass(frozen=True)
class Pattern:
    """An order that lived: its row, and by table what it left."""

    order: Row
    left: dict[str, list[Row]]


@dataclass
class Press:
    """What copies orders: where numbers stand, and who there is."""

    database: Database
    patterns: list[Pattern]
    home: int
    codes: dict[int, str]  # of municipalities
    buyers: dict[int, list[int]]
    agreements: dict[tuple[int, int], int]  # by municipality and agreement of the pattern
    now: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    next_ids: dict[str, int] = field(default_factory=dict)
    sequences: Counter[tuple[int, int]] = field(default_factory=Counter)
    made: int = 0

    def town(self) -> int:
        """Draw a municipality, the large ones more often."""
        return self.chance.choices(list(self.codes), cum_weights=_weights(len(self.codes)))[0]


def table(name: str) -> Any:
    """Return a table by its name without what all begin with."""
    return Base.metadata.tables[f"catalogue_{name}"]


def prepare(database: Database, order_ids: list[int], now: datetime, most: int) -> Press:
    """Read the patterns, and make the people and agreements that `most` copies need."""
    with database.transaction() as session:
        patterns = [_pattern(session, each) for each in order_ids]
        home = patterns[0].order["municipality_id"]
        codes = dict(session.execute(select(Municipality.id, Municipality.code)).all())
        towns = {home: codes[home]} | codes  # the largest first
        press = Press(
            database, patterns, home, towns, {}, _agreements(session, towns, home, patterns), now
        )
        press.buyers = _people(session, towns, most)
        numbered = select(
            table("order_counters").c.municipality_id, table("order_counters").c.year,
            table("order_counters").c.last,
        )  # fmt: skip
        for town, year, last in session.execute(numbered):
            press.sequences[town, year] = last
    return press


def copy(press: Press, count: int) -> None:
    """Write orders until the press has made so many."""
    step = YEAR / count
    while press.made < count:
        many = min(CHUNK, count - press.made)
        with press.database.transaction() as session:
            rows = _rows(session, press, [press.now - step * (many - n) for n in range(many)])
            for name, each in rows.items():
                _write(session, table(name), each)
        press.made += many
    with press.database.transaction() as session:
        _settle(session, press)
    with press.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as asked:
        asked.execute(text("ANALYZE"))  # which PostgreSQL does by itself within a minute


def _write(session: Session, of: Any, rows: list[Row]) -> None:
    """Insert rows; PostgreSQL takes them in bulk, in a fraction of the time."""
    dialect = session.get_bind().dialect
    if dialect.name != "postgresql":
        session.execute(insert(of), rows)
        return
    names = list(rows[0])
    made = [of.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    asked = f"COPY {of.name} ({', '.join(names)}) FROM STDIN"
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(asked) as taken:
        for row in rows:
            taken.write_row([make(row[name]) if make else row[name]
                             for name, make in zip(names, made, strict=True)])  # fmt: skip


def _rows(session: Session, press: Press, moments: list[datetime]) -> dict[str, list[Row]]:
    """Return the rows of some orders by table, in an order that foreign keys allow."""
    found: dict[str, list[Row]] = {name: [] for name in ("orders", "order_sides", *OWN)}
    found |= {name: [] for name in ("shipment_lines", *NAMED, "audit")}
    for at in moments:
        pattern = press.chance.choice(press.patterns)
        for name, row in _copied(session, press, pattern, at):
            found[name].append(row)
    head = session.execute(select(AuditHead.last, AuditHead.digest)).one()
    found["audit"] = chain.link(chain.Point(*head), found["audit"])
    last = found["audit"][-1]
    session.execute(update(AuditHead).values(last=last["id"], digest=last["digest"]))
    return found


def _copied(
    session: Session, press: Press, pattern: Pattern, at: datetime
) -> Iterator[tuple[str, Row]]:
    """Yield the rows of one order with their tables, placed at that time."""
    town, was = press.town(), pattern.order
    press.sequences[town, at.year] += 1
    sequence, own_id = press.sequences[town, at.year], _next(session, press, "orders")
    number = f"{press.codes[town]}-{at.year}-{sequence:05d}"
    place = press.chance.randrange(INSTITUTIONS)
    instead = {
        "municipality_id": {was["municipality_id"]: town}, "order_id": {was["id"]: own_id},
        "object_id": {was["id"]: own_id},
        "person_id": {was["buyer_id"]: press.chance.choice(press.buyers[town])},
        "agreement_id": {
            each["agreement_id"]: press.agreements[town, each["agreement_id"]]
            for each in pattern.left["order_lines"]
        },
    }  # fmt: skip
    makes = _Copier(was["number"], number, at - was["placed_at"], instead)
    yield "orders", makes.row(was) | {
        "id": own_id, "number": number, "year": at.year, "sequence": sequence,
        "buyer_id": instead["person_id"][was["buyer_id"]], "placing_key": f"copy {own_id}",
        "gln": was["gln"] if place == 0 else f"5798{place:09d}",
        "institution": was["institution"] if place == 0 else f"Institution {place}",
    }  # fmt: skip
    yield from _left(session, press, pattern, makes)


def _left(
    session: Session, press: Press, pattern: Pattern, makes: _Copier
) -> Iterator[tuple[str, Row]]:
    oldest = press.now - timedelta(days=NOTICE_DAYS)  # older ones are gone by the rule of retention
    shipments: dict[int, int] = {}
    for name, rows in pattern.left.items():
        for each in rows:
            row = makes.row(each)
            if name == "notices" and row["at"] < oldest:
                continue
            if "id" in row and name != "audit":
                row["id"] = _next(session, press, name)
            if name == "shipments":
                shipments[each["id"]] = row["id"]
            if name == "shipment_lines":
                row["shipment_id"] = shipments[each["shipment_id"]]
            yield name, row


@dataclass(frozen=True)
class _Copier:
    """Makes a row of another order's: other names, ids and times."""

    was: str
    number: str
    later: timedelta
    instead: dict[str, dict[int, int]]

    def row(self, row: Row) -> Row:
        """Return the row as it is of the copy."""
        return {name: self._value(name, each) for name, each in row.items()}

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, datetime):
            return value + self.later
        if isinstance(value, str):
            return value.replace(self.was, self.number)
        if isinstance(value, dict):
            return json.loads(json.dumps(value).replace(self.was, self.number))
        return self.instead[name].get(value, value) if name in self.instead else value


def _pattern(session: Session, order_id: int) -> Pattern:
    orders, events = table("orders"), table("audit")
    order = dict(session.execute(select(orders).where(orders.c.id == order_id)).one()._mapping)
    left = {
        name: _read(session, table(name), table(name).c.order_id == order_id)
        for name in ("order_sides", *OWN)
    }
    sent, parts = [each["id"] for each in left["shipments"]], table("shipment_lines")
    left["shipment_lines"] = _read(session, parts, parts.c.shipment_id.in_(sent))
    for name, column in NAMED.items():
        named = table(name).c[column].contains(order["number"])
        left[name] = _read(session, table(name), named)
    of_it = (events.c.object_type == "order") & (events.c.object_id == order_id)
    left["audit"] = [
        {name: each[name] for name in chain.SEALED[1:]} for each in _read(session, events, of_it)
    ]
    return Pattern(order, left)


def _read(session: Session, of: Any, where: Any) -> list[Row]:
    return [dict(each._mapping) for each in session.execute(select(of).where(where))]


def _next(session: Session, press: Press, name: str) -> int:
    """Return the next id of a table, which nothing else writes meanwhile."""
    if name not in press.next_ids:
        press.next_ids[name] = session.scalar(select(func.max(table(name).c.id))) or 0
    press.next_ids[name] += 1
    return press.next_ids[name]


def _agreements(
    session: Session, towns: dict[int, str], home: int, patterns: list[Pattern]
) -> dict[tuple[int, int], int]:
    """Make agreements of the same enterprises for the other towns."""
    agreements = table("agreements")
    ids = {line["agreement_id"] for each in patterns for line in each.left["order_lines"]}
    found = {(home, each): each for each in ids}
    last = session.scalar(select(func.max(agreements.c.id))) or 0
    rows = []
    for row in _read(session, agreements, agreements.c.id.in_(ids)):
        for town in towns.keys() - {home}:
            last += 1
            found[town, row["id"]] = last
            rows.append(row | {"id": last, "municipality_id": town, "number": f"K-{last}"})
    session.execute(insert(agreements), rows)
    return found


def _people(session: Session, towns: dict[int, str], most: int) -> dict[int, list[int]]:
    persons, roles = table("persons"), table("person_roles")
    last = session.scalar(select(func.max(persons.c.id))) or 0
    like = dict(session.execute(select(persons).limit(1)).one()._mapping)
    sums = list(_weights(len(towns)))
    found: dict[int, list[int]] = {}
    rows = []
    for place, town in enumerate(towns):
        share = (sums[place] - (sums[place - 1] if place else 0)) / sums[-1]
        found[town] = [last + n + 1 for n in range(1 + int(share * most / OF_A_BUYER))]
        last = found[town][-1]
        rows += [
            like | {"id": each, "email": f"k{each}@k.example", "email_folded": f"k{each}@k.example"}
            for each in found[town]
        ]
    session.execute(insert(persons), rows)
    held = session.scalar(select(func.max(roles.c.id))) or 0
    numbered = itertools.count(held + 1)
    session.execute(insert(roles), [
        {"id": next(numbered), "person_id": each, "role": "buyer", "municipality_id": town}
        for town, ids in found.items() for each in ids
    ])  # fmt: skip
    return found


def _settle(session: Session, press: Press) -> None:
    """Have counters and sequences stand where the rows do."""
    counters = table("order_counters")
    session.execute(counters.delete())
    session.execute(insert(counters), [
        {"municipality_id": town, "year": year, "last": last}
        for (town, year), last in press.sequences.items()
    ])  # fmt: skip
    if press.database.engine.dialect.name == "postgresql":
        for name in (*press.next_ids, "agreements", "persons", "person_roles"):
            _set_sequence(session.connection(), f"catalogue_{name}")


def _set_sequence(connection: Connection, name: str) -> None:
    last = f"(SELECT COALESCE(MAX(id), 1) FROM {name})"
    connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last})"))


def _weights(count: int) -> list[float]:
    return list(itertools.accumulate(1 / (rank + 4) for rank in range(count)))


def count_orders(database: Database) -> int:
    """Return how many orders there are."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table("orders"))) or 0


def count_events(database: Database) -> int:
    """Return how many events there are."""
    with database.reading() as session:
        return session.scalar(select(func.max(AuditEvent.id))) or 0
