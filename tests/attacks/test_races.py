"""What counts once counts once when it is sent twice at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import cast
import pytest
from accounts.codes import code_at, gate, turned_on
from accounts.test_password_links import issue as issue_password
from accounts.test_people import NEW
from accounts.test_people import issue as issue_invitation
from conftest import on_postgresql
from exchange.punchouts import HOOK, connect
from exchange.test_mail import ordered
from ordering.world import DELIVERY, make, put
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts import invitations, password_links, second_factor
from catalogue.accounts.second_factor import Tried
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError, Conflict
from catalogue.core.who import Role
from catalogue.exchange import links, punchout_sessions
from catalogue.exchange.link_rules import Standing
from catalogue.exchange.links import Answer
from catalogue.exchange.punchout_forms import Visit
from catalogue.exchange.punchout_models import PunchOutConnection
from catalogue.ordering import service, steps
from catalogue.ordering.models import Order
from catalogue.ordering.rules import Step
from catalogue.privacy import erasing

AT_ONCE = 4
Deed = Callable[[Session, int], Any]


def password(session: Session) -> Deed:
    """Return how somebody chooses a password by a link."""
    token = issue_password(session, cast.buyer(session))
    return lambda opened, n: password_links.choose(opened, token, f"kodeord nummer {n}", cast.NOW)


def invitation(session: Session) -> Deed:
    """Return how somebody accepts an invitation."""
    who = cast.who(session, cast.worker(session, cast.enterprise(session)))
    made = invitations.invite(session, who, NEW, Role.ENTERPRISE, cast.NOW)
    token = issue_invitation(session, made)
    return lambda opened, n: invitations.accept_as_new(
        opened, token, f"Bo {n}", cast.PASSWORD, cast.NOW
    )


def start_page(session: Session) -> Deed:
    """Return how a session that a purchasing system asked for is opened."""
    to = connect(session)
    connection = session.get_one(PunchOutConnection, to.connection_id)
    token = punchout_sessions.set_up(session, connection, Visit(HOOK), cast.NOW)[1]
    return lambda opened, n: punchout_sessions.start(opened, token, cast.NOW)


def at_once(deed: Callable[[int], str]) -> list[str]:
    """Do something as many times at the same moment; return what each time came to, sorted."""
    start, ended = Barrier(AT_ONCE), []

    def do(number: int) -> None:
        start.wait()
        try:
            ended.append(deed(number))
        except CatalogueError:
            ended.append("refused")

    threads = [Thread(target=do, args=(number,)) for number in range(AT_ONCE)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sorted(ended)


@pytest.mark.parametrize("make", [password, invitation, start_page])
def test_link_that_is_used_many_times_at_once_works_once(
    database: Database, make: Callable[[Session], Deed]
) -> None:
    with database.transaction() as session:
        deed = make(session)

    def use(number: int) -> str:
        with database.transaction() as session:
            deed(session, number)
        return "done"

    assert at_once(use) == ["done"] + ["refused"] * (AT_ONCE - 1)


def test_order_link_that_is_answered_many_times_at_once_counts_once_and_tells_the_others(
    database: Database,
) -> None:
    world = ordered(database)
    with database.transaction() as session:
        order = session.scalars(select(Order).options(selectinload(Order.events))).one()
        issued = links.issue(session, order, cast.NOW, 3)
    assert issued is not None
    given = Answer(Step.CONFIRM, None, world.who)

    def use(_number: int) -> str:
        with database.transaction() as session:
            seen = links.answer(session, issued.token, given, cast.NOW)
        return str(seen and seen.standing)

    # A refusal is told and written down: nothing is raised, which would undo its event.
    assert at_once(use) == [Standing.OPEN] + [Standing.USED] * (AT_ONCE - 1)


@on_postgresql
def test_who_leads_an_order_on_holds_up_whoever_would_too(database: Database) -> None:
    world = ordered(database)
    with database.transaction() as session, database.transaction() as meanwhile:
        (number,) = session.scalars(select(Order.number)).all()
        assert steps.lock(session, world.worker_who, number).state == "placed"
        meanwhile.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            steps.lock(meanwhile, world.who, number)


@on_postgresql
def test_who_checks_a_code_holds_up_whoever_would_too_before_it_is_looked_at(
    database: Database,
) -> None:
    with database.transaction() as session:
        person = cast.buyer(session)
        turned_on(session, person)
        person_id, code = person.id, code_at(cast.NOW)
    with database.transaction() as session, database.transaction() as meanwhile:
        assert second_factor.try_code(session, person_id, code, gate()) == Tried.RIGHT
        meanwhile.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match=r"(?s)lock timeout.*FOR UPDATE"):
            second_factor.try_code(meanwhile, person_id, code, gate())


@on_postgresql
def test_person_whose_order_is_being_placed_is_not_taken_out(database: Database) -> None:
    with database.transaction() as session:
        world = make(session)
        put(session, world)
        staff = cast.who(session, cast.staff(session, world.home))
        person_id = world.buyer.id
    refused: list[Exception] = []

    def take_out() -> None:
        try:
            with database.transaction() as session:
                erasing.erase(session, staff, person_id, cast.NOW)
        except Conflict as error:
            refused.append(error)

    thread = Thread(target=take_out)
    with database.transaction() as session:
        service.place(session, world.who, DELIVERY, "one-drawn-form", cast.NOW)
        thread.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while thread.is_alive() and not session.scalar(waiting):
            pass
    thread.join()
    assert len(refused) == 1
