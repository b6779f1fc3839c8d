"""The views of notices: list them, go where one leads, mark them as read; and the bell's count."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from catalogue.core import outage
from catalogue.core.http import (
    SIGNED_IN,
    Page,
    flash,
    go,
    go_to,
    now,
    reading,
    render,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import mail_choices, notices
from .mail_kinds import BY_NAME, list_for, optional_for

blueprint = Blueprint("notices", __name__)
log = logging.getLogger("catalogue.exchange")
PER_PAGE = 30


def page_facts(session: Session, asking: Who) -> dict[str, Any]:
    """Return what the bell shows; what the opened page itself tells is read by that."""
    prefix = f"{state().settings.url_prefix.rstrip('/')}/"
    page = request.path.removeprefix(prefix)
    found = notices.look(session, asking, page)
    if found is not None and found.here and request.method == "GET":
        with outage.endured(log, "notice not noted as seen"), transaction() as writing:
            notices.note_seen(writing, asking, page)
    return {"unread_notices": None if found is None else found.count - found.here}


@route(blueprint, "/beskeder", access=SIGNED_IN)
def told() -> Response:
    """List what was told to the person in the role she acts in, newest first."""
    with reading() as session:
        total = notices.count(session, who())
        page = Page(request.args.get("page", 1, type=whole), total, PER_PAGE)
        found = notices.list_told(session, who(), offset=page.offset, limit=page.size)
    return render("exchange/notices.html", told=found, page=page, kinds=BY_NAME)


@route(blueprint, "/beskeder/<int:notice_id>", access=SIGNED_IN)
def follow(notice_id: int) -> Response:
    """Go where a notice leads. It is read by that, which concerns nobody but its reader."""
    with transaction() as session:
        path = notices.read(session, who(), notice_id).path
    return go_to(url_for("catalogue.front") + path)


@route(blueprint, "/beskeder/<int:notice_id>/laest", access=SIGNED_IN, methods=["POST"])
def read_one(notice_id: int) -> Response:
    """Mark one notice as read."""
    with transaction() as session:
        notices.read(session, who(), notice_id)
    return go("catalogue.notices.told")


@route(blueprint, "/beskeder/laest", access=SIGNED_IN, methods=["POST"])
def read_all() -> Response:
    """Mark all notices as read, up to the newest that was shown."""
    until = request.form.get("until", 0, type=whole)
    with transaction() as session:
        notices.read_all(session, who(), min(until, 2**62))
    flash(_("All messages are marked as read."))
    return go("catalogue.notices.told")


@route(blueprint, "/beskeder/mail", access=SIGNED_IN)
def choices() -> Response:
    """Show which optional mails come to the person's addresses, and which always come."""
    with reading() as session:
        boxes = mail_choices.list_boxes(session, who())
    necessary = [each for each in list_for(who().role) if not each.optional]
    optional = optional_for(who().role)
    return render("exchange/mail_choices.html", boxes=boxes, optional=optional, necessary=necessary)


@route(blueprint, "/beskeder/mail", access=SIGNED_IN, methods=["POST"])
def choose() -> Response:
    """Keep which optional mails are wanted."""
    wanted = {name: request.form.getlist(name) for name in ("own", "shared")}
    secret = state().settings.secret()
    with transaction() as session:
        mail_choices.choose(session, who(), wanted, secret=secret, now=now())
    flash(_("Your choice of mails is saved."))
    return go("catalogue.notices.choices")


@route(blueprint, "/beskeder/mail/<int:failing_id>/proev-igen", access=SIGNED_IN, methods=["POST"])
def try_again(failing_id: int) -> Response:
    """Write to an address again that mail came back from."""
    with transaction() as session:
        mail_choices.mend(session, who(), failing_id, now())
    flash(_("Mail goes to the address again."))
    return go("catalogue.notices.choices")
