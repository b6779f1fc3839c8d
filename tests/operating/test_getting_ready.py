"""Installations get ready: tables, and search aside; what that needs may be out, or busy."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import POSTGRES_URL
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

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


@pytest.mark.skipif(not POSTGRES_URL, reason="needs a PostgreSQL server")
def test_who_migrate_an_empty_postgresql_at_once_all_find_it_ready(tmp_path: Path) -> None:
    """Each server of an installation begins with `migrate`, or `run`."""
    name = f"catalogue_at_once_{secrets.token_hex(4)}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    environment = {key: each for key, each in os.environ.items() if key[:9] != "CATALOGUE"}
    environment |= {"CATALOGUE_DATA_FOLDER": str(tmp_path), "CATALOGUE_DATABASE_URL": url}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "catalogue.cli", "migrate"],
            env=environment, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    try:
        assert [each.communicate()[1] for each in started] == [""] * 3
        assert [each.returncode for each in started] == [0] * 3
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
