"""The views of a product's attachments: add, say what they are, take off."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    DRAFTERS,
    flash,
    go,
    now,
    once,
    reading,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.text import lazy as _
from catalogue.media import attachments

from . import attached, attaching, service
from .attached import LONGEST_TITLE
from .attaching import New, read_described
from .screens import blueprint, draw_edit


@route(blueprint, "/varer-hos-os/<int:product_id>/bilag", access=DRAFTERS, methods=["POST"])
@once
def attach(product_id: int) -> Response:
    """Take a PDF file as an attachment of the product."""
    with reading() as session:
        service.get_own(session, who().enterprise_id, product_id)
    try:
        new = _read_new()
        with transaction() as session:
            attaching.attach(session, who(), product_id, new, now())
    except Invalid as error:
        typed = {name: request.form.get(name, "") for name in _TYPED}
        return draw_edit(product_id, problems=error.problems, attaching=typed)
    flash(_("The document is added."))
    return go("catalogue.products.edit", product_id=product_id, _anchor="attachments")


@route(blueprint, "/varer-hos-os/<int:product_id>/bilag/beskriv", access=DRAFTERS, methods=["POST"])
def describe_attachments(product_id: int) -> Response:
    """Save what the attachments are and what they are called."""
    with reading() as session:
        product = service.get_own(session, who().enterprise_id, product_id)
    try:
        said = {
            each.sha256: _read_row(number, each)
            for number, each in enumerate(attached.of(product.attachments), start=1)
        }
        with transaction() as session:
            attaching.describe(session, who(), product_id, said, now())
    except Invalid as error:
        typed = request.form.to_dict()
        return draw_edit(product_id, problems=error.problems, attaching=typed)
    flash(_("What the documents are is saved."))
    return go("catalogue.products.edit", product_id=product_id, _anchor="attachments")


@route(
    blueprint, "/varer-hos-os/<int:product_id>/bilag/<sha256>/fjern",
    access=DRAFTERS, methods=["POST"],
)  # fmt: skip
def detach(product_id: int, sha256: str) -> Response:
    """Take an attachment off the product."""
    with transaction() as session:
        attaching.detach(session, who(), product_id, sha256, now())
    flash(_("The document is taken off."))
    return go("catalogue.products.edit", product_id=product_id, _anchor="attachments")


_TYPED = ("kind_of_attachment", "title_of_attachment")


def _read_new() -> New:
    file = request.files.get(attachments.FIELD)
    if file is None or not file.filename:
        raise Invalid({attachments.FIELD: [_("Choose a file first")]})
    usual = PurePosixPath(file.filename.replace("\\", "/")).stem[:LONGEST_TITLE]
    kind, title = (request.form.get(name, "") for name in _TYPED)
    described = read_described(kind, title, usual)
    with file.stream as stream:
        content = stream.read()
    settings = state().settings
    received = attachments.receive(state().parts, settings, file.filename, content)
    return New(received, described, settings.attachments_per_product)


def _read_row(number: int, present: attached.Attachment) -> attaching.Described:
    """Read what is said of one of the attachments; its problems are told at its own fields."""
    sent: Any = request.form
    names = (f"kind_{number}", f"title_{number}")
    try:
        return read_described(sent.get(names[0], present.kind), sent.get(names[1], present.title))
    except Invalid as error:
        told = dict(zip(_TYPED, names, strict=True))
        problems = {told[name]: texts for name, texts in error.problems.items()}
        raise Invalid(problems) from None
