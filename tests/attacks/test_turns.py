"""Who looks first and then writes takes turns: sent twice at once, what is to stand once does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import cast
import ledger_world
import pytest
from attacks.test_races import AT_ONCE, Deed, at_once
from conftest import on_postgresql
from exchange import punchouts
from flask import Flask
from ordering import approving
from ordering import world as ordering
from ordering.test_form_advice import ADDRESS
from search import worlds
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from catalogue.accounts import service as accounts
from catalogue.accounts.models import Municipality
from catalogue.accounts.service import Credentials, Limits, Outcome
from catalogue.agreements import limits
from catalogue.agreements import service as agreements
from catalogue.agreements.limit_rules import LimitTerms
from catalogue.agreements.models import Limit, LimitKind
from catalogue.agreements.service import Ending
from catalogue.core import overtaken
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.coverage import ledger, ledger_summing
from catalogue.enterprises import service as enterprises
from catalogue.enterprises.models import MunicipalDecision
from catalogue.exchange import mail_choices, punchout_connections
from catalogue.exchange.mail_kinds import BY_NAME
from catalogue.exchange.mail_models import MailChoice
from catalogue.ordering import addresses, codings, lists, policy
from catalogue.ordering.address_models import DeliveryAddress
from catalogue.ordering.address_schema import AddressFacts
from catalogue.ordering.coding_models import AccountCoding
from catalogue.ordering.codings import CodingFacts
from catalogue.ordering.list_models import ProductListLine
from catalogue.ordering.list_schema import Added
from catalogue.ordering.policy import Away
from catalogue.search.models import InquiryRecipient

DONE = "done"


def address(session: Session) -> Deed:
    """Return how a buyer keeps an address."""
    who, facts = ordering.make(session).who, AddressFacts(**ADDRESS)
    return lambda opened, _n: addresses.keep(opened, who, facts, cast.NOW)


def coding(session: Session) -> Deed:
    """Return how staff keep an account coding of an institution."""
    world = ordering.make(session)
    addresses.keep(session, world.who, AddressFacts(**ADDRESS), cast.NOW)
    staff = cast.who(session, cast.staff(session, world.home))
    facts = CodingFacts(cast.GLN, "3.22.01")
    return lambda opened, _n: codings.keep(opened, staff, facts, cast.NOW)


def favourite(session: Session) -> Deed:
    """Return how a buyer marks a product as a favourite, her first."""
    world = ordering.make(session)
    added = Added(world.product.id, None, None, "")
    return lambda opened, _n: lists.add(opened, world.who, added, cast.NOW)


def choice(_session: Session) -> Deed:
    """Return how a letter remembers that its reader may do without."""
    kind = next(iter(BY_NAME.values()))
    return lambda opened, _n: mail_choices.remember(opened, kind, "bo@slagelse.example", "t" * 32)


def do_at_once(database: Database, deed: Deed) -> Counter[str]:
    """Do a deed as many times at the same moment; count what came of it."""

    def do(number: int) -> str:
        with database.transaction() as session:
            deed(session, number)
        return DONE

    return Counter(at_once(do))


@pytest.mark.parametrize(
    ("make", "kept"),
    [
        (address, DeliveryAddress), (coding, AccountCoding), (favourite, ProductListLine),
        (choice, MailChoice),
    ],
)  # fmt: skip
def test_what_is_kept_many_times_at_once_is_kept_once_and_nobody_is_refused(
    database: Database, make: Callable[[Session], Deed], kept: type[Any]
) -> None:
    with database.transaction() as session:
        deed = make(session)
    assert do_at_once(database, deed) == {DONE: AT_ONCE}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(kept)) == 1


def test_limits_entered_at_once_do_not_hold_side_by_side(database: Database) -> None:
    with database.transaction() as session:
        staff = cast.who(session, cast.staff(session))
    terms = LimitTerms(LimitKind.DIRECT_PURCHASE, 500_000, date(2020, 1, 1), "Indkøbspolitik")
    ended = do_at_once(database, lambda opened, _n: limits.create(opened, staff, terms, cast.NOW))
    assert ended == {DONE: 1, "refused": AT_ONCE - 1}
    with database.reading() as session:
        own = select(func.count()).where(Limit.municipality_id == staff.municipality_id)
        assert session.scalar(own) == 1


def test_of_decisions_at_once_one_is_the_current_one(database: Database) -> None:
    with database.transaction() as session:
        staff = cast.who(session, cast.staff(session))
        enterprise_id = cast.enterprise(session).id
    values = {"recognition": "recognised", "reason": "Vi har set det."}
    do_at_once(
        database,
        lambda opened, _n: enterprises.decide(opened, staff, enterprise_id, values, cast.NOW),
    )
    with database.reading() as session:
        current = select(func.count()).where(MunicipalDecision.is_current)
        assert session.scalar(current) == 1


def test_rows_of_a_ledger_are_taken_off_its_sums_once(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        world = ledger_world.make(session)
    path = ledger_world.file(tmp_path, ledger_world.lines(world))
    taken = ledger_world.take(database, world.staff, path)
    ended = do_at_once(
        database, lambda opened, _n: ledger.remove(opened, world.staff, taken.id, cast.NOW)
    )
    assert ended == {DONE: 1, "refused": AT_ONCE - 1}
    with database.reading() as session:
        assert ledger_summing.compare(session) == []
        removed = select(func.count()).where(AuditEvent.action == "ledger.remove")
        assert session.scalar(removed) == 1


def test_an_enterprise_that_is_asked_many_times_at_once_is_asked_once(
    app: Flask, database: Database
) -> None:
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        staff, shop = cast.staff(session), cast.enterprise(session)
        cast.demand(session, cast.buyer(session, cast.municipality(session)),
                    cast.municipality(session), text="garagehylde")  # fmt: skip
        worlds.put(session, [])
    worlds.work(database, parts)
    browsers = [app.test_client() for _each in range(AT_ONCE)]
    for each in browsers:
        cast.sign_in_as(each, staff)
    desk = "/daekning/efterspoergsel/garagehylde"
    assert browsers[0].get(desk).status_code == 200
    form = {"enterprises": [str(shop.id)], "text": "Kan I lave det?"}
    ended = at_once(lambda n: str(browsers[n].post(f"{desk}/spoerg", data=form).status_code))
    assert ended == ["303"] + ["422"] * (AT_ONCE - 1)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InquiryRecipient)) == 1
    parts["search"].close()


@on_postgresql
def test_a_deed_that_was_overtaken_is_told_so_and_is_no_fault(database: Database) -> None:
    with database.transaction() as session:
        kept = mail_choices.remember(session, next(iter(BY_NAME.values())), "a@b.example", "t" * 32)
        facts = {"address_folded": kept.address_folded, "kind": kept.kind, "token": "u" * 32}
    with pytest.raises(IntegrityError) as raised, database.transaction() as session:
        session.add(MailChoice(**facts))
    assert overtaken.of(raised.value) is not None
    assert overtaken.of(StaleDataError()) is not None
    assert overtaken.of(ValueError()) is None


def test_an_absence_is_taken_out_once(database: Database) -> None:
    with database.transaction() as session:
        here = approving.town(session)
        away = Away(here.bo.id, cast.TODAY, cast.TODAY)
        absence_id = policy.be_away(session, here.anne_who, away, cast.NOW).id
    ended = do_at_once(
        database, lambda opened, _n: policy.be_back(opened, here.anne_who, absence_id, cast.NOW)
    )
    assert ended == {DONE: 1, "refused": AT_ONCE - 1}


def test_of_secrets_given_at_once_to_a_purchasing_system_one_holds_on(database: Database) -> None:
    with database.transaction() as session:
        to = punchouts.connect(session)
        staff = cast.who(session, cast.staff(session, to.world.home))
    do_at_once(
        database,
        lambda opened, _n: punchout_connections.rotate(opened, staff, to.connection_id, cast.NOW),
    )
    with database.reading() as session:
        held = punchout_connections.list_secrets(session, to.connection_id, cast.NOW)
        assert [each.expires_at is None for each in held] == [True, False]


def test_tries_to_sign_in_at_once_count_each_other(database: Database) -> None:
    with database.transaction() as session:
        typed = Credentials(cast.buyer(session).email, "forkert", "192.0.2.1")
    limits = Limits(per_email=2, per_address=100, session_hours=8)

    def guess(_number: int) -> str:
        with database.transaction() as session:
            return str(accounts.sign_in(session, typed, cast.NOW, limits)[0])

    assert Counter(at_once(guess)) == {Outcome.WRONG: 2, Outcome.TOO_MANY: AT_ONCE - 2}


def force(session: Session) -> Deed:
    """Return how staff make a draft of an agreement binding."""
    staff = cast.who(session, cast.staff(session))
    home = session.get_one(Municipality, staff.municipality_id)
    made = cast.voluntary(session, home, cast.enterprise(session), is_draft=True)
    return lambda opened, _n: agreements.put_in_force(opened, staff, made.id, cast.NOW)


def end(session: Session) -> Deed:
    """Return how staff end an agreement before its time."""
    staff = cast.who(session, cast.staff(session))
    home = session.get_one(Municipality, staff.municipality_id)
    made = cast.voluntary(session, home, cast.enterprise(session))
    ending = Ending(cast.TODAY, "Ophørt")
    return lambda opened, _n: agreements.end_early(opened, staff, made.id, ending, cast.NOW)


@pytest.mark.parametrize("make", [force, end])
def test_an_agreement_is_led_on_once(database: Database, make: Callable[[Session], Deed]) -> None:
    with database.transaction() as session:
        deed = make(session)
    assert do_at_once(database, deed) == {DONE: 1, "refused": AT_ONCE - 1}
