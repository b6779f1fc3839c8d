"""The program that was released before runs on the tables of this one: nobody is turned away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import released
from conftest import on_sqlite
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from catalogue.core.db import Base

BEFORE = Path(__file__).parents[1] / "data" / "released.json"  # scripts/released writes it
# Columns that a release left in the tables and no longer maps; the next one drops them.
LEFT_BEHIND: set[str] = set()
TEXT = "VARCHAR(80); not null"
ORDERS: dict[str, Any] = {"columns": {"name": TEXT}, "unique": [["name"]], "checks": []}


@on_sqlite
def test_program_before_runs_on_these_tables(session: Session) -> None:
    before = json.loads(BEFORE.read_text(encoding="utf-8"))
    assert released.find_breaks(before["tables"], released.look(session)) == []


@on_sqlite
def test_models_have_the_columns_that_migrations_make(session: Session) -> None:
    found = {
        f"{table}.{column['name']}": column["nullable"]
        for (_schema, table), columns in inspect(session.connection()).get_multi_columns().items()
        for column in columns
        if table in Base.metadata.tables
    }
    mapped = {
        f"{table.name}.{column.name}": column.nullable
        for table in Base.metadata.sorted_tables
        for column in table.columns
    }
    assert {name: each for name, each in found.items() if name not in LEFT_BEHIND} == mapped


@pytest.mark.parametrize(
    ("columns", "rules", "told"),
    [
        ({"note": "VARCHAR(80)"}, {}, ""),
        ({"kind": f"{TEXT}; default"}, {}, ""),
        ({"name": "VARCHAR(80)"}, {}, ""),
        ({"kind": TEXT}, {}, "orders.kind must be told"),
        ({"name": None, "title": "VARCHAR(80)"}, {}, "orders.name is gone"),
        ({"name": "VARCHAR(20); not null"}, {}, "orders.name is VARCHAR(20)"),
        ({}, {"checks": ["name <> ''"]}, "orders demands name <> ''"),
        ({}, {"unique": []}, "orders has ['name'] unique no longer"),
    ],
)
def test_table_that_the_program_before_cannot_use_is_refused(
    columns: dict[str, Any], rules: dict[str, Any], told: str
) -> None:
    changed = {name: each for name, each in (ORDERS["columns"] | columns).items() if each}
    now = {"orders": ORDERS | {"columns": changed} | rules}
    breaks = released.find_breaks({"orders": ORDERS}, now)
    assert [each[: len(told)] for each in breaks] == ([told] if told else [])
    assert released.find_breaks({"orders": ORDERS}, {})[0].startswith("orders is gone")
