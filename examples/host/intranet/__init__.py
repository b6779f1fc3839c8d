"""A small intranet of a municipality, which has Catalogue mounted at /indkob.

It has what such an application has of its own: a database with migrations, people who sign in,
two languages, error pages, a filter, static files. None of that changes by Catalogue.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect

from . import pages, purchasing
from .models import User, db, settle

HERE = Path(__file__).parent


def create_app(config: Mapping[str, Any] | None = None, *, with_catalogue: bool = True) -> Flask:
    """Make the intranet; `config` goes before what stands here."""
    app = Flask("intranet", root_path=str(HERE), instance_path=str(HERE.parent / "instance"))
    app.config.update(
        SECRET_KEY=os.environ.get("SECRET_KEY", "good enough to try it out"),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{app.instance_path}/intranet.sqlite",
        BABEL_DEFAULT_LOCALE="da",
        # Settings of Catalogue: its tables lie in the same database, its files in a folder.
        CATALOGUE_DATA_FOLDER=app.instance_path,
        CATALOGUE_PUBLIC_URL="http://127.0.0.1:5000",
    )
    Path(app.instance_path).mkdir(exist_ok=True)
    app.config.from_mapping(config or {})
    app.config.setdefault("CATALOGUE_DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    db.init_app(app)
    Migrate(app, db, directory=str(HERE / "migrations"))
    CSRFProtect(app)
    Babel(app, locale_selector=lambda: request.accept_languages.best_match(["da", "en"]))
    people = LoginManager(app)
    people.login_view = "pages.sign_in"
    people.user_loader(lambda id_: db.session.get(User, int(id_)))
    pages.register(app)
    app.cli.command("people")(settle)
    if with_catalogue:
        purchasing.mount(app)  # the last of all
    return app
