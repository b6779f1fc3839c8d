"""Documents of orders for systems: what came in for us is taken, what we tell is handed out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, ClassVar

import marshmallow as ma
from flask import Response
from sqlalchemy.orm import Session

from catalogue.core import fields
from catalogue.core.errors import Invalid, Missing
from catalogue.core.fields import MESSAGES
from catalogue.core.http import BUYERS, ENTERPRISES, STAFF, contract, now, reading, who
from catalogue.core.http.answering import deed, open_api
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.api_schema import NUMBER

from . import buyer_documents, document_receiving, documents, order_documents
from .order_documents import NoDocument
from .told import Told

blueprint = open_api("documents_api", __name__)
PAPERS: dict[str, Callable[[Told], bytes]] = {
    "order": order_documents.order,
    "answer": order_documents.answer,
    "advanced-answer": order_documents.advanced_answer,
    "change": order_documents.change,
    "cancellation": order_documents.cancellation,
}
PLACES: dict[str, dict[str, Any]] = {**NUMBER, "paper": {"type": "string", "enum": list(PAPERS)}}


class DocumentBodySchema(ma.Schema):
    """A document of Peppol BIS 3 (XML), as base64; `name` is for the traces of it."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "content": {"type": "string", "contentEncoding": "base64", "minLength": 1}
    }
    name = fields.Line(longest=120, load_default="")
    content = ma.fields.Str(required=True)


class DocumentTakenSchema(ma.Schema):
    """The order that a document was taken for, by our number."""

    order_number = ma.fields.Str(required=True)


@serve(
    blueprint, "POST", "/documents",
    Operation(
        "Take a document: of an enterprise its answer (T76, T116), of a municipality's system an"
        " order (T01), its cancellation (T115), or its word on a proposal (T114)",
        STAFF | ENTERPRISES, "orders:write", body=DocumentBodySchema, answer=DocumentTakenSchema,
        traits=frozenset({Trait.KEY}), example={"name": "PO-77.xml", "content": "PE9yZGVyLz4="},
    ),
)  # fmt: skip
def take_document() -> Response:
    """Take a document, once; what is wrong with it is told by line and rule."""
    body = contract.read_body()
    name = fields.load(DocumentBodySchema(only=["name"]), {"name": body.get("name", "")})["name"]
    content = _decoded(body["content"])
    with contract.named({"document": "content", "price_list": "content"}), deed() as doing:
        number = _take(doing.session, name, content)
        return doing.answer({"order_number": number}, tagged=False)


@serve(
    blueprint, "GET", "/orders/<number>/documents/<paper>",
    Operation(
        "Get an order, its answer, change or cancellation as a document of Peppol BIS 3",
        BUYERS | STAFF | ENTERPRISES, "orders:read", files=(documents.MIME_TYPE,), places=PLACES,
    ),
)  # fmt: skip
def get_document(number: str, paper: str) -> Response:
    """Send a document of an order."""
    if paper not in PAPERS:
        raise Missing(_("There is no such document of the order"))
    with reading() as session:
        told = order_documents.load_changed(session, who(), number)
        try:
            content = PAPERS[paper](told)
        except NoDocument as error:  # a reader finds it, or does not
            raise Missing(error.detail) from None
    return Response(content, content_type=documents.MIME_TYPE)


def _take(session: Session, name: str, content: bytes) -> str:
    asking = who()
    if asking.role == Role.ENTERPRISE:
        enterprise = session.get_one(Enterprise, asking.enterprise_id)
        taken = document_receiving.take(session, enterprise, name, content, now())
        return str(taken)
    return buyer_documents.take(session, asking.municipality_id or 0, content, now())


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid({"content": [MESSAGES["invalid"]]}) from None
