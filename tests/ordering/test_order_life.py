"""The life of an order walked at random by all its people: the table holds, and so do the sums."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from cast import NOW, TODAY
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ordering.approving import Town, seen, town
from ordering.approving import rule as approval_rule
from ordering.world import DELIVERY, put
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError, Conflict, Invalid, Missing
from catalogue.core.who import Who
from catalogue.ordering import approval, ceilings, changing, rules, service
from catalogue.ordering.approval_cases import load_cases
from catalogue.ordering.change_rules import Arrived, Proposed
from catalogue.ordering.changing import Change
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.rules import MOVES, STARTS, Side, Step

CEILING_ORE = 20_000_000
Deed = Callable[[Session, Who, Order], object]
WHY = "Fordi"
DEEDS: dict[Step, Deed] = {
    Step.APPROVE: lambda s, who, o: approval.approve(s, who, o.number, seen(s, o), NOW),
    Step.DECLINE: lambda s, who, o: approval.decline(s, who, o.number, WHY, NOW),
    Step.SEND_BACK: lambda s, who, o: approval.send_back(s, who, o.number, WHY, NOW),
    Step.RESUBMIT: lambda s, who, o: approval.resubmit(s, who, o.number, WHY, NOW),
    Step.CONFIRM: lambda s, who, o: changing.confirm(s, who, o.number, TODAY, NOW),
    Step.PROPOSE: lambda s, who, o: changing.propose(
        s, who, o.number, Change(WHY, None, {1: Proposed(o.lines[0].quantity - 1)}), NOW
    ),
    Step.ACCEPT: lambda s, who, o: changing.accept(s, who, o.number, NOW),
    Step.REFUSE: lambda s, who, o: changing.refuse(s, who, o.number, NOW),
    Step.WITHDRAW: lambda s, who, o: changing.withdraw(s, who, o.number, NOW),
    Step.RECEIVE: lambda s, who, o: changing.receive(
        s, who, o.number, {1: Arrived(Decimal(1), WHY)}, NOW
    ),
}  # fmt: skip


def _plain(step: Step) -> Deed:
    return lambda s, who, o: service.take_step(s, who, o.number, step, now=NOW, reason=WHY)


for each in (Step.REJECT, Step.CANCEL, Step.DISPATCH, Step.CLOSE):
    DEEDS[each] = _plain(each)


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
    """Buyer, two approvers, staff and enterprise, who all click whatever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "life.sqlite"
        path.write_bytes(_empty())
        self.database = Database(f"sqlite:///{path}")
        self.placed = 0

    @initialize()
    def begin(self) -> None:
        """Make the town, with a chain of two over 20.000 kr."""
        with self.database.transaction() as session:
            self.here: Town = town(session, ceiling_ore=CEILING_ORE)
            approval_rule(session, self.here, self.here.anne, self.here.bo, from_ore=2_000_000)
        here = self.here
        self.people = {
            Side.BUYER: [here.world.who], Side.ENTERPRISE: [here.world.worker_who],
            Side.APPROVER: [here.anne_who, here.bo_who], Side.STAFF: [here.staff_who],
        }  # fmt: skip

    @rule(quantity=st.integers(1, 6))
    def place(self, quantity: int) -> None:
        """Order; the ceiling may be in the way."""
        self.placed += 1
        with self.database.transaction() as session:
            before = self._used(session).bound_ore
            put(session, self.here.world, str(quantity))
            try:
                service.place(session, self.here.world.who, DELIVERY, f"key-{self.placed}", NOW)
            except service.CannotBePlaced:
                held = session.scalars(select(service.baskets.Basket)).one()
                wanted = before + sum(
                    line.quantity * 1_250_000
                    for line in session.scalars(select(service.baskets.BasketLine))
                )
                assert wanted > CEILING_ORE
                service.baskets.empty(session, held)

    @rule(
        step=st.sampled_from(sorted(DEEDS)), person=st.sampled_from([*Side][:4]),
        which=st.integers(0, 5), second=st.booleans(),
    )  # fmt: skip
    def act(self, step: Step, person: Side, which: int, second: bool) -> None:
        """Take a step, allowed or not."""
        crowd = self.people[person]
        who = crowd[-1] if second else crowd[0]
        with self.database.reading() as session:
            orders = self._orders(session)
            if not orders:
                return
            number, before = orders[which % len(orders)].number, orders[which % len(orders)].state
        after, problem = self._try(step, who, number)
        if problem is None:
            assert rules.find_move(before, person, step, after), (before, person, step, after)
            return
        assert after == before
        expected = (Conflict, Missing, Invalid) if person != Side.BUYER else (Conflict, Invalid)
        assert isinstance(problem, expected)

    @rule(which=st.integers(0, 5), choice=st.integers(0, 20), second=st.booleans())
    def act_in_turn(self, which: int, choice: int, second: bool) -> None:
        """Take a step that the table offers, so that orders get far."""
        with self.database.reading() as session:
            orders = self._orders(session)
        offered = [
            (step, side)
            for each in orders[which : which + 1]
            for side in self.people
            for step in rules.steps(each.state, side)
            if step in DEEDS
        ]
        if offered:
            step, side = offered[choice % len(offered)]
            self.act(step, side, which, second)

    @invariant()
    def sums_follow_exactly(self) -> None:
        """What is ordered and reserved is the sum of the lines, and within the ceiling."""
        if not hasattr(self, "here"):
            return
        with self.database.reading() as session:
            orders, used = self._orders(session), self._used(session)
            ordered = [each for each in orders if each.state not in rules.VOID_STATES]
            held = [each for each in orders if each.state in rules.RESERVING_STATES]
            assert used.ordered_ore == sum(each.net_ore for each in ordered)
            assert used.reserved_ore == sum(each.net_ore for each in held)
            assert used.bound_ore <= CEILING_ORE
            for each in orders:
                assert each.net_ore == sum(line.net_ore for line in each.lines)
                assert each.withheld == (not self._ever_placed(session, each))

    @invariant()
    def somebody_can_act(self) -> None:
        """An order that waits for approval has somebody who may act, and is what was approved."""
        if not hasattr(self, "here"):
            return
        with self.database.reading() as session:
            orders = self._orders(session)
            cases = load_cases(session, orders, TODAY)
            for each in orders:
                case = cases[each.id]
                assert (each.state == "awaiting") <= bool(case.acting)
                approved = each.state in ("placed", "confirmed", "dispatched", "received")
                assert not (approved and case.steps and case.step is not None)

    def teardown(self) -> None:
        """Close the database."""
        self.database.dispose()
        self.folder.cleanup()

    def _try(self, step: Step, who: Who, number: str) -> tuple[str, CatalogueError | None]:
        problem = None
        try:
            with self.database.transaction() as session:
                query = select(Order).where(Order.number == number)
                order = session.scalars(query.options(selectinload(Order.lines))).one()
                DEEDS[step](session, who, order)
        except CatalogueError as error:
            problem = error
        with self.database.reading() as session:
            return session.scalars(select(Order.state).where(Order.number == number)).one(), problem

    def _orders(self, session: Session) -> list[Order]:
        query = select(Order).options(selectinload(Order.lines)).order_by(Order.id)
        return list(session.scalars(query))

    def _used(self, session: Session) -> Any:
        (used,) = ceilings.list_used(session, [self.here.world.agreement.id], TODAY)
        return used

    def _ever_placed(self, session: Session, order: Order) -> bool:
        query = select(OrderEvent.state).where(OrderEvent.order_id == order.id)
        seen_ = set(session.scalars(query))
        return bool(seen_ - {"awaiting", "returned", "declined", "cancelled"})


def test_every_state_is_reached_from_a_basket() -> None:
    reached = set(STARTS)
    for _ in MOVES:
        reached |= {move.after for move in MOVES if move.before in reached}
    assert reached == set(rules.STATE_NAMES)


Life.TestCase.settings = settings(
    max_examples=3, stateful_step_count=25, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestLife = Life.TestCase
