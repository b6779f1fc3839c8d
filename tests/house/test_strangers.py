"""What searches with Atheris found is read again: each input is a value or a refusal in words."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from catalogue.core.errors import CatalogueError

FUZZ = Path(__file__).parents[2] / "scripts" / "fuzz"


@pytest.fixture
def parsers(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FUZZ))
    return importlib.import_module("parsers")


def test_every_input_that_a_search_kept_is_read_or_refused_in_words(
    parsers: Any, tmp_path: Path
) -> None:
    replaying = importlib.import_module("replaying")
    read = 0
    for parser in parsers.parsers(tmp_path):
        for content in replaying.kept(parser.name):
            try:
                parser.read(content)
            except CatalogueError as error:
                assert str(error)
            read += 1
    assert read > 1000
