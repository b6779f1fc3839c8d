"""Pictures on the web: serving them with their sizes; attachments; the logo of an enterprise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from flask import Blueprint, Response, request, url_for

from catalogue.core.http import (
    COOKIELESS,
    DOWNLOAD_POLICY,
    ENTERPRISES,
    address_start,
    flash,
    go,
    now,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.receiving import TYPES as FILE_TYPES
from catalogue.core.text import lazy as _
from catalogue.core.text import slug
from catalogue.enterprises import service as enterprises

from . import deriving, rules, service
from .decoding import UnusablePicture

blueprint = Blueprint("media", __name__)
IMAGE = "catalogue.media.image_file"
TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
FOR_EVER = "public, max-age=31536000, immutable"  # the address changes with the content
KEPT_SOURCES = 10_000
ONE_HOUR = "public, max-age=3600"  # what is taken off a product is soon gone from what lies between


class Picture(Protocol):
    """What a picture must tell to be drawn: a row, or a copy of its facts."""

    @property
    def sha256(self) -> str:
        """The hash that names its files."""

    @property
    def width(self) -> int:
        """Pixels across."""

    @property
    def height(self) -> int:
        """Pixels down."""

    @property
    def colour(self) -> str | None:
        """Its middle colour, six hexadecimal digits, if it was measured."""


@dataclass(frozen=True)
class Sources:
    """What an `<img>` needs: addresses by width, and what keeps the page still while it loads."""

    webp_srcset: str
    jpeg_srcset: str
    src: str
    width: int
    height: int
    colour: str  # a class


@route(blueprint, "/billeder/<sha256>/<int:width>.<extension>", access=COOKIELESS)
def image_file(sha256: str, width: int, extension: str) -> Response:
    """Serve one size of a picture; its master, not to be kept, until the worker has derived it."""
    shown = deriving.show(state().parts[service.PART], sha256, width, extension)
    response = Response(shown.content, mimetype=TYPES[shown.extension])
    response.headers["Cache-Control"] = FOR_EVER if shown.is_final else "no-store"
    return response


@route(blueprint, "/bilag-til-varer/<sha256>/<name>.pdf", access=COOKIELESS)
def attachment_file(sha256: str, name: str) -> Response:
    """Hand an attachment out as a download; its hash in the address is known from a product.

    No cookie is looked at and none set, and nothing in the file may run, for strangers made it.
    """
    content = state().parts[service.PART].read_attachment(sha256)
    response = Response(content, mimetype=FILE_TYPES["pdf"])
    # What is typed into an address is not trusted as a name of a file.
    response.headers.set("Content-Disposition", "attachment", filename=f"{slug(name)}.pdf")
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    response.headers["Cache-Control"] = ONE_HOUR
    return response


@route(blueprint, "/vores-profil/logo", access=ENTERPRISES, methods=["POST"])
def upload_logo() -> Response:
    """Take a picture as the logo of the enterprise."""
    enterprise_id = who().enterprise_id
    file = request.files.get("logo")
    if enterprise_id is None or file is None or not file.filename:
        flash(_("Choose a picture first."), "error")
        return go("catalogue.enterprises.edit_profile")
    try:
        received = service.receive(state().parts[service.PART], file.read())
    except UnusablePicture as error:
        flash(error.detail, "error")
        return go("catalogue.enterprises.edit_profile")
    with transaction() as session:
        image = service.register(session, enterprise_id, received, now())
        enterprises.set_logo(session, who(), image.id, now())
    flash(_("Your logo is changed."))
    return go("catalogue.enterprises.edit_profile")


def _start(sha256: str) -> str:
    """Return how the addresses of a picture begin: a page of results draws 24 in all sizes."""
    start = address_start(IMAGE, "-/0.x", sha256="-", width=0, extension="x")
    if start is None:
        return url_for(IMAGE, sha256=sha256, width=0, extension="x").removesuffix("0.x")
    return f"{start}{sha256}/"


def image_sources(image: Picture) -> Sources:
    """Return the addresses and dimensions of a picture, for templates; the files may come later."""
    return _sources(_start(image.sha256), image.width, image.height, image.colour)


@lru_cache(maxsize=KEPT_SOURCES)
def _sources(base: str, width: int, height: int, colour: str | None) -> Sources:
    widths = rules.widths(width)
    return Sources(
        webp_srcset=", ".join(f"{base}{each}.webp {each}w" for each in widths),
        jpeg_srcset=", ".join(f"{base}{each}.jpg {each}w" for each in widths),
        src=f"{base}{widths[-1]}.jpg",
        width=width,
        height=height,
        colour=rules.colour_class(colour),
    )
