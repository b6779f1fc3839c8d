"""Many order at once: nobody sees an error, numbers have no gaps, no ceiling is passed.

The nearest shop software loses 70 % of concurrent check-outs on SQLite's defaults.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import cast
from cast import NOW, TODAY
from flask import Flask
from ordering import crowd
from ordering.approving import approve, rule, town
from ordering.world import DELIVERY, World, make, put
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from catalogue.core.db import Database
from catalogue.ordering import approval, basket, ceilings, policy, service
from catalogue.ordering.models import Order
from catalogue.ordering.policy import Away
from catalogue.ordering.rules import Step

CROWD = 8
PROCESSES = 4
TIMES = 4


def people(database: Database, world: World) -> list[cast.Person]:
    """Make a crowd of buyers."""
    with database.transaction() as session:
        return [cast.buyer(session, world.home) for _ in range(CROWD)]


def numbers(database: Database) -> list[int]:
    """List the running numbers of all orders, in order."""
    with database.reading() as session:
        return list(session.scalars(select(Order.sequence).order_by(Order.sequence)))


def at_once(deeds: list[Callable[[], object]]) -> list[object]:
    """Do all deeds at the same moment, each in a thread; return results or the errors raised."""
    gate = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> object:
        gate.wait()
        try:
            return deed()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def test_eight_buyers_order_in_threads_without_error_and_without_gaps(
    app: Flask, database: Database
) -> None:
    with database.transaction() as session:
        world = make(session)
    crowd_ = people(database, world)
    found = at_once(
        [
            lambda person=person: crowd.order_often(app, person, world.product.id, TIMES)
            for person in crowd_
        ]
    )
    assert found == [[303, 200, 303, 303] * TIMES] * CROWD
    assert numbers(database) == list(range(1, CROWD * TIMES + 1))


def test_four_buyers_order_in_processes_without_error_and_without_gaps(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as session:
        world = make(session)
    config = {
        "CATALOGUE_DATA_FOLDER": str(tmp_path / "data"),
        "CATALOGUE_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "CATALOGUE_SECRET_KEY": "a secret of the tests",
    }
    crowd_ = people(database, world)
    # Each process begins where the application is imported, which takes longer than its orders.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ordering.crowd", "catalogue.app"])
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        tasks = [
            pool.submit(crowd.order_in_process, config, person, world.product.id, TIMES)
            for person in crowd_[:PROCESSES]
        ]
        found = [task.result() for task in tasks]
    assert found == [[303, 200, 303, 303] * TIMES] * PROCESSES
    assert numbers(database) == list(range(1, PROCESSES * TIMES + 1))


def test_one_form_sent_eight_times_at_once_makes_one_order(database: Database) -> None:
    with database.transaction() as session:
        world = make(session)
        put(session, world)

    def send() -> str:
        with database.transaction() as session:
            (order,) = service.place(session, world.who, DELIVERY, "one-drawn-form", NOW)
            return order.number

    assert at_once([send] * CROWD) == ["0330-2026-00001"] * CROWD
    assert numbers(database) == [1]


def test_first_basket_of_a_buyer_made_by_eight_requests_at_once_is_one(
    database: Database,
) -> None:
    with database.transaction() as session:
        world = make(session)

    def add() -> int | None:
        with database.transaction() as session:
            put(session, world, "1")
            session.flush()
            return service.count_basket_lines(session, world.who)

    assert at_once([add] * CROWD) == [1] * CROWD


def test_ceiling_holds_when_eight_order_at_once(database: Database) -> None:
    with database.transaction() as session:
        world = make(session, ceiling_ore=3 * 1_250_000)
    crowd_ = people(database, world)
    with database.transaction() as session:
        whos = [cast.who(session, person) for person in crowd_]
    for who in whos:
        with database.transaction() as session:
            put(session, World(**(vars(world) | {"who": who})))

    def order(who: cast.Who) -> str:
        with database.transaction() as session:
            (placed,) = service.place(session, who, DELIVERY, "form-of-each", NOW)
            return placed.number

    found = at_once([lambda who=who: order(who) for who in whos])
    assert sorted(each for each in found if isinstance(each, str)) == [
        "0330-2026-00001",
        "0330-2026-00002",
        "0330-2026-00003",
    ]
    refused = [each for each in found if isinstance(each, service.CannotBePlaced)]
    assert len(refused) == CROWD - 3
    assert numbers(database) == [1, 2, 3]


def test_last_kroner_of_a_ceiling_are_reserved_once_and_approved_once(database: Database) -> None:
    """Eight want the last 1,000 kr. with approval on; two approvers then approve at once."""
    with database.transaction() as session:
        here = town(session, ceiling_ore=1_250_000 + 100_000)
        cheap = cast.product(session, here.world.enterprise, "Gynge", price_ore=100_000)
        rule(session, here, from_ore=0)
        put(session, here.world)
        service.place(session, here.world.who, DELIVERY, "form-before", NOW)
        policy.be_away(session, here.anne_who, Away(here.bo.id, TODAY, TODAY), NOW)
    crowd_ = people(database, here.world)
    with database.transaction() as session:
        whos = [cast.who(session, person) for person in crowd_]
        for who in whos:
            basket.add(session, who, cheap.id, None, NOW)

    def order(who: cast.Who) -> str:
        with database.transaction() as session:
            (placed,) = service.place(session, who, DELIVERY, "form-of-each", NOW)
            return placed.number

    found = at_once([lambda who=who: order(who) for who in whos])
    numbers_ = [each for each in found if isinstance(each, str)]
    assert len(numbers_) == 1
    assert [type(each) for each in found].count(service.CannotBePlaced) == CROWD - 1

    def approve_it(who: cast.Who) -> str:
        with database.transaction() as session:
            waiting = select(Order).where(Order.number == numbers_[0])
            one = session.scalars(waiting.options(selectinload(Order.lines))).one()
            return approve(session, who, one).state

    answers = at_once([lambda who=who: approve_it(who) for who in (here.anne_who, here.bo_who)])
    assert answers.count("placed") == 1
    assert [type(each) for each in answers].count(service.OutOfTurn) == 1
    with database.reading() as session:
        (used,) = ceilings.list_used(session, [here.world.agreement.id], TODAY)
    assert (used.ordered_ore, used.reserved_ore) == (100_000, 1_250_000)


def test_one_approval_frees_and_eight_fight_for_it(database: Database) -> None:
    """While a reservation is released, as many order as there is room for, and no more."""
    with database.transaction() as session:
        here = town(session, ceiling_ore=1_250_000)
        rule(session, here)
        put(session, here.world)
        (held,) = service.place(session, here.world.who, DELIVERY, "form-before", NOW)
    crowd_ = people(database, here.world)
    with database.transaction() as session:
        whos = [cast.who(session, person) for person in crowd_]
        for who in whos:
            put(session, World(**(vars(here.world) | {"who": who})))

    def order(who: cast.Who) -> str:
        with database.transaction() as session:
            (placed,) = service.place(session, who, DELIVERY, "form-of-each", NOW)
            return placed.number

    def decline() -> str:
        with database.transaction() as session:
            return approval.decline(session, here.anne_who, held.number, "Nej", NOW).state

    at_once([decline, *(lambda who=who: order(who) for who in whos)])
    with database.reading() as session:
        (used,) = ceilings.list_used(session, [here.world.agreement.id], TODAY)
    assert used.bound_ore in (0, 1_250_000)


def test_enterprise_and_buyer_at_once_lead_the_order_one_way(database: Database) -> None:
    with database.transaction() as session:
        world = make(session)
        put(session, world)
        (order,) = service.place(session, world.who, DELIVERY, "one-drawn-form", NOW)

    def take(who: cast.Who, step: Step) -> str:
        with database.transaction() as session:
            return service.take_step(session, who, order.number, step, now=NOW).state

    found = at_once(
        [
            lambda: take(world.worker_who, Step.CONFIRM),
            lambda: take(world.who, Step.CANCEL),
        ]
    )
    assert [type(each) for each in found].count(service.OutOfTurn) == 1
