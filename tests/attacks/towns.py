"""Two towns in one catalogue: "theirs" holds one of everything, marked; "ours" tries to get at it.

What is theirs is found by the tables alone: a row with their municipality's number, or one that
hangs on such a row. Every free text in it is replaced by a mark, so that a new table is watched
from its first day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import cast
from flask import Flask
from house.grown import Town, build
from sqlalchemy import ColumnElement, String, Table, case, event, func, literal, or_, select, update
from sqlalchemy import cast as cast_
from sqlalchemy.orm import Session

from catalogue.accounts import sessions, tokens
from catalogue.accounts.models import Invitation, Municipality, Person, PersonRole, SignIn
from catalogue.accounts.token_models import ApiToken
from catalogue.accounts.tokens import Wanted
from catalogue.agreements import sent_lists
from catalogue.agreements.models import Agreement, CarveOut, CategoryWord, Limit, LimitKind
from catalogue.core.db import Base
from catalogue.core.kept_files import name_of
from catalogue.core.shelves import open_shelf
from catalogue.core.who import Role
from catalogue.coverage import ledger_summing
from catalogue.enterprises.models import Enterprise, EnterpriseState, Evidence
from catalogue.exchange.mail_models import FailingAddress
from catalogue.exchange.notice_models import Notice
from catalogue.exchange.webhooks.models import Delivery
from catalogue.ordering import kept_files
from catalogue.ordering.address_models import DeliveryAddress
from catalogue.ordering.coding_models import AccountCoding
from catalogue.ordering.message_models import MessageFile, OrderMessage
from catalogue.ordering.models import Basket, Order
from catalogue.ordering.policy_models import Absence, ApprovalRule
from catalogue.ordering.quote_models import QuoteFile, QuoteQuestion
from catalogue.products import rows, shelf
from catalogue.products.check_models import CheckState, ProductCheck, Reader
from catalogue.products.list_models import ListState, SentList
from catalogue.products.models import Product, ProductImage, ProductState
from catalogue.settings import Settings

MARK = "Qvzx"  # no word of a page, a price or a number
MARKED = re.compile(rf"{MARK}-(\w+)", re.IGNORECASE)
# What ours begin with: an element where text is taken for HTML, a formula in a spreadsheet.
ELEMENT = "<zq>"
SHA256 = "ab" * 32
# What is done to an enterprise under application, which its reviewing municipality sees alone.
REVIEW = ("application", "verify", "send_back", "suspend", "lift", "renew", "return_confirmation",
          "record_register", "decide")  # fmt: skip
TRAP = f"={ELEMENT}'\"Ourz"
# Tables whose municipality says where something lies or goes, and not whose it is.
OF_ALL = {"enterprises", "product_municipalities", "evidence", "municipalities"}
SEALED = {"choice_records"}  # a trigger keeps them as they are
# Columns of text that people write or that names somebody; the others hold what code reads.
FREE = {
    "account_coding", "address", "case_number", "chosen_title", "city", "close_reason",
    "closed_reason", "contact_email", "contact_name", "contact_phone", "decline_reason",
    "department", "description", "detail", "details", "deviation", "email", "ended_reason",
    "file_name", "identity", "institution", "lot", "name", "note", "person_name", "reason",
    "received_by", "recipient", "reference", "rule_name", "seen_by", "source", "street", "subject",
    "supplier_name", "text", "title", "tracking", "where_to_buy", "word", "words",
}  # fmt: skip
MAILS = {"email", "contact_email", "recipient"}
OF_PEOPLE = ("_by", "person_id", "buyer_id", "approver_id", "deputy_id", "escalate_to_id")
NUMBERS = "0330-2026-"  # so begin the numbers of their orders
# Their rows of these tables have ids as no other number of a page; in an address or an answer it
# stands by itself, and not inside of a mark or a hash.
NUMBERED: dict[type[Any], int] = {Order: 1, Agreement: 2, Basket: 3, Person: 4}
THEIRS, OURS, LATER = 7_700_000, 8_800_000, 5_000
IDS = re.compile(r"(?<![0-9A-Za-z])77[1-4]\d{4}(?![0-9A-Za-z])")
# What is found by being the first of its table.
FIRST: dict[str, type[Any]] = {
    "absence_id": Absence, "address_id": DeliveryAddress, "carve_out_id": CarveOut,
    "check_id": ProductCheck, "coding_id": AccountCoding, "delivery_id": Delivery,
    "evidence_id": Evidence, "failing_id": FailingAddress, "image_id": ProductImage,
    "invitation_id": Invitation, "limit_id": Limit, "notice_id": Notice,
    "picture_id": ProductImage, "question_id": QuoteQuestion, "rule_id": ApprovalRule,
    "sign_in_id": SignIn, "token_id": ApiToken, "word_id": CategoryWord,
}  # fmt: skip


@dataclass
class Towns:
    """Both towns; `objects`: an id of theirs for each name that addresses have; `own`: of ours."""

    app: Flask
    theirs: Town
    ours: Town
    objects: dict[str, Any]
    own: dict[str, Any]
    marked: set[str]  # tables of theirs that hold marks, without "catalogue_"


def make(app: Flask) -> Towns:
    """Make both, with an enterprise that sells to both."""
    state = app.extensions["catalogue"]
    theirs = _build_from(app, THEIRS, "Slagelse")
    ours = _build_from(app, OURS, "Vejle")
    with state.database.transaction() as session:
        home = cast.municipality(session)
        shop = session.get_one(Enterprise, theirs.names["shop"])
        cast.voluntary(session, cast.municipality(session, "Vejle"), shop)
        for town, place, begin in ((theirs, shop.id, THEIRS), (ours, ours.names["shop"], OURS)):
            with numbered_from(begin + LATER):
                helper = cast.person(session, "Finn Hjælper")
            maker = session.get_one(Enterprise, place)
            cast.role(session, helper, Role.FACILITATOR, enterprise=maker)
            town.people[Role.FACILITATOR] = helper
        with numbered_from(THEIRS + LATER + 1_000):
            add(session, home, shop, theirs)
        objects, own = gather(session, theirs), named(session, ours)
        marked = mark(session, home.id, MARK, FREE)
        mark(session, cast.municipality(session, "Vejle").id, TRAP, FREE - MAILS)
        ledger_summing.rebuild(session)
    store(state.settings)
    content = b"Aftalenr.;Titel\nF-1;Frugt\n"
    objects["token"] = sent_lists.keep(state.settings, home.id, "liste.csv", content)
    return Towns(app, theirs, ours, objects, own, marked)


def _build_from(app: Flask, begin: int, name: str) -> Town:
    """Build a town whose rows are numbered from there on."""
    with numbered_from(begin):
        with app.extensions["catalogue"].database.transaction() as session:
            nobody, home = cast.person(session, "Ingen"), cast.municipality(session, name)
            # SQLite numbers baskets, which are not made as mapped objects, after the largest.
            session.add(Basket(person_id=nobody.id, municipality_id=home.id, updated_at=cast.NOW))
        return build(app, 1, name)


@contextmanager
def numbered_from(begin: int) -> Iterator[None]:
    """Give orders, agreements, baskets and persons that are made meanwhile ids from there on."""
    ids = {kind: count(begin + place * 10_000) for kind, place in NUMBERED.items()}

    def give(_mapper: Any, _connection: Any, made: Any) -> None:
        made.id = next(ids[type(made)])

    for kind in NUMBERED:
        event.listen(kind, "before_insert", give)
    try:
        yield
    finally:
        for kind in NUMBERED:
            event.remove(kind, "before_insert", give)


def add(session: Session, home: Municipality, shop: Enterprise, town: Town) -> None:
    """Add to their town what is not in a town by itself: files, and what waits for somebody."""
    staff, buyer = town.people[Role.STAFF], town.people[Role.BUYER]
    worker = town.people[Role.ENTERPRISE]
    sessions.begin(session, buyer.id, cast.NOW, 12)
    file = {"name": "Plan.pdf", "sha256": SHA256, "file_type": "pdf", "size_bytes": 9}
    applied = cast.enterprise(session, "Nyt", municipality=home, state=EnterpriseState.APPLIED)
    town.names["applied"] = applied.id
    whole = select(Product).where(Product.id == town.names["product"]).options(*rows.whole())
    product = session.scalars(whole.execution_options(populate_existing=True)).one()
    shelf.record_version(session, product, person_id=None, now=cast.NOW)
    town.names["version"] = product.version
    draft = cast.product(session, applied, "Bænk", state=ProductState.SUBMITTED)
    agreement = session.get_one(Agreement, town.names["agreement"])
    later = cast.TODAY + timedelta(days=30)
    session.add_all([
        Evidence(enterprise_id=applied.id, added_at=cast.NOW, **file),
        QuoteFile(request_id=town.names["request"], added_at=cast.NOW, **file),
        MessageFile(message_id=first(session, OrderMessage), **file),
        Limit(municipality_id=home.id, kind=LimitKind.DIRECT_PURCHASE, value=1, source="Notat",
              valid_from=cast.TODAY, entered_by=staff.id, entered_at=cast.NOW),
        CarveOut(agreement_id=agreement.id, prefix="", reason="Små beløb", starts_on=cast.TODAY,
                 ends_on=later, made_at=cast.NOW),
        ProductCheck(product_id=draft.id, draft_id=draft.id, reader=Reader.MUNICIPALITY,
                     municipality_id=home.id, state=CheckState.WAITING, submitted_at=cast.NOW),
        Absence(municipality_id=home.id, person_id=town.people[Role.APPROVER].id,
                deputy_id=buyer.id, from_on=cast.TODAY, until_on=later),
        Invitation(enterprise_id=shop.id, role=Role.ENTERPRISE, email="ny@slagelse.example",
                   invited_by=worker.id, created_at=cast.NOW,
                   expires_at=cast.NOW + timedelta(days=9)),
        SentList(enterprise_id=shop.id, file_name="liste.csv", token="ab" * 16, locale="da",
                 created_at=cast.NOW, state=ListState.CHECKING, facts={}),
        FailingAddress(address=buyer.email, address_folded=buyer.email_folded, since=cast.NOW,
                       status="5.1.1"),
    ])  # fmt: skip
    session.flush()
    tokens.create(session, cast.who(session, staff), Wanted("Lønsystemet", ["orders:read"], 30),
                  cast.NOW)  # fmt: skip


def store(settings: Settings) -> None:
    """Lay the files of theirs where they are looked for."""
    for name in kept_files.NAMING:
        open_shelf(settings, name).write(name_of(SHA256), b"what they wrote")


def first(session: Session, model: type[Any]) -> int:
    """Return the id of the first row of a table: theirs, for they came first."""
    found = session.scalars(select(model.id).order_by(model.id)).first()
    assert found is not None, f"their town has no {model.__name__}: make one in towns.py"
    return int(found)


def named(session: Session, town: Town) -> dict[str, Any]:
    """Return an id of a town for each name of an address that its own names tell."""
    names, people = town.names, town.people
    order = session.scalars(select(Order).where(Order.number == names["order"])).one()
    worker = select(PersonRole.id).where(PersonRole.person_id == people[Role.ENTERPRISE].id)
    return {
        "agreement_id": names["agreement"], "enterprise_id": names["shop"],
        "product_id": names["product"], "number": order.number,
        "placing_key": order.placing_key,
        "webhook_id": names["webhook"], "budget_id": names["budget"], "demand_id": names["demand"],
        "inquiry_id": names["inquiry"], "connection_id": names["connection"],
        "frame_id": names["frame_line"], "list_id": names["list"], "file_id": names["file"],
        "standing_id": names["standing"], "synonym_id": names["word"],
        "proposal_id": names["proposal"], "quote_id": names["quote"],
        "import_id": names["ledger"], "request_id": names["request"], "record_id": names["record"],
        "person_id": people[Role.BUYER].id, "role_id": session.scalars(worker).one(),
        "colleagues.reset_member person_id": people[Role.ENTERPRISE].id,
        "sessions.end_member person_id": people[Role.ENTERPRISE].id,
        **{f"quotes.{verb} quote_id": names["frame"]
           for verb in ("frame", "call_off", "end_frame")},
        **{f"approvals.{verb} number": names["waiting"]
           for verb in ("case", "approve", "decline", "send_back")},
        **{f"shipments.{verb} number": names["sent"]
           for verb in ("one", "receive", "packing_list")},
    }  # fmt: skip


def gather(session: Session, town: Town) -> dict[str, Any]:
    """Return an id of theirs for each name of an address."""
    files = {
        "messages.file file_id": MessageFile, "quotes.file file_id": QuoteFile,
        "products.import_preview list_id": SentList, "products.apply_import list_id": SentList,
        "products.stop_import list_id": SentList,
        "price_lists_api.get_price_list list_id": SentList,
        "price_lists_api.import_price_list list_id": SentList,
        "price_lists_api.stop_price_list list_id": SentList,
    }  # fmt: skip
    found = {name: first(session, model) for name, model in (FIRST | files).items()}
    applied = {f"enterprises.{verb} enterprise_id": town.names["applied"] for verb in REVIEW}
    return named(session, town) | found | applied | {"version": town.names["version"]}


def mark(session: Session, town_id: int, begin: str, columns: set[str]) -> set[str]:
    """Have every free text of a municipality begin so; return the tables that hold one."""
    marked = set()
    for table, condition in _owned(town_id).items():
        name = table.name.removeprefix("catalogue_")
        if "id" not in table.columns or name in SEALED:
            continue  # without a number it counts what others hold, or joins two rows
        values: dict[str, Any] = {}
        for column in table.columns:
            if isinstance(column.type, String) and column.name in columns:
                end = "@slagelse.example" if column.name in MAILS else ""
                told = literal(f"{begin}-{name}-{column.name}-")
                text = told.concat(cast_(table.c.id, String)).concat(end)
                kept = func.substr(text, 1, column.type.length or 200)
                values[column.name] = case((column.is_(None), None), else_=kept)
                if f"{column.name}_folded" in table.columns:
                    values[f"{column.name}_folded"] = func.lower(text)
        if values and session.execute(update(table).where(condition).values(values)).rowcount:  # type: ignore[attr-defined]
            marked.add(name)
    return marked


def _owned(home_id: int) -> dict[Table, ColumnElement[bool]]:
    """Return the tables that hold rows of a municipality, each with the condition of being its."""
    found: dict[Table, ColumnElement[bool]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name.removeprefix("catalogue_") in OF_ALL:
            continue
        if "municipality_id" in table.columns:
            found[table] = table.c.municipality_id == home_id
            continue
        ways = [
            key.parent.in_(select(key.column).where(found[key.column.table]))
            for key in table.foreign_keys
            if key.column.table in found and not key.parent.name.endswith(OF_PEOPLE)
        ]
        if ways:
            found[table] = or_(*ways)
    people = Base.metadata.tables["catalogue_persons"]
    roles = Base.metadata.tables["catalogue_person_roles"]
    theirs = select(roles.c.person_id).where(roles.c.municipality_id == home_id)
    return found | {people: people.c.id.in_(theirs)}
