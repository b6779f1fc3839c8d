"""What growth.py asks of an installation full of orders: pages, an order placed, nightly work."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import cast
from drawn import DELIVERY
from flask import Flask
from flask.testing import FlaskClient
from growth_life import Crew
from sqlalchemy import update
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement
from catalogue.core import checking, proof
from catalogue.core.http import State
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role
from catalogue.coverage.remembering import PART
from catalogue.exchange import mail_accounts
from catalogue.ordering import addresses, basket, budgets, ceilings, service, wholeness
from catalogue.ordering.address_schema import AddressFacts
from catalogue.ordering.budget_rules import Terms
from catalogue.ordering.models import Order
from catalogue.ordering.rules import Delivery
from catalogue.privacy import retention

TIMES, MANY_ORE = 7, 10**13
PAGES = {
    "buyer": ("/", "/ordrer", "/ordrer?q=legehus", "/budgetter", "/kurv"),
    "staff": ("/ordrer", "/ordrer?q=legehus", "/ordrer?mangler=indkoeber", "/daekning",
              "/daekning/ordrer", "/daekning/virksomheder", "/daekning/graenser", "/budgetter",
              "/haendelser", "/sendte-mails"),
    "approver": ("/godkendelser",),
    "seller": ("/indkomne-ordrer", "/indkomne-ordrer?q=legehus", "/varer-hos-os/tal"),
}  # fmt: skip


class Undone(Exception):
    """Takes back what was measured."""


@dataclass(frozen=True)
class People:
    """Who asks, by role."""

    by_role: dict[str, cast.Person]
    crew: Crew


def settle(state: State, crew: Crew, staff_email: str) -> People:
    """Give those who ask a budget, ceilings, and somebody who approves."""
    now = state.clock()
    with state.database.transaction() as session:
        session.execute(update(Agreement).values(ceiling_ore=MANY_ORE, ceiling_months=12))
        staff = session.query(cast.Person).filter_by(email=staff_email).one()
        who = cast.who(session, staff)
        home = session.get_one(cast.Municipality, who.municipality_id)
        approver = cast.person(session, "Ane Godkender")
        cast.role(session, approver, Role.APPROVER, municipality=home)
        year = date(now.year, 1, 1), date(now.year, 12, 31)
        place = {name: DELIVERY[name] for name in DELIVERY if name != "reference"}
        addresses.keep(session, who, AddressFacts(**place), now)
        budgets.enter(session, who, Terms(DELIVERY["gln"], *year, MANY_ORE, None, None), now)
        seller = next(iter(crew.sellers.values()))
        ids = {"buyer": crew.buyers[0].person_id, "seller": seller.person_id}
        people = {role: session.get_one(cast.Person, each) for role, each in ids.items()}
    return People(people | {"staff": staff, "approver": approver}, crew)


def document_bytes(app: Flask, people: People, order_id: int) -> int:
    """Return the size of an order as a document."""
    state: State = app.extensions["catalogue"]
    with state.database.reading() as session:
        number = session.get_one(Order, order_id).number
    client = app.test_client()
    cast.sign_in_as(client, people.by_role["staff"])
    return len(_get(client, f"/ordrer/{number}/ordre.xml"))


def ask(app: Flask, people: People) -> dict[str, float]:
    """Return the least milliseconds of each page and piece of work."""
    state: State = app.extensions["catalogue"]
    found = {}
    for role, pages in PAGES.items():
        client = app.test_client()
        cast.sign_in_as(client, people.by_role[role])
        for page in pages:
            found[f"{role}: {page}"] = _least(partial(_get, client, page))
    client = app.test_client()
    cast.sign_in_as(client, people.by_role["staff"])

    def anew() -> None:
        state.parts.pop(PART, None)
        _get(client, "/daekning")

    found["staff: /daekning, nothing remembered"] = _least(anew)
    found["order placed, with budget and ceiling"] = _least(_placing(state, people.crew))
    return found | work(state)


def work(state: State) -> dict[str, float]:
    """Return the milliseconds of nightly work and of what `catalogue check` asks of orders."""
    found = {
        "retention, counted": _once(lambda: _read(state, lambda session: retention.due(
            session, state.settings, state.clock()))),
        "retention, worked": _once(lambda: _undone(state)),
        "check: audit": _once(lambda: _read(state, _prove)),
        "check: ceilings": _once(lambda: _read(state, lambda session: list(
            ceilings.list_overrun(session, today_in_copenhagen(state.clock()))))),
    }  # fmt: skip
    for each in (*wholeness.checks(), *mail_accounts.checks(state.clock())):
        found[f"check: {each.code}"] = _once(partial(_read, state, _checking(each)))
    return found


def _checking(check: checking.Check) -> Callable[[Session], object]:
    def asked(session: Session) -> None:
        wrong = checking.find(session, check, 3)
        if wrong.count:
            raise RuntimeError(f"{check.code}: {wrong.count}, first {wrong.first}")

    return asked


def _prove(session: Session) -> None:
    fault = proof.prove(session).fault
    if fault is not None:
        raise RuntimeError(fault)


def _placing(state: State, crew: Crew) -> Callable[[], None]:
    """Return what places an order; the basket is filled before, unmeasured, for all times."""
    buyer = crew.buyers[0]
    chosen = next(iter(crew.baskets.values()))[0]
    delivery = Delivery(**{name: value for name, value in DELIVERY.items() if value})
    keys = iter(range(10**9))

    def place() -> None:
        now = state.clock() + timedelta(microseconds=next(keys))
        try:
            with state.database.transaction() as session:
                for each in chosen:
                    basket.add(session, buyer, each, None, now)
                service.place(session, buyer, delivery, f"measured {next(keys)}", now)
                session.flush()
                raise Undone
        except Undone:
            pass

    return place


def _undone(state: State) -> None:
    try:
        with state.database.transaction() as session:
            retention.work(session, state.settings, state.clock())
            raise Undone
    except Undone:
        pass


def _read(state: State, question: Callable[[Session], object]) -> None:
    with state.database.reading() as session:
        question(session)


def _get(client: FlaskClient, page: str) -> bytes:
    answer = client.get(page)
    if answer.status_code != 200:
        raise RuntimeError(f"{page}: {answer.status_code}")
    return answer.data


def _least(deed: Callable[[], object]) -> float:
    """Return the shortest of some times: what else the machine does lengthens the others."""
    deed()
    return min(_once(deed) for _time in range(TIMES))


def _once(deed: Callable[[], object]) -> float:
    start = time.perf_counter()
    deed()
    return round((time.perf_counter() - start) * 1000, 2)
