"""Each rule of retention by itself: what is just past its limit goes, what is just within stays,
and the limit is the one that /opbevaring tells.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import cast
import pytest
from cast import NOW
from filled import row as filled_row
from ordering.world import DELIVERY, World, make, put
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from catalogue.accounts import tokens
from catalogue.accounts.factor_models import FactorNews, HalfSignIn, PasswordLink
from catalogue.accounts.models import FailedSignIn, HeldForm, Invitation, Person, SignIn
from catalogue.accounts.outside_models import IdentityProvider, OutsideMessage, OutsideTry
from catalogue.accounts.token_models import ApiPass
from catalogue.accounts.tokens import Wanted
from catalogue.core.db import Base
from catalogue.core.files import write_whole
from catalogue.core.folder import Folder
from catalogue.core.form_keys import FormKey
from catalogue.core.kept_files import name_of
from catalogue.core.receiving import Door, Received, receive
from catalogue.core.repeating import KeptAnswer
from catalogue.core.text import COPENHAGEN, reading_in
from catalogue.exchange.mail_models import FailingAddress, MailRecord, Outcome
from catalogue.exchange.models import SentMail
from catalogue.exchange.notice_models import Notice, NoticeRead
from catalogue.exchange.route_models import ReceivedDocument
from catalogue.exchange.webhooks.models import Delivery, DeliveryState, Webhook
from catalogue.ordering import messages, service
from catalogue.ordering.message_models import MessageRead
from catalogue.ordering.messages import Written
from catalogue.ordering.models import (
    Approval,
    ApprovalStep,
    Basket,
    BasketLine,
    Order,
    OrderState,
)
from catalogue.ordering.policy_models import OrderChange
from catalogue.ordering.shipment_models import Shipment, ShipmentLine
from catalogue.privacy import retention
from catalogue.privacy.models import RetentionRun
from catalogue.privacy.retention_rules import RULES
from catalogue.products.models import TypedDraft
from catalogue.search.models import Asked, AskedMonth
from catalogue.settings import Settings

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SAID = "Vibeke Skov"
SHEET = b"%PDF-1.7 %%EOF"
Add = Callable[["Place", datetime], None]


@dataclass(frozen=True)
class Place:
    """Where rows are put: a world, and the folder of what was sent."""

    session: Session
    world: World
    settings: Settings

    def add(self, *rows: Any) -> None:
        """Put rows, each when the ones before have their numbers."""
        for each in rows:
            self.session.add(each)
            self.session.flush()


def _hash() -> str:
    return secrets.token_hex(32)


def _sign_in(place: Place, at: datetime) -> None:
    person = place.world.buyer.id
    place.add(SignIn(token_hash=_hash(), person_id=person, created_at=at - HOUR, expires_at=at))


def _failed(place: Place, at: datetime) -> None:
    place.add(FailedSignIn(subject="address:" + _hash(), at=at))


def _provider(place: Place) -> int:
    """Return a provider of the municipality, made on first asking."""
    found = place.session.scalar(select(IdentityProvider.id))
    if found is None:
        told = filled_row(IdentityProvider.__table__, 1)  # type: ignore[arg-type]  it is a table
        told["municipality_id"] = place.world.home.id
        place.session.execute(insert(IdentityProvider).values(told))
    return place.session.scalars(select(IdentityProvider.id)).one()


def _half(place: Place, at: datetime) -> None:
    place.add(
        OutsideTry(state_hash=_hash(), browser_hash=_hash(), provider_id=_provider(place),
                   nonce="n", verifier="v", back="/", expires_at=at),
        HalfSignIn(token_hash=_hash(), person_id=place.world.buyer.id, step="code", expires_at=at),
    )  # fmt: skip


def _pass(place: Place, at: datetime) -> None:
    wanted = Wanted("Lønsystemet", ["orders:read"], 30)
    token, _secret = tokens.create(place.session, place.world.who, wanted, NOW)
    place.add(
        OutsideMessage(provider_id=_provider(place), message_hash=_hash(), expires_at=at),
        ApiPass(token_hash=_hash(), token_id=token.id, scopes="orders:read", expires_at=at),
    )  # fmt: skip


def _link(place: Place, at: datetime) -> None:
    place.add(PasswordLink(person_id=place.world.buyer.id, put_at=at - DAY, expires_at=at))


def _invitation(place: Place, at: datetime) -> None:
    place.add(
        Invitation(enterprise_id=place.world.enterprise.id, role="enterprise",
                   email="ny@eksempel.dk", created_at=at - DAY, expires_at=at)
    )  # fmt: skip


def _answer(place: Place, at: datetime) -> None:
    place.add(
        KeptAnswer(token_id=1, key=_hash(), route="/x", digest=_hash(), status=200, headers={},
                   body="{}", created_at=at)
    )  # fmt: skip


def _form(place: Place, at: datetime) -> None:
    place.add(FormKey(digest=_hash(), path="/x", messages=[], made_at=at))


def _draft(place: Place, at: datetime) -> None:
    world = place.world
    place.add(
        TypedDraft(person_id=world.worker.id, enterprise_id=world.enterprise.id,
                   place=secrets.token_hex(4), typed={"title": "Hus"}, saved_at=at)
    )  # fmt: skip


def _held(place: Place, at: datetime) -> None:
    person = cast.buyer(place.session, place.world.home)
    place.add(HeldForm(person_id=person.id, path="/x", fields=[], sent_at=at, expires_at=at))


def _sent(folder: str) -> Add:
    def add(place: Place, at: datetime) -> None:
        path = place.settings.data_folder / folder / secrets.token_hex(16)
        _lay(path, at)

    return add


def _unnamed(place: Place, at: datetime) -> None:
    sha256 = _hash()
    _lay(place.settings.data_folder / "messages" / name_of(sha256), at)


def _lay(path: Path, at: datetime) -> None:
    write_whole(path, SHEET)
    os.utime(path, (at.timestamp(), at.timestamp()))


def _basket(place: Place, at: datetime) -> None:
    world = place.world
    made = Basket(person_id=world.buyer.id, municipality_id=world.home.id,
                  key=secrets.token_hex(4), updated_at=at)  # fmt: skip
    place.add(made)
    place.add(
        BasketLine(basket_id=made.id, product_id=world.product.id, quantity=1,
                   accepted_price_ore=1, accepted_unit="piece")
    )  # fmt: skip


def _words(place: Place, at: datetime) -> None:
    made = Asked(municipality_id=place.world.home.id, text=_hash(), found=1, last_at=at)
    place.add(made)
    place.add(AskedMonth(asked_id=made.id, month=at.date().replace(day=1), outcome="nothing"))


def _mail(place: Place, at: datetime) -> None:
    address = f"{secrets.token_hex(4)}@eksempel.dk"
    place.add(
        FactorNews(person_id=place.world.buyer.id, news="enabled", at=at),
        FailingAddress(address=address, address_folded=address, since=at, status="5.1.1"),
        MailRecord(kind="order", event="placed", about="x", recipient=address,
                   recipient_folded=address, subject="x", message_id=_hash(), first_at=at,
                   last_at=at, outcome=Outcome.SENT),
    )  # fmt: skip


def _notice(place: Place, at: datetime) -> None:
    made = Notice(audience="x", news=_hash(), kind="order", message="x", values={}, path="", at=at)
    place.add(made)
    place.add(NoticeRead(notice_id=made.id, person_id=place.world.buyer.id))


def _delivery(place: Place, at: datetime) -> None:
    found = place.session.scalar(select(Webhook.id))
    if found is None:
        told = filled_row(Webhook.__table__, 1)  # type: ignore[arg-type]  it is a table
        told |= {"municipality_id": place.world.home.id, "enterprise_id": None, "person_id": None}
        told = {name: each for name, each in told.items() if name in Webhook.__table__.columns}
        place.session.execute(insert(Webhook).values(told))
        found = place.session.scalars(select(Webhook.id)).one()
    place.add(
        Delivery(webhook_id=found, message_id=secrets.token_hex(8), type="order.placed",
                 about="x", body="{}", happened_at=at, created_at=at,
                 state=DeliveryState.DELIVERED)
    )  # fmt: skip


def _closed(place: Place, at: datetime) -> None:
    cast.buyer(place.session, place.world.home, name="Vibeke Skov", disabled_at=at)


def _report(place: Place, at: datetime) -> None:
    place.add(RetentionRun(at=at, removed={}))


# The rule, how long it keeps (in words, and from the moment the row tells), and what is put.
TABLE: tuple[tuple[str, str, timedelta, Add], ...] = (
    ("sign_ins", "12 hours", timedelta(), _sign_in),
    ("failed_sign_ins", "a quarter of an hour", 15 * MINUTE, _failed),
    ("half_sign_ins", "a quarter of an hour", timedelta(), _half),
    ("passes", "one hour", timedelta(), _pass),
    ("password_links", "30 days", 30 * DAY, _link),
    ("invitations", "90 days", 90 * DAY, _invitation),
    ("api_answers", "one day", DAY, _answer),
    ("form_keys", "one day", DAY, _form),
    ("drafts", "30 days", 30 * DAY, _draft),
    ("held_forms", "3 days", timedelta(), _held),
    ("uploads", "one day; price lists and ledgers a week", DAY, _sent("agreement-imports")),
    ("uploads", "one day; price lists and ledgers a week", 7 * DAY, _sent("imports")),
    ("uploads", "one day; price lists and ledgers a week", 7 * DAY, _sent("ledger")),
    ("uploads", "one day; price lists and ledgers a week", DAY, _unnamed),
    ("baskets", "400 days", 400 * DAY, _basket),
    ("search_words", "730 days", 730 * DAY, _words),
    ("mail_log", "400 days", 400 * DAY, _mail),
    ("notices", "120 days", 120 * DAY, _notice),
    ("webhooks", "30 days", 30 * DAY, _delivery),
    ("closed_people", "365 days", 365 * DAY, _closed),
    ("reports", "1100 days", 1100 * DAY, _report),
)


@pytest.mark.parametrize(
    ("code", "said", "kept", "add"), TABLE, ids=[f"{n}-{each[0]}" for n, each in enumerate(TABLE)]
)
def test_what_is_past_its_limit_goes_and_what_is_within_stays(
    session: Session, tmp_path: Path, code: str, said: str, kept: timedelta, add: Add
) -> None:
    settings = Settings(data_folder=tmp_path)
    place = Place(session, make(session), settings)
    with reading_in("en"):
        (rule,) = [each for each in RULES if each.code == code]
        assert str(rule.how_long(settings)) == said
    add(place, NOW - kept + MINUTE)
    within = _all(place)
    assert retention.due(session, settings, NOW)[code] == 0
    add(place, NOW - kept - MINUTE)
    assert retention.due(session, settings, NOW) == {
        each.code: int(each.code == code) for each in RULES
    }
    assert retention.work(session, settings, NOW).removed[code] == 1
    assert set(retention.due(session, settings, NOW).values()) == {0}
    left = _all(place)
    if code == "closed_people":
        names = session.scalars(select(Person.name).where(Person.disabled_at.is_not(None))).all()
        assert sorted(each[:14] for each in names) == ["Slettet person", "Vibeke Skov"]
    else:
        told = {"catalogue_retention_runs": int(code == "reports") or 1}
        assert {k: v for k, v in left.items() if k not in told} == {
            k: v for k, v in within.items() if k not in told
        }


def test_every_rule_is_tried_here_or_beside() -> None:
    beside = {"orders", "found_words", "seen_counts"}  # below, and in test_retention_counts
    assert {each[0] for each in TABLE} | beside == {each.code for each in RULES}


def _all(place: Place) -> dict[str, int]:
    """Count the rows of every table that the rules are about, and the files."""
    tables = {
        SignIn, FailedSignIn, HalfSignIn, OutsideTry, OutsideMessage, ApiPass, PasswordLink,
        Invitation, KeptAnswer, FormKey, TypedDraft, HeldForm, Basket, BasketLine, Asked,
        AskedMonth,
        MailRecord, FailingAddress, FactorNews, Notice, NoticeRead, Delivery, RetentionRun,
    }  # fmt: skip
    counts = {
        each.__tablename__: place.session.scalar(select(func.count()).select_from(each)) or 0
        for each in tables
    }
    files = [each for each in place.settings.data_folder.rglob("*") if each.is_file()]
    return counts | {"files": len(files)}


def test_old_file_that_is_sent_again_is_new(session: Session, tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path)
    door = Door("files", 1_000_000)
    shelf = Folder(tmp_path / "messages")
    sent = receive(shelf, door, "a.pdf", SHEET)
    path = shelf.root / name_of(sent.sha256)
    old = datetime.now(NOW.tzinfo) - 2 * DAY
    os.utime(path, (old.timestamp(), old.timestamp()))
    now = datetime.now(NOW.tzinfo)
    assert retention.due(session, settings, now)["uploads"] == 1
    receive(shelf, door, "a.pdf", SHEET)
    assert retention.due(session, settings, now)["uploads"] == 0
    retention.work(session, settings, now)
    assert path.read_bytes() == SHEET


NEW_YEAR = datetime(2032, 1, 1, tzinfo=COPENHAGEN)  # of orders of 2026, five whole years later


def _whole_order(session: Session, world: World, key: str, at: datetime) -> Order:
    """Have an order with all that may belong to one, each telling of a person."""
    put(session, world)
    (made,) = service.place(session, world.who, DELIVERY, key, at)
    made.state, made.seen_by, made.contact_phone = OrderState.CLOSED, SAID, SAID
    sheet = Received(f"{SAID}.pdf", _hash(), "pdf", 14)
    messages.send(session, world.who, made.number, Written(SAID, [sheet]), now=at, mail_at=at)
    sent = Shipment(order_id=made.id, number=1, dispatched_on=at.date(), note=SAID,
                    received_by=SAID, recipient=SAID, lines=[
                        ShipmentLine(position=1, quantity=1, deviation=SAID)])  # fmt: skip
    step = ApprovalStep(order_id=made.id, position=1, rule_name="x", escalate_days=1,
                        approver_id=world.buyer.id)  # fmt: skip
    session.add_all([sent, step])
    session.flush()
    session.add_all([
        MessageRead(order_id=made.id, person_id=world.worker.id, last_id=1),
        Approval(order_id=made.id, step_id=step.id, digest=_hash(), person_id=world.buyer.id,
                 person_name=SAID, at=at),
        OrderChange(order_id=made.id, proposed_at=at, before_state="placed", lines={}, reason=SAID),
        SentMail(order_id=made.id, state="placed", recipient=SAID, subject=SAID, message_id=SAID,
                 sent_at=at),
        ReceivedDocument(enterprise_id=world.enterprise.id, sha256=_hash(), name=SAID,
                         order_number=made.number, received_at=at),
    ])  # fmt: skip
    made.lines[0].deviation = SAID
    session.flush()
    return made


@pytest.mark.parametrize(("placed_at", "stays"), [
    (datetime(2026, 12, 31, 23, 59, tzinfo=COPENHAGEN), False),
    (datetime(2027, 1, 1, 0, 1, tzinfo=COPENHAGEN), True),
])  # fmt: skip
def test_order_of_an_old_year_keeps_its_amounts_and_nothing_that_tells_of_people(
    session: Session, placed_at: datetime, stays: bool
) -> None:
    world = make(session)
    world.buyer.name = SAID
    world.agreement.ends_on = world.enterprise.verified_until = date(2028, 1, 1)
    order = _whole_order(session, replace(world, who=cast.who(session, world.buyer)), "a-form",
                         placed_at)  # fmt: skip
    kept = order.number, order.net_ore, order.vat_ore, order.gln, order.institution
    assert retention.due(session, Settings(), NEW_YEAR)["orders"] == int(not stays)
    assert retention.work(session, Settings(), NEW_YEAR).removed["orders"] == int(not stays)
    session.expire_all()
    assert (order.number, order.net_ore, order.vat_ore, order.gln, order.institution) == kept
    told = {name for name, rows in _texts_of_orders(session).items() if SAID in rows}
    wanted = {"catalogue_orders", "catalogue_order_events", "catalogue_order_lines",
              "catalogue_order_messages", "catalogue_message_files", "catalogue_shipments",
              "catalogue_shipment_lines", "catalogue_approvals", "catalogue_order_changes",
              "catalogue_sent_mails", "catalogue_received_documents",
              "catalogue_order_sides"}  # fmt: skip
    assert told == (wanted if stays else set())
    reads = session.scalar(select(func.count()).select_from(MessageRead))
    assert (reads, DELIVERY.contact_name in _texts_of_orders(session)["catalogue_orders"]) == (
        (1 if stays else 0), stays,
    )  # fmt: skip


def _texts_of_orders(session: Session) -> dict[str, str]:
    """Return all that rows of orders, and of what hangs on them, say: by table."""
    tables = [
        each for each in Base.metadata.sorted_tables
        if "order_id" in each.columns or each.name in (
            "catalogue_orders", "catalogue_message_files", "catalogue_shipment_lines",
            "catalogue_received_documents",
        )
    ]  # fmt: skip
    return {
        each.name: str([tuple(row) for row in session.execute(select(each))]) for each in tables
    }
