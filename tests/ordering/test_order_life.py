"""The life of an order walked at random by all its people, beside a reckoning in plain Python.

After each step the states are those of the table, and lines, sums, ceilings and who may act those
of the reckoning, whatever the people clicked on, in whatever order, on pages however old. Buyers
and approvers leave and come back meanwhile; then staff can have others go on.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections import Counter
from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import cast
from cast import NOW, TODAY
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ordering.approving import Town, approver, town
from ordering.approving import rule as approval_rule
from ordering.deeds import DEEDS, Click
from ordering.reckoning import Reckoned, Reckoning
from ordering.world import DELIVERY
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Person
from catalogue.core import migrations
from catalogue.core.checking import find
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError, Invalid, Missing
from catalogue.core.who import Who
from catalogue.ordering import (
    basket,
    ceilings,
    escalation,
    policy,
    queries,
    rules,
    seeing,
    service,
    steps,
    wholeness,
)
from catalogue.ordering.approval import NotApprovable
from catalogue.ordering.approval_cases import digest_of, load_case, load_cases
from catalogue.ordering.models import Order
from catalogue.ordering.policy import Away
from catalogue.ordering.rules import MOVES, STARTS, Given, Side, Step
from catalogue.ordering.shipment_models import Shipment
from catalogue.ordering.shipments import ShipmentGone
from catalogue.ordering.steps import OutOfTurn
from catalogue.products import stock

CEILING_ORE = 30_000_000
RULES = ((2_000_000, "Anne", "Cia"), (5_000_000, "Bo", "Anne"))
WORK_ORE = 300_000
STOCK = Decimal(100_000)  # more than anybody orders: what orders hold follows them
WALKED: set[tuple[str, str, str]] = set()
FIRST_TURNS = 45
ENDS = {"declined", "rejected", "cancelled", "closed"}
BUYERS = ["buyer", "other"]


@cache
def _empty() -> bytes:
    """Return a migrated database as a file, migrated once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite"
        database = Database(f"sqlite:///{path}")
        migrations.upgrade(database)
        database.dispose()
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return path.read_bytes()


class Life(RuleBasedStateMachine):
    """Two buyers, three approvers, staff and enterprise, who all click whatever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "life.sqlite"
        path.write_bytes(_empty())
        self.database = Database(f"sqlite:///{path}")
        self.book = Reckoning(RULES, TODAY)
        self.taken: Counter[tuple[str, Step]] = Counter()
        self.looked: dict[tuple[str, str], tuple[str, object]] = {}

    @initialize(seed=st.integers(0, 9_999))
    def begin(self, seed: int) -> None:
        """Make the town: goods and work on one agreement, rules for two amounts, some orders."""
        with self.database.transaction() as session:
            here: Town = town(session, ceiling_ore=CEILING_ORE)
            cia = approver(session, here.world, "Cia")
            facts = {"kind": "service", "price_ore": WORK_ORE}
            stock.count(session, here.world.worker_who, {here.world.product.id: STOCK}, NOW)
            self.work_id = cast.product(session, here.world.enterprise, "Montering", **facts).id
            named = {"Anne": here.anne, "Bo": here.bo, "Cia": cia}
            for from_ore, first, then in RULES:
                terms = {"name": first, "from_ore": from_ore, "escalate_to_id": named[then].id}
                approval_rule(session, here, named[first], **terms)
            self.ids = {name: person.id for name, person in named.items()}
            self.here, self.agreement_id = here, here.world.agreement.id
            other = cast.buyer(session, here.world.home, name="Hans Berg")
            self.buyers = {"buyer": here.world.buyer.id, "other": other.id}
            self.people = {
                "buyer": here.world.who, "other": cast.who(session, other),
                "enterprise": here.world.worker_who,
                "staff": here.staff_who, "Anne": here.anne_who, "Bo": here.bo_who,
                "Cia": cast.who(session, cia),
            }  # fmt: skip
        for goods, work in ((2, 1), (4, 0), (0, 2)):
            self.place(goods, work)
        self.be_busy(seed, FIRST_TURNS)

    @property
    def now(self) -> datetime:
        """Return the moment it is in the walk."""
        return NOW + (self.book.today - TODAY)

    @rule(goods=st.integers(0, 5), work=st.integers(0, 2))
    def place(self, goods: int, work: int) -> None:
        """Order goods, work or both; the ceiling may be in the way."""
        wanted = {self.here.world.product.id: goods, self.work_id: work}
        name = BUYERS["buyer" in self.book.gone]  # one of them is always there
        key, who = f"key-{len(self.book.orders)}-{goods}-{work}", self.people[name]
        with self.database.transaction() as session:
            for product_id, quantity in wanted.items():
                if quantity:
                    basket.add(session, who, product_id, Decimal(quantity), self.now)
            bought = goods * 1_250_000 + work * WORK_ORE
            bound = self.book.ordered_ore + self.book.reserved_ore
            try:
                (made,) = service.place(session, who, DELIVERY, key, self.now)
            except service.CannotBePlaced:
                assert not bought or bound + bought > CEILING_ORE
                basket.empty(session, basket.lock(session, who, self.now))
                return
            session.flush()
            lines = {line.position: (int(line.quantity), line.price_ore) for line in made.lines}
            work_lines = {line.position for line in made.lines if line.kind == "service"}
            new = self.book.orders[made.number] = Reckoned(lines, work_lines, name)
            assert new.net_ore == bought
            assert bound + bought <= CEILING_ORE
        self.book.ask(new)
        self.book.open_turn(new)
        new.state = "awaiting" if new.asked else "placed"
        new.told = not new.asked

    @rule(days=st.integers(1, 3))
    def sleep(self, days: int) -> None:
        """Let days pass, and the worker pass on in the morning what nobody decided."""
        late = self.book.pass_days(days)
        with self.database.transaction() as session:
            assert escalation.escalate(session, self.now) == late

    @rule(who=st.sampled_from(["Anne", "Bo"]), deputy=st.sampled_from(["Bo", "Cia"]))
    def be_away(self, who: str, deputy: str) -> None:
        """Let a deputy approve today and tomorrow."""
        until = self.book.today + timedelta(days=1)
        away = Away(self.ids[deputy], self.book.today, until)
        try:
            with self.database.transaction() as session:
                policy.be_away(session, self.people[who], away, self.now)
        except Invalid:
            return
        self.book.absences.append((who, deputy, until))

    @rule(name=st.sampled_from([*BUYERS, "Anne", "Bo", "Cia"]))
    def leave_or_come_back(self, name: str) -> None:
        """Close somebody's log-in, or open it again; one buyer and one approver stay."""
        here = set(self.buyers if name in self.buyers else self.ids) - self.book.gone
        if here == {name}:
            return
        self.book.gone ^= {name}
        with self.database.transaction() as session:
            person = session.get_one(Person, (self.buyers | self.ids)[name])
            person.disabled_at = self.now if name in self.book.gone else None

    @rule(which=st.integers(0, 5), who=st.sampled_from(["Anne", "Bo", "Cia"]))
    def look(self, which: int, who: str) -> None:
        """Open the page of an order, to decide by it later."""
        if number := self._number(which):
            with self.database.reading() as session:
                digest = digest_of(self._orders(session, number)[0])
            self.looked[who, number] = (digest, self.book.orders[number].content)

    @rule(which=st.integers(0, 5))
    def open(self, which: int) -> None:
        """Open an order as its enterprise."""
        number, who = self._number(which), self.people["enterprise"]
        if not number:
            return
        order = self.book.orders[number]
        try:
            with self.database.transaction() as session:
                seeing.note_opened(session, who, number, self.now)
        except Missing:
            assert not order.told
            return
        order.seen = order.seen or order.state == "placed"

    @rule(
        step=st.sampled_from(sorted(DEEDS)), which=st.integers(0, 5), pick=st.integers(0, 11),
        name=st.sampled_from([*BUYERS, "enterprise", "staff", "Anne", "Bo", "Cia"]),
    )  # fmt: skip
    def act(self, step: Step, name: str, which: int, pick: int) -> None:
        """Take a step, allowed or not."""
        number, who = self._number(which), self.people[name]
        if not number or name in self.book.gone:
            return
        order = self.book.orders[number]
        before, known = order.state, self._known(order)
        old = self.looked.get((name, number)) if pick % 2 else None
        click = Click(step, pick, self.now, old[0] if old else None, self.ids, self.buyers)
        problem = self._try(click, name, number)
        side = rules.side_of(who.role)
        offered = rules.find_move(before, side, step, None, known) is not None
        if problem is None:
            assert side != Side.APPROVER or name in self.book.acting(order)
            known |= {Given.UNSEEN} if step == Step.SEE else set()  # to see again is no fault
            order.seen = order.seen or name == "enterprise"
            order.state = self.book.take(order, click)
            if (step, order.state) == (Step.RECEIVE_PART, "received"):
                step = Step.RECEIVE  # with the last of them
            assert rules.find_move(before, side, step, order.state, known), (before, name, step)
            assert step != Step.APPROVE or old is None or old[1] == order.approved_last
            self.taken[before, step] += 1
            WALKED.add((before, step, order.state))
        elif isinstance(problem, OutOfTurn):
            assert not offered or (side == Side.APPROVER and name not in self.book.acting(order))
        elif isinstance(problem, NotApprovable):
            assert old is not None
            assert old[1] != order.content
        elif isinstance(problem, ShipmentGone):
            assert step == Step.RECEIVE_PART
            assert not order.under_way
        elif isinstance(problem, Missing):
            assert {
                "enterprise": not order.told,
                "buyer": order.buyer != name,
                "approver": not order.asked,
            }[who.role or ""]
        else:
            assert isinstance(problem, Invalid)
            assert offered
            assert step != Step.EDIT or self._above_ceiling(order, click)

    @rule(seed=st.integers(0, 9_999), turns=st.integers(5, 15))
    def be_busy(self, seed: int, turns: int) -> None:
        """Take steps that the table offers, rather those that were seldom taken.

        Chosen by chance from one number: lists of choices come out short and alike.
        """
        chance = random.Random(seed)
        for _turn in range(turns):
            possible = self._possible()
            bound = self.book.ordered_ore + self.book.reserved_ore
            if len({number for number, _step, _name in possible}) < 3 and bound * 2 < CEILING_ORE:
                self.place(chance.randint(1, 4), chance.randint(0, 2))
            if chance.random() < 0.6 and possible:
                seldom = min(self._taken(*each[:2]) for each in possible)
                possible = [each for each in possible if self._taken(*each[:2]) == seldom]
            if possible:
                number, step, name = chance.choice(possible)
                if chance.random() < 0.2:
                    self.look(number, chance.choice(sorted(self.ids)))
                if chance.random() < 0.05:
                    self.leave_or_come_back(chance.choice([*BUYERS, *sorted(self.ids)]))
                if chance.random() < 0.2:
                    self.act(Step.HAND_OVER, "staff", chance.randrange(6), chance.randrange(12))
                self.act(step, name, number, chance.randrange(12))
                self.all_is_as_reckoned()

    def _possible(self) -> list[tuple[int, Step, str]]:
        return [
            (number, step, name)
            for number, order in enumerate(self.book.orders.values())
            for name, who in self._able(order).items()
            for step in rules.steps(order.state, rules.side_of(who.role), self._known(order))
            if step in DEEDS and step != Step.HAND_OVER  # which leads no order on
        ]

    def _able(self, order: Reckoned) -> dict[str, Who]:
        """Return who is there and has a say in an order: its buyer, and whose turn it is."""
        others = ({"buyer", "other"} - {order.buyer}) | (set(self.ids) - self.book.acting(order))
        away = self.book.gone | others
        return {name: who for name, who in self.people.items() if name not in away}

    def _taken(self, number: int, step: Step) -> int:
        return self.taken[[*self.book.orders.values()][number].state, step]

    @invariant()
    def all_is_as_reckoned(self) -> None:
        """States, lines, sums, ceilings, who has seen what, and who may act are as reckoned."""
        if not hasattr(self, "here"):
            return
        with self.database.reading() as session:
            orders = self._orders(session)
            (used,) = ceilings.list_used(session, [self.agreement_id], self.book.today)
            cases = load_cases(session, orders, self.book.today)
        assert (used.ordered_ore, used.reserved_ore) == (
            self.book.ordered_ore, self.book.reserved_ore,
        )  # fmt: skip
        assert used.bound_ore <= CEILING_ORE
        for each in orders:
            reckoned = self.book.orders[each.number]
            assert each.state == reckoned.state
            lines = {line.position: (line.quantity, line.price_ore) for line in each.lines}
            assert lines == reckoned.lines
            assert each.net_ore == reckoned.net_ore == sum(line.net_ore for line in each.lines)
            assert each.vat_ore * 4 == each.net_ore
            told = (not each.withheld, each.seen_at is not None, each.street)
            assert told == (reckoned.told, reckoned.seen, reckoned.street)
            assert each.buyer_id == self.buyers[reckoned.buyer]
            acting = {name for name, id_ in self.ids.items() if id_ in cases[each.id].acting}
            assert acting == self.book.acting(reckoned)
            self._somebody_can_act(each, reckoned)
            assert _sent(each) == (reckoned.shipments, reckoned.came)
            assert _came(each) == reckoned.came_of_lines

    def _somebody_can_act(self, order: Order, reckoned: Reckoned) -> None:
        """Somebody who is there can go on with an order, or staff can let somebody do so."""
        able = self._able(reckoned)
        possible = {step for who in able.values() for step in steps.list_steps(order, who)}
        assert (order.state in ENDS) != bool(possible)
        if not self.book.gone and order.state not in ENDS:
            assert possible - {Step.HAND_OVER}
        if order.state == "awaiting" and not self.book.acting(reckoned):
            self._mend(order.number, Step.REROUTE)
        if order.state not in ENDS and reckoned.buyer in self.book.gone:
            self._mend(order.number, Step.HAND_OVER)

    def _mend(self, number: str, step: Step) -> None:
        """Let staff put somebody who is there in the place of one who is not, and take it back."""
        there = sorted(set(self.ids if step == Step.REROUTE else self.buyers) - self.book.gone)[0]
        pick = sorted(self.ids if step == Step.REROUTE else self.buyers).index(there)
        with self.database.transaction() as session:
            saved = session.begin_nested()
            order = self._orders(session, number)[0]
            click = Click(step, pick, self.now, None, self.ids, self.buyers)
            DEEDS[step](session, self.people["staff"], order, click)
            session.flush()
            if step == Step.REROUTE:
                assert self.ids[there] in load_case(session, order, self.book.today).acting
            else:
                assert queries.get_order(session, self.people[there], number).steps == (
                    steps.list_steps(order, self.people["buyer"])
                )
            saved.rollback()

    def teardown(self) -> None:
        """Ask what `catalogue check` asks of orders, which finds nothing; close the database."""
        with self.database.reading() as session:
            found = {each.code: find(session, each, 3).first for each in wholeness.checks()}
        assert not any(found.values()), found
        self.database.dispose()
        self.folder.cleanup()

    def _above_ceiling(self, order: Reckoned, click: Click) -> bool:
        wanted = deepcopy(order)
        wanted.shorten(click.edited(wanted.lines))
        more = wanted.net_ore - order.net_ore
        return more > 0 and self.book.ordered_ore + self.book.reserved_ore + more > CEILING_ORE

    def _known(self, order: Reckoned) -> frozenset[Given]:
        kinds = ["service" if each in order.work else "goods" for each in order.lines]
        under_way = len(order.under_way)
        return rules.given(kinds, seen=order.seen, withheld=not order.told, under_way=under_way)

    def _number(self, which: int) -> str | None:
        numbers = list(self.book.orders)
        return numbers[which % len(numbers)] if numbers else None

    def _try(self, click: Click, name: str, number: str) -> CatalogueError | None:
        try:
            with self.database.transaction() as session:
                order = self._orders(session, number)[0]
                DEEDS[click.step](session, self.people[name], order, click)
        except CatalogueError as error:
            return error
        return None

    def _orders(self, session: Session, number: str | None = None) -> list[Order]:
        shipped = selectinload(Order.shipments).selectinload(Shipment.lines)
        query = select(Order).options(selectinload(Order.lines), shipped).order_by(Order.id)
        return list(session.scalars(query if number is None else query.filter_by(number=number)))


def _sent(order: Order) -> tuple[object, object]:
    """Return what is in each shipment, and what came of those received, by position."""
    came = {
        each.number: {
            line.position: line.quantity if line.received_quantity is None
            else line.received_quantity
            for line in each.lines
        }
        for each in order.shipments
        if each.received_at is not None
    }  # fmt: skip
    return {each.number: each.quantities for each in order.shipments}, came


def _came(order: Order) -> dict[int, Decimal]:
    """Return what is said to have come of the goods, on their lines."""
    if order.state not in {"received", "accepted", "closed"}:
        return {}
    return {
        line.position: line.quantity if line.received_quantity is None else line.received_quantity
        for line in order.lines
        if line.kind == "goods"
    }


def test_every_state_is_reached_from_a_basket() -> None:
    reached = set(STARTS)
    for _ in MOVES:
        reached |= {move.after for move in MOVES if move.before in reached}
    assert reached == set(rules.STATE_NAMES)


Life.TestCase.settings = settings(
    max_examples=3, stateful_step_count=4, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestLife = Life.TestCase
