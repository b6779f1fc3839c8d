"""Gather what is kept of one person, to be handed to her: GDPR articles 15 and 20.

By the data map: rows that are hers by number or by e-mail address, with the columns it names.
Secrets are left out, and of rows she only decided on no more than that and when.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core import audit
from catalogue.core.db import Base
from catalogue.core.who import Who

from .data_map import ENTRIES, Entry
from .sweeping import PERSONS

MOST = 5_000  # rows of one table: more than anybody has, and a bound of memory
_ADDRESS = re.compile(
    r"(?:(?:contact|buyer|enterprise)_)?(?:email|recipient|address)|(?:email|recipient|address)_folded"
)
_SECRET = re.compile(r".*(hash|sealed|token|secret|subject|back|digest)")
_USEFUL = re.compile(r"id|number|at|.*_(at|on|id)|state|role|title|kind|step|action|object_type")
_DECIDED_ON = frozenset({"decisions", "audit"})
_NOT_HERS = frozenset({"searches", "ledger", "enterprises"})
_ENTRIES = tuple(each for each in ENTRIES if each.code not in _NOT_HERS)
_PREFIX = "catalogue_"

Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What one entry of the data map holds of her, by table."""

    entry: Entry
    tables: Mapping[str, list[Row]]


@dataclass(frozen=True)
class Counted:
    """How many rows one entry of the data map holds of her."""

    entry: Entry
    rows: int


def count(session: Session, person: Person) -> list[Counted]:
    """Count what `gather` lists, in the same order, where the rows are not shown. One query."""
    asked = [
        select(literal(place), func.count()).select_from(
            select(literal(1)).select_from(table).where(hers).limit(MOST).subquery()
        )
        for place, entry in enumerate(_ENTRIES)
        for table, hers in _tables(person, entry)
    ]
    found = Counter[int]()
    for place, rows in session.execute(union_all(*asked)):
        found[place] += rows
    return [Counted(_ENTRIES[place], rows) for place, rows in sorted(found.items()) if rows]


def gather(session: Session, person: Person) -> list[Part]:
    """List what is kept of a person, in the order of the data map; empty parts left out."""
    parts = [_part(session, person, each) for each in _ENTRIES]
    return [each for each in parts if each.tables]


def hand_out(session: Session, who: Who, person: Person, now: datetime) -> list[Part]:
    """Gather what is to be handed out, and note that it was."""
    found = gather(session, person)
    rows = sum(len(rows) for each in found for rows in each.tables.values())
    audit.record(
        session, "person.handed_out", ("person", person.id), person_id=who.person_id, now=now,
        facts=audit.changes({}, {"rows": rows}), municipality_id=who.municipality_id,
    )  # fmt: skip
    return found


def packed(parts: list[Part], page: str, told: Mapping[str, Any]) -> bytes:
    """Return a ZIP with all of it as JSON, for machines, and as a page, for people."""
    data = {
        **told,
        "parts": [
            {"code": each.entry.code, "what": str(each.entry.what), "tables": each.tables}
            for each in parts
        ],
    }
    packed_ = io.BytesIO()
    with zipfile.ZipFile(packed_, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        file.writestr("data.html", page)
    return packed_.getvalue()


def _part(session: Session, person: Person, entry: Entry) -> Part:
    tables: dict[str, list[Row]] = {}
    for table, hers in _tables(person, entry):
        name = table.name.removeprefix(_PREFIX)
        wanted = _wanted(table, entry.columns[name].split(), entry.code in _DECIDED_ON)
        key = next(iter(table.primary_key.columns))
        query = select(*wanted).where(hers).order_by(key.desc()).limit(MOST)
        if rows := [_plain(row) for row in session.execute(query).mappings()]:
            tables[name] = rows
    return Part(entry, tables)


def _tables(person: Person, entry: Entry) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Yield the tables of an entry that can hold something of hers, with the condition of it."""
    for name in entry.columns:
        table = Base.metadata.tables[_PREFIX + name]
        if conditions := list(_hers(table, person)):
            yield table, or_(*conditions)


def _hers(table: Table, person: Person) -> Iterator[ColumnElement[bool]]:
    """Tell by what a row is hers; her own row by its number."""
    if table.name == PERSONS:
        yield table.c.id == person.id
        return
    for column in table.columns:
        own = any(key.column.table.name == PERSONS for key in column.foreign_keys)
        if own or column.name == "person_id":
            yield column == person.id
        elif _ADDRESS.fullmatch(column.name) and _is_text(column):
            yield func.lower(column) == person.email.lower()
        elif column.name == "audience":  # of a notice: role, place, person
            yield column.like(f"%:%:{person.id}")


def _wanted(table: Table, columns: list[str], deed: bool) -> list[Column[Any]]:
    """Choose the columns to hand out: those of the map, and what tells which row it is."""
    return [
        each
        for each in table.columns
        if not _SECRET.fullmatch(each.name)
        and (_USEFUL.fullmatch(each.name) or (each.name in columns and not deed))
    ]


def _is_text(column: Column[Any]) -> bool:
    return isinstance(column.type, String)


def _plain(row: Mapping[Any, Any]) -> Row:
    return {str(name): _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
