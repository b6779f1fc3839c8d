"""What sign-in at the municipality has on screen whatever the protocol: begun, let in, refused."""

from __future__ import annotations

import logging
import secrets

from flask import Response, request
from flask import session as cookie

from catalogue.core.errors import Conflict, NotAllowed
from catalogue.core.fetching import Bounds
from catalogue.core.http import flash, go, go_to, now, render, state, transaction
from catalogue.core.text import lazy as _

from . import browser, oidc_published, outside, outside_words
from .models import Municipality
from .outside_models import IdentityProvider, OutsideTry

log = logging.getLogger("catalogue.accounts")
BROWSER = "catalogue_browser"
PROOF = "proof of a session elsewhere"


class TooLate(Conflict):
    """An answer of a provider that belongs to no sign-in under way in this browser."""

    title = _("You were not signed in")


class TooWeak(NotAllowed):
    """Somebody signed in less strongly than staff of her municipality ask for."""

    title = _("You were not signed in")


class NotToldHere(NotAllowed):
    """A provider keeps a claim that gives roles for itself, to be asked for elsewhere."""

    title = _("You were not signed in")


def begin_try(provider: IdentityProvider) -> outside.Begun:
    """Begin a sign-in in this browser, which is known again by a secret in its cookie."""
    secret = cookie.setdefault(BROWSER, secrets.token_urlsafe(32))
    with transaction() as session:
        return outside.begin(session, provider.id, secret, request.args.get("next", ""), now())


def take_try(provider: IdentityProvider, given: str) -> OutsideTry:
    """Return the sign-in of this browser that an answer belongs to; raises TooLate."""
    with transaction() as session:  # one that fits not is used up too
        tried = outside.take_try(session, provider.id, given, cookie.get(BROWSER, ""), now())
    if tried is None:
        raise too_late()
    return tried


def too_late() -> TooLate:
    """Return the error of an answer that comes too late, twice, or to another browser."""
    return TooLate(_("The sign-in took too long, or was used already. Begin again."))


def too_weak(home: Municipality) -> TooWeak:
    """Return the error of a sign-in that is not as strong as it must be."""
    log.warning("signed in too weakly")
    return TooWeak(
        _("Your sign-in at %(name)s is not as sure as it must be here. Sign in there in two"
          " steps, such as with MitID.", name=home.name)
    )  # fmt: skip


def told_elsewhere(home: Municipality, claim: str) -> NotToldHere:
    """Return the error of a sign-in without a claim that gives roles: none is taken away by it."""
    log.warning("claim lies elsewhere")
    return NotToldHere(
        _("The sign-in of %(name)s does not send your %(claim)s, for instance because you are in"
          " too many groups. Ask those who look after it to send only the groups of the catalogue.",
          name=home.name, claim=claim)
    )  # fmt: skip


def not_signed_in(home: Municipality, back: str) -> Response:
    """Lead to the sign-in page, where it says that the provider signed nobody in."""
    flash(_("You were not signed in at %(name)s. Try again.", name=home.name), "warning")
    return go("catalogue.accounts.sign_in", next=back or None)


def let_in(
    provider: IdentityProvider, home: Municipality, arrival: outside.Arrival, back: str
) -> Response:
    """Let somebody in whom the provider vouches for, or show why not."""
    hours = state().settings.session_hours
    with transaction() as session:
        admitted = outside.admit(session, provider.id, arrival, now(), hours)
    if admitted.refusal:
        return render(
            "error.html", 403, title=_("You cannot sign in yet"),
            detail=outside_words.why_not(admitted.refusal, home),
            remedy=_("When it is put right there, sign in again."),
        )  # fmt: skip
    browser.hold(admitted.token)
    return go_to(back) if back else go("catalogue.front")


def bounds() -> Bounds:
    """Return how providers are asked."""
    return oidc_published.bounds_of(state().settings)


def address_of(*path: str) -> str:
    """Return an address as the provider must know it."""
    return state().settings.address(*path)
