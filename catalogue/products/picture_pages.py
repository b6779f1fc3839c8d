"""The views of a product's pictures: add, describe, put in order, remove."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from catalogue.core.errors import Invalid, Missing
from catalogue.core.http import (
    DRAFTERS,
    flash,
    go,
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
from catalogue.media import rules as media_rules
from catalogue.media import service as media
from catalogue.media.decoding import UnusablePicture
from catalogue.media.models import Image

from . import queries, schema, service
from .screens import blueprint, draw_edit, receive_picture
from .service import Described, NewPicture, Replacement, Upload


@route(blueprint, "/varer-hos-os/<int:product_id>/billeder", access=DRAFTERS, methods=["POST"])
def upload_images(product_id: int) -> Response:
    """Add pictures; those that cannot be used are told by name, the others are kept."""
    with reading() as session:
        service.get_own(session, who().enterprise_id, product_id)
    try:
        sent = request.files.getlist("images") + request.files.getlist("camera")
        files = [each for each in sent if each.filename]
        _check_count(len(files))
        pictures, refused = _receive(files, request.form.getlist("alt"))
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
    access=DRAFTERS,
    methods=["POST"],
)
def describe_images(product_id: int) -> Response:
    """Save what the pictures show, and their order; a button moves one of them by one place."""
    with reading() as session:
        service.get_own(session, who().enterprise_id, product_id)
        pictures = queries.list_pictures(session, product_id)
    try:
        described = _moved([_described(each) for each in pictures])
        with transaction() as session:
            service.describe_images(session, who(), product_id, described, now())
    except Invalid as error:
        return draw_edit(product_id, problems=error.problems)
    flash(_("The texts and the order of the pictures are saved."))
    return go("catalogue.products.edit", product_id=product_id, _anchor="pictures")


@route(
    blueprint,
    "/varer-hos-os/<int:product_id>/billeder/<int:picture_id>/fjern",
    access=DRAFTERS,
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


@route(
    blueprint, "/varer-hos-os/<int:product_id>/billeder/<int:picture_id>/beskaer",
    access=DRAFTERS,
)  # fmt: skip
def cut_image(product_id: int, picture_id: int) -> Response:
    """Show which part of a picture is seen, and let it be chosen and turned."""
    with reading() as session:
        product = service.get_own(session, who().enterprise_id, product_id)
        pictures = queries.list_pictures(session, product_id)
    picture = _find(pictures, picture_id)
    return render(
        "products/cut_picture.html", product=product, picture=picture,
        place=pictures.index(picture) + 1, shape=media_rules.SHAPE,
        least=media_rules.LEAST_CUT_PERCENT, turns=media_rules.TURNS,
    )  # fmt: skip


@route(
    blueprint, "/varer-hos-os/<int:product_id>/billeder/<int:picture_id>/original.jpg",
    access=DRAFTERS,
)  # fmt: skip
def whole_image(product_id: int, picture_id: int) -> Response:
    """Show the enterprise the whole of its picture, upright and clean, from which parts are cut."""
    with reading() as session:
        image = _own_image(session, product_id, picture_id)
    shown = Response(media.draw_whole(state().parts[media.PART], image), mimetype="image/jpeg")
    shown.headers["Cache-Control"] = "private, max-age=600"
    return shown


@route(
    blueprint, "/varer-hos-os/<int:product_id>/billeder/<int:picture_id>/beskaer",
    access=DRAFTERS, methods=["POST"],
)  # fmt: skip
def save_cut(product_id: int, picture_id: int) -> Response:
    """Show the chosen part of a picture from now on; its original stays."""
    with reading() as session:
        image = _own_image(session, product_id, picture_id)
    try:
        received = media.cut_again(state().parts[media.PART], image, _read_cut())
        with transaction() as session:
            replacement = Replacement(product_id, picture_id, received)
            service.replace_image(session, who(), replacement, now())
    except Invalid as error:
        flash(str(error.detail or _("The picture cannot be used")), "error")
        return go("catalogue.products.cut_image", product_id=product_id, picture_id=picture_id)
    flash(_("The picture is shown as you chose. The original is kept."))
    return go("catalogue.products.edit", product_id=product_id, _anchor="pictures")


def _own_image(session: Session, product_id: int, picture_id: int) -> Image:
    service.get_own(session, who().enterprise_id, product_id)
    picture = _find(queries.list_pictures(session, product_id), picture_id)
    return media.get_own(session, who().enterprise_id, picture.image_id)


def _find(pictures: list[queries.Picture], picture_id: int) -> queries.Picture:
    for each in pictures:
        if each.id == picture_id:
            return each
    raise Missing(_("There is no such picture."))


def _read_cut() -> media_rules.Cut:
    sent = request.form
    if sent.get("whole"):
        return media_rules.Cut(turn=sent.get("turn", 0, type=whole))
    return media_rules.read_cut(
        sent.get("turn", 0, type=whole), sent.get("size", 100, type=whole),
        sent.get("x", 50, type=whole), sent.get("y", 50, type=whole),
    )  # fmt: skip


def _moved(described: list[Described]) -> list[Described]:
    """Move the picture of the pressed button past its neighbour; without a button as it is."""
    row = sorted(described, key=lambda each: each.position)
    for name, step in (("earlier", -1), ("later", 1)):
        pressed = request.form.get(name, type=whole)
        places = [at for at, each in enumerate(row) if each.product_image_id == pressed]
        if places and 0 <= places[0] + step < len(row):
            row.insert(places[0] + step, row.pop(places[0]))
    return [replace(each, position=place) for place, each in enumerate(row, start=1)]


def _check_count(count: int) -> None:
    """Refuse too few and too many files before any of them is decoded."""
    if not count:
        raise Invalid({"images": [_("Choose a picture first")]})
    limit = state().settings.images_per_product
    if count > limit:
        raise Invalid({"images": [_("A product has at most %(limit)s pictures", limit=limit)]})


def _receive(files: list[FileStorage], alts: list[str]) -> tuple[list[NewPicture], list[Any]]:
    """Check and store the files before any transaction; return the good ones and the refusals."""
    pictures: list[NewPicture] = []
    refused: list[Any] = []
    for place, file in enumerate(files):
        alt = schema.read_alt(alts[place] if place < len(alts) else "")
        try:
            pictures.append(NewPicture(receive_picture(file), alt))
        except UnusablePicture as error:
            refused.append(_("%(name)s: %(problem)s", name=file.filename, problem=error.detail))
    return pictures, refused


def _described(picture: queries.Picture) -> Described:
    alt = request.form.get(f"alt_{picture.id}", picture.alt)
    position = request.form.get(f"position_{picture.id}", picture.position, type=whole)
    return Described(picture.id, schema.read_alt(alt), position)
