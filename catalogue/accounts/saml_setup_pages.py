"""The page on which staff set up the sign-in of their municipality by SAML."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
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

from . import outside_providers as providers
from . import (
    outside_words,
    saml_keys,
    saml_messages,
    saml_pages,
    saml_providers,
    saml_schema,
    saml_services,
    saml_words,
)
from .outside_models import IdentityProvider, SamlTerms
from .outside_screens import bounds
from .saml_metadata import Idp
from .saml_schema import SamlSaid

blueprint = Blueprint("saml_setup", __name__)
Errors = dict[str, list[Text | str]]
LABELS = outside_words.LABELS | saml_words.LABELS
FILES = ("metadata_file", "certificate")


@route(blueprint, "/kommunens-log-ind/saml", access=STAFF)
def settings() -> Response:
    """Show the provider of the municipality, or the form that sets it up with SAML."""
    return _draw(None, {})


@route(blueprint, "/kommunens-log-ind/saml", access=STAFF, methods=["POST"])
def save() -> Response:
    """Set the provider up, or change it; its metadata is fetched anew if it lies at an address."""
    chosen = {name: request.files[name].read() for name in FILES if name in request.files}
    with reading() as session:
        home = providers.get_home(session, who())
    here = saml_pages.entity_id(home.code)
    place = saml_providers.Place(here, state().settings.secret(), bounds())
    try:
        said = saml_schema.read_said(request.form, chosen)
        if said.shared:
            return _join(said)
        content = saml_providers.fetch(said, place.bounds)
        with transaction() as session:
            saml_providers.save(session, who(), said, (content, place), now())
    except Invalid as error:
        return _draw(request.form.to_dict(), error.problems)
    flash(_("The sign-in of the municipality is saved. Give our metadata to whoever runs yours."))
    return go("catalogue.saml_setup.settings")


def _join(said: SamlSaid) -> Response:
    with transaction() as session:
        service = saml_services.get(session)
        saml_providers.join(session, who(), said, (service, saml_pages.shared_id()), now())
    flash(_("The sign-in of the municipality is saved: your people sign in by the shared one."))
    return go("catalogue.saml_setup.settings")


def _draw(typed: dict[str, Any] | None, errors: Errors) -> Response:
    with reading() as session:
        found, home = providers.find_own(session, who()), providers.get_home(session, who())
        terms = saml_providers.find_terms(session, found)
        service = saml_services.find(session)
    values = typed if typed is not None else _typed(found, terms)
    is_shared = terms is not None and terms.shared
    answers_at, ends_at = saml_pages.shared_ways() if is_shared else saml_pages.ways(home.code)
    here = saml_pages.shared_id() if is_shared else saml_pages.entity_id(home.code)
    return render(
        "accounts/saml.html", 422 if errors else 200, found=found if terms else None, home=home,
        other_protocol=found is not None and terms is None,
        values=values, errors=errors, labels=LABELS, levels=saml_words.LEVELS,
        facts=_facts(terms), entity_id=here, service=service,
        answers_at=answers_at, ends_at=ends_at, soap_at=saml_messages.soap_address(ends_at),
    )  # fmt: skip


def _typed(found: IdentityProvider | None, terms: SamlTerms | None) -> dict[str, Any]:
    if found is None or terms is None:
        return dict(saml_schema.USUAL)
    told = {name: getattr(found, name) for name in saml_providers.SHARED}
    return told | {
        "loa": terms.loa, "shared": terms.shared,
        "metadata_address": None if terms.shared else terms.metadata_address,
    }  # fmt: skip


def _facts(terms: SamlTerms | None) -> dict[str, Any]:
    """Return what the provider publishes, and until when the certificates of both count."""
    if terms is None:
        return {}
    idp = Idp.of(terms.published)
    theirs = max(map(saml_keys.runs_out_at, idp.certificates))
    ours = saml_keys.runs_out_at(terms.certificate)
    return {
        "idp": idp,
        "theirs_until": theirs,
        "ours_until": ours,
        "renews": bool(terms.metadata_address and terms.signed_by),
        "fetched_at": terms.renewed_at,
        "fault": terms.renewal_fault,
        "ends_soon": saml_keys.is_soon(min(ours, theirs), now()),
    }
