"""The first person of an installation is registered on the command line."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from catalogue.accounts.models import PersonRole
from catalogue.cli import main
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.who import Role


@pytest.fixture
def folder(empty_sqlite: Path, tmp_path: Path) -> Path:
    """A data folder with an empty database."""
    shutil.copy(empty_sqlite, tmp_path / "catalogue.sqlite")
    return tmp_path


def register(folder: Path, password: str) -> Result:
    """Run the command and type the password twice."""
    return CliRunner().invoke(
        main,
        ["administrator", "anna@slagelse.example", "Anna Bro"],
        input=f"{password}\n{password}\n",
        env={name: None for name in os.environ if name.startswith("CATALOGUE_")}
        | {"CATALOGUE_DATA_FOLDER": str(folder)},
    )


def run(folder: Path, *words: str) -> Result:
    """Run another command in the same place."""
    wanted = {name: None for name in os.environ if name.startswith("CATALOGUE_")}
    return CliRunner().invoke(
        main, list(words), env=wanted | {"CATALOGUE_DATA_FOLDER": str(folder)}
    )


def test_first_administrator_is_registered_once_and_audited(folder: Path) -> None:
    told = register(folder, "et langt kodeord")
    assert "Anna Bro can now sign in at http://127.0.0.1:8000/log-ind" in told.output
    again = register(folder, "et langt kodeord")
    assert again.exit_code == 1
    assert "email: " in again.output
    database = Database(f"sqlite:///{folder}/catalogue.sqlite")
    with database.reading() as session:
        assert session.scalars(select(PersonRole.role)).all() == [Role.ADMINISTRATOR]
        noted = session.scalars(select(AuditEvent.action)).all()
    database.dispose()
    assert noted == ["person.registered", "role.granted"]


def test_lack_of_tables_is_told_before_a_password_is_asked_for(tmp_path: Path) -> None:
    told = register(tmp_path, "et langt kodeord")
    assert told.exit_code == 1
    assert "run `catalogue migrate`" in told.output
    assert "Password" not in told.output


def test_short_password_is_refused_with_its_field(folder: Path) -> None:
    told = register(folder, "kort")
    assert told.exit_code == 1
    assert "password: " in told.output


def test_refusal_is_told_in_english_as_all_commands_tell(folder: Path) -> None:
    told = register(folder, "kort")
    assert told.exit_code == 1
    assert "password: At least 10 characters" in told.output


def test_command_tells_in_english_why_nothing_was_set_up(folder: Path, tmp_path: Path) -> None:
    told = run(folder, "saml-service", "Fælles", "http://a")
    assert told.exit_code == 1
    assert "The server" in told.output
    (tmp_path / "metadata").write_text("no XML")
    assert "It is not XML" in run(folder, "saml-service", "F", str(tmp_path / "metadata")).output


def test_demo_says_that_nothing_is_loaded_where_there_are_people(folder: Path) -> None:
    register(folder, "et langt kodeord")
    assert "Nothing is loaded" in run(folder, "demo").output
