"""The page behind the link that stops an optional mail (RFC 8058): to look changes nothing.

Programs that guard mailboxes open every link, and mail programs post without cookies or a form of
ours; what proves the right is the address itself.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.core import text
from catalogue.core.http import COOKIELESS, EVERYONE, now, reading, render, route, transaction

from . import mail_choices
from .mail_kinds import BY_NAME
from .mail_models import MailChoice

blueprint = Blueprint("unsubscribe", __name__)


@route(blueprint, "/afmeld/<token>", access=EVERYONE)
def ask(token: str) -> Response:
    """Show which mail the link stops, with the button that does it."""
    with reading() as session:
        choice = mail_choices.get(session, token)
    return _draw(choice, token)


@route(blueprint, "/afmeld/<token>", access=COOKIELESS, methods=["POST"])
def stop(token: str) -> Response:
    """Stop the mail; once more changes nothing."""
    _read_locale()
    with transaction() as session:
        choice = mail_choices.get(session, token)
        mail_choices.refuse(session, choice, now(), None)
    return _draw(choice, token)


@route(blueprint, "/afmeld/<token>/fortryd", access=COOKIELESS, methods=["POST"])
def undo(token: str) -> Response:
    """Let the mail come again."""
    _read_locale()
    with transaction() as session:
        choice = mail_choices.get(session, token)
        mail_choices.want(session, choice, now(), None)
    return _draw(choice, token)


def _draw(choice: MailChoice, token: str) -> Response:
    kind = BY_NAME[choice.kind]
    stopped = choice.refused_at is not None
    response = render("exchange/unsubscribe.html", kind=kind, stopped=stopped, token=token)
    # The address is the key: it goes to no other page, and into no index.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _read_locale() -> None:
    """Answer in the language of the page that was shown; it came with the form."""
    text.set_locale(request.form.get("locale", text.DEFAULT_LOCALE))
