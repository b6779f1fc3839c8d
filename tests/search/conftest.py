"""Fixtures of search: an index beside the database, and nothing of the web."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue.core.db import Database
from catalogue.search import service
from catalogue.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an index of the test's own."""
    return Settings(data_folder=tmp_path / "data")


@pytest.fixture(params=["whoosh", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn; the one in the database only where that is PostgreSQL."""
    return str(request.param)


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Leave out the pairs of database and engine that there cannot be."""
    impossible = {"database": "sqlite", "engine": "postgresql"}.items()
    items[:] = [
        each
        for each in items
        if not impossible <= (each.callspec.params.items() if hasattr(each, "callspec") else set())
    ]


@pytest.fixture
def parts(settings: Settings) -> Iterator[dict[str, Any]]:
    """Parts with the index of the embedded default."""
    opened: dict[str, Any] = {}
    service.open_index(opened, settings)
    yield opened
    opened["search"].close()


@pytest.fixture
def finder(settings: Settings, database: Database, engine: str) -> Iterator[dict[str, Any]]:
    """Parts with the index of each engine in turn."""
    opened: dict[str, Any] = {}
    service.open_index(opened, replace(settings, search_engine=engine))
    service.follow(database, opened)
    yield opened
    opened["search"].close()
