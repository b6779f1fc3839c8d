"""The intranet of examples/host as tests need it: on a database of its own, with people."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cast
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from drawn import csrf_token
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from intranet import HERE, create_app
from intranet.models import PASSWORD, PEOPLE, db, settle
from werkzeug.test import TestResponse

TEACHER, PURCHASER, CARETAKER = (email for email, _name, _job in PEOPLE)


@contextmanager
def opened(folder: Path, migrated: Path, *, with_catalogue: bool = True) -> Iterator[Flask]:
    """Make an intranet in `folder`, on a copy of Catalogue's `migrated` database.

    So both live in one file, and each has its own table of versions.
    """
    path = folder / "intranet.sqlite"
    shutil.copy(migrated, path)
    config = {
        "TESTING": False,
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}",
        "BABEL_TRANSLATION_DIRECTORIES": str(_compiled(folder)),
        "CATALOGUE_DATA_FOLDER": str(folder),
    }
    app = create_app(config, with_catalogue=with_catalogue)
    with app.app_context():
        upgrade()
        settle()
    yield app
    with app.app_context():
        db.engine.dispose()
    if "catalogue" in app.extensions:
        app.extensions["catalogue"].database.dispose()


def sign_in(client: FlaskClient, email: str, back: str = "/") -> TestResponse:
    """Sign in to the intranet, and come back where one wanted to go."""
    token = csrf_token(client.get("/log-paa").text)
    form = {"email": email, "password": PASSWORD, "csrf_token": token}
    return client.post("/log-paa", query_string={"next": back}, data=form)


def settle_catalogue(app: Flask) -> None:
    """Let the intranet's municipality be one of Catalogue's."""
    state = app.extensions["catalogue"]
    state.clock = lambda: cast.NOW
    with state.database.transaction() as session:
        cast.municipality(session, "Slagelse")


def _compiled(folder: Path) -> Path:
    """Return the intranet's translations, compiled as `pybabel compile` does."""
    source = HERE / "translations" / "da" / "LC_MESSAGES" / "messages.po"
    target = folder / "translations" / "da" / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as text, (target / "messages.mo").open("wb") as compiled:
        write_mo(compiled, read_po(text, locale="da"))
    return folder / "translations"


def told(answer: TestResponse) -> tuple[Any, ...]:
    """Return what an answer says, with what it does to cookies but no secrets."""
    headers = [
        (name, value) for name, value in answer.headers if name not in ("Set-Cookie", "Date")
    ]  # the second may be over between two answers
    cookies = [each.partition("=")[0] + each.partition(";")[2]
               for each in answer.headers.getlist("Set-Cookie")]  # fmt: skip
    body = re.sub(rb'(name="csrf_token" value=")[^"]+', rb"\1", answer.data)
    said = answer.status_code, body, headers, cookies
    answer.close()
    return said
