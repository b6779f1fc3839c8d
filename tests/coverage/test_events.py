"""The audit on the web: who reads what, how it is found, and what goes out as a file."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import cast
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.agreements.models import Agreement
from catalogue.core import audit, chain
from catalogue.coverage import event_pages, event_rules
from catalogue.enterprises.models import Enterprise

PAGE = "/haendelser"


@dataclass
class World:
    """Staff of two municipalities, an administrator, and what was done."""

    staff: Person
    neighbour: Person
    administrator: Person
    enterprise: Enterprise
    agreement: Agreement
    home_id: int
    next_door_id: int


def make(session: Session) -> World:
    """Make the world, without events."""
    home, next_door = cast.municipality(session), cast.municipality(session, "Sorø")
    enterprise = cast.enterprise(session)
    return World(
        cast.staff(session, home, name="Jens Kruse", email="jens@slagelse.example"),
        cast.staff(session, next_door, name="Ida Nabo"),
        cast.administrator(session),
        enterprise,
        cast.voluntary(session, home, enterprise, number="F-7", title="Legehuse"),
        home.id,
        next_door.id,
    )


@pytest.fixture
def world(app: Flask) -> World:
    """The world, committed."""
    with app.extensions["catalogue"].database.transaction() as session:
        return make(session)


def write(app: Flask, world: World, action: str = "agreement.amended", **given: Any) -> None:
    """Write an event about the agreement, done by the staff of home now, unless told otherwise."""
    values: dict[str, Any] = {
        "person_id": world.staff.id, "now": cast.NOW, "municipality_id": world.home_id,
        "facts": {"before": {"title": "Huse"}, "after": {"title": "Legehuse"}},
    } | given  # fmt: skip
    subject = values.pop("subject", ("agreement", world.agreement.id))
    with app.extensions["catalogue"].database.transaction() as session:
        audit.record(session, action, subject, **values)


def read(app: Flask, person: Person, address: str = PAGE, status: int = 200) -> str:
    """Read an address as that person."""
    client = app.test_client()
    cast.sign_in_as(client, person)
    answer = client.get(address)
    assert answer.status_code == status
    return str(answer.text)


def rows(page: str) -> int:
    """Count the events of a page."""
    return page.count("<tr>") - (1 if "<thead><tr>" in page else 0)


def test_event_tells_who_did_what_and_both_values_in_danish(app: Flask, world: World) -> None:
    changed = audit.changes(
        {"ceiling_ore": 1_000_00, "ends_on": "2026-12-31", "categories": ["18530000"]},
        {"ceiling_ore": None, "ends_on": "2027-12-31", "categories": ["18530000", "37535200"]},
    )
    write(app, world, facts=changed | {"reason": "Forlænget"})
    page = read(app, world.staff)
    for text in (
        "Aftale ændret", "F-7 Legehuse", "Jens Kruse", "24. nov. 2026 10.30", "1.000,00 kr.",
        "31. dec. 2026", "31. dec. 2027", "18530000, 37535200", "Begrundelse: Forlænget",
    ):  # fmt: skip
        assert text in page.replace("\xa0", " "), text


def test_staff_read_the_events_of_their_own_municipality_only(app: Flask, world: World) -> None:
    write(app, world)
    write(app, world, municipality_id=world.next_door_id, person_id=world.neighbour.id)
    write(app, world, municipality_id=None, person_id=None)
    assert rows(read(app, world.staff)) == 1
    assert "Ida Nabo" not in read(app, world.staff)
    assert "Ida Nabo" not in read(app, world.staff, f"{PAGE}.csv")
    assert rows(read(app, world.neighbour, f"{PAGE}?om=agreement:{world.agreement.id}")) == 1
    assert rows(read(app, world.administrator)) == 3
    assert "Systemet" in read(app, world.administrator)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("?handling=agreement.", 2),
        ("?handling=agreement.ended", 1),
        ("?handling=word.created", 0),
        ("?hvem=jens", 2),
        ("?hvem=JENS@slagelse.example", 2),
        ("?hvem=%25", 0),
        ("?objekt=F-7", 2),
        ("?objekt=legehytten", 1),
        ("?objekt=findesikke", 0),
        ("?om=agreement:999", 0),
        ("?om=agreement:x", 0),
        ("?om=agreement:²", 0),
        ("?fra=2026-11-24", 3),
        ("?fra=25-11-2026", 1),
        ("?til=2026-11-24", 2),
        ("?fra=2026-11-25&til=2026-11-25", 1),
        ("?fra=2026-11-26", 0),
        ("?hvem=jens&handling=agreement.ended&objekt=F-7&til=2026-11-24", 1),
    ],
)
def test_events_are_found_by_period_person_action_and_object(
    app: Flask, world: World, query: str, found: int
) -> None:
    write(app, world)
    write(app, world, "agreement.ended")
    # 23:30 in Copenhagen is the 25th, in UTC too; 23:30 UTC would be the 26th.
    late = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
    subject = ("enterprise", world.enterprise.id)
    write(app, world, "enterprise.decided", subject=subject, person_id=None, now=late)
    assert rows(read(app, world.staff, PAGE + query)) == found


def test_wrong_date_is_told_at_its_field(app: Flask, world: World) -> None:
    page = read(app, world.staff, f"{PAGE}?fra=igår", 422)
    assert "error-summary" in page
    assert "Skriv en dato" in page


@pytest.mark.parametrize("query", ["fra=0001-01-01", "til=9999-12-31"])
def test_day_that_no_clock_reckons_is_told_at_its_field(
    app: Flask, world: World, query: str
) -> None:
    assert "Vælg en dag mellem" in read(app, world.staff, f"{PAGE}?{query}", 422)


def test_pages_lead_to_older_and_newer_events_without_a_gap(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_pages, "PER_PAGE", 2)
    for _ in range(5):
        write(app, world)

    def shown(address: str) -> list[int]:
        page = read(app, world.staff, address)
        return [number for number in range(1, 6) if f"nr. {number}<" in page]

    assert shown(PAGE) == [4, 5]
    assert shown(f"{PAGE}?aeldre=4") == [2, 3]
    assert shown(f"{PAGE}?aeldre=2") == [1]
    assert shown(f"{PAGE}?nyere=1") == [2, 3]
    assert shown(f"{PAGE}?nyere=3") == [4, 5]
    assert 'rel="next" href="/haendelser?aeldre=4"' in read(app, world.staff)
    assert 'rel="prev"' not in read(app, world.staff)
    assert 'rel="next"' not in read(app, world.staff, f"{PAGE}?aeldre=2")
    assert 'rel="prev"' not in read(app, world.staff, f"{PAGE}?nyere=3")


def test_csv_has_a_line_per_change_and_no_cell_that_is_a_formula(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_pages, "CHUNK", 1)
    write(app, world, facts={"before": {"title": "a", "number": "1"},
                             "after": {"title": "=1+1", "number": "2"}})  # fmt: skip
    write(app, world, "agreement.ended", facts={})
    text = read(app, world.staff, f"{PAGE}.csv")
    assert text.startswith("\ufeff")
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert lines[0][0] == "Nummer"
    assert [line[0] for line in lines[1:]] == ["1", "1", "2"]
    assert lines[1][1:] == [
        "2026-11-24 10:30:00", "Jens Kruse", "Slagelse", "Aftale ændret", "Aftale",
        "F-7 Legehuse", "Titel", "a", "'=1+1",
    ]  # fmt: skip


def test_json_lines_prove_themselves(app: Flask, world: World) -> None:
    write(app, world)
    write(app, world, facts={"after": {"title": "Æ “½”"}})
    events = [json.loads(line) for line in read(app, world.staff, f"{PAGE}.jsonl").splitlines()]
    previous = chain.START.digest
    for each in events:
        assert each["previous"] == previous
        previous = chain.digest_of(previous, each | {"at": datetime.fromisoformat(each["at"])})
        assert previous == each["digest"]
    assert [each["id"] for each in events] == [1, 2]


def test_files_are_narrowed_as_the_page_is(app: Flask, world: World) -> None:
    write(app, world)
    write(app, world, "agreement.ended", now=cast.NOW + timedelta(days=3))
    assert len(read(app, world.staff, f"{PAGE}.jsonl?til=2026-11-24").splitlines()) == 1
    assert len(read(app, world.staff, f"{PAGE}.csv?handling=agreement.ended").splitlines()) == 2
    read(app, world.staff, f"{PAGE}.csv?fra=igår", 422)


def test_rows_that_are_gone_and_words_nobody_knows_are_shown_as_they_are(
    app: Flask, world: World
) -> None:
    facts = {"before": {}, "after": {"some_field": "x", "product_id": 77}, "untold": ["email"]}
    write(app, world, "boat.sailed", subject=("boat", 5), person_id=999, facts=facts)
    page = read(app, world.staff)
    for text in ("boat.sailed", "nr. 5", "nr. 999", "some field: x", "Vare: nr. 77", "E-mail"):
        assert text in page, text


def test_empty_values_of_what_is_new_are_left_out_and_of_a_change_are_told() -> None:
    made = event_rules.lines(
        "agreement", {"before": {}, "after": {"title": "x", "reference": ""}}, {}
    )
    assert [(str(line.label), line.before, line.after) for line in made] == [("Titel", None, "x")]
    (cleared,) = event_rules.lines("agreement", audit.changes({"title": "x"}, {"title": None}), {})
    assert (cleared.before, cleared.after) == ("x", "–")


@pytest.mark.parametrize(
    ("name", "kept", "told"),
    [
        # Half past midnight in Copenhagen, when it is the day before elsewhere.
        ("seen_at", "2026-12-31T23:30:00+00:00", "1. jan. 2027 00.30"),
        ("valid_from", "2027-01-01", "1. jan. 2027"),
        ("valid_until", "2027-12-31", "31. dec. 2027"),
        ("season_from", "11-01", "1. november"),
    ],
)
def test_days_and_times_are_told_as_they_are_read_here(name: str, kept: str, told: str) -> None:
    (line,) = event_rules.lines("order", audit.changes({}, {name: kept}), {})
    assert line.after == told


@pytest.mark.parametrize(
    ("kind", "facts", "told"),
    [
        ("product",
         {"variants": [{"key": 1, "item_number": "B-1", "size": "M", "price_ore": 1250, "x": 1}]},
         "størrelse M (B-1, 12,50 kr.)"),
        ("product", {"tiers": [[20, 50]]}, "fra 20: 5 % lavere"),
        ("order", {"line_codings": {"1": [["3.22", 106200], ["3.23", 70800]]}},
         "linje 1: 3.22 (1.062,00 kr.), 3.23 (708,00 kr.)"),
        ("order", {"quantities": {"1": "3", "2": "2.500"}}, "linje 1: 3; linje 2: 2,5"),
        ("standing_order", {"prices_ore": {"1": 1250}}, "linje 1: 12,50 kr."),
        ("ledger_import", {"accounts": {"4110": "30190000", "4120": "30200000"}},
         "4110: 30190000; 4120: 30200000"),
    ],
)  # fmt: skip
def test_facts_of_several_parts_are_told_in_words(
    kind: str, facts: dict[str, Any], told: str
) -> None:
    (line,) = event_rules.lines(kind, audit.changes({}, facts), {})
    assert line.after.replace("\xa0", " ") == told
