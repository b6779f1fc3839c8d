"""Watches what a request writes: whoever changes rows that matter has written an event."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from catalogue.core.db import Database

# Rows that change without an event, each for its reason.
WITHOUT_EVENT = {
    "catalogue_audit_head": "it is the audit",
    "catalogue_outbox": "work that follows from a deed",
    "catalogue_workers": "a worker says that it is alive",
    "catalogue_sign_ins": "coming and going decides nothing",
    "catalogue_outside_messages": "what a provider said is noted, so that it counts once",
    "catalogue_outside_sessions": "coming and going decides nothing",
    "catalogue_outside_tries": "a sign-in under way decides nothing",
    "catalogue_held_forms": "what is sent without a session decides nothing",
    "catalogue_half_sign_ins": "coming and going decides nothing",
    "catalogue_factor_uses": "coming and going decides nothing",
    "catalogue_failed_sign_ins": "kept for a quarter of an hour, against guessing",
    "catalogue_baskets": "decides nothing until it is ordered",
    "catalogue_basket_lines": "decides nothing until it is ordered",
    "catalogue_notice_reads": "what she has read concerns nobody else",
    "catalogue_message_reads": "what she has read concerns nobody else",
    "catalogue_product_counts": "what buyers see is counted without whom",
    "catalogue_typed_drafts": "what is typed and not sent decides nothing",
    "catalogue_product_lists": "decides nothing until it is ordered",
    "catalogue_product_list_lines": "decides nothing until it is ordered",
    "catalogue_buyer_institutions": "where a buyer's own forms begin concerns nobody else",
    "catalogue_api_use": "requests of a token are counted",
    "catalogue_api_answers": "kept for a day beside the event of the deed",
    "catalogue_api_passes": "coming and going decides nothing",
    "catalogue_form_keys": "kept for a day beside the event of the deed",
    "catalogue_asked": "searches are noted without whom",
    "catalogue_search": "the index follows the products",
    "catalogue_ledger_imports": "a file is looked at; that its rows are taken is an event",
    "catalogue_price_lists": "a list is looked at; that its rows are written is an event",
    "catalogue_ledger_rows": "read in pieces after the event that decides it",
}
CHOICES_FOR_ONESELF = {
    "/sprog": "the language she reads",
    "/rundvisning": "that she has seen the tour",
}
_WRITING = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(catalogue_\w+)')


_seen = threading.local()  # what the request of this thread has written


def watch(database: Database) -> None:
    """Look on from now on; before threads use the engine, for they would trip over a change."""
    event.listen(database.engine, "before_cursor_execute", _note)
    event.listen(database.engine, "commit", _keep)
    event.listen(database.engine, "rollback", _forget)


def _note(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if found := _WRITING.match(statement):
        open_: dict[int, set[str]] = _seen.__dict__.setdefault("open", {})
        open_.setdefault(id(connection), set()).add(found[1])


def _keep(connection: Any) -> None:
    tables = _seen.__dict__.get("open", {}).pop(id(connection), set())
    _seen.__dict__.setdefault("committed", []).append(tables)


def _forget(connection: Any) -> None:
    _seen.__dict__.get("open", {}).pop(id(connection), None)


@contextmanager
def events_wanted(address: str) -> Iterator[None]:
    """Fail when the block commits changes of rows and no event; `address` is named then."""
    _seen.open, _seen.committed = {}, []
    yield
    committed: list[set[str]] = _seen.committed
    if address in CHOICES_FOR_ONESELF:
        return
    silent = [
        sorted(tables - set(WITHOUT_EVENT))
        for tables in committed
        if tables - set(WITHOUT_EVENT) and "catalogue_audit" not in tables
    ]
    assert silent == [], f"{address} changed rows of {silent} and wrote no event"
