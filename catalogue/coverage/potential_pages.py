"""Potential: what the catalogue could deliver for a planned purchase, and which ways are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from catalogue.accounts import queries as accounts
from catalogue.agreements.limit_rules import LIMIT_NAMES, LIMIT_UNITS
from catalogue.agreements.models import Category
from catalogue.core.errors import Invalid
from catalogue.core.http import STAFF, reading, render, route, state, today, who
from catalogue.core.text import current_locale, gettext
from catalogue.core.text import lazy as _
from catalogue.products import queries as products
from catalogue.products import schema as product_schema

from . import potential_queries, potential_schema, way_words
from .potential_queries import Potential
from .watch import Level
from .watch_pages import NAMES as WATCH_NAMES
from .watch_queries import Asked

blueprint = Blueprint("potential", __name__)
A_YEAR = timedelta(days=364)  # both days of a period count
NAMES: dict[str, Any] = {
    "limit_names": LIMIT_NAMES,
    "limit_units": LIMIT_UNITS,
    "rules": way_words.RULES,
    "because": way_words.BECAUSE,
    "standing_names": way_words.STANDING_NAMES,
    "standing_colours": way_words.STANDING_COLOURS,
    "unknown_name": WATCH_NAMES["level_names"][Level.UNKNOWN],
}


@dataclass
class _Look:
    """What the page shows so far: the category that is meant or may be, the plan, the answer."""

    errors: dict[str, list[Any]]
    category: Category | None = None
    candidates: tuple[Category, ...] = ()
    plan: potential_schema.Plan | None = None
    place: str = ""
    found: Potential | None = None


@route(blueprint, "/daekning/mulighed", access=STAFF)
def potential() -> Response:
    """Show the form of a planned purchase and, once it is filled in, what could be delivered."""
    with reading() as session:
        places = [(each.id, each.name) for each in accounts.list_municipalities(session)]
        look = _look(session, places) if "beloeb" in request.args else _Look({})
    return render(
        "coverage/potential.html", 422 if look.errors else 200, look=look, places=places,
        values=_values(today()), labels=_labels(), years=state().settings.watch_years,
        warn_percent=state().settings.turnover_share_percent, **NAMES,
    )  # fmt: skip


def _look(session: Session, places: list[tuple[int, str]]) -> _Look:
    """Read the plan and, when it can be read, look up what could be delivered."""
    look = _Look({})
    try:
        look.plan = potential_schema.read_plan(request.args)
    except Invalid as error:
        look.errors |= error.problems
    look.place = dict(places).get(look.plan.place_id, "") if look.plan else ""
    if look.plan and not look.place:
        look.errors["sted"] = [_("Choose a municipality of the list")]
    _read_category(session, look)
    if look.plan and look.category and not look.errors:
        settings = state().settings
        asked = Asked(who().municipality_id or 0, today(), settings.watch_years,
                      settings.watch_near_percent)  # fmt: skip
        look.found = potential_queries.potential(session, asked, look.category.code, look.plan)
    return look


def _read_category(session: Session, look: _Look) -> None:
    """Find the category that was chosen or typed, or those among which to choose."""
    typed = request.args.get("kategori", "").strip()[:200]
    if request.args.get("valgt") and request.args.get("spurgt") == typed:
        typed = request.args["valgt"]
    if not typed:
        look.errors["kategori"] = [_("Write a word, such as rengøring, or a CPV code")]
        return
    code = product_schema.CATEGORY_CODE.match(typed)
    found = products.look_up_category(session, code[1] if code else typed, current_locale())
    look.category, look.candidates = found.category, found.candidates
    if found.category is None:
        look.errors["kategori"] = [
            _("Choose one of the categories below")
            if found.candidates
            else _("No category has these words. Try another word, such as rengøring")
        ]


def _values(today: date) -> dict[str, Any]:
    """Return what the form shows: what was typed, else the own municipality and a year from now."""
    begun = {
        "sted": str(who().municipality_id),
        "fra": today.isoformat(),
        "til": (today + A_YEAR).isoformat(),
    }
    return begun | request.args.to_dict()


def _labels() -> dict[str, str]:
    return {
        "kategori": gettext("Category"),
        "beloeb": gettext("Whole amount excluding VAT"),
        "sted": gettext("Where it is to be delivered"),
        "fra": gettext("First day"),
        "til": gettext("Last day"),
    }
