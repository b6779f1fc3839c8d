"""Procurement staff's report of the ledger, and the rows behind each of its figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core.db import Database
from catalogue.core.errors import Invalid
from catalogue.core.http import STAFF, Page, reading, render, route, state, today, who
from catalogue.core.sheets import guarded
from catalogue.core.text import Text, current_locale, gettext, typed_kroner
from catalogue.core.text import lazy as _

from . import ledger_opened, ledger_queries, ledger_report, ledger_rules, ledger_schema
from .ledger_opened import Opened
from .ledger_rules import Bought
from .ledger_sets import Sought
from .screens import blueprint

ROWS_PER_PAGE = 100
MOST_YEARS = 8  # that are offered as links
_BLOCK_CHARACTERS = 50_000
PLACE_NAMES: dict[str, Text] = {
    Bought.ON: _("On agreement"),
    Bought.OFF: _("Off agreement"),
    Bought.UNCERTAIN: _("Uncertain"),
    Bought.ELSEWHERE: _("Other suppliers"),
}
NAMES: dict[str, Any] = {
    "place_names": PLACE_NAMES,
    "place_colours": {
        Bought.ON: "covered",
        Bought.OFF: "gap",
        Bought.UNCERTAIN: "waiting",
        Bought.ELSEWHERE: "neutral",
    },
    "places": ledger_schema.PLACES,
}


@route(blueprint, "/regnskab", access=STAFF)
def ledger() -> Response:
    """Show what was bought in a period, at social enterprises and elsewhere."""
    with reading() as session:
        booked = ledger_queries.period_of(session, municipality_id())
        if booked is None:
            return render("coverage/ledger_empty.html")
        asked, errors = _asked(booked)
        found = ledger_report.report(
            session, municipality_id(), (asked.first_on, asked.last_on), current_locale()
        )
    years = range(booked[1].year, booked[0].year - 1, -1)[:MOST_YEARS]
    return render(
        "coverage/ledger.html", 422 if errors else 200, asked=asked, report=found,
        booked=booked, years=years, errors=errors, typed=_typed(asked), none=ledger_schema.NONE,
    )  # fmt: skip


@route(blueprint, "/regnskab/poster", access=STAFF)
def ledger_rows() -> Response:
    """List the rows of the ledger that an address asks for, with their sum."""
    with reading() as session:
        asked, errors = _asked(_booked(session))
        opened, page = _open(session, asked, _page_number())
        codes = {row.category_code for row in opened.rows if row.category_code}
        labels = agreements.category_labels(session, codes, current_locale())
    return render(
        "coverage/ledger_rows.html", 422 if errors else 200, asked=asked, found=opened.total,
        rows=opened.rows, page=page, labels=labels, errors=errors, typed=_typed(asked), **NAMES,
    )  # fmt: skip


@route(blueprint, "/regnskab/poster.csv", access=STAFF)
def ledger_rows_csv() -> Response:
    """Send the rows that an address asks for as a file for spreadsheets, however many."""
    with reading() as session:
        asked = ledger_schema.read_sought(request.args, _booked(session))
    heads = [gettext("Date"), gettext("CVR number"), gettext("Supplier"),
             gettext("Amount, DKK excl. VAT"), gettext("Account"), gettext("Category"),
             gettext("Department"), gettext("Where it was bought")]  # fmt: skip
    places = {place: str(name) for place, name in PLACE_NAMES.items()}
    parts = _file(state().database, municipality_id(), asked, heads, places)
    response = Response(parts, mimetype="text/csv")
    name = f"regnskab-{asked.first_on.isoformat()}-{asked.last_on.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def municipality_id() -> int:
    """Return the municipality of the person who asks; staff have one, 0 belongs to nobody."""
    return who().municipality_id or 0


def _booked(session: Session) -> tuple[date, date]:
    return ledger_queries.period_of(session, municipality_id()) or (today(), today())


def _asked(booked: tuple[date, date]) -> tuple[Sought, dict[str, list[Any]]]:
    """Read the address; without days, or with faulty ones, the latest year that has rows."""
    year = ledger_rules.year_of(booked[1])
    try:
        return ledger_schema.read_sought(request.args, year), {}
    except Invalid as error:
        return Sought(*year), error.problems


def _typed(asked: Sought) -> dict[str, str]:
    """Return what the fields of the form show."""
    typed = {name: request.args.get(name, "") for name in ("koebt", "afdeling", "konto",
                                                           "kategori", "cvr")}  # fmt: skip
    days = {"fra": asked.first_on.isoformat(), "til": asked.last_on.isoformat()}
    return typed | {name: request.args.get(name) or day for name, day in days.items()}


def _page_number() -> int:
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 9 else 1


def _open(session: Session, asked: Sought, number: int) -> tuple[Opened, Page]:
    """Read a page of the rows; the last one if there are not so many."""
    opened = ledger_opened.read(
        session, municipality_id(), asked, ROWS_PER_PAGE, (number - 1) * ROWS_PER_PAGE
    )
    page = Page(number, opened.total.rows, ROWS_PER_PAGE)
    return (opened, page) if page.number == number else _open(session, asked, page.number)


def _file(
    database: Database, of: int, asked: Sought, heads: list[str], places: dict[str, str]
) -> Iterator[str]:
    """Yield the file in blocks; a byte order mark first, as Danish spreadsheets want it."""
    file = io.StringIO("\ufeff")
    file.seek(0, io.SEEK_END)
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    with database.reading() as session:
        for row in ledger_queries.stream_rows(session, of, asked):
            writer.writerow(_cells(row, places))
            if file.tell() > _BLOCK_CHARACTERS:
                yield file.getvalue()
                file.seek(0)
                file.truncate()
    yield file.getvalue()


def _cells(row: Any, places: dict[str, str]) -> list[str]:
    return [
        row.booked_on.isoformat(),
        row.cvr,
        guarded(row.supplier_name),
        typed_kroner(row.amount_ore),
        guarded(row.account),
        row.category_code or "",
        guarded(row.department),
        places[row.bought],
    ]
