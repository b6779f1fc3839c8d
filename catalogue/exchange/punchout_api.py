"""PunchOut in cXML as machines ask for it: set-ups and orders, answered by a response of cXML.

The answer is always HTTP 200: how a request was taken is told by the status within.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from flask import Blueprint, Response, make_response, request
from lxml import etree
from sqlalchemy.orm import Session

from catalogue.core import faults
from catalogue.core.errors import CatalogueError
from catalogue.core.http import COOKIELESS, now, reading, route, state, transaction
from catalogue.core.text import lazy as _

from . import cxml, cxml_reading, cxml_writing, punchout_connections, punchout_orders
from . import punchout_sessions as sessions
from .cxml import UnreadableMessage
from .cxml_reading import Asking
from .punchout_forms import Visit
from .punchout_messages import NotKnown, Replayed, take
from .punchout_models import Kind, Operation, PunchOutConnection
from .punchout_sessions import ReturnNotAllowed

blueprint = Blueprint("punchout_api", __name__)
log = logging.getLogger("catalogue.punchout")


class _Tried(Exception):
    """An order was a test: what was written for it is taken back."""


@route(blueprint, "/punchout/cxml/<key>", access=COOKIELESS, methods=["POST"])
def message(key: str) -> Response:
    """Take a PunchOutSetupRequest or an OrderRequest."""
    try:
        content = request.stream.read(cxml.LARGEST_BYTES + 1)
        asking, asked = cxml_reading.read(content)
        connection = _admit(key, asking)
        work = _WORK.get(asked.tag)
        if work is None:
            raise UnreadableMessage(_("%(name)s is not offered here.", name=asked.tag), 450)
        return _answer(work(connection, asking, asked))
    except UnreadableMessage as error:
        return _refuse(error.status, str(error.detail))
    except Replayed as error:
        return _refuse(409, str(error.detail))
    except ReturnNotAllowed as error:
        return _refuse(403, str(error.detail))
    except CatalogueError as error:
        return _refuse(406, str(error) or str(error.title))
    except Exception:
        faults.note(log, "request of cXML failed")
        return _refuse(500, "")


def _set_up(connection: PunchOutConnection, asking: Asking, asked: etree._Element) -> bytes:
    wanted = cxml_reading.read_set_up(asked)
    with transaction() as session:
        take(session, connection, asking, now())
        visit = Visit(
            wanted.return_url, Operation(wanted.operation), wanted.buyer_cookie,
            lines=wanted.lines, parties=asking.parties,
        )  # fmt: skip
        _number, token = sessions.set_up(session, connection, visit, now())
    address = state().settings.address("punchout", "start", token)
    return cxml_writing.start_page(_payload_id(), now(), address)


def _order(connection: PunchOutConnection, asking: Asking, asked: etree._Element) -> bytes:
    sent = cxml_reading.read_order(asked)
    try:
        with transaction() as session:
            numbers = punchout_orders.take_order(session, connection, (asking, sent), now())
            if asking.is_test:
                raise _Tried
        said = str(_("Received as %(numbers)s", numbers=", ".join(numbers)))
    except _Tried:
        said = str(_("A test (deploymentMode): the order could be taken, and nothing is ordered."))
    return cxml_writing.answer(_payload_id(), now(), 200, said)


def _profile(_connection: PunchOutConnection, _asking: Asking, _asked: etree._Element) -> bytes:
    settings = state().settings
    address = settings.address("punchout", "cxml", str((request.view_args or {})["key"]))
    return cxml_writing.profile(_payload_id(), now(), address)


_WORK: dict[str, Callable[[PunchOutConnection, Asking, etree._Element], bytes]] = {
    "PunchOutSetupRequest": _set_up,
    "OrderRequest": _order,
    "ProfileRequest": _profile,
}


def _admit(key: str, asking: Asking) -> PunchOutConnection:
    """Return the connection that the sender has name and secret of; raises NotKnown."""
    with reading() as session:
        connection = punchout_connections.find_by_key(session, key)
        known = _knows(session, connection, asking)
    if connection is None or not known:
        raise NotKnown
    return connection


def _knows(session: Session, connection: PunchOutConnection | None, asking: Asking) -> bool:
    if connection is None or connection.kind != Kind.CXML:
        return False
    named = connection.identity.lower() in asking.identities
    return named and punchout_connections.knows(session, connection, asking.secret, now())


def _refuse(status: int, said: str) -> Response:
    return _answer(cxml_writing.answer(_payload_id(), now(), status, said))


def _answer(content: bytes) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = "text/xml; charset=UTF-8"
    return response


def _payload_id() -> str:
    return f"{secrets.token_hex(12)}@catalogue"
