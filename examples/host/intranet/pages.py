"""The intranet's own pages, and all that such an application hangs on itself."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import get_locale
from flask_login import current_user, login_required, login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from .models import News, User, db

blueprint = Blueprint("pages", __name__)


def register(app: Flask) -> None:
    """Put pages, error pages, filter and hooks on the application."""
    app.register_blueprint(blueprint)
    app.before_request(_count_visit)
    app.context_processor(_tell_every_page)
    app.add_template_filter(_initials, "initials")
    app.url_value_preprocessor(_take_section)
    app.url_defaults(_give_section)
    app.register_error_handler(404, lambda _error: (render_template("missing.html"), 404))
    app.register_error_handler(500, lambda _error: (render_template("fault.html"), 500))


@blueprint.get("/")
def home() -> str:
    """Show the front page."""
    return render_template("home.html", news=db.session.scalars(select(News)).all())


@blueprint.get("/afdeling/<section>/")
def section() -> str:
    """Show a department's page; which one, `url_value_preprocessor` has taken out."""
    return render_template("section.html")


@blueprint.get("/fejl")
def fault() -> str:
    """Fail, to show the intranet's own page of a fault."""
    raise RuntimeError("this page always fails")


@blueprint.get("/mig")
@login_required
def me() -> str:
    """Show who has signed in."""
    return render_template("me.html")


@blueprint.route("/log-paa", methods=["GET", "POST"])
def sign_in() -> str | Response:
    """Sign in, and go back to where that was asked for."""
    if request.method == "GET":
        return render_template("sign_in.html")
    found = db.session.scalars(select(User).where(User.email == request.form["email"])).first()
    if found is None or not found.knows(request.form["password"]):
        flash("E-mail eller adgangskode passer ikke.")
        return render_template("sign_in.html")
    login_user(found)
    session["theme"] = "dark"  # something of the intranet's own in the session
    back = request.args.get("next", "")
    return redirect(back if back.startswith("/") and back[1:2] not in ("/", "\\") else "/")


@blueprint.post("/log-af")
def sign_out() -> Response:
    """Sign out of the intranet, and so of all that asks it who is there."""
    logout_user()
    return redirect(url_for("pages.home"))


def _tell_every_page() -> dict[str, Any]:
    return {"house": "Rådhuset", "visits": g.get("visits"), "locale": get_locale()}


def _count_visit() -> None:
    g.visits = "signed in" if current_user.is_authenticated else "visitor"


def _take_section(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.section = (values or {}).pop("section", "borgerservice")


def _give_section(endpoint: str, values: dict[str, Any]) -> None:
    if current_app.url_map.is_endpoint_expecting(endpoint, "section"):
        values.setdefault("section", g.get("section", "borgerservice"))


def _initials(name: str) -> str:
    return "".join(part[0] for part in name.split())
