"""Price lists for the systems of their enterprise: send one, see what it would do, import, stop.

A list is sent and imported in steps, as on the pages: small ones are done within the request, and
its answer, kept under the key, still tells the step that was begun.
"""

from __future__ import annotations

from flask import Response, request, url_for
from werkzeug.datastructures import FileStorage

from catalogue.core.http import ENTERPRISES, contract, now, reading, state, who
from catalogue.core.http.answering import deed, open_api, read_asked, show, show_page
from catalogue.core.http.operations import FILES, Operation, Trait, serve
from catalogue.core.http.refusing import Problem
from catalogue.core.text import lazy as _
from catalogue.media import service as media

from . import list_steps, list_store, price_list, price_list_api_schema, sent_lists
from .list_models import ListState, SentList
from .list_steps import Workshop
from .list_store import Upload
from .price_list_api_schema import (
    PriceListListedSchema,
    PriceListRowsSchema,
    PriceListShownSchema,
    PriceListUploadSchema,
)
from .sent_lists import Stored, Which

blueprint = open_api("price_lists_api", __name__)
READ, WRITE = "products:read", "products:write"
SHOWN = PriceListShownSchema
ONE = "/price-lists/<int:list_id>"
KEYED = frozenset({Trait.TAG, Trait.KEY})


@serve(
    blueprint, "GET", "/price-lists",
    Operation(
        "List the price lists we have sent, the newest first", ENTERPRISES, READ,
        answer=PriceListListedSchema, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_price_lists() -> Response:
    """List the price lists of the enterprise."""
    asked = read_asked(contract.read_query())
    with reading() as session:
        rows = sent_lists.list_own(session, who().enterprise_id, asked.after, asked.limit + 1)
    return show_page(rows, asked, price_list_api_schema.show_listed, lambda row: row.id)


@serve(
    blueprint, "POST", "/price-lists",
    Operation(
        "Send a price list to be checked: nothing changes until it is imported", ENTERPRISES, WRITE,
        body=PriceListUploadSchema, media=FILES, answer=SHOWN, status=202, traits=KEYED,
    ),
)  # fmt: skip
def send_price_list() -> Response:
    """Store a list with its pictures and have it checked."""
    contract.read_body()
    file, pictures = _file("price_list"), request.files.get("pictures")
    small = pictures is None and _is_small(file)
    list_store.forget_old(state().settings, now())
    sent_too = [] if pictures is None else [_upload(pictures)]
    with contract.named({"images": "pictures"}):
        token = list_store.keep(state().settings, _upload(file), sent_too)
    for each in request.files.values():
        each.stream.seek(0)  # its digest is kept with the answer
    try:
        with deed() as doing:
            stored = Stored(file.filename or "", token)
            sent = sent_lists.receive(doing.session, who(), stored, now())
            sent_lists.put(doing.session, sent, sent_lists.CHECK, now(), wait=small)
            address = url_for("catalogue.price_lists_api.get_price_list", list_id=sent.id)
            answer = doing.answer(price_list_api_schema.show(sent), 202, location=address)
    except BaseException:
        list_store.forget(state().settings, token)
        raise
    if small:
        list_steps.run(_workshop(), sent_lists.CHECK, sent.id)
    return answer


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get what a price list would do row by row, how far it is, or what it did", ENTERPRISES,
        READ, answer=SHOWN, traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def get_price_list(list_id: int) -> Response:
    """Show a sent list."""
    with reading() as session:
        sent = sent_lists.get_own(session, who().enterprise_id, list_id)
        return show(price_list_api_schema.show(sent))


@serve(
    blueprint, "POST", f"{ONE}/import",
    Operation(
        "Import the rows of a checked price list", ENTERPRISES, WRITE, body=PriceListRowsSchema,
        answer=SHOWN, status=202, traits=KEYED, example={"rows": "all"},
    ),
)  # fmt: skip
def import_price_list(list_id: int) -> Response:
    """Write the rows of a list: all, or the good ones."""
    which = Which(contract.read_body()["rows"])
    with deed() as doing:
        sent = sent_lists.begin(doing.session, who(), list_id, which, now())
        small = sent.rows <= list_steps.AT_ONCE_ROWS
        sent_lists.put(doing.session, sent, sent_lists.TAKE, now(), wait=small)
        answer = doing.answer(price_list_api_schema.show(sent), 202)
    if small:
        list_steps.run(_workshop(), sent_lists.TAKE, list_id)
    return answer


@serve(
    blueprint, "POST", f"{ONE}/stop",
    Operation(
        "Give a price list up: what is written of it stays", ENTERPRISES, WRITE, answer=SHOWN,
        traits=KEYED,
    ),
)  # fmt: skip
def stop_price_list(list_id: int) -> Response:
    """Stop a list that is checked or imported."""
    with deed() as doing:
        was = sent_lists.get_own(doing.session, who().enterprise_id, list_id).state
        sent: SentList = sent_lists.stop(doing.session, who(), list_id, now())
        answer = doing.answer(price_list_api_schema.show(sent))
    if was == ListState.CHECKED:  # else the step at work does so when it ends
        list_store.forget(state().settings, sent.token)
    return answer


def _file(name: str) -> FileStorage:
    found = request.files.get(name)
    if found is None:
        error = {"pointer": f"#/{name}", "detail": str(_("Send it as a file"))}
        raise Problem("unreadable", errors=[error])
    return found


def _upload(file: FileStorage) -> Upload:
    return Upload(file.filename or "", file.stream)


def _is_small(file: FileStorage) -> bool:
    """Tell whether a list is checked within the request; raises UnreadableList."""
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    if size > list_steps.AT_ONCE_BYTES:
        return False
    rows = price_list.read(file.stream.read(), file.filename or "")
    file.stream.seek(0)
    return list_steps.is_small(len(rows), [])


def _workshop() -> Workshop:
    here = state()
    return Workshop(here.database, here.parts[media.PART], here.settings, here.clock)
