"""The enterprise's own page of its effect: state a year, correct it, take it back."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import (
    ENTERPRISES,
    flash,
    go,
    now,
    reading,
    render,
    route,
    today,
    transaction,
    who,
)
from catalogue.core.text import lazy as _

from . import effect_rules, effects
from .effect_schema import EffectSchema
from .effect_words import HINTS, LABELS, UNITS
from .screens import Errors, blueprint


@route(blueprint, "/virksomhed/effekt", access=ENTERPRISES)
def own_effect() -> Response:
    """Lead to the year that is asked for now: the last one that is over."""
    return go("catalogue.enterprises.own_effect_of", year=effect_rules.years(today().year)[0])


@route(blueprint, "/virksomhed/effekt/<int:year>", access=ENTERPRISES)
def own_effect_of(year: int) -> Response:
    """Show the form of a year, filled with what is stated."""
    return _draw(year, None, {})


@route(blueprint, "/virksomhed/effekt/<int:year>", access=ENTERPRISES, methods=["POST"])
def state_effect(year: int) -> Response:
    """Take a statement in."""
    try:
        values = load(EffectSchema(), request.form)
        with transaction() as session:
            effects.state_effect(session, who(), year, values, now())
    except Invalid as error:
        return _draw(year, request.form, error.problems)
    flash(_("Your statement of %(year)s is saved and shown in your profile.", year=year))
    return go("catalogue.enterprises.own_effect_of", year=year)


@route(blueprint, "/virksomhed/effekt/<int:year>/fjern", access=ENTERPRISES, methods=["POST"])
def take_effect_back(year: int) -> Response:
    """Take the statement of a year back."""
    with transaction() as session:
        effects.take_back(session, who(), year, now())
    flash(_("Your statement of %(year)s is taken back.", year=year))
    return go("catalogue.enterprises.own_effect_of", year=year)


def _draw(year: int, typed: Any, errors: Errors) -> Response:
    effects.check_year(year, now())
    with reading() as session:
        stated = effects.find(session, who().enterprise_id or 0, year)
    said = {str(name): getattr(stated, name, None) for name in effect_rules.FIELDS}
    return render(
        "enterprises/own_effect.html", 422 if errors else 200, year=year, stated=stated,
        years=effect_rules.years(today().year), values=said if typed is None else typed,
        errors=errors, labels=LABELS, hints=HINTS, units=UNITS,
    )  # fmt: skip
