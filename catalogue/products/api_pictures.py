"""Pictures of a product for the systems of its enterprise: add, describe, put in order, remove."""

from __future__ import annotations

from flask import Response, request

from catalogue.core.http import DRAFTERS, contract, now, reading, state, who
from catalogue.core.http.answering import deed
from catalogue.core.http.operations import FILES, Operation, serve
from catalogue.core.http.refusing import Problem
from catalogue.core.text import lazy as _
from catalogue.media import service as media

from . import api_schema, schema, service
from .api_answers import KEYED, ONE, SHOWN, WRITE, answer_product, blueprint
from .service import Described, NewPicture, Upload


@serve(
    blueprint, "POST", f"{ONE}/images",
    Operation(
        "Add a picture behind those there are", DRAFTERS, WRITE, answer=SHOWN, status=201,
        body=api_schema.ImageUploadSchema, media=FILES, traits=KEYED,
    ),
)  # fmt: skip
def add_image(product_id: int) -> Response:
    """Check a picture and put it on the product; the same picture again changes its text."""
    with reading() as session:
        service.get_own(session, who().enterprise_id, product_id)
    body = contract.read_body()
    file = request.files.get("image")
    if file is None:
        error = {"pointer": "#/image", "detail": str(_("Send it as a file"))}
        raise Problem("unreadable", errors=[error])
    alt = schema.read_alt(body.get("alt", ""))
    received = media.receive(state().parts[media.PART], file.read())
    upload = Upload([NewPicture(received, alt)], state().settings.images_per_product)
    file.stream.seek(0)
    with deed() as doing:
        service.add_images(doing.session, who(), product_id, upload, now())
        found = service.get_own(doing.session, who().enterprise_id, product_id)
        return answer_product(doing, found, 201)


@serve(
    blueprint, "PATCH", f"{ONE}/images",
    Operation(
        "Say what pictures show, and put them in order", DRAFTERS, WRITE, answer=SHOWN,
        body=api_schema.ImageOrderSchema, traits=KEYED,
    ),
)  # fmt: skip
def describe_images(product_id: int) -> Response:
    """Set texts and places of pictures."""
    body = contract.read_body()
    described = [
        Described(each["id"], schema.read_alt(each["alt"]), each["position"])
        for each in body["images"]
    ]
    with deed() as doing:
        service.describe_images(doing.session, who(), product_id, described, now())
        return answer_product(
            doing, service.get_own(doing.session, who().enterprise_id, product_id)
        )


@serve(
    blueprint, "DELETE", f"{ONE}/images/<int:image_id>",
    Operation("Take a picture off a product", DRAFTERS, WRITE, answer=SHOWN, traits=KEYED),
)  # fmt: skip
def remove_image(product_id: int, image_id: int) -> Response:
    """Take a picture off."""
    with deed() as doing:
        service.remove_image(doing.session, who(), product_id, image_id, now())
        return answer_product(
            doing, service.get_own(doing.session, who().enterprise_id, product_id)
        )
