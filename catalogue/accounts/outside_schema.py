"""The forms of a municipality's sign-in: its provider, the mapping, and claims to try it with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from catalogue.core import fields, plain_json
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _

from .outside_rules import ROLES, Line

MOST_LINES = 60
SPARE_LINES = 3  # empty ones at the end of the form
USUAL_SCOPES = "openid profile email"


class ProviderSchema(ma.Schema):
    """The form of a provider."""

    issuer = fields.Web(required=True)
    client_id = fields.Verbatim(required=True, longest=200)
    client_secret = fields.Verbatim(longest=500, load_default=None)
    scopes = fields.Verbatim(longest=200, load_default=USUAL_SCOPES)
    cvr_claim = fields.Verbatim(longest=200, load_default=None)
    acr_values = fields.Verbatim(longest=300, load_default=None)
    amr_values = fields.Verbatim(longest=300, load_default=None)


class LineSchema(ma.Schema):
    """A line of the mapping, without its roles."""

    claim = fields.Verbatim(required=True, longest=200)
    value = fields.Verbatim(required=True, longest=200)
    gln = fields.Gln(load_default="")


@dataclass(frozen=True)
class Terms:
    """What staff say of a provider; `client_secret` None: the one that is kept, if any."""

    issuer: str
    client_id: str
    client_secret: str | None
    scopes: str
    cvr_claim: str | None
    acr_values: str | None
    amr_values: str | None
    vouches_for_email: bool
    may_create: bool
    is_open: bool


def read_terms(form: Mapping[str, Any]) -> Terms:
    """Read the form of a provider; raises Invalid by field."""
    typed = fields.load(ProviderSchema(), form)
    scopes = typed.pop("scopes").split()
    if "openid" not in scopes:
        scopes.insert(0, "openid")  # without it, it is not OpenID Connect
    return Terms(
        **typed,
        scopes=" ".join(scopes),
        vouches_for_email=bool(form.get("vouches_for_email")),
        may_create=bool(form.get("may_create")),
        is_open=bool(form.get("is_open")),
    )


def read_lines(form: Mapping[str, Any]) -> list[Line]:
    """Read the lines of the mapping, empty ones left out; raises Invalid by field."""
    lines: list[Line] = []
    problems: dict[str, list[Any]] = {}
    for number in range(MOST_LINES + SPARE_LINES):
        names = ("claim", "value", "gln")
        typed = {name: str(form.get(f"{name}_{number}", "")).strip() for name in names}
        roles = tuple(role for role in ROLES if form.get(f"{role}_{number}"))
        if not any(typed.values()) and not roles:
            continue
        try:
            lines.append(Line(**fields.load(LineSchema(), typed), roles=roles))
        except Invalid as error:
            problems |= {f"{name}_{number}": texts for name, texts in error.problems.items()}
        if not roles:
            problems[f"{ROLES[0]}_{number}"] = [_("Choose at least one role")]
    if problems:
        raise Invalid(problems)
    return lines


def read_claims(text: str) -> dict[str, Any]:
    """Read claims as a provider would send them, in JSON; raises Invalid for `claims`."""
    try:
        found = plain_json.parse(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid({"claims": [_('Write an object in JSON, such as {"groups": ["Indkøb"]}')]})
    return found
