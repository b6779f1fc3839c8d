"""A web process gets search ready aside; what it needs for that may be out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

_PROCESS = """
import threading
from catalogue.app import create_served_app
create_served_app()
[each.join() for each in threading.enumerate() if each.name == "prepare"]
"""


def test_database_that_is_out_is_told_in_a_line_as_search_gets_ready(tmp_path: Path) -> None:
    environment = {key: each for key, each in os.environ.items() if key[:9] != "CATALOGUE"}
    environment |= {
        "CATALOGUE_DATA_FOLDER": str(tmp_path), "CATALOGUE_SECRET_KEY": "k" * 40,
        "CATALOGUE_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:9/nothing",
    }  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", _PROCESS],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [(each["level"], each.get("error")) for each in told] == [("warning", None)], told
    assert "search is not made ready" in told[0]["event"]
