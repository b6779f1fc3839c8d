"""The ledger of the demonstration world shows every kind of purchase, and grows."""

from __future__ import annotations

from datetime import date

import cast

from catalogue.core.db import Database
from catalogue.coverage import chart_queries, ledger_report, ledger_summing
from catalogue.demo import books
from catalogue.demo.load import World, read
from catalogue.enterprises.models import Enterprise


def test_ledger_of_the_demonstration_shows_every_kind_of_purchase(database: Database) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        found: dict[str, Enterprise] = {}
        for row in read("enterprises")["enterprises"]:
            found[row["key"]] = cast.enterprise(session, row["name"])
        for row in read("agreements")["agreements"]:
            if row["municipality_code"] == books.SLAGELSE and row.get("enterprise"):
                cast.voluntary(session, home, found[row["enterprise"]], number=row["number"],
                               categories=row["categories"])  # fmt: skip
        for code in books.ACCOUNTS.values():
            cast.category(session, code or "")
        books.keep(session, World(cast.NOW, {books.SLAGELSE: home}, found))
        year = (date(cast.TODAY.year - 1, 1, 1), cast.TODAY)
        report = ledger_report.report(session, home.id, year, "da")
        quarters = chart_queries.social_share(session, home.id, cast.TODAY)
        assert ledger_summing.compare(session) == []
    for ore in (report.total.on_ore, report.total.off_ore, report.total.uncertain_ore):
        assert ore > 1_000_00
    assert 0.03 < (report.total.share or 0) < 0.2
    assert {part.key for part in report.enterprises} == {
        found[habit.supplier].cvr for habit in books.HABITS if habit.supplier in found
    }
    shares = [quarter.share or 0 for quarter in quarters]
    assert sum(shares[-3:]) > sum(shares[:3])
