"""Who may enter: every view declares it, and a form proves that we drew it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, current_app, request
from flask import session as cookie
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException, default_exceptions

from catalogue.core.errors import Conflict, NotAllowed
from catalogue.core.ids import LARGEST_ID
from catalogue.core.text import lazy as _
from catalogue.core.who import MUNICIPAL, OF_ENTERPRISE, Role, Who

# Who may enter a route: EVERYONE (COOKIELESS: without a look at cookies, so that whoever stands
# between may keep the answer for all), anybody SIGNED_IN, or holders of one of some roles.
EVERYONE = frozenset({"everyone"})
COOKIELESS = EVERYONE | {"cookieless"}
SIGNED_IN = frozenset({"signed_in"})
BUYERS = frozenset({Role.BUYER})
APPROVERS = frozenset({Role.APPROVER})
STAFF = frozenset({Role.STAFF})
ENTERPRISES = frozenset({Role.ENTERPRISE})
DRAFTERS = OF_ENTERPRISE  # whoever prepares products of an enterprise, its facilitators too
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
FINDERS = MUNICIPAL  # all of a municipality may search and look
View = TypeVar("View", bound=Callable[..., Any])
OURS = "catalogue_"  # what we keep in the host's session begins so
_CSRF = f"{OURS}csrf"  # apart from the token of a host that uses Flask-WTF too
FORM_KEY, _OF = "form_key", "~"  # see once.py


def route(
    blueprint: Blueprint,
    rule: str,
    *,
    access: frozenset[Any],
    methods: Sequence[str] = ("GET",),
    endpoint: str | None = None,
) -> Callable[[View], View]:
    """Add a view that declares who may enter. A view without declaration is refused at mounting."""

    def declare(view: View) -> View:
        view.__dict__["access"] = access
        # An id that no database can hold names nothing; SQLite would raise instead.
        bounded = rule.replace("<int:", f"<int(max={LARGEST_ID}):")
        # One that takes OPTIONS, or that leaves it to another, answers it itself.
        own = None if "operation" not in view.__dict__ and "OPTIONS" not in methods else False
        # No redirects of the router's own: they lead to where the Host header says.
        blueprint.add_url_rule(
            bounded, endpoint or view.__name__, view, methods=list(methods),
            provide_automatic_options=own, strict_slashes=False, merge_slashes=False,
        )  # fmt: skip
        return view

    return declare


def may_enter(access: frozenset[Any], asking: Who) -> bool:
    """Tell whether `asking` may enter a route with that declaration."""
    if access >= EVERYONE:
        return True
    if access == SIGNED_IN:
        return asking.signed_in
    return asking.role in access


def undeclared(app: Flask) -> list[str]:
    """List our endpoints that declare no access; mounting refuses them."""
    return [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint.startswith("catalogue.") and not hasattr(view, "access")
    ]


def refuse_by(blueprint: Blueprint, answer: Callable[[HTTPException], Response]) -> None:
    """Have `answer` answer the errors of HTTP of a blueprint.

    Each status is named: Flask asks a host's handler of a status before ours of all of them.
    """
    for refusal in (*default_exceptions.values(), HTTPException):
        blueprint.register_error_handler(refusal, answer)


def exempt_from_host(app: Flask) -> None:
    """Take our pages out of the CSRF guard of a host that has Flask-WTF's: we check ourselves.

    Its guard would refuse what comes without cookies: the API and purchasing systems.
    """
    guard = app.extensions.get("csrf")
    for name, blueprint in app.blueprints.items():
        if guard is not None and name.partition(".")[0] == "catalogue":
            guard.exempt(blueprint)


def draw_csrf() -> str:
    """Return the token that a form of ours carries."""
    return str(generate_csrf(token_key=_CSRF))


def check_csrf() -> None:
    """Refuse a form that does not carry the token of this browser; raises NotAllowed."""
    token = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token") or ""
    if not _is_of_this_browser(token):
        raise NotAllowed(
            _("The form could not be recognised. Go back, load the page again and send it anew.")
        )


def draw_form_key(asking: Who) -> str:
    """Return what tells a form that is drawn from all others, and whom its reader acts for."""
    return f"{secrets.token_urlsafe(16)}{_OF}{_acts_for(asking)}"


def check_place(access: frozenset[Any], asking: Who) -> None:
    """Refuse a form drawn while its reader acted for another than now; raises Conflict.

    She has changed roles in another window. One that waited for her (held forms) has the key that
    it was drawn with besides that of the page it waited on.
    """
    if access >= EVERYONE or access == SIGNED_IN:
        return
    keys = [each.partition(_OF) for each in request.form.getlist(FORM_KEY)]
    drawn = {place for _key, of, place in keys if of}
    if drawn and _acts_for(asking) not in drawn:
        raise Conflict(
            _(
                "You have changed to another role in another window since this page was drawn."
                " Nothing was done. Change back and send the form again."
            )
        )


def _acts_for(asking: Who) -> str:
    return f"{asking.municipality_id or ''}-{asking.enterprise_id or ''}"


def _is_of_this_browser(token: str) -> bool:
    """Tell whether we drew the token for this session, whenever that was.

    No time limit of its own: a long form must not lose its work, and a clock may be set back; the
    session bounds it. Flask-WTF, which draws it, cannot leave the time out.
    """
    key = current_app.config.get("WTF_CSRF_SECRET_KEY") or current_app.secret_key or b""
    try:
        drawn = URLSafeTimedSerializer(key, salt="wtf-csrf-token").loads(token)
    except BadData:
        return False
    return _CSRF in cookie and hmac.compare_digest(str(drawn), cookie[_CSRF])


def forget_visitor() -> None:
    """Take out of the session what we keep there, and leave what is the host's."""
    for name in [each for each in cookie if each.startswith(OURS)]:
        del cookie[name]
