"""What searches found is read again: each piece is a value or a refusal in words, and soon.

The pieces are kept by `scripts/fuzz/guided.py --keep`, which needs Atheris; reading them does not.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.core.text import reading_in

FUZZ = Path(__file__).parents[2] / "scripts" / "fuzz"
PARSERS = (
    "search", "fields", "addresses", "tokens", "oci", "peppol", "orders", "cxml", "saml",
    "metadata", "providers", "reports", "workbook", "prices", "agreements", "ledger",
    "pictures", "zip", "documents",
)  # fmt: skip
SERVED = ("api", "pages", "scim", "farewells", "people", "forms")
MOST_FILES, MOST_BYTES = 30, 1_000_000


@pytest.fixture(scope="module")
def fuzz() -> Iterator[Any]:
    """The modules of the searches, by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FUZZ))
        yield importlib.import_module


@pytest.fixture(autouse=True)
def as_it_was(fuzz: Any) -> Iterator[None]:
    """Leave language and logs to the tests that follow: the API is asked in English, unheard."""
    kept = {name: list(logging.getLogger(name).filters) for name in fuzz("served").LOGGERS}
    with reading_in("da"):
        yield
    for name, filters in kept.items():
        logging.getLogger(name).filters[:] = filters


def faults(fuzz: Any, target: Any) -> dict[str, bytes]:
    """Send what is kept for a target through it, and return the faults."""
    watch = fuzz("noting").Watch(target)
    pieces = fuzz("kept").read(target.name)
    assert pieces, f"nothing is kept for {target.name}"
    for piece in pieces:
        watch.send(piece)
    return dict(watch.faults)


@pytest.mark.parametrize("name", PARSERS)
def test_what_a_search_kept_is_read_or_refused_in_words(
    fuzz: Any, tmp_path: Path, name: str
) -> None:
    found = {each.name: each for each in fuzz("targets").parsers(tmp_path)}
    assert faults(fuzz, found[name]) == {}


@pytest.mark.parametrize("name", SERVED)
def test_what_a_search_kept_is_answered_by_the_application(
    fuzz: Any, tmp_path: Path, name: str
) -> None:
    assert faults(fuzz, fuzz("served").target(name, tmp_path)) == {}


def test_every_parser_is_searched_and_what_is_kept_stays_small(fuzz: Any, tmp_path: Path) -> None:
    kept = fuzz("kept")
    assert set(kept.NAMES) == {*PARSERS, *SERVED}
    assert [each.name for each in fuzz("targets").parsers(tmp_path)] == list(PARSERS)
    files = list(kept.FOLDER.glob("*"))
    assert len(files) <= MOST_FILES
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
