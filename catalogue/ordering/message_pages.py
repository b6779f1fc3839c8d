"""The views of messages on an order: write one, from either side, and hand out their files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import Blueprint, Response, request

from catalogue.core import fields, shelves
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    BUYERS,
    ENTERPRISES,
    STAFF,
    flash,
    go,
    hand_out,
    now,
    once,
    reading,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.text import lazy as _

from . import messages
from .messages import CannotBeWritten, Written
from .quote_screens import receive_into
from .screens import draw_incoming_order, draw_order

blueprint = Blueprint("messages", __name__)
ANCHOR = "beskeder"


class _MessageSchema(ma.Schema):
    message = fields.Line(longest=4000, load_default="")


@route(blueprint, "/ordrer/<number>/besked", access=BUYERS | STAFF, methods=["POST"])
@once
def write(number: str) -> Response:
    """Send a message to the enterprise."""
    return _send(number, "catalogue.ordering.order", draw_order)


@route(blueprint, "/indkomne-ordrer/<number>/besked", access=ENTERPRISES, methods=["POST"])
@once
def answer(number: str) -> Response:
    """Send a message to the buyer and her municipality."""
    return _send(number, "catalogue.ordering.incoming_order", draw_incoming_order)


@route(blueprint, "/ordrer/beskeder/filer/<int:file_id>", access=BUYERS | STAFF | ENTERPRISES)
def file(file_id: int) -> Response:
    """Hand a file out as a download, to those who may read it; nobody on the way may keep it."""
    with reading() as session:
        found = messages.get_file(session, who(), file_id)
    return hand_out(shelves.MESSAGES, found.sha256, found.file_type, found.name)


def _send(
    number: str, page: str, draw: Callable[[str, dict[str, list[Any]], int], Response]
) -> Response:
    settings = state().settings
    try:
        text = fields.load(_MessageSchema(), request.form)["message"]
        files = receive_into(shelves.MESSAGES, messages.MOST_FILES)
        mail_at = messages.mail_time(now(), settings.message_group_minutes)
        with transaction() as session:
            written = Written(text, files)
            messages.send(session, who(), number, written, now=now(), mail_at=mail_at)
    except Invalid as error:
        return draw(number, error.problems, 422)
    except CannotBeWritten as error:
        flash(str(error.detail), "error")
        return go(page, number=number)
    flash(_("The message is sent."))
    return go(page, number=number, _anchor=ANCHOR)
