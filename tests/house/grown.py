"""A town with as much of everything as is asked for: what the pages of every role show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import cast
from drawn import placing_key
from flask import Flask
from house.growths import (
    approvals_of,
    book,
    book_on,
    connect,
    keep,
    let_out,
    listen,
    quote,
    repeat,
    set_up_sign_in,
    ship,
    talk,
)
from ordering.world import FORM, World, make
from search import worlds
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.agreements import category_words
from catalogue.core.who import Role
from catalogue.ordering.models import Order
from catalogue.products import proposals
from catalogue.products.models import Answer, PriceDecision, ProposalState
from catalogue.products.proposals import Proposed
from catalogue.search import asked, inquiries, words
from catalogue.search.models import KeptSynonym
from catalogue.search.rules import Inquired, Outcome, Vain
from catalogue.search.said import Relation
from catalogue.search.synonyms import Synonym

PLAN = "kategori=37535200&beloeb=1000&sted={home}&fra=2026-12-01&til=2027-11-30"


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
