"""Whether the program that was released before still runs on the tables of this one.

During an upgrade it does: tables are changed first, then one process after the other is renewed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

import catalogue.app  # noqa: F401 - the tables of all features
from catalogue.core.db import Base

Tables = dict[str, dict[str, Any]]
REQUIRED, DEFAULT = "; not null", "; not null; default"


def look(session: Session) -> Tables:
    """Return what the models map, as the database has it: columns, what is unique, and checks."""
    known = inspect(session.connection())
    columns, unique, checks = (
        {name: each for (_schema, name), each in found.items()}
        for found in (
            known.get_multi_columns(), known.get_multi_unique_constraints(),
            known.get_multi_check_constraints(),
        )
    )  # fmt: skip
    return {
        name: {
            "columns": {
                each["name"]: _told(each) for each in columns[name] if each["name"] in table.columns
            },
            "unique": sorted(sorted(each["column_names"]) for each in unique[name]),
            "checks": sorted(each["sqltext"] for each in checks[name]),
        }
        for name, table in sorted(Base.metadata.tables.items())
    }  # fmt: skip


def find_breaks(before: Tables, now: Tables) -> list[str]:
    """List what the program of `before` cannot run with, each with what to do instead."""
    found = [
        f"{name} is gone: take it away in the release after the one that no longer uses it"
        for name in before.keys() - now.keys()
    ]
    for name in before.keys() & now.keys():
        found += [f"{name}{each}" for each in _of_columns(before[name], now[name])]
        found += [f"{name}{each}" for each in _of_rules(before[name], now[name])]
    return sorted(found)


def _of_columns(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    old, new = before["columns"], now["columns"]
    found = [
        f".{name} is gone: let a release leave it unused first, nullable or with a default"
        for name in old.keys() - new.keys()
    ]
    found += [
        f".{name} must be told, and the program before does not: give it a server default"
        for name in new.keys() - old.keys()
        if new[name].endswith(REQUIRED)
    ]
    for name in old.keys() & new.keys():
        (kind, *was), (kind_now, *is_now) = old[name].split(";"), new[name].split(";")
        if kind != kind_now:
            found.append(f".{name} is {kind_now}: add a column beside it instead")
        if is_now and not was:
            found.append(f".{name} may be NULL no longer: demand it in the release after")
        if new[name].endswith(REQUIRED) and old[name].endswith(DEFAULT):
            found.append(f".{name} has lost its default: keep it for the program before")
    return found


def _told(column: Any) -> str:
    """Return the type, and whether a value is demanded of whoever writes."""
    rule = "" if column["nullable"] else REQUIRED if column["default"] is None else DEFAULT
    return f"{column['type']}{rule}"


def _of_rules(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    found = [
        f" demands {each}: what the program before writes may break it; demand it a release later"
        for each in now["checks"] if each not in before["checks"]
    ]  # fmt: skip
    found += [
        f" has {each} unique now: what the program before writes may break it; a release later"
        for each in now["unique"] if each not in before["unique"]
    ]  # fmt: skip
    return found + [
        f" has {each} unique no longer: the program before may write ON CONFLICT of it"
        for each in before["unique"] if each not in now["unique"]
    ]  # fmt: skip
