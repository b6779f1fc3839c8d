"""Messages on orders for systems: read them, write one, fetch their files."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response

from catalogue.core import fields, receiving, shelves
from catalogue.core.http import (
    BUYERS,
    ENTERPRISES,
    STAFF,
    contract,
    hand_out,
    now,
    reading,
    state,
    who,
)
from catalogue.core.http.answering import deed, open_api, read_asked, show_page
from catalogue.core.http.operations import Operation, Trait, serve

from . import api_quotes, messages, queries
from .api_schema import NUMBER
from .messages import Written
from .quote_api_schema import FileSentSchema
from .quote_api_shown import QuoteFileSchema
from .quote_screens import take_in

blueprint = open_api("messages_api", __name__)
SIDES = BUYERS | STAFF | ENTERPRISES
ONE = "/orders/<number>/messages"


class MessageBodySchema(ma.Schema):
    """A message: words, files, or both."""

    class Meta:
        unknown = ma.RAISE

    text = fields.Line(longest=4000, load_default="")
    files = ma.fields.List(
        ma.fields.Nested(FileSentSchema), validate=ma.validate.Length(max=messages.MOST_FILES)
    )


class MessageFileSchema(QuoteFileSchema):
    """A file that goes with a message; `/message-files/{id}` hands it out."""


class MessageShownSchema(ma.Schema):
    """A message; `writer` is the side that wrote it."""

    id = ma.fields.Int(required=True, strict=True)
    writer = ma.fields.Str(required=True)
    by = ma.fields.Str(required=True, attribute="person_name")
    text = ma.fields.Str(required=True)
    at = ma.fields.AwareDateTime(required=True)
    files = ma.fields.List(ma.fields.Nested(MessageFileSchema), required=True)


@serve(
    blueprint, "GET", ONE,
    Operation(
        "List the messages of an order, the oldest first; none is noted as read", SIDES,
        "orders:read", answer=MessageShownSchema, traits=frozenset({Trait.PAGED}), places=NUMBER,
    ),
)  # fmt: skip
def list_messages(number: str) -> Response:
    """List what the two sides have written."""
    asked = read_asked(contract.read_query())
    with reading() as session:
        order = queries.get_order(session, who(), number).order
        talk = messages.find_talk(session, who(), order)
    rows = [each for each in talk.messages if each.id > (asked.after or 0)]
    return show_page(rows, asked, MessageShownSchema().dump, lambda row: row.id)


@serve(
    blueprint, "POST", ONE,
    Operation(
        "Write to the other side of an order; it gets a mail some minutes later", SIDES,
        "orders:write", status=201, body=MessageBodySchema, answer=MessageShownSchema,
        traits=frozenset({Trait.KEY}), places=NUMBER, example={"text": "Kan I komme før kl. 10?"},
    ),
)  # fmt: skip
def write_message(number: str) -> Response:
    """Write a message."""
    body = contract.read_body()
    text = fields.load(MessageBodySchema(only=["text"]), body)["text"]
    sent = api_quotes.read_files(body.get("files", []))
    files = take_in(shelves.MESSAGES, sent)
    mail_at = messages.mail_time(now(), state().settings.message_group_minutes)
    with contract.named({"message": "text"}), deed() as doing:
        made = messages.send(
            doing.session, who(), number, Written(text, files), now=now(), mail_at=mail_at
        )
        told: Any = MessageShownSchema().dump(made)
        return doing.answer(told, 201, tagged=False)


@serve(
    blueprint, "GET", "/message-files/<int:file_id>",
    Operation(
        "Fetch a file of a message", SIDES, "orders:read", files=tuple(receiving.TYPES.values())
    ),
)  # fmt: skip
def get_message_file(file_id: int) -> Response:
    """Hand a file out to those who may read it."""
    with reading() as session:
        found = messages.get_file(session, who(), file_id)
    return hand_out(shelves.MESSAGES, found.sha256, found.file_type, found.name)
