"""The page of access keys: make one for oneself or for a system, see it once, revoke it."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import (
    DRAFTERS,
    FINDERS,
    State,
    flash,
    go,
    now,
    reading,
    render,
    route,
    transaction,
    who,
)
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Bearer

from . import token_rules, tokens
from .rules import ROLE_NAMES
from .token_rules import Stage
from .token_schema import TokenFormSchema

blueprint = Blueprint("tokens", __name__)
HOLDERS = FINDERS | DRAFTERS  # roles that the API has something for
STAGE_NAMES: dict[Stage, Text] = {
    Stage.ACTIVE: _("Active"), Stage.EXPIRED: _("Expired"), Stage.REVOKED: _("Revoked"),
}  # fmt: skip
Errors = dict[str, list[Text | str]]


def bearer(here: State, secret: str) -> Bearer | None:
    """Tell the border of the API who holds a token, and count the request."""
    with here.database.noting() as session:
        limit = here.settings.api_requests_per_minute
        return tokens.find_bearer(session, secret, limit, here.clock())


@route(blueprint, "/adgangsnoegler", access=HOLDERS)
def access_keys() -> Response:
    """List one's access keys and those of the place's systems, with the form of a new one."""
    return _draw({})


@route(blueprint, "/adgangsnoegler", access=HOLDERS, methods=["POST"])
def create_key() -> Response:
    """Make an access key and show it, for the only time."""
    try:
        typed = load(TokenFormSchema(), request.form)
        wanted = tokens.Wanted(scopes=request.form.getlist("scopes"), **typed)
        with transaction() as session:
            made, secret = tokens.create(session, who(), wanted, now())
    except Invalid as error:
        return _draw(error.problems)
    return render("accounts/new_token.html", made=made, secret=secret)


@route(blueprint, "/adgangsnoegler/<int:token_id>/traek-tilbage", access=HOLDERS, methods=["POST"])
def revoke_key(token_id: int) -> Response:
    """Take an access key back, at once."""
    with transaction() as session:
        gone = tokens.revoke(session, who(), token_id, now())
    flash(_("The access key %(name)s opens nothing any more.", name=gone.name))
    return go("catalogue.tokens.access_keys")


def _draw(errors: Errors) -> Response:
    with reading() as session:
        held = tokens.list_tokens(session, who(), now())
    role = who().role
    systems = token_rules.SYSTEM_ROLES.get(role, ()) if role else ()
    acting = dict.fromkeys([role, *systems])
    allowed = {each for one in acting if one for each in token_rules.ROLE_SCOPES[one]}
    scopes = [(name, text) for name, text in token_rules.SCOPES.items() if name in allowed]
    return render(
        "accounts/tokens.html", 422 if errors else 200, held=held, systems=systems, scopes=scopes,
        chosen=request.form.getlist("scopes"), values=request.form, errors=errors,
        names=ROLE_NAMES, scope_names=token_rules.SCOPES, stages=STAGE_NAMES,
        days=token_rules.DAYS, usual=token_rules.USUAL_DAYS,
    )  # fmt: skip
