"""PunchOut as a browser meets it: called up by OCI, started, and the basket's way back.

How cXML asks stands in `punchout_api`; how staff set connections up, in `connection_pages`.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from flask import Blueprint, Response, make_response, request, url_for
from flask import session as cookie
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core.errors import Invalid, Missing, NotAllowed
from catalogue.core.fields import MOST_QUANTITY
from catalogue.core.http import (
    BUYERS,
    COOKIELESS,
    State,
    flash,
    framing,
    go,
    now,
    reading,
    render,
    route,
    state,
    today,
    transaction,
    who,
)
from catalogue.core.http.border import CONTENT_POLICY
from catalogue.core.http.framing import Framed
from catalogue.core.ids import is_id
from catalogue.core.text import lazy as _
from catalogue.core.text import ngettext
from catalogue.core.text import slug as slug_of
from catalogue.core.who import Who
from catalogue.ordering import service as ordering
from catalogue.products.models import Product
from catalogue.search import schema as search_schema
from catalogue.search import service as search

from . import oci, punchout_connections, punchout_lines
from . import punchout_forms as forms
from . import punchout_rules as rules
from . import punchout_sessions as sessions
from .oci import Call, Function
from .punchout_forms import GivenBack, Visit
from .punchout_models import Kind, Operation, PunchOutConnection, PunchOutSession

blueprint = Blueprint("punchout", __name__)
MOST_FOUND = 50
_LOOK = frozenset(
    {
        "front", "nowhere", "accounts.language", "privacy.accessibility", "privacy.notice",
        "search.results", "search.product", "search.product_plain", "search.suggestions",
        "search.comparison", "search.profile",
    }
)  # fmt: skip
_BUY = frozenset(
    {"ordering.add", "ordering.basket", "ordering.update", "ordering.remove",
     "ordering.accept_prices", "punchout.give_back", "punchout.cancel"}
)  # fmt: skip
PAGES = {
    Operation.CREATE: _LOOK | _BUY,
    Operation.EDIT: _LOOK | _BUY,
    Operation.INSPECT: _LOOK | {"ordering.basket", "punchout.cancel"},
}
AGAIN = frozenset({"punchout.give_back", "punchout.cancel"})  # loaded anew


def framed(here: State, number: int) -> Framed:
    """Tell who acts in the session of that number, and what it may open now."""
    token = cookie.get(framing.TOKEN, "")
    with reading() as session:
        acting = sessions.find_acting(session, number, token, here.clock()) if token else None
    if acting is None:
        return Framed(Who(), frozenset(), (), ended=True)
    origins = tuple(acting.connection.frame_origins)
    if acting.over:
        return Framed(Who(), frozenset(), origins, ended=True)
    ended = acting.visit.state in sessions.ENDED
    pages = AGAIN if ended else PAGES[acting.visit.operation]
    return Framed(acting.who, pages, origins, ended)


@route(blueprint, "/punchout/oci/<key>", access=COOKIELESS, methods=["GET", "POST"])
def call_up(key: str) -> Response:
    """Answer a call by OCI: begin a session, or return what is asked for in the background."""
    call = _read_call()
    connection = _admit(key, call)
    framing.let_frame(connection.frame_origins)
    sessions.check_return(connection, call.return_url)
    if call.function == Function.VALIDATE:
        return _draw_form(_validated(connection, call), connection)
    if call.function == Function.BACKGROUND_SEARCH:
        return _draw_form(_found(connection, call), connection)
    looks = call.function == Function.DETAIL
    with transaction() as session:
        visit = Visit(
            call.return_url, Operation.INSPECT if looks else Operation.CREATE,
            target=call.target, charset=call.charset,
        )  # fmt: skip
        _number, token = sessions.set_up(session, connection, visit, now())
        begun, opened = sessions.start(session, token, now())
        path = _product_path(session, call) if looks else url_for("catalogue.search.results")
    return _enter(begun, opened, path)


@route(blueprint, "/punchout/start/<token>", access=COOKIELESS)
def start(token: str) -> Response:
    """Open a session that was set up by cXML; the address works once."""
    with reading() as session:
        framing.let_frame(sessions.find_origins(session, token))
    with transaction() as session:
        begun, opened = sessions.start(session, token, now())
    looks_at = "search.results" if begun.operation == Operation.CREATE else "ordering.basket"
    return _enter(begun, opened, url_for(f"catalogue.{looks_at}"))


@route(blueprint, "/kurv/retur", access=BUYERS, methods=["POST"])
def give_back() -> Response:
    """Send the basket back to the purchasing system."""
    try:
        with transaction() as session:
            form = sessions.give_back(session, who(), now(), today())
            connection = sessions.connection_of(session, who())
    except ordering.CannotBePlaced as error:
        flash(str(error.detail), "error")
        return go("catalogue.ordering.basket")
    return _draw_form(form, connection)


@route(blueprint, "/kurv/afbryd", access=BUYERS, methods=["POST"])
def cancel() -> Response:
    """Go back to the purchasing system without a basket."""
    with transaction() as session:
        form = sessions.cancel(session, who(), now())
        connection = sessions.connection_of(session, who())
    return _draw_form(form, connection)


def _read_call() -> Call:
    """Read what a call says in its body and its address, by what each is spelt in."""
    try:
        sent = (
            oci.read_pairs(request.get_data())
            if request.mimetype == "application/x-www-form-urlencoded"
            else [*request.form.items(multi=True)]
        )
        return oci.read_call([*sent, *oci.read_pairs(request.query_string)])
    except ValueError:  # more fields than any purchasing system sends
        raise Invalid(detail=_("The request was not understood")) from None


def _admit(key: str, call: Call) -> PunchOutConnection:
    """Return the connection that a call has the secret of; raises Missing, NotAllowed."""
    with reading() as session:
        connection = punchout_connections.find_by_key(session, key)
        known = (
            connection is not None
            and connection.kind == Kind.OCI
            and call.user.casefold() == connection.identity.casefold()
            and punchout_connections.knows(session, connection, call.password, now())
        )
    if connection is None or connection.kind != Kind.OCI:
        raise Missing(_("There is no such connection. Compare its address with the set-up."))
    if not known:
        framing.let_frame(connection.frame_origins)
        raise NotAllowed(
            _("The user name or key of the purchasing system is not right, or has run out.")
        )
    return connection


def _enter(begun: PunchOutSession, opened: str, path: str) -> Response:
    prefix = state().settings.url_prefix
    response = make_response("", 303)
    response.headers["Location"] = framing.address(prefix, begun.id, path)
    return framing.begin(response, prefix, begun.id, opened, _greeting(begun))


def _greeting(begun: PunchOutSession) -> list[tuple[str, str]]:
    if not begun.left_out:
        return []
    text = ngettext(
        "One line could not be taken over: it cannot be ordered as it was.",
        "%(count)s lines could not be taken over: they cannot be ordered as they were.",
        begun.left_out, count=begun.left_out,
    )  # fmt: skip
    return [("warning", text)]


def _product_path(session: Session, call: Call) -> str:
    found = session.get(Product, int(call.product_id)) if is_id(call.product_id) else None
    if found is None:
        raise Missing(_("The product does not exist."))
    return url_for("catalogue.search.product", product_id=found.id, slug=slug_of(found.title))


def _validated(connection: PunchOutConnection, call: Call) -> GivenBack:
    """Return a product as it may be ordered today; an empty form says that it may not."""
    try:
        quantity = Decimal(call.quantity) if call.quantity else None
    except InvalidOperation:
        quantity = Decimal(0)
    asked = [int(call.product_id)] if is_id(call.product_id) else []
    if quantity is not None and not (quantity.is_finite() and quantity <= MOST_QUANTITY):
        asked = []
    with reading() as session:
        buyer = punchout_connections.buyer_of(connection, order="validate")
        lines = punchout_lines.of_products(session, buyer, asked, today(), quantity)
    return forms.oci_form(_background(call), lines)


def _found(connection: PunchOutConnection, call: Call) -> GivenBack:
    """Return the products that are found for words and may be ordered; without words none."""
    if not call.words:
        return forms.oci_form(_background(call), [])
    with reading() as session:
        buyer = punchout_connections.buyer_of(connection, order="search")
        applies = agreements.in_force(session, connection.municipality_id, today())
        asked = search_schema.read_query(
            {"q": [call.words]}, municipality_id=connection.municipality_id, page_size=MOST_FOUND
        )
        hits = search.find(session, state().parts, asked.query, applies)
        lines = punchout_lines.of_products(session, buyer, list(hits.ids), today())
    return forms.oci_form(_background(call), lines)


def _background(call: Call) -> Visit:
    return Visit(call.return_url, target=call.target, charset=call.charset)


def _draw_form(form: GivenBack, connection: PunchOutConnection) -> Response:
    """Draw the form that goes back, in the charset it is to be sent in."""
    drawn = render("exchange/give_back.html", form=form, name=connection.name)
    response = make_response(drawn.get_data(as_text=True).encode(form.charset, "xmlcharrefreplace"))
    response.headers["Content-Type"] = f"text/html; charset={form.charset}"
    # The only page that sends a form elsewhere, and only where staff have allowed it.
    allowed = " ".join(rules.origins_of(connection.return_hosts))
    policy = CONTENT_POLICY.replace("form-action 'self'", f"form-action {allowed}")
    response.headers["Content-Security-Policy"] = policy
    return response
