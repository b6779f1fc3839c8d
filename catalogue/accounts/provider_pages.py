"""The pages on which staff set up the sign-in of their municipality, try it, and map its roles."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid, Unavailable
from catalogue.core.http import (
    STAFF,
    flash,
    go,
    now,
    reading,
    render,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import oidc_published, outside_rules, outside_schema, outside_screens
from . import outside_providers as providers
from .outside_models import SAML, IdentityProvider
from .outside_schema import SPARE_LINES, USUAL_SCOPES
from .outside_words import LABELS
from .rules import ROLE_NAMES

blueprint = Blueprint("provider", __name__)
Errors = dict[str, list[Text | str]]
NEW = {"scopes": USUAL_SCOPES, "may_create": "1"}


@route(blueprint, "/kommunens-log-ind", access=STAFF)
def settings() -> Response:
    """Show the provider of the municipality, or the form that sets it up with OpenID Connect."""
    return _draw(None, {})


@route(blueprint, "/kommunens-log-ind", access=STAFF, methods=["POST"])
def save() -> Response:
    """Set the provider up, or change it."""
    try:
        terms = outside_schema.read_terms(request.form)
        keeping = state().settings.secret(), outside_screens.bounds()
        with transaction() as session:
            providers.save(session, who(), terms, keeping, now())
    except Invalid as error:
        return _draw(request.form.to_dict(), error.problems)
    flash(_("The sign-in of the municipality is saved. Try the connection."))
    return go("catalogue.provider.settings")


@route(blueprint, "/kommunens-log-ind/proev", access=STAFF, methods=["POST"])
def test() -> Response:
    """Ask the provider that is typed what it publishes, and show it; nothing is changed."""
    typed, bounds = request.form.to_dict(), outside_screens.bounds()
    try:
        terms = outside_schema.read_terms(request.form)
        providers.check_issuer(terms.issuer, bounds)
        published = oidc_published.ask(terms.issuer, bounds, now())
    except Invalid as error:
        return _draw(typed, error.problems)
    except Unavailable as error:
        return _draw(typed, {}, fault=error)
    return _draw(typed, {}, published=published)


@route(blueprint, "/kommunens-log-ind/roller", access=STAFF)
def mapping() -> Response:
    """Show what gives which role."""
    with reading() as session:
        found = providers.find_own(session, who())
    if found is None:
        return go("catalogue.provider.settings")
    typed: dict[str, Any] = {}
    for number, line in enumerate(outside_rules.lines_of(found.mapping)):
        typed |= {f"{name}_{number}": getattr(line, name) for name in ("claim", "value", "gln")}
        typed |= {f"{role}_{number}": "1" for role in line.roles}
    return _draw_mapping(typed, {})


@route(blueprint, "/kommunens-log-ind/roller", access=STAFF, methods=["POST"])
def map_roles() -> Response:
    """Keep what gives which role, or show what it would give."""
    typed = request.form.to_dict()
    try:
        lines = outside_schema.read_lines(typed)
        if typed.get("do") == "preview":
            claims = outside_schema.read_claims(typed.get("claims", ""))
            with reading() as session:
                found, home = providers.find_own(session, who()), providers.get_home(session, who())
            shown = providers.preview(found, home.cvr, lines, claims) if found else None
            return _draw_mapping(typed, {}, shown=shown, lines=lines)
        with transaction() as session:
            providers.map_roles(session, who(), lines, now())
    except Invalid as error:
        return _draw_mapping(typed, error.problems)
    flash(_("The roles are saved. They count from each person's next sign-in."))
    return go("catalogue.provider.mapping")


def _typed(found: IdentityProvider | None) -> dict[str, Any]:
    if found is None:
        return NEW
    return {name: getattr(found, name) for name in LABELS if name != "client_secret"}


def _draw(typed: dict[str, Any] | None, errors: Errors, **told: Any) -> Response:
    with reading() as session:
        found, home = providers.find_own(session, who()), providers.get_home(session, who())
    other = False
    if found is not None and found.protocol == SAML:
        if typed is None and "protokol" not in request.args:
            return go("catalogue.saml_setup.settings")
        found, other = None, True
    here = ("log-ind", "kommune", home.code)
    addresses = [
        (_("Redirect address"), outside_screens.address_of(*here, "svar")),
        (_("Back-channel logout address"), outside_screens.address_of(*here, "log-ud")),
        (_("Address after signing out"), outside_screens.address_of("log-ind")),
    ]
    return render(
        "accounts/provider.html", 422 if errors else 200, found=found, home=home,
        values=_typed(found) if typed is None else typed,
        errors=errors, labels=LABELS, addresses=addresses, other_protocol=other,
        **({"published": None, "fault": None} | told),
    )  # fmt: skip


def _draw_mapping(typed: dict[str, Any], errors: Errors, **told: Any) -> Response:
    known = [int(key.split("_")[1]) for key in typed if key.startswith("claim_") and typed[key]]
    rows = range(max([*known, -1]) + 1 + SPARE_LINES)
    return render(
        "accounts/provider_roles.html", 422 if errors else 200, rows=rows, values=typed,
        errors=errors, roles=outside_rules.ROLES, names=ROLE_NAMES,
        **({"shown": None, "lines": []} | told),
    )  # fmt: skip
