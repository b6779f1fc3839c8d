"""The views of a product's pictures: add, describe, put in order, remove."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.datastructures import FileStorage

from catalogue.core.errors import Invalid
from catalogue.core.http import ENTERPRISES, flash, go, now, reading, route, state, transaction, who
from catalogue.core.text import lazy as _
from catalogue.media import service as media
from catalogue.media.decoding import UnusablePicture

from . import queries, schema, service
from .screens import blueprint, draw_edit
from .service import Described, NewPicture, Upload


@route(blueprint, "/varer-hos-os/<int:product_id>/billeder", access=ENTERPRISES, methods=["POST"])
def upload_images(product_id: int) -> Response:
    """Add pictures; those that cannot be used are told by name, the others are kept."""
    with reading() as session:
        service.get_own(session, who().enterprise_id, product_id)
    try:
        files = [each for each in request.files.getlist("images") if each.filename]
        pictures, refused = _receive(files, request.form.getlist("alt"))
        if not files:
            raise Invalid({"images": [_("Choose a picture first")]})
        upload = Upload(pictures, state().settings.images_per_product)
        with transaction() as session:
            count = service.add_images(session, who(), product_id, upload, now())
    except Invalid as error:
        return draw_edit(product_id, problems=error.problems)
    for text in refused:
        flash(text, "error")
    if count:
        flash(_("The pictures are added."))
    elif pictures:
        flash(_("The product has these pictures already."), "info")
    return go("catalogue.products.edit", product_id=product_id, _anchor="pictures")


@route(
    blueprint,
    "/varer-hos-os/<int:product_id>/billeder/beskriv",
    access=ENTERPRISES,
    methods=["POST"],
)
def describe_images(product_id: int) -> Response:
    """Save what the pictures show, and their order."""
    with reading() as session:
        service.get_own(session, who().enterprise_id, product_id)
        pictures = queries.list_pictures(session, product_id)
    try:
        described = [_described(each) for each in pictures]
        with transaction() as session:
            service.describe_images(session, who(), product_id, described, now())
    except Invalid as error:
        return draw_edit(product_id, problems=error.problems)
    flash(_("The texts and the order of the pictures are saved."))
    return go("catalogue.products.edit", product_id=product_id, _anchor="pictures")


@route(
    blueprint,
    "/varer-hos-os/<int:product_id>/billeder/<int:picture_id>/fjern",
    access=ENTERPRISES,
    methods=["POST"],
)
def remove_image(product_id: int, picture_id: int) -> Response:
    """Take a picture off the product."""
    try:
        with transaction() as session:
            service.remove_image(session, who(), product_id, picture_id, now())
    except Invalid as error:
        return draw_edit(product_id, problems=error.problems)
    flash(_("The picture is removed."))
    return go("catalogue.products.edit", product_id=product_id, _anchor="pictures")


def _receive(files: list[FileStorage], alts: list[str]) -> tuple[list[NewPicture], list[Any]]:
    """Check and store the files before any transaction; return the good ones and the refusals."""
    store = state().parts[media.PART]
    pictures: list[NewPicture] = []
    refused: list[Any] = []
    for place, file in enumerate(files):
        alt = schema.read_alt(alts[place] if place < len(alts) else "")
        try:
            pictures.append(NewPicture(media.receive(store, file.read()), alt))
        except UnusablePicture as error:
            refused.append(_("%(name)s: %(problem)s", name=file.filename, problem=error.detail))
    return pictures, refused


def _described(picture: queries.Picture) -> Described:
    alt = request.form.get(f"alt_{picture.id}", picture.alt)
    position = request.form.get(f"position_{picture.id}", picture.position, type=int)
    return Described(picture.id, schema.read_alt(alt), position)
