"""The views of Peppol catalogues: send one as a price list, fetch one of an agreement."""

from __future__ import annotations

import io
import re
from typing import Any

from flask import Blueprint, Response, make_response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    ENTERPRISES,
    STAFF,
    go,
    now,
    reading,
    render,
    route,
    state,
    today,
    who,
)
from catalogue.core.text import lazy as _
from catalogue.media import service as media
from catalogue.products import addressed, list_steps, list_store
from catalogue.products.deliveries import Sent
from catalogue.products.list_steps import Workshop
from catalogue.products.list_store import Upload
from catalogue.products.sent_lists import Stored

from . import agreement_catalogue, peppol_intake, peppol_writing
from .peppol_intake import Taken
from .ubl import UnreadableDocument

blueprint = Blueprint("exchange", __name__)


@route(blueprint, "/varer-hos-os/peppol", access=ENTERPRISES)
def peppol_catalogue() -> Response:
    """Show how a Peppol catalogue is sent, and the agreements whose catalogue can be fetched."""
    return _draw({})


@route(blueprint, "/varer-hos-os/peppol", access=ENTERPRISES, methods=["POST"])
def send_catalogue() -> Response:
    """Read a sent catalogue, keep it as a price list is kept, and lead on to the same preview."""
    settings = state().settings
    list_store.forget_old(settings, now())
    try:
        sent = _sent()
        with reading() as session:
            taken = peppol_intake.take(session, who().enterprise_id, sent.content)
        pictures = [*_within(taken), *_along()]
        token = list_store.keep(settings, taken.rows, pictures)
    except UnreadableDocument as error:
        return _draw({"price_list": [error.title]}, name=sent.name, findings=error.findings)
    except Invalid as error:
        return _draw(error.problems)
    small = list_steps.is_small(len(taken.rows), [each.name for each in pictures])
    small = small and not addressed.is_named(taken.rows)  # servers elsewhere are for the worker
    shop = Workshop(state().database, state().parts[media.PART], settings, state().clock)
    list_id = list_steps.receive(shop, who(), Stored(sent.name, token), small=small)
    return go("catalogue.products.import_preview", list_id=list_id)


@route(blueprint, "/varer-hos-os/peppol/<int:agreement_id>.xml", access=ENTERPRISES)
def own_catalogue(agreement_id: int) -> Response:
    """Send the catalogue of one of the enterprise's agreements as XML."""
    return _catalogue(agreement_id)


@route(blueprint, "/aftaler/<int:agreement_id>/katalog.xml", access=STAFF)
def municipal_catalogue(agreement_id: int) -> Response:
    """Send the catalogue of one of the municipality's agreements as XML."""
    return _catalogue(agreement_id)


def _catalogue(agreement_id: int) -> Response:
    with reading() as session:
        deal = agreement_catalogue.get_deal(session, who(), agreement_id)
        found = agreement_catalogue.draw(session, state().parts[media.PART], deal, today())
    name = re.sub(r"[^0-9A-Za-z.-]+", "-", found.number)
    response = make_response(peppol_writing.write(found))
    response.headers["Content-Type"] = peppol_writing.MIME_TYPE
    response.headers["Content-Disposition"] = f'attachment; filename="peppol-{name}.xml"'
    return response


def _sent() -> Sent:
    file = request.files.get("price_list")
    if file is None or not file.filename:
        raise Invalid({"price_list": [_("Choose your catalogue")]})
    return Sent(file.filename, file.read())


def _within(taken: Taken) -> list[Upload]:
    return [Upload(each.name, io.BytesIO(each.content)) for each in taken.pictures]


def _along() -> list[Upload]:
    files = request.files.getlist("images")
    return [Upload(each.filename, each.stream) for each in files if each.filename]


def _draw(errors: dict[str, Any], **refused: Any) -> Response:
    with reading() as session:
        deals = agreement_catalogue.list_own(session, who().enterprise_id, today())
    return render(
        "exchange/peppol_catalogue.html", 422 if errors else 200, errors=errors, deals=deals,
        today=today(), **({"findings": (), "name": ""} | refused),
    )  # fmt: skip
