"""Documents of a product for the systems of its enterprise: add one, take one off."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, ClassVar

import marshmallow as ma
from flask import Response, request

from catalogue.core import fields
from catalogue.core.http import DRAFTERS, contract, now, reading, state, who
from catalogue.core.http.answering import deed
from catalogue.core.http.operations import FILES, Operation, serve
from catalogue.core.http.refusing import Problem
from catalogue.core.text import lazy as _
from catalogue.media import attachments

from . import attaching, service
from .api_answers import KEYED, ONE, SHOWN, WRITE, answer_product, blueprint
from .attached import LONGEST_TITLE, Kind
from .attaching import New, read_described

NAMES = {"kind_of_attachment": "kind", "title_of_attachment": "title"}
HASH = {"sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}


class AttachmentUploadSchema(ma.Schema):
    """A PDF file, what it is, and what it is called; without a title, as the file."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {"attachment": {"type": "string", "format": "binary"}}
    attachment = ma.fields.Raw(required=True)
    kind = fields.Choice(Kind, required=True)
    title = fields.Line(longest=LONGEST_TITLE)


@serve(
    blueprint, "POST", f"{ONE}/attachments",
    Operation(
        "Add a document behind those there are; the same file again is said anew", DRAFTERS,
        WRITE, answer=SHOWN, status=201, body=AttachmentUploadSchema, media=FILES, traits=KEYED,
    ),
)  # fmt: skip
def add_attachment(product_id: int) -> Response:
    """Check a document and put it on the product."""
    with reading() as session:
        service.get_own(session, who().enterprise_id, product_id)
    body = contract.read_body()
    file = request.files.get("attachment")
    if file is None:
        error = {"pointer": "#/attachment", "detail": str(_("Send it as a file"))}
        raise Problem("unreadable", errors=[error])
    usual = PurePosixPath((file.filename or "").replace("\\", "/")).stem[:LONGEST_TITLE]
    with contract.named(NAMES):
        described = read_described(body["kind"], body.get("title", ""), usual)
    settings = state().settings
    received = attachments.receive(state().parts, settings, file.filename or "", file.read())
    file.stream.seek(0)
    new = New(received, described, settings.attachments_per_product)
    with deed() as doing:
        attaching.attach(doing.session, who(), product_id, new, now())
        found = service.get_own(doing.session, who().enterprise_id, product_id)
        return answer_product(doing, found, 201)


@serve(
    blueprint, "DELETE", f"{ONE}/attachments/<sha256>",
    Operation(
        "Take a document off a product", DRAFTERS, WRITE, answer=SHOWN, traits=KEYED,
        places=HASH,
    ),
)  # fmt: skip
def remove_attachment(product_id: int, sha256: str) -> Response:
    """Take a document off; earlier versions keep it."""
    with deed() as doing:
        attaching.detach(doing.session, who(), product_id, sha256, now())
        return answer_product(
            doing, service.get_own(doing.session, who().enterprise_id, product_id)
        )
