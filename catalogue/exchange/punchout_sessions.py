"""PunchOut sessions: begun by a purchasing system, ended by the basket that goes back.

No order is made here: what goes back is a proposal, and the purchasing system decides.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.accounts.queries import hash_of
from catalogue.core import audit
from catalogue.core.errors import Conflict, Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.ordering import basket as baskets
from catalogue.ordering import items as judging
from catalogue.ordering import service as ordering

from . import punchout_forms as forms
from . import punchout_lines
from . import punchout_rules as rules
from .cxml_reading import Wanted
from .punchout_connections import buyer_of
from .punchout_forms import GivenBack, Visit
from .punchout_lines import Line
from .punchout_models import (
    Encoding,
    Kind,
    PunchOutConnection,
    PunchOutSession,
    SessionState,
)
from .punchout_products import find_product

ENDED = (SessionState.RETURNED, SessionState.CANCELLED)
MOST = 1_000_000  # of a product in a line


@dataclass(frozen=True)
class Acting:
    """A session as its pages need it: who acts, and what stands at the connection."""

    who: Who
    visit: PunchOutSession
    connection: PunchOutConnection
    over: bool  # its time is up, or the connection is closed


class ReturnNotAllowed(Conflict):
    """The address that a basket is to go back to is not one that staff have named."""

    title = _("The address is not allowed")


def set_up(
    session: Session, connection: PunchOutConnection, visit: Visit, now: datetime
) -> tuple[int, str]:
    """Begin a session; return its number and the token that opens it, once.

    Raises ReturnNotAllowed. Lines to be edited that are not sold any more are left out and counted.
    """
    check_return(connection, visit.return_url)
    token = secrets.token_urlsafe(32)
    made = PunchOutSession(
        connection_id=connection.id,
        operation=visit.operation,
        state=SessionState.WAITING,
        start_hash=hash_of(token),
        buyer_cookie=visit.buyer_cookie,
        return_url=visit.return_url,
        target=visit.target,
        charset=visit.charset,
        parties=None if visit.parties is None else [list(each) for each in visit.parties],
        begun_at=now,
        expires_at=rules.start_ends(now),
    )
    session.add(made)
    session.flush()
    who = buyer_of(connection, session_id=made.id)
    made.left_out = _fill(session, who, visit.lines, now) if visit.lines else 0
    _record(session, connection, made, "begun", {"operation": made.operation}, now)
    return made.id, token


def start(session: Session, token: str, now: datetime) -> tuple[PunchOutSession, str]:
    """Open a session by its token, which is used up; return the token for its cookie.

    Raises Missing for a token that is unknown, used or too old.
    """
    query = select(PunchOutSession).where(PunchOutSession.start_hash == hash_of(token))
    visit = session.scalars(query.with_for_update()).first()
    if visit is None or visit.state != SessionState.WAITING or now >= visit.expires_at:
        raise Missing(
            _("This page opens once, shortly after your purchasing system asked for it. Go back"
              " there and open the catalogue again.")
        )  # fmt: skip
    cookie = secrets.token_urlsafe(32)
    visit.token_hash = hash_of(cookie)
    visit.state, visit.expires_at = SessionState.OPEN, rules.session_ends(now)
    connection = session.get_one(PunchOutConnection, visit.connection_id)
    _record(session, connection, visit, "opened", {"state": visit.state}, now)
    return visit, cookie


def find_origins(session: Session, token: str) -> list[str]:
    """Return which sites may frame what a start page answers, also when it was opened before."""
    query = (
        select(PunchOutConnection.frame_origins)
        .join(PunchOutSession, PunchOutSession.connection_id == PunchOutConnection.id)
        .where(PunchOutSession.start_hash == hash_of(token))
    )
    return session.scalars(query).first() or []


def find_acting(session: Session, number: int, token: str, now: datetime) -> Acting | None:
    """Return the session of that number if the token of the cookie is its own. One query."""
    query = (
        select(PunchOutSession, PunchOutConnection, Municipality.name)
        .join(PunchOutConnection, PunchOutConnection.id == PunchOutSession.connection_id)
        .join(Municipality, Municipality.id == PunchOutConnection.municipality_id)
        .where(PunchOutSession.id == number, PunchOutSession.token_hash == hash_of(token))
    )
    row = session.execute(query).first()
    if row is None:
        return None
    visit, connection, place = row
    over = now >= visit.expires_at or connection.closed_at is not None
    who = Who(**vars(buyer_of(connection, session_id=visit.id)) | {"municipality_name": place})
    return Acting(who, visit, connection, over)


def give_back(session: Session, who: Who, now: datetime, today: date) -> GivenBack:
    """End the session with its basket, judged by today's rules on locked rows; return the form.

    Loaded again, the page shows the same form. Raises `ordering.CannotBePlaced` when a line may
    not be ordered as it stands; nothing has gone back then.
    """
    visit, connection = _lock(session, who)
    if visit.state in ENDED:
        return forms.kept(visit)
    items = judging.check_locked(session, who, today)
    ordering.refuse_unless_ready(session, items, today)
    lines = punchout_lines.of_items(session, items)
    return _end(session, (visit, connection), lines, SessionState.RETURNED, now)


def cancel(session: Session, who: Who, now: datetime) -> GivenBack:
    """End the session without a basket; the form tells the purchasing system so."""
    visit, connection = _lock(session, who)
    if visit.state in ENDED:
        return forms.kept(visit)
    return _end(session, (visit, connection), [], SessionState.CANCELLED, now)


def connection_of(session: Session, who: Who) -> PunchOutConnection:
    """Return the connection of the session that `who` acts in; raises Missing without one."""
    return _lock(session, who)[1]


def check_return(connection: PunchOutConnection, address: str) -> None:
    """Raise ReturnNotAllowed unless staff have named the host of an address."""
    if not address:
        raise ReturnNotAllowed(
            _("The purchasing system does not say where its basket goes back to (HOOK_URL or"
              " BrowserFormPost). Whoever looks after it can set that.")
        )  # fmt: skip
    if not rules.may_return_to(address, connection.return_hosts):
        raise ReturnNotAllowed(
            _("The purchasing system wants its basket at %(address)s, which the municipality has"
              " not allowed. Procurement staff can add its host to the connection, with the port if"
              " there is one. The address must begin with https://.",
              address=rules.shown_address(address))
        )  # fmt: skip


def _end(
    session: Session,
    ending: tuple[PunchOutSession, PunchOutConnection],
    lines: Sequence[Line],
    state: SessionState,
    now: datetime,
) -> GivenBack:
    visit, connection = ending
    if connection.encoding == Encoding.PEPPOL:
        home = session.get_one(Municipality, connection.municipality_id)
        form = forms.cart_form(visit, home, lines, now)
    elif connection.kind == Kind.OCI:
        form = forms.oci_form(visit, lines)
    else:
        form = forms.cxml_form(visit, connection, lines, now)
    visit.state, visit.ended_at = state, now
    visit.line_count, visit.net_ore = len(lines), sum(each.net_ore for each in lines)
    visit.given_back = [list(each) for each in form.fields]
    facts = {"state": state, "lines": visit.line_count, "net_ore": visit.net_ore}
    _record(session, connection, visit, state, facts, now)
    return form


def _fill(session: Session, who: Who, lines: Sequence[Wanted], now: datetime) -> int:
    """Put lines that come to be edited into the basket; return how many are not sold any more."""
    left_out = 0
    for each in lines:
        product = find_product(session, each)
        try:
            if product is None or not 0 < each.quantity <= MOST:
                raise baskets.NotOrderable
            with session.begin_nested():
                baskets.add(session, who, product.id, round(each.quantity, 3), now)
        except baskets.NotOrderable:
            left_out += 1
    return left_out


def _lock(session: Session, who: Who) -> tuple[PunchOutSession, PunchOutConnection]:
    """Return the session of who acts, locked: it ends once; raises Missing without one."""
    query = select(PunchOutSession).where(PunchOutSession.id == who.punchout_id)
    visit = session.scalars(query.with_for_update()).first()
    if visit is None:
        raise Missing(_("There is no purchasing system to go back to."))
    return visit, session.get_one(PunchOutConnection, visit.connection_id)


def _record(
    session: Session, connection: PunchOutConnection, visit: PunchOutSession, deed: str,
    facts: dict[str, Any], now: datetime,
) -> None:  # fmt: skip
    audit.record(
        session, f"punchout.{deed}", ("punchout_session", visit.id),
        person_id=connection.person_id, now=now, facts=audit.changes({}, facts),
        municipality_id=connection.municipality_id,
    )  # fmt: skip
