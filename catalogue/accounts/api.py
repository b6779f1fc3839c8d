"""OAuth 2 for systems: client credentials for a pass of an hour (RFC 6749, 4.4)."""

from __future__ import annotations

import json

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import COOKIELESS, contract, now, state, transaction
from catalogue.core.http.answering import open_api
from catalogue.core.http.operations import FORM, Operation, Trait, serve
from catalogue.core.http.refusing import Problem
from catalogue.core.text import reading_in

from . import throttling, token_rules, tokens
from .token_schema import PassRefusalSchema, PassRequestSchema, PassSchema

blueprint = open_api("accounts_api", __name__)
GRANT = "client_credentials"
_BASIC = {"WWW-Authenticate": 'Basic realm="catalogue"'}


@serve(
    blueprint, "POST", "/token",
    Operation(
        "Get a pass for the credentials of a system", COOKIELESS, body=PassRequestSchema,
        answer=PassSchema, media=FORM, traits=frozenset({Trait.OPEN}),
        refusals=dict.fromkeys((400, 401, 429), PassRefusalSchema),
    ),
)  # fmt: skip
def get_pass() -> Response:
    """Give a pass for client credentials; guessing is slowed as at sign-in."""
    if request.form.get("grant_type", GRANT) != GRANT:
        return _refuse(400, "unsupported_grant_type", f"Only {GRANT} is supported.")
    try:
        given = contract.read_body()
    except Problem as error:
        if error.name != "unreadable":
            raise
        return _refuse(400, "invalid_request", "See the contract for what is sent.")
    client, secret = _credentials(given)
    limits = {
        throttling.subject("address", request.remote_addr or ""): (
            state().settings.sign_in_attempts_per_address
        )
    }
    try:
        with transaction() as session:
            throttling.forget_old(session, now())
            if throttling.is_throttled(session, limits, now()):
                return _refuse(429, "slow_down", "Wait a quarter of an hour.")
            scopes = given.get("scope", "").split()
            made = tokens.give_pass(session, client, secret, scopes, now())
            if made is None:
                throttling.note_failure(session, limits, now())
    except Invalid as error:
        with reading_in("en"):  # RFC 6749, 5.2: in ASCII
            return _refuse(400, "invalid_scope", str(error.problems["scope"][0]))
    if made is None:
        return _refuse(401, "invalid_client", "The credentials are wrong, expired or revoked.")
    seconds = int(token_rules.PASS_FOR.total_seconds())
    told = {"access_token": made.secret, "token_type": "Bearer", "expires_in": seconds}
    return _answer(200, told | {"scope": made.scopes})


def _credentials(given: dict[str, str]) -> tuple[str, str]:
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        return basic.username or "", basic.password or ""
    return given.get("client_id", ""), given.get("client_secret", "")


def _refuse(status: int, error: str, description: str) -> Response:
    response = _answer(status, {"error": error, "error_description": description})
    if status == 401:
        response.headers.update(_BASIC)
    if status == 429:
        response.headers["Retry-After"] = "900"
    return response


def _answer(status: int, told: dict[str, object]) -> Response:
    return Response(json.dumps(told), status, content_type="application/json")
