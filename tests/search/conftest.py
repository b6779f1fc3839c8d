"""Fixtures of search: an index beside the database, and nothing of the web."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.search import service
from catalogue.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an index of the test's own."""
    return Settings(data_folder=tmp_path / "data")


@pytest.fixture
def parts(settings: Settings) -> Iterator[dict[str, Any]]:
    """Parts with that index."""
    opened: dict[str, Any] = {}
    service.open_index(opened, settings)
    yield opened
    opened["search"].close()
