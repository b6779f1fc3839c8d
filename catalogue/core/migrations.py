"""Bring a database to the present schema, from the repository or from the installed wheel."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from .db import Database

VERSION_TABLE = "catalogue_alembic_version"
_PACKAGE = Path(__file__).parent.parent


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate up to `revision`; safe to repeat."""
    command.upgrade(_config(database), revision)


def downgrade(database: Database, revision: str) -> None:
    """Migrate down to `revision` ("base": nothing left)."""
    command.downgrade(_config(database), revision)


def head() -> str | None:
    """Return the newest revision this code knows."""
    return ScriptDirectory(str(folder())).get_current_head()


def folder() -> Path:
    """Return the folder of the migrations: inside the wheel, else beside the package."""
    shipped = _PACKAGE / "migrations"
    return shipped if shipped.exists() else _PACKAGE.parent / "migrations"


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder()))
    config.attributes["database"] = database
    return config
