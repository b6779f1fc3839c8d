"""What a town has of each kind, as much as is asked for: orders, lists, budgets, approvals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import cast
from exchange.punchouts import HOOK, terms
from flask import Flask
from ordering import quoting
from ordering.approving import Town as Town_
from ordering.approving import rule
from ordering.test_addresses import OTHER_GLN
from ordering.world import DELIVERY, FORM, World, put
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import outside_providers
from catalogue.accounts.models import Person
from catalogue.accounts.outside_rules import Line
from catalogue.accounts.outside_schema import read_terms
from catalogue.agreements.models import Agreement, AgreementKind
from catalogue.core.fetching import Bounds
from catalogue.core.text import Text
from catalogue.core.who import Role, Who
from catalogue.coverage import ledger_summing
from catalogue.coverage.models import AccountCategory, ImportState, LedgerImport, LedgerRow
from catalogue.exchange import (
    mail_kinds,
    mail_log,
    notices,
    punchout_connections,
    punchout_sessions,
)
from catalogue.exchange.embed import service as embeds
from catalogue.exchange.embed.schema import Terms as ShelfTerms
from catalogue.exchange.feeds import service as feeds
from catalogue.exchange.notices import News
from catalogue.exchange.punchout_forms import Visit
from catalogue.exchange.webhooks import service as webhooks
from catalogue.exchange.webhooks.schema import Terms as WebhookTerms
from catalogue.ordering import (
    addresses,
    budgets,
    codings,
    filling,
    frames,
    free_permits,
    lists,
    quote_answers,
    quotes,
    service,
    shipments,
    standing_making,
)
from catalogue.ordering.address_schema import AddressFacts
from catalogue.ordering.budget_rules import Terms
from catalogue.ordering.codings import CodingFacts
from catalogue.ordering.filling import Wish
from catalogue.ordering.frame_rules import FrameKind
from catalogue.ordering.frame_rules import Terms as FrameTerms
from catalogue.ordering.list_schema import Added, Named
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.quote_choice import Chosen
from catalogue.ordering.quote_models import Quote
from catalogue.ordering.rules import Step
from catalogue.ordering.shipments import Sending
from catalogue.ordering.standing_making import Wanted
from catalogue.ordering.standing_rules import Plan, Rhythm
from catalogue.products.models import Product
from catalogue.search import choice_records
from catalogue.search.choice_records import Found, Said
from catalogue.search.public import service as shelves

LATER = timedelta(days=11)


def talk(app: Flask, people: dict[Role | None, Any], number: str, size: int) -> None:
    """Have both sides write of an order, and tell everybody some news and of some mails."""
    places = {Role.BUYER: "ordrer", Role.ENTERPRISE: "indkomne-ordrer"}
    for role, place in places.items():
        client = app.test_client()
        cast.sign_in_as(client, people[role])
        for _ in range(size):
            client.post(f"/{place}/{number}/besked", data={"message": "Hvornår?"})
    with app.extensions["catalogue"].database.transaction() as session:
        for who in (cast.who(session, each) for each in people.values() if each):
            for each in range(size):
                news = News(f"{who.role}.{each}", mail_kinds.ORDER, Text("Order"), "findes-ikke")
                notices.put(session, notices.audiences_of(who)[0], news, cast.NOW)
                facts = {"kind": "order", "event": "placed", "about": number, "subject": "x"}
                address = {"recipient": "a@b.dk", "recipient_folded": "a@b.dk"}
                sent = {"message_id": f"{who.role}.{each}", "municipality_id": who.municipality_id}
                mail_log.begin(session, [facts | address | sent], cast.NOW)


def connect(session: Session, who: Who, size: int) -> int:
    """Connect `size` purchasing systems, each visited as often; return the id of the last."""
    connection_id = 0
    for number in range(size):
        said = terms(name=f"System {number}")
        connection_id, _secret = punchout_connections.create(session, who, said, cast.NOW)
        connection = punchout_connections.get_own(session, who, connection_id)
        for _ in range(size):
            punchout_sessions.set_up(session, connection, Visit(HOOK), cast.NOW)
    return connection_id


def listen(session: Session, who: Who, size: int) -> int:
    """Make `size` webhooks, each tested as often; return the id of the last."""
    webhook_id = 0
    for number in range(size):
        said = WebhookTerms(f"System {number}", "https://erp.example/", ["order.placed"])
        webhook_id = webhooks.create(session, who, said, cast.NOW).id
        for _ in range(size):
            webhooks.test(session, who, webhook_id, cast.NOW)
    return webhook_id


def set_up_sign_in(session: Session, who: Who, size: int) -> str:
    """Set the municipality's own sign-in up, with `size` lines that give roles."""
    said = read_terms({"issuer": "https://login.slagelse.example", "client_id": "c"})
    outside_providers.save(session, who, said, ("", Bounds(0, 0)), cast.NOW)
    lines = [Line("groups", str(number), (Role.BUYER,)) for number in range(size)]
    outside_providers.map_roles(session, who, lines, cast.NOW)
    return said.issuer


def let_out(session: Session, who: Who, worker: Person) -> dict[str, int]:
    """Define a catalogue file, open a shelf, and let a site show it; return an id of each."""
    maker = cast.who(session, worker)
    shelves.open_shelf(session, maker, cast.NOW)
    sites = ShelfTerms(maker.enterprise_id or 0, ["https://www.slagelse.example"])
    return {
        "file": feeds.create(session, who, replace(feeds.usual(), name="Webshop"), cast.NOW),
        "frame_line": embeds.create(session, who, sites, cast.NOW),
    }


def keep(session: Session, world: World, products: list[Product]) -> dict[str, int]:
    """Have the buyer keep addresses, lists and records of choices; return an id of each."""
    lists_, records = [], []
    for number, product in enumerate(products):
        address = {name: FORM[name] for name in FORM if name not in ("reference", "note")}
        facts = AddressFacts(**address | {"street": f"Vej {number}"})
        addresses.keep(session, world.who, facts, cast.NOW)
        lists_.append(lists.make(session, world.who, Named(f"Liste {number}", False), cast.NOW))
        lists.add(session, world.who, Added(product.id, None, lists_[0].id), cast.NOW)
        said = Said("Legehus", choice_records.NONE_CHOSEN, "Ingen passer")
        found = Found("legehus", (), "", 0, 0, ())
        records.append(choice_records.keep(session, world.who, found, said, cast.NOW))
    return {"list": lists_[0].id, "record": records[0].id}


def repeat(session: Session, world: World, size: int) -> dict[str, int]:
    """Have the buyer make `size` standing orders and frames; return an id of each."""
    product = world.product
    wish = Wish(product.id, product.title, Decimal(1), product.unit)
    outlooks = filling.foresee(session, world.who, [wish], cast.TODAY).outlooks
    plan = Plan(Rhythm.WEEKLY, 3, 1, 3, cast.TODAY, date(2027, 3, 31))
    later, frame = cast.NOW + LATER, 0
    for number in range(size):
        many, key = {product.id: Decimal(1)}, f"standing-{number}"
        wanted = Wanted("Legehuse", plan, 0, DELIVERY, many, key)
        (made,) = standing_making.make(session, world.who, wanted, outlooks, cast.NOW)
        found = quote(session, world)
        chosen = Chosen(found.id, found.revision, "Laveste pris")
        bounds = FrameTerms(FrameKind.QUANTITY, date(2027, 3, 31))
        frames.choose_as_frame(
            session, world.who, found.recipient.request_id, chosen, bounds, later
        )
        frame = found.id
        for each in range(number + 1):
            placing = service.Placing(world.who, DELIVERY, f"call-{number}-{each}", later)
            frames.call_off(session, placing, frame, {1: Decimal(1)})
    return {"standing": made.id, "frame": frame}


def ship(session: Session, world: World, size: int) -> str:
    """Have the enterprise send its newest order in `size` shipments; return the order's number."""
    goods = Order.lines.any(OrderLine.product_id == world.product.id)
    query = select(Order.number).where(goods, Order.state == "placed").order_by(Order.id.desc())
    number = session.scalars(query).first()
    assert number
    service.take_step(session, world.worker_who, number, Step.CONFIRM, now=cast.NOW + LATER)
    for _ in range(size):
        sending = Sending({1: Decimal("0.1")})
        shipments.dispatch(session, world.worker_who, number, sending, cast.NOW + LATER)
    return number


def book_on(session: Session, world: World, staff: Person, size: int) -> int:
    """Keep codings and enter budgets of every kind; allow free text. Return the id of a budget."""
    who, gln = cast.who(session, staff), DELIVERY.gln
    for number in range(size):
        codings.keep(session, who, CodingFacts(gln, f"3.22.0{number}"), cast.NOW)
        for coding in (None, DELIVERY.account_coding):
            terms = Terms(gln, date(2026, 1, 1), date(2026, 12, 31), 10**9, None, coding)
            made = budgets.enter(session, who, terms, cast.NOW)
    free_permits.allow(session, who, world.agreement.id, 10**6, cast.NOW)
    return made.id


def quote(session: Session, world: World) -> Quote:
    """Have the buyer ask all for a quote, and the enterprise ask back and send one."""
    parties = select(Agreement.enterprise_id).where(
        Agreement.kind == AgreementKind.VOLUNTARY, Agreement.municipality_id == world.home.id
    )
    wanted = quoting.wanted(
        frozenset(each for each in session.scalars(parties) if each),
        category_code=cast.PLAY_HOUSES,
    )
    made = quotes.ask(session, world.who, wanted, [], cast.NOW)
    quote_answers.question(session, world.worker_who, made.id, "Hvor?", cast.NOW)
    found = quote_answers.send(
        session, world.worker_who, made.id, quoting.offer(), received=[], now=cast.NOW
    )
    session.refresh(found, ["recipient"])
    return found


def approvals_of(session: Session, world: World, staff: Person, size: int) -> Person:
    """Have `size` orders of another buyer wait by as many rules; return the approver."""
    approver = cast.person(session, "Anne Bak")
    cast.role(session, approver, Role.APPROVER, municipality=world.home)
    people = Town_(world, approver, approver, staff, *[cast.who(session, staff)] * 3)
    for number in range(size):
        rule(session, people, name=f"Regel {number}", institution="Skolen", gln=OTHER_GLN)
    other = replace(world, who=cast.who(session, cast.buyer(session, world.home)))
    for number in range(size):
        put(session, other)
        elsewhere = replace(DELIVERY, institution="Skolen")
        service.place(session, other.who, elsewhere, f"form-{number}", cast.NOW)
    return approver


def book(session: Session, world: World, size: int) -> int:
    """Read in `size` ledgers with rows of every kind; return the id of the last import."""
    made = None
    for number in range(size):
        made = LedgerImport(
            municipality_id=world.home.id, file_name="regnskab.csv", token="", sha256="",
            created_at=cast.NOW, state=ImportState.TAKEN,
            facts={"accounts": {f"0{place}": [1, 100] for place in range(number + 1)}},
        )  # fmt: skip
        session.add(made)
        session.flush()
        for place, cvr in enumerate((world.enterprise.cvr, "12345674", "")):
            session.add(
                LedgerRow(
                    municipality_id=world.home.id,
                    import_id=made.id,
                    booked_on=cast.TODAY,
                    cvr=cvr,
                    supplier_name="",
                    amount_ore=100,
                    account=f"{place}{number}",
                    department=f"Afdeling {number}",
                    fingerprint=10 * number + place,
                )
            )
        session.add(
            AccountCategory(
                municipality_id=world.home.id,
                account=f"0{number}",
                prefix="375352",
                category_code=cast.PLAY_HOUSES,
                updated_at=cast.NOW,
            )
        )
    session.flush()
    ledger_summing.rebuild(session)
    assert made is not None
    return made.id
