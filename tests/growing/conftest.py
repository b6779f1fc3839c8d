"""What the tests of the grown form take from the scripts that start it."""

from __future__ import annotations

from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def scripts_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what starts the form be imported, and the people at browsers of the torture."""
    for folder in ("growing", "torture"):
        monkeypatch.syspath_prepend(str(SCRIPTS / folder))
