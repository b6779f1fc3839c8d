"""How many queries each page takes: the number written here, however much there is to show."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import cast
import pytest
from drawn import placing_key
from exchange.punchouts import HOOK, terms
from flask import Flask
from ordering import quoting
from ordering.approving import Town as Town_
from ordering.approving import rule
from ordering.test_addresses import OTHER_GLN
from ordering.world import DELIVERY, FORM, World, make, put
from search import worlds
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import outside_providers
from catalogue.accounts.models import Person
from catalogue.accounts.outside_rules import Line
from catalogue.accounts.outside_schema import read_terms
from catalogue.agreements import category_words
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
from catalogue.products import proposals
from catalogue.products.models import Answer, PriceDecision, Product, ProposalState
from catalogue.products.proposals import Proposed
from catalogue.search import asked, choice_records, inquiries, words
from catalogue.search.choice_records import Found, Said
from catalogue.search.models import KeptSynonym
from catalogue.search.public import service as shelves
from catalogue.search.rules import Inquired, Outcome, Vain
from catalogue.search.said import Relation
from catalogue.search.synonyms import Synonym

# Who she is, and for buyers the lines in her basket, are counted too.
PAGES: dict[Role | None, dict[str, int]] = {
    None: {
        "/": 4, "/udvalg?q=legehus": 4, "/virksomheder?kommune=0330": 4, "/log-ind": 1,
        "/virksomheder/ansoeg": 1, "/virksomheder/{shop}/legehytten": 8,
        "/was": 0, "/feed.jsonld": 1, "/sitemap.xml": 2, "/indlejr/{shop}": 3,
        "/virksomheder/{shop}/legehytten/varer": 2,
        "/virksomheder/{shop}/legehytten/varer/{product}/legehus-i-laerk": 2,
        "/api/v1/": 0, "/api/v1/problems/changed": 0,
    },
    Role.BUYER: {
        "/": 9, "/rundvisning": 3,
        "/soeg": 7, "/soeg?q=aftalen&vis=alle": 7, "/varer/{product}/legehus-i-laerk": 6,
        "/kurv": 10, "/kurv/bestil": 10, "/kurv?som={order}": 11,
        "/kurv/bestil?som={order}": 11, "/ordrer": 5, "/ordrer/{order}": 6, "/roller": 3,
        "/adgangsnoegler": 3,
        "/efterlysninger": 3, "/efterlysninger/{demand}": 4,
        "/efterlysninger/ny?kategori=37535200": 4,
        "/tilbud": 3, "/tilbud/{request}": 9, "/tilbud/ny": 5,
        "/tilbud/ny?kategori=37535200": 5, "/tilbud/{request}/vaelg/{quote}": 8,
        "/sammenlign?{held}": 6, "/valgnotater": 4, "/valgnotater/{record}": 4,
        "/valgnotater/nyt?q=legehus": 8, "/leveringsadresser": 3, "/leveringsadresser/ny": 2,
        "/lister": 3, "/lister/{list}": 6, "/lister/tilfoej?vare={product}": 4,
        "/ordrer/{order}/igen": 5, "/ordrer/{order}/kontering": 5, "/kontostrenge": 3,
        "/kontostrenge.csv?q=3.22&sortering=formaal": 2,
        "/budgetter": 5, "/budgetter/{budget}": 7,
        "/budgetter/{budget}/ordrer.csv": 5, "/fritekstordre": 4,
        "/fritekstordre/{agreement}": 10, "/loebende-bestillinger": 3,
        "/loebende-bestillinger/{standing}": 10, "/loebende-bestillinger/{standing}/ret": 10,
        "/ordrer/{sent}": 7, "/ordrer/{sent}/forsendelser/1": 6,
        "/loebende-bestillinger/ny?liste={list}": 10,
        "/rammer": 3, "/rammer/{frame}": 10, "/beskeder": 4, "/beskeder/mail": 4,
        "/valgnotater.csv?q=legehus&sortering=sag": 2, "/loebende-bestillinger.csv": 2,
        "/rammer.csv": 2, "/mine-oplysninger": 4,
        "/logget-ind": 3, "/adgangskode": 3, "/totrin": 6, "/totrin/opsaet": 6,
    },
    Role.APPROVER: {"/godkendelser": 7, "/godkendelser.csv": 5, "/godkendelser/{waiting}": 10},
    Role.STAFF: {
        "/personer/{person}/oplysninger": 7,
        "/medarbejdere": 7, "/medarbejdere.csv?sortering=uden-totrin": 3, "/verificering.csv": 2,
        "/efterlysninger.csv": 2, "/tilbud.csv": 2, "/budgetter.csv": 3, "/ord.csv": 2,
        "/gennemsyn.csv": 2, "/prisforslag.csv": 2, "/sendte-mails.csv": 2,
        "/daekning/ordrer.csv?q=legehus&sortering=beloeb": 2, "/daekning/graenser.csv": 4,
        "/daekning/graenser/{shop}/375.csv": 2,
        "/daekning/varer.csv?q=legehus&sortering=pris": 2, "/daekning/virksomheder.csv": 2,
        "/daekning/efterspoergsel.csv": 7,
        "/adgangsnoegler": 2, "/kommunens-log-ind": 3, "/kommunens-log-ind/roller": 2,
        "/kommunens-log-ind/saml": 4,
        "/daekning": 9, "/daekning/ordrer": 4, "/daekning/varer": 4,
        "/daekning/virksomheder": 2, "/daekning/diagrammer": 8,
        "/daekning/konflikter": 6, "/daekning/graenser": 4,
        "/daekning/graenser/{shop}/375": 4, "/daekning/mulighed": 2,
        "/daekning/mulighed?{plan}": 9, "/beloebsgraenser": 2, "/beloebsgraenser/ny": 1,
        "/aftaler": 6, "/aftaler/ny": 3, "/aftaler/{agreement}": 9, "/aftaler/{agreement}/ret": 7,
        "/aftaler/import": 1, "/aftaler/import/kategorier": 3,
        "/aftaler/{agreement}/katalog.xml": 8,
        "/gennemsyn": 3,
        "/verificering": 2, "/verificering?vis=alle": 2, "/ansoegninger/{shop}": 6, "/ordrer": 9,
        "/ordrer?mangler=godkender": 9, "/ordrer?mangler=indkoeber": 9, "/ordrer/{order}": 6,
        "/dokumenter": 2, "/ordrer/{order}/ordre.xml": 4, "/ordrer/{order}/svar.xml": 4,
        "/efterlysninger": 2, "/efterlysninger/{demand}": 3,
        "/tilbud": 2, "/tilbud/{request}": 8, "/valgnotater": 3, "/valgnotater/{record}": 3,
        "/daekning/efterspoergsel": 8, "/daekning/efterspoergsel/rumraket-w0": 8,
        "/prisforslag": 3, "/prisforslag/{proposal}": 6,
        "/ord": 4, "/ord/ny": 1, "/ord/ny?ord=legehus": 2, "/ord/{word}": 2,
        "/haendelser": 3, "/haendelser?hvem=jens&objekt=w0": 5,
        "/regnskab": 7, "/regnskab/poster": 5, "/regnskab/indlaes": 2, "/regnskab/konti": 4,
        "/regnskab/konti.csv?sortering=konto": 4,
        "/aarsrapport/2026": 10, "/aarsrapport/2026/effekt.csv": 3,
        "/godkendelsesregler": 7, "/godkendelsesregler/ny": 4, "/budgetter/nyt": 3,
        "/aftaler/{agreement}/fritekst": 4,
        "/beskeder": 3, "/beskeder/mail": 4, "/sendte-mails": 4,
        "/indkoebssystemer": 2, "/indkoebssystemer/{connection}": 4, "/indkoebssystemer/ny": 1,
        "/webhooks": 2, "/webhooks/{webhook}": 4, "/webhooks/{webhook}/ret": 2, "/webhooks/ny": 1,
        "/katalogfiler": 2, "/katalogfiler/ny": 2, "/katalogfiler/{file}": 7,
        "/katalogfiler/{file}/ret": 3, "/indlejringer": 4, "/indlejringer/{frame_line}": 2,
        "/regnskab/indlaesninger/{ledger}": 3, "/regnskab/konti?indlaesning={ledger}": 4,
    },
    Role.ENTERPRISE: {
        "/varer-hos-os": 7, "/varer-hos-os.csv?q=legehytte&sortering=pris": 5,
        "/varer-hos-os/lager.csv": 2, "/varer-hos-os/tal.csv": 7,
        "/tilbudsforespoergsler.csv": 2, "/varer-hos-os/ny": 3, "/varer-hos-os/{product}": 10,
        "/varer-hos-os/{product}/trin/hvad": 7, "/varer-hos-os/{product}/trin/historie": 7,
        "/varer-hos-os/{product}/forhaandsvisning": 6, "/varer-hos-os/import": 2,
        "/varer-hos-os/peppol": 2, "/varer-hos-os/peppol/{agreement}.xml": 8,
        "/varer-hos-os/tal": 7, "/varer-hos-os/kopier": 5, "/varer-hos-os/{product}/versioner": 4,
        "/varer-hos-os/{product}/varianter": 4, "/varer-hos-os/lager": 2,
        "/varer-hos-os/prisforslag": 4, "/varer-hos-os/prisforslag/nyt": 2,
        "/varer-hos-os/prisforslag/{proposal}": 6,
        "/indkomne-ordrer": 4, "/indkomne-ordrer/{order}": 5,
        "/indkomne-ordrer/{order}/fakturadata": 4, "/dokumenter": 2,
        "/indkomne-ordrer/{order}/faktura": 4, "/virksomhed": 4,
        "/virksomhed/verificering": 5, "/virksomhed/personer": 4, "/virksomhed/effekt/2025": 2,
        "/efterlysninger/modtagne": 5, "/efterlysninger/modtagne?svar={demand}": 7,
        "/efterlysninger/kan-i-lave/{inquiry}": 2,
        "/beskeder": 3, "/beskeder/mail": 4,
        "/tilbudsforespoergsler": 2, "/tilbudsforespoergsler/{request}": 5,
    },
    Role.ADMINISTRATOR: {
        "/personer": 5, "/personer.csv": 3, "/virksomheder/alle": 2,
        "/virksomheder/alle.csv": 2, "/haendelser": 3, "/opbevaring": 7,
    },
}  # fmt: skip
MOST = 12
LATER = timedelta(days=11)
PLAN = "kategori=37535200&beloeb=1000&sted={home}&fra=2026-12-01&til=2027-11-30"
CASES = [(role, page, count) for role, pages in PAGES.items() for page, count in pages.items()]


@dataclass(frozen=True)
class Town:
    """The people of a town, and the names that its addresses need."""

    people: dict[Role | None, Any]
    names: dict[str, Any]


def build(app: Flask, size: int, town: str = "Slagelse") -> Town:
    """Make a town with `size` of everything there can be many of."""
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        world = make(session, town)
        products = [world.product]
        demands = [cast.demand(session, world.buyer, world.home)]
        cast.mandatory(session, world.home, categories=["90910000"])  # the next are in conflict
        for number in range(size):
            other = cast.enterprise(session, f"Virksomhed {number}", municipality=world.home)
            cast.voluntary(session, world.home, other, categories=[cast.PLAY_HOUSES])
            cast.mandatory(session, world.home, categories=["90910000"])
            cast.product(session, other, "Uden for aftalen", category_code=cast.GIFTS)
            demands.append(cast.demand(session, world.buyer, world.home))
            for each in demands:
                cast.demand_answer(session, each, other)
            products += [
                cast.product(session, other, f"Legehus {number}"),
                cast.product(session, world.enterprise, f"Legehytte {number}"),
            ]
        worlds.put(session, products)
        staff = cast.staff(session, world.home)
        cast.category(session, cast.GIFTS)
        answers = {f"Ord {number}": [cast.PLAY_HOUSES] for number in range(size)}
        category_words.remember(session, cast.who(session, staff), answers, cast.NOW)
        explained = [explain(session, staff, f"w{number}") for number in range(size)]
        wanted = Inquired("rumraket w0", "Kan I det?", frozenset({world.enterprise.id}))
        who = cast.who(session, staff)
        asked_of = [inquiries.ask(session, who, wanted, cast.NOW) for _number in range(size)]
        proposed = [propose(session, world) for _ in range(size)]
        people = {
            None: None,
            Role.BUYER: world.buyer,
            Role.STAFF: staff,
            Role.APPROVER: approvals_of(session, world, staff, size),
            Role.ENTERPRISE: world.worker,
            Role.ADMINISTRATOR: cast.administrator(session),
        }
        requests = [quote(session, world) for _ in range(size)]
        names = {
            "request": requests[0].recipient.request_id,
            "quote": requests[0].id,
            "shop": world.enterprise.id,
            "person": world.buyer.id,
            "product": world.product.id,
            "agreement": world.agreement.id,
            "demand": demands[0].id,
            "word": explained[0].id,
            "inquiry": asked_of[0].id,
            "waiting": session.scalars(select(Order.number).order_by(Order.id.desc())).first(),
            "plan": PLAN.format(home=world.home.id),
            "proposal": proposed[0],
            "ledger": book(session, world, size),
            "connection": connect(session, who, size),
            "webhook": listen(session, who, size),
            "sign_in": set_up_sign_in(session, who, size),
            **let_out(session, who, people[Role.ENTERPRISE]),
            "held": "&".join(f"vare={each.id}" for each in products[:4]),
            **keep(session, world, products),
            "budget": book_on(session, world, staff, size),
        }
        ids = [each.id for each in products]
    worlds.work(state.database, state.parts)
    buyer = app.test_client()
    cast.sign_in_as(buyer, people[Role.BUYER])
    for _ in range(size + 1):  # one is sent
        for each in ids:
            buyer.post("/kurv/tilfoej", data={"product_id": each, "quantity": "1"})
        form = buyer.get("/kurv/bestil").text
        buyer.post("/kurv/bestil", data=FORM | {"placing_key": placing_key(form)})
    for each in ids:
        buyer.post("/kurv/tilfoej", data={"product_id": each, "quantity": "1"})
    listed = buyer.get("/ordrer").text
    numbers = re.findall(r"/ordrer/(\d{4}-\d{4}-\d{5})", listed)
    talk(app, people, min(numbers), size)
    with state.database.transaction() as session:
        names |= repeat(session, world, size) | {"sent": ship(session, world, size)}
    return Town(people, names | {"order": min(numbers)})


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


def explain(session: Session, staff: Person, word: str) -> KeptSynonym:
    """Have staff say what a word means, and somebody search in vain for another."""
    who = cast.who(session, staff)
    asked_id = asked.note(session, who.municipality_id or 0, f"rumraket {word}", 0, cast.NOW)
    asked.note_in_vain(session, asked_id or 0, Vain(Outcome.NO_AGREEMENT, cast.GIFTS), cast.NOW)
    said = Synonym(word, Relation.SAME, ("legehus",), ())
    return words.create(session, who, said, cast.NOW)


def propose(session: Session, world: World) -> int:
    """Have the enterprise propose a rise of all it sells; return the id of the proposal."""
    proposed = Proposed(date(2027, 2, 1), percent=Decimal(5))
    made = proposals.draft(session, world.worker_who, proposed, 1, cast.NOW)
    made.state, made.sent_at = ProposalState.SENT, cast.NOW
    made.decisions.append(PriceDecision(municipality_id=world.home.id, answer=Answer.WAITING))
    session.flush()
    return made.id


def count(app: Flask, town: Town) -> dict[tuple[Role | None, str], int]:
    """Return the queries of every page; each is opened twice, for the first fills caches."""
    found = {}
    database = app.extensions["catalogue"].database
    for role, page, _count in CASES:
        client = app.test_client()
        if town.people[role] is not None:
            cast.sign_in_as(client, town.people[role])
        address = page.format(**town.names)
        assert client.get(address).status_code == 200, address
        with cast.counted_queries(database) as seen:
            client.get(address)
        found[role, page] = len(seen)
    return found


@pytest.mark.parametrize("size", [1, 4])
def test_page_takes_its_number_of_queries_however_much_there_is(app: Flask, size: int) -> None:
    found = count(app, build(app, size))
    assert found == {(role, page): number + _bell(role, page) for role, page, number in CASES}
    app.extensions["catalogue"].parts["search"].close()


def test_no_page_takes_more_than_twelve_queries() -> None:
    above = {(role, page) for role, page, number in CASES if number + _bell(role, page) > MOST}
    assert above == set()


def _bell(role: Role | None, page: str) -> bool:
    """Tell whether what she has not read is counted, by one more query for all who have a role."""
    return bool(role) and not page.split("?", maxsplit=1)[0].endswith((".xml", ".csv"))
