"""Replace a person's name and addresses wherever they stand in the database.

Every text of every table is looked through, so that a table of tomorrow is not forgotten; what is
left as it is stands in `KEPT`, each for its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    String,
    Table,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from catalogue.core import text
from catalogue.core.db import Base
from catalogue.core.text import lazy as _

PERSONS = "catalogue_persons"
_RECORD = _("A record of a choice, which nobody can change: it belongs to a case file.")
_PUBLISHED = _("What an enterprise publishes of itself: it is the enterprise's to change.")
_LEDGER = _("Suppliers with a CVR number, as they stand in the municipality's accounts.")
_AUDIT = _("The audit: it knows persons by number only, and a change would break its chain.")
KEPT: Mapping[str, text.Text] = {
    "catalogue_audit": _AUDIT,
    "catalogue_audit_head": _AUDIT,
    "catalogue_choice_records": _RECORD,
    **dict.fromkeys(
        (
            "catalogue_enterprises", "catalogue_enterprise_criteria", "catalogue_products",
            "catalogue_product_versions", "catalogue_product_revisions", "catalogue_product_images",
        ),
        _PUBLISHED,
    ),
    "catalogue_ledger_rows": _LEDGER,
    "catalogue_ledger_sums": _LEDGER,
}  # fmt: skip


@dataclass(frozen=True)
class Marks:
    """By what a person is known in texts, and what stands there instead.

    `name_is_hers` is False for a name that others have too, or of one word: it is then replaced
    only in rows that are hers by number or by address.
    """

    person_id: int
    email: str
    name: str
    name_is_hers: bool
    phones: tuple[str, ...]
    new_name: str
    new_email: str

    def replaced(self, value: Any, *, hers: bool) -> Any:
        """Return a text, or what JSON holds, without her marks."""
        if isinstance(value, str):
            return self._text(value, hers)
        if isinstance(value, list):
            return [self.replaced(each, hers=hers) for each in value]
        if isinstance(value, dict):
            return {key: self.replaced(each, hers=hers) for key, each in value.items()}
        return value

    def _text(self, value: str, hers: bool) -> str:
        value = _whole(self.email).sub(self.new_email, value)
        if hers or self.name_is_hers:
            # “Mette Holms kontor” is hers too.
            value = _whole(self.name, "s?").sub(self.new_name, value)
        for phone in self.phones if hers else ():
            value = _whole(phone).sub("", value)
        return value


def sweep(session: Session, marks: Marks) -> int:
    """Replace the marks in all tables but `KEPT`; return in how many rows."""
    return sum(_sweep_table(session, table, marks) for table in _tables())


def count_kept(session: Session, marks: Marks) -> dict[str, int]:
    """Count the rows of `KEPT` in which her name or address stands, by its name. One query."""
    tables = Base.metadata.tables
    asked = [_counted(tables[name], marks) for name in KEPT if name in tables]
    found = {name: number for name, number in session.execute(union_all(*asked)) if number}
    return {name: found[name] for name in KEPT if name in found}


def _tables() -> Iterator[Table]:
    for table in Base.metadata.sorted_tables:
        if table.name not in KEPT and table.name != PERSONS and _texts(table):
            yield table


def _sweep_table(session: Session, table: Table, marks: Marks) -> int:
    texts, keys = _texts(table), list(table.primary_key.columns)
    hers = _hers(table, marks).label("catalogue_hers")
    query = select(*keys, *(each for each in texts if each not in keys), hers)
    swept = 0
    for row in session.execute(query.where(_found(table, marks))).mappings().all():
        new = {
            each.name: changed
            for each in texts
            if (changed := marks.replaced(row[each], hers=bool(row["catalogue_hers"]))) != row[each]
        }
        if new:
            own = and_(*(each == row[each] for each in keys))
            session.execute(update(table).where(own).values(new))
            swept += 1
    return swept


def _counted(table: Table, marks: Marks) -> Any:
    return select(literal(table.name), func.count()).select_from(table).where(_found(table, marks))


def _found(table: Table, marks: Marks) -> ColumnElement[bool]:
    """Return the condition of rows in which one of her marks may stand."""
    texts = _texts(table)
    named = or_(*(_holds(each, marks.name) for each in texts))
    if not marks.name_is_hers:
        named = and_(named, _hers(table, marks))
    phones = [_holds(each, phone) for each in texts for phone in marks.phones]
    called = and_(_hers(table, marks), or_(false(), *phones))
    return or_(_addressed(table, marks), named, called)


def _hers(table: Table, marks: Marks) -> ColumnElement[bool]:
    """Return the condition of rows that are hers by her number or her address."""
    own = [
        column == marks.person_id
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == PERSONS
    ]
    return or_(_addressed(table, marks), *own)


def _addressed(table: Table, marks: Marks) -> ColumnElement[bool]:
    return or_(false(), *(_holds(each, marks.email) for each in _texts(table)))


def _holds(column: Column[Any], mark: str) -> ColumnElement[bool]:
    # SQLite knows small and great letters of ASCII alone: `åse` and `ÅSE` are asked for as well.
    ways = dict.fromkeys((mark, mark.lower(), mark.upper()))
    if not isinstance(column.type, JSON):
        return or_(*(column.icontains(each, autoescape=True) for each in ways))
    plain = cast(column, Text)
    ways |= {json.dumps(each)[1:-1]: None for each in ways}  # JSON is kept with escaped letters
    return or_(*(plain.icontains(each, autoescape=True) for each in ways))


def _texts(table: Table) -> list[Column[Any]]:
    return [each for each in table.columns if isinstance(each.type, String | JSON)]


def _whole(mark: str, ending: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<![\w.+-]){re.escape(mark)}(?={ending}(?![\w-]))")
