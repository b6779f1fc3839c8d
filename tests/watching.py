"""Watches what a request writes: whoever changes rows that matter has written an event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from catalogue.core.db import Database

# Rows that change without an event, each for its reason.
WITHOUT_EVENT = {
    "catalogue_audit_head": "it is the audit",
    "catalogue_outbox": "work that follows from a deed",
    "catalogue_sign_ins": "coming and going decides nothing",
    "catalogue_failed_sign_ins": "kept for a quarter of an hour, against guessing",
    "catalogue_baskets": "decides nothing until it is ordered",
    "catalogue_basket_lines": "decides nothing until it is ordered",
    "catalogue_asked": "searches are noted without whom",
    "catalogue_search": "the index follows the products",
    "catalogue_ledger_imports": "a file is looked at; that its rows are taken is an event",
    "catalogue_ledger_rows": "read in pieces after the event that decides it",
}
CHOICES_FOR_ONESELF = {"/sprog": "the language she reads"}
_WRITING = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(catalogue_\w+)')


@contextmanager
def events_wanted(database: Database, address: str) -> Iterator[None]:
    """Fail when the block commits changes of rows and no event; `address` is named then."""
    open_: dict[int, set[str]] = {}
    committed: list[set[str]] = []

    def note(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if found := _WRITING.match(statement):
            open_.setdefault(id(connection), set()).add(found[1])

    def keep(connection: Any) -> None:
        committed.append(open_.pop(id(connection), set()))

    def forget(connection: Any) -> None:
        open_.pop(id(connection), None)

    listeners = (("before_cursor_execute", note), ("commit", keep), ("rollback", forget))
    for name, listener in listeners:
        event.listen(database.engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners:
            event.remove(database.engine, name, listener)
    if address in CHOICES_FOR_ONESELF:
        return
    silent = [
        sorted(tables - set(WITHOUT_EVENT))
        for tables in committed
        if tables - set(WITHOUT_EVENT) and "catalogue_audit" not in tables
    ]
    assert silent == [], f"{address} changed rows of {silent} and wrote no event"
