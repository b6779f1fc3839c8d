"""Catalogue files for webshops: each at a fixed address, as the worker wrote it last."""

from __future__ import annotations

import os
from http import HTTPStatus

from flask import Response, send_file

from catalogue.accounts.models import Municipality
from catalogue.core.errors import Missing
from catalogue.core.http import STAFF, reading, state, who
from catalogue.core.http.answering import open_api
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.text import lazy as _

from . import service, store, writing
from .rules import FileKind

blueprint = open_api("feeds_api", __name__)


@serve(
    blueprint, "GET", "/catalogue-files/<int:file_id>",
    Operation(
        "Fetch a catalogue file as it was written last", STAFF, "files:read",
        files=tuple(writing.MIME_TYPES.values()), traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def get_catalogue_file(file_id: int) -> Response:
    """Send a file; who has it as it is gets nothing anew."""
    with reading() as session:
        file = service.get_own(session, who(), file_id)
        run = service.find_last_run(session, file_id)
        code = session.get_one(Municipality, file.municipality_id).code
    kind = FileKind(file.kind)
    name = store.name_of(file_id, kind)
    opened = None if run is None else store.find(state().settings, code, name)
    if run is None or opened is None:
        raise Missing(_("The file is not written yet. Fetch it again in some minutes."))
    size_bytes = opened.seek(0, os.SEEK_END)
    opened.seek(0)
    response = send_file(
        opened, mimetype=writing.MIME_TYPES[kind], as_attachment=True,
        download_name=name, etag=run.sha256 or True, last_modified=run.ended_at,
    )  # fmt: skip
    if response.status_code == HTTPStatus.OK:
        response.content_length = size_bytes
    response.content_type = service.content_type(file)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
