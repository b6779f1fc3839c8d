"""Every figure of the ledger is the sum of the rows it opens, whoever kept the sums."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import cast
import ledger_world as worlds
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements.models import Agreement, AgreementCategory
from catalogue.cli import main
from catalogue.core.db import Database
from catalogue.coverage import (
    ledger,
    ledger_file,
    ledger_opened,
    ledger_queries,
    ledger_report,
    ledger_summing,
    ledger_sums,
)
from catalogue.coverage import ledger_rules as rules
from catalogue.coverage.ledger_report import Part, Report
from catalogue.coverage.ledger_rules import SOCIAL, Bought
from catalogue.coverage.ledger_sets import Sought
from catalogue.coverage.models import (
    AccountCategory,
    ImportState,
    LedgerImport,
    LedgerRow,
    LedgerSum,
)
from catalogue.enterprises.models import Enterprise, EnterpriseState

CODES = ("37000000", "37530000", "37535200", "90910000")
ACCOUNTS, DEPARTMENTS = ("4210", "4220", "4230", ""), ("Børnehuset", "Rådhuset", "")
DAYS = st.dates(date(2023, 12, 1), date(2025, 2, 28))


def grow(session: Session, chance: random.Random) -> Municipality:
    """Make a world by lot: agreements, accounts and rows of two municipalities."""
    places = [cast.municipality(session), cast.municipality(session, "Vejle")]
    states = list(EnterpriseState)
    sellers = [cast.enterprise(session, f"V{n}", state=chance.choice(states)) for n in range(3)]
    sellers.append(cast.enterprise(session, "V3"))
    for _n in range(chance.randrange(6)):
        starts = cast.TODAY + timedelta(days=chance.randrange(-80, 60))
        codes = chance.sample(CODES, chance.randint(1, 2))
        cast.voluntary(
            session, chance.choice(places), chance.choice(sellers), categories=codes,
            starts_on=starts, ends_on=starts + timedelta(days=chance.randrange(80)),
        )  # fmt: skip
    for place in places:
        for account in ACCOUNTS:
            if chance.random() < 0.6:
                code = cast.category(session, chance.choice(CODES))
                session.add(AccountCategory(
                    municipality_id=place.id, account=account, category_code=code.code,
                    prefix=code.prefix, updated_at=cast.NOW))  # fmt: skip
        made = LedgerImport(
            municipality_id=place.id, file_name="x", token="", sha256="", created_at=cast.NOW,
            state=ImportState.TAKEN, facts={},
        )  # fmt: skip
        session.add(made)
        session.flush()
        for number in range(chance.randrange(40)):
            session.add(LedgerRow(
                municipality_id=place.id, import_id=made.id, fingerprint=number,
                booked_on=cast.TODAY + timedelta(days=chance.randrange(-60, 60)),
                cvr=chance.choice([*(each.cvr for each in sellers), "", "12345674"]),
                supplier_name="", amount_ore=chance.randrange(-500, 5000),
                account=chance.choice(ACCOUNTS), department=chance.choice(DEPARTMENTS),
            ))  # fmt: skip
    session.flush()
    ledger_summing.rebuild(session)
    return places[0]


def plain(session: Session, home: Municipality) -> Iterator[tuple[LedgerRow, Bought, str | None]]:
    """Judge every row of a municipality by the rule, with its account's category."""
    mapped = ledger_queries.list_mapped(session, home.id)
    sellers = {each.cvr: each for each in session.scalars(select(Enterprise))}
    agreed = session.execute(
        select(Agreement.enterprise_id, Agreement.starts_on, Agreement.ends_on,
               AgreementCategory.prefix)
        .join(AgreementCategory, AgreementCategory.agreement_id == Agreement.id)
        .where(Agreement.municipality_id == home.id)
    ).all()  # fmt: skip
    for row in session.scalars(select(LedgerRow).where(LedgerRow.municipality_id == home.id)):
        seller = sellers.get(row.cvr)
        code = mapped.get(row.account)
        in_force = [
            one.prefix
            for one in agreed
            if seller and one.enterprise_id == seller.id
            and one.starts_on <= row.booked_on <= one.ends_on
        ]  # fmt: skip
        digits = None if code is None else code[:2] + code[2:].rstrip("0")
        verified = seller is not None and seller.is_verified_on(cast.TODAY)
        yield row, rules.bought(verified, digits, in_force), code


def opened(session: Session, home: Municipality, part: Part, sought: Sought) -> None:
    """Check every amount of a line of the report against the rows that it opens."""
    for ore, places in (
        (part.spent.total_ore, None),
        (part.spent.social_ore, SOCIAL),
        (part.spent.on_ore, (Bought.ON,)),
        (part.spent.off_ore, (Bought.OFF,)),
        (part.spent.uncertain_ore, (Bought.UNCERTAIN,)),
    ):
        asked = replace(sought, bought=places)
        rows = ledger_opened.read(session, home.id, asked, 1000, 0).rows
        assert sum(row.amount_ore for row in rows) == ore
        assert ledger_sums.total(session, home.id, asked) == ledger_sums.Sum(len(rows), ore)


def turned_page_by_page(session: Session, home: Municipality, asked: Sought) -> None:
    """Check that pages of three rows make up the whole list, and tell the sums of all of it."""
    months = ledger_sums.by_month(session, home.id, asked)
    whole = ledger_opened.read(session, home.id, asked, 1000, 0)
    pages = []
    for start in range(0, len(whole.rows) + 1, 3):
        page = ledger_opened.read(session, home.id, asked, 3, start)
        assert page.total == sum(months.values(), ledger_sums.Sum())
        pages += page.rows
    assert pages == whole.rows
    assert whole.total.rows == len(whole.rows)


def test_report_equals_plain_counting_and_every_figure_the_rows_it_opens(
    database: Database,
) -> None:
    @settings(max_examples=cast.examples(25, database), deadline=None)
    @given(seed=st.integers(0, 10**6), first=st.integers(-61, 20), days=st.integers(0, 100))
    def holds(seed: int, first: int, days: int) -> None:
        # Each world is rolled back, so that one database serves them all.
        with Session(database.engine, expire_on_commit=False) as session:
            home = grow(session, random.Random(seed))
            start = cast.TODAY + timedelta(days=first)
            period = (start, start + timedelta(days=days))
            judged = [
                each for each in plain(session, home) if period[0] <= each[0].booked_on <= period[1]
            ]
            found = ledger_report.report(session, home.id, period, "da")
            compare(session, home, found, judged, period)
            assert ledger_summing.compare(session) == []
            session.rollback()

    holds()


def compare(
    session: Session,
    home: Municipality,
    found: Report,
    judged: list[tuple[LedgerRow, Bought, str | None]],
    period: tuple[date, date],
) -> None:
    """Check the report against the judged rows, and each amount against what it opens."""
    sums = {place: sum(row.amount_ore for row, at, _c in judged if at == place) for place in Bought}
    assert found.total == rules.spent(sum(sums.values()), sums)
    sought = Sought(*period)
    opened(session, home, Part("", "", found.total), sought)
    for part in found.departments:
        opened(session, home, part, replace(sought, department=part.key))
    for part in found.divisions:
        opened(session, home, part, replace(sought, category=part.key))
    for part in found.enterprises:
        own = replace(sought, cvr=part.key, bought=SOCIAL)
        assert ledger_sums.total(session, home.id, own).ore == part.spent.social_ore
    for parts in (found.departments, found.divisions):
        assert sum((part.spent for part in parts), rules.Spent()) == found.total
    assert sum(part.spent.social_ore for part in found.enterprises) == found.total.social_ore
    for asked in (sought, replace(sought, bought=(Bought.ELSEWHERE,)),
                  replace(sought, bought=SOCIAL), replace(sought, department="Rådhuset"),
                  replace(sought, department="", category="37000000"),
                  replace(sought, bought=(Bought.ELSEWHERE,), cvr="12345674"),
                  replace(sought, bought=(Bought.ON, Bought.ELSEWHERE))):  # fmt: skip
        turned_page_by_page(session, home, asked)
    listed = ledger_opened.read(session, home.id, sought, 1000, 0).rows
    assert sorted((row.amount_ore, row.bought) for row in listed) == sorted(
        (row.amount_ore, place.value) for row, place, _c in judged
    )


@given(DAYS, DAYS)
def test_whole_months_and_edges_make_up_a_period_day_by_day(one: date, other: date) -> None:
    first, last = sorted((one, other))
    whole = rules.whole_months(first, last)
    parts = sorted([*rules.edges(first, last), *([whole] if whole else [])])
    assert (parts[0][0], parts[-1][1]) == (first, last)
    assert all(rules.day_before(after[0]) == before[1] for before, after in pairwise(parts))
    assert all(begin <= end for begin, end in parts)
    if whole is not None:
        assert (whole[0].day, (whole[1] + timedelta(days=1)).day) == (1, 1)
    assert all(begin.day != 1 or (end + timedelta(days=1)).day != 1
               for begin, end in rules.edges(first, last))  # fmt: skip


def test_sums_follow_the_rows_of_every_import_and_of_its_removal(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_file.chunks, "__defaults__", (2,))
    with database.transaction() as session:
        world = worlds.make(session)
    rows = worlds.lines(world)
    worlds.take(database, world.staff, worlds.file(tmp_path, rows[:4]))
    second = worlds.take(database, world.staff, worlds.file(tmp_path, [*rows, rows[1]]))
    with database.transaction() as session:
        assert ledger_summing.compare(session) == []
        ledger.remove(session, world.staff, second.id, cast.NOW)
    with database.transaction() as session:
        assert ledger_summing.compare(session) == []
        assert session.scalar(select(LedgerSum.row_count).where(LedgerSum.name == "Rådhuset")) == 1
        session.execute(delete(LedgerSum))
        assert len(ledger_summing.compare(session)) == 8  # two accounts, two departments; twice
        ledger_summing.rebuild(session)
        assert ledger_summing.compare(session) == []


def test_check_tells_a_sum_that_is_not_that_of_its_rows_and_reindex_mends_it(
    empty_sqlite: Path, tmp_path: Path
) -> None:
    place = tmp_path / "catalogue.sqlite"
    place.write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{place}")
    with database.transaction() as session:
        world = worlds.make(session)
    worlds.take(database, world.staff, worlds.file(tmp_path, worlds.lines(world)))
    with database.transaction() as session:
        amount = LedgerSum.amount_ore
        session.execute(
            update(LedgerSum).where(LedgerSum.name == "4299").values(amount_ore=amount - 5)
        )
    environment = {"CATALOGUE_DATA_FOLDER": str(tmp_path), "CATALOGUE_TEST_POSTGRES_URL": None}
    told = CliRunner().invoke(main, ["check"], env=environment)
    assert told.exit_code == 1
    assert "account '4299', day from" in told.output
    assert "0 rows and 5 øre are not summed" in told.output
    assert CliRunner().invoke(main, ["reindex"], env=environment).exit_code == 0
    again = CliRunner().invoke(main, ["check"], env=environment)
    assert "the sums of the ledger are those of its rows" in again.output
    database.dispose()
