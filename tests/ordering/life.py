"""The life of an order walked at random by all its people, beside a reckoning in plain Python.

After each step the states are those of the table, and lines, prices, days, sums, ceilings, stock
and who may act those of the reckoning, whatever the people clicked on, in whatever order, on pages
however old. Buyers and approvers leave and come back meanwhile; then staff can have others go on.
It is run by test_order_life.py.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import cast
from cast import NOW, TODAY
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ordering import life_busy, life_going_on, life_seen
from ordering.approving import Town, approver, town
from ordering.approving import rule as approval_rule
from ordering.deeds import DEEDS, Click
from ordering.reckoned import Reckoned
from ordering.reckoning import Reckoning
from ordering.world import DELIVERY

from catalogue.accounts.models import Person
from catalogue.core.checking import find
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError, Invalid, Missing
from catalogue.ordering import basket, ceilings, escalation, policy, rules, seeing, service
from catalogue.ordering.approval import NotApprovable
from catalogue.ordering.approval_cases import digest_of, load_cases
from catalogue.ordering.policy import Away
from catalogue.ordering.rules import Given, Move, Side, Step
from catalogue.ordering.shipments import ShipmentGone
from catalogue.ordering.steps import OutOfTurn
from catalogue.ordering.wholeness import checks
from catalogue.products import stock

CEILING_ORE = 30_000_000
RULES = ((2_000_000, "Anne", "Cia"), (5_000_000, "Bo", "Anne"))
GOODS_ORE, WORK_ORE = 1_250_000, 300_000
FIRST_TURNS = 40
BUYERS = ["buyer", "other"]


class Life(RuleBasedStateMachine):
    """Two buyers, three approvers, staff and enterprise, who all click whatever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "life.sqlite"
        path.write_bytes(life_seen.empty())
        self.database = Database(f"sqlite:///{path}")
        self.book = Reckoning(RULES, TODAY, CEILING_ORE)
        self.walked: set[Move] = set()
        self.taken: Counter[tuple[str, Step]] = Counter()
        self.looked: dict[tuple[str, str], tuple[str, object]] = {}

    @initialize(seed=st.integers(0, 9_999))
    def begin(self, seed: int) -> None:
        """Make the town, some orders, and take many steps with them."""
        self.found()
        for goods, work in ((2, 1), (4, 0), (0, 2)):
            self.place(goods, work)
        self.be_busy(seed, FIRST_TURNS)

    def found(self) -> None:
        """Make the town: goods and work on one agreement, and rules for two amounts."""
        with self.database.transaction() as session:
            here: Town = town(session, ceiling_ore=CEILING_ORE)
            cia = approver(session, here.world, "Cia")
            facts = {"kind": "service", "price_ore": WORK_ORE}
            self.work_id = cast.product(session, here.world.enterprise, "Montering", **facts).id
            named = {"Anne": here.anne, "Bo": here.bo, "Cia": cia}
            for from_ore, first, then in RULES:
                terms = {"name": first, "from_ore": from_ore, "escalate_to_id": named[then].id}
                approval_rule(session, here, named[first], **terms)
            self.ids = {name: person.id for name, person in named.items()}
            self.here = here
            other = cast.buyer(session, here.world.home, name="Hans Berg")
            self.buyers = {"buyer": here.world.buyer.id, "other": other.id}
            self.people = {
                "buyer": here.world.who, "other": cast.who(session, other),
                "enterprise": here.world.worker_who, "staff": here.staff_who,
                "Anne": here.anne_who, "Bo": here.bo_who, "Cia": cast.who(session, cia),
            }  # fmt: skip
        self.count(life_busy.COUNTED)

    @property
    def now(self) -> datetime:
        """Return the moment it is in the walk."""
        return NOW + (self.book.today - TODAY)

    @rule(goods=st.integers(0, 5), work=st.integers(0, 2))
    def place(self, goods: int, work: int) -> None:
        """Order goods, work or both; ceiling or stock may be in the way."""
        wanted = {self.here.world.product.id: goods, self.work_id: work}
        name = BUYERS["buyer" in self.book.gone]  # one of them is always there
        key, who = f"key-{len(self.book.orders)}-{goods}-{work}", self.people[name]
        with self.database.transaction() as session:
            bought = goods * GOODS_ORE + work * WORK_ORE
            fits = bought > 0 and self.book.has_room(bought, goods)
            try:
                for product_id, quantity in wanted.items():
                    if quantity:
                        basket.add(session, who, product_id, Decimal(quantity), self.now)
                (made,) = service.place(session, who, DELIVERY, key, self.now)
            except (service.CannotBePlaced, basket.NotOrderable):
                assert not fits
                basket.empty(session, basket.lock(session, who, self.now))
                return
            session.flush()
            lines = {line.position: (int(line.quantity), line.price_ore) for line in made.lines}
            work_lines = {line.position for line in made.lines if line.kind == "service"}
            new = self.book.orders[made.number] = Reckoned(lines, work_lines, name)
            assert new.net_ore == bought
            assert fits
        self.book.ask(new)
        self.book.open_turn(new)
        new.state = "awaiting" if new.asked else "placed"
        new.told = not new.asked

    @rule(left=st.integers(0, 24))
    def count(self, left: int) -> None:
        """Let the enterprise count its goods."""
        told = {self.here.world.product.id: Decimal(left)}
        with self.database.transaction() as session:
            stock.count(session, self.people["enterprise"], told, self.now)
        self.book.count(left)

    @rule(days=st.integers(1, 3))
    def sleep(self, days: int) -> None:
        """Let days pass, and the worker pass on in the morning what nobody decided."""
        late = self.book.pass_days(days)
        with self.database.transaction() as session:
            assert escalation.escalate(session, self.now) == late
        move = rules.find_move("awaiting", Side.CATALOGUE, Step.ESCALATE)
        self.walked |= {move} if move and late else set()

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
                digest = digest_of(life_seen.load(session, number)[0])
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
        before, known = order.state, self.known(order)
        old = self.looked.get((name, number)) if pick % 2 else None
        click = Click(step, pick, self.now, old[0] if old else None, self.ids, self.buyers)
        problem = self._try(click, name, number)
        side = rules.side_of(who.role)
        offered = rules.find_move(before, side, step, None, known) is not None
        if problem is None:
            assert side != Side.APPROVER or name in self.book.acting(order)
            assert not self.book.refuses(order, click), (before, name, step)
            known |= {Given.UNSEEN} if step == Step.SEE else set()  # to see again is no fault
            order.seen = order.seen or name == "enterprise"
            order.state = self.book.take(order, click)
            if (step, order.state) == (Step.RECEIVE_PART, "received"):
                step = Step.RECEIVE  # with the last of them
            move = rules.find_move(before, side, step, order.state, known)
            assert move, (before, name, step)
            assert step != Step.APPROVE or old is None or old[1] == order.approved_last
            self.taken[before, step] += 1
            self.walked.add(move)
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
            assert self.book.refuses(order, click), (before, name, step)

    @rule(seed=st.integers(0, 9_999), turns=st.integers(5, 15))
    def be_busy(self, seed: int, turns: int) -> None:
        """Take steps that the table offers, rather those that were seldom taken.

        Chosen by chance from one number: lists of choices come out short and alike.
        """
        life_busy.take_turns(self, random.Random(seed), turns)

    @invariant()
    def all_is_as_reckoned(self) -> None:
        """States, lines, sums, ceilings, stock, what was seen and who may act: all as reckoned."""
        if not hasattr(self, "here"):
            return
        with self.database.reading() as session:
            orders = life_seen.load(session)
            left, holds = life_seen.stock(session, self.here.world.product.id)
            (used,) = ceilings.list_used(session, [self.here.world.agreement.id], self.book.today)
            cases = load_cases(session, orders, self.book.today)
        assert used.ordered_ore == self.book.ordered_ore
        assert used.reserved_ore == self.book.reserved_ore
        assert used.bound_ore <= CEILING_ORE
        assert left == self.book.left >= 0
        for each in orders:
            reckoned = self.book.orders[each.number]
            assert life_seen.of_order(each) == life_seen.reckoned(reckoned)
            assert each.vat_ore * 4 == each.net_ore
            assert holds.get(each.id, 0) == reckoned.held
            assert each.buyer_id == self.buyers[reckoned.buyer]
            acting = {name for name, id_ in self.ids.items() if id_ in cases[each.id].acting}
            assert acting == self.book.acting(reckoned)
            life_going_on.check(self, each, reckoned)

    def teardown(self) -> None:
        """Ask what `catalogue check` asks of orders, which finds nothing; close the database."""
        with self.database.reading() as session:
            found = {each.code: find(session, each, 3).first for each in checks()}
        assert not any(found.values()), found
        self.database.dispose()
        self.folder.cleanup()

    def known(self, order: Reckoned) -> frozenset[Given]:
        """Return what is true of an order, as the table asks it."""
        kinds = ["service" if each in order.work else "goods" for each in order.lines]
        under_way = len(order.under_way)
        return rules.given(kinds, seen=order.seen, withheld=not order.told, under_way=under_way)

    def _number(self, which: int) -> str | None:
        numbers = list(self.book.orders)
        return numbers[which % len(numbers)] if numbers else None

    def _try(self, click: Click, name: str, number: str) -> CatalogueError | None:
        try:
            with self.database.transaction() as session:
                order = life_seen.load(session, number)[0]
                DEEDS[click.step](session, self.people[name], order, click)
        except CatalogueError as error:
            return error
        return None
