"""The nightly list of a municipality's people: joiners, changes, leavers, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import on_sqlite
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import people_list, people_rules, people_taking, people_watch
from catalogue.accounts.directory_rules import Entry
from catalogue.accounts.models import Person, PersonRole
from catalogue.accounts.people_list import UnreadablePeople
from catalogue.accounts.people_rules import Known, Outcome
from catalogue.accounts.people_taking import Taken
from catalogue.core import jobs, sheets
from catalogue.core.db import Database
from catalogue.core.who import Role, Who

HEAD = "Medarbejdernummer;Fornavn;Efternavn;E-mail;Roller;Aktiv"
IDA = "17;Ida;Lund;ida@slagelse.example;Indkøber;ja"
BO = "18;Bo;Berg;bo@slagelse.example;Indkøber, godkender;"
GOOD = {"email": "ida@slagelse.example", "name": "Ida Lund", "roles": "indkøber"}


def take(session: Session, *rows: str) -> Taken:
    """Take a list in for Slagelse."""
    place = cast.municipality(session).id
    people = people_list.read("\n".join([HEAD, *rows]).encode(), "personer.csv")
    by = Who(role=Role.STAFF, municipality_id=place)
    return people_taking.take(session, by, people, cast.NOW)


def outcomes(taken: Taken) -> list[Outcome]:
    """Return what becomes of each."""
    return [each.outcome for each in taken.lines]


def roles_of(session: Session, email: str) -> set[str]:
    """Return the roles of a person."""
    query = select(PersonRole.role).join(Person).where(Person.email == email)
    return set(session.scalars(query))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ida at slagelse"}, "email"), ({"email": ""}, "email"),
        ({"name": ""}, "name"), ({"roles": ""}, "roles"), ({"roles": "borgmester"}, "roles"),
        ({"active": "måske"}, "active"), ({"number": "9" * 300}, "number"),
    ],
)  # fmt: skip
def test_bad_cell_is_refused_by_its_field(change: dict[str, str], field: str) -> None:
    judged = people_rules.judge({name: text for name, text in (GOOD | change).items() if text})
    assert not isinstance(judged, Entry)
    assert list(judged) == [field]


def test_whoever_is_in_no_row_has_left_unless_a_row_may_be_hers() -> None:
    def known(number: str, **facts: Any) -> Known:
        values = {"name": "N", "email": "", "active": True, "kept": True} | facts
        return Known(int(number), marks=people_rules.marks(number, None), **values)  # type: ignore[arg-type]

    people = [known("1"), known("2"), known("3", kept=False), known("4", active=False)]
    listed = [people_rules.marks("1", "a@b.example")]
    assert [each.person_id for each in people_rules.find_missing(people, listed)] == [2]
    assert people_rules.find_missing(people, [*listed, frozenset()]) == []


@pytest.mark.parametrize(
    ("closed", "active", "too_many"),
    [(1, 2, False), (2, 10, False), (3, 10, True), (20, 100, False), (21, 100, True)],
)
def test_list_that_closes_many_is_held(closed: int, active: int, too_many: bool) -> None:
    assert people_rules.are_too_many(closed, active, 20) == too_many


def test_people_join_change_and_leave_night_by_night(session: Session) -> None:
    by_hand = cast.staff(session, email="jens@slagelse.example")
    assert outcomes(take(session, IDA, BO)) == [Outcome.CREATED, Outcome.CREATED]
    assert roles_of(session, "bo@slagelse.example") == {"buyer", "approver"}
    assert outcomes(take(session, IDA, BO)) == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    married = IDA.replace("Lund", "Holm").replace("ida@", "ida.holm@")
    assert outcomes(take(session, married, BO)) == [Outcome.CHANGED, Outcome.UNCHANGED]
    ida = session.scalars(select(Person).where(Person.email_folded.startswith("ida"))).one()
    assert (ida.name, ida.email) == ("Ida Holm", "ida.holm@slagelse.example")
    assert outcomes(take(session, married)) == [Outcome.UNCHANGED, Outcome.CLOSED]
    assert roles_of(session, "bo@slagelse.example") == set()
    assert by_hand.disabled_at is None
    assert outcomes(take(session, married, BO)) == [Outcome.UNCHANGED, Outcome.CHANGED]
    gone = married.replace(";ja", ";nej")
    assert outcomes(take(session, gone, BO)) == [Outcome.CLOSED, Outcome.UNCHANGED]
    assert ida.disabled_at == cast.NOW


def test_bad_row_leaves_its_person_as_she_is_and_the_others_are_taken(session: Session) -> None:
    take(session, IDA, BO)
    bad = IDA.replace("ida@slagelse.example", "ida.slagelse.example")
    new = "19;Liv;Dam;liv@slagelse.example;Indkøbskonsulent;"
    taken = take(session, bad, BO, new, new)
    expected = [Outcome.REFUSED, Outcome.UNCHANGED, Outcome.CREATED, Outcome.REFUSED]
    assert outcomes(taken) == expected
    assert roles_of(session, "ida@slagelse.example") == {"buyer"}
    nameless = bad.removeprefix("17")  # without number or address it may be anybody's
    assert Outcome.CLOSED not in outcomes(take(session, nameless, BO))


def test_address_of_a_person_elsewhere_is_refused_with_its_reason(session: Session) -> None:
    take(session, IDA)
    cast.buyer(session, cast.municipality(session, "Kolding"), email="taken@kolding.example")
    (line,) = take(session, IDA.replace("ida@slagelse", "taken@kolding")).lines
    assert (line.outcome, list(line.problems)) == (Outcome.REFUSED, ["email"])


@pytest.mark.parametrize("text", ["", "Navn;Alder\nIda;40", HEAD, HEAD + "\n;;;;;"])
def test_list_that_is_none_is_refused_whole(text: str) -> None:
    with pytest.raises(UnreadablePeople):
        people_list.read(text.encode(), "personer.csv")


@pytest.mark.parametrize(("written", "active"), [("SAND", True), ("FALSK", False)])
def test_truth_is_read_as_excel_in_danish_writes_it(written: str, active: bool) -> None:
    cells = {"email": "ida@slagelse.example", "name": "Ida", "roles": "Indkøber"}
    entry = people_rules.judge(cells | {"active": written})
    assert isinstance(entry, Entry)
    assert entry.active == active


def test_list_too_long_to_be_read_whole_is_refused_for_the_rest_would_have_left() -> None:
    blank = "\n;;;;;"
    rows = [HEAD, IDA, *[blank] * sheets.MOST_ROWS, BO]
    with pytest.raises(UnreadablePeople, match="SCIM"):
        people_list.read("\n".join(rows).encode(), "personer.csv")


@on_sqlite
def test_worker_takes_the_lists_of_a_folder_and_writes_what_became_of_them(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as session:
        cast.municipality(session)
    good, other = tmp_path / "0330.csv", tmp_path / "0999.csv"
    good.write_text("\n".join([HEAD, IDA, BO.replace("godkender", "borgmester")]))
    other.write_text(HEAD)
    (tmp_path / "læsmig.txt").write_text("ikke en liste")
    people_watch.take_folder(database, str(tmp_path), lambda: cast.NOW)
    with database.reading() as session:
        assert roles_of(session, "ida@slagelse.example") == {"buyer"}
        assert jobs.is_waiting(session, people_watch.DAILY.topic)
    result = tmp_path / "0330.csv.result.txt"
    assert "E3 Roller: Kataloget kender ikke borgmester" in result.read_text()
    assert "kan ikke læses" in (tmp_path / "0999.csv.result.txt").read_text()
    assert not (tmp_path / "læsmig.txt.result.txt").exists()
    crowd = [f"{n};N{n};N;n{n}@slagelse.example;Indkøber;" for n in range(20, 30)]
    good.write_text("\n".join([HEAD, *crowd]))
    people_watch.take_folder(database, str(tmp_path), lambda: cast.NOW)
    good.write_text("\n".join([HEAD, *crowd[:7]]))
    people_watch.take_folder(database, str(tmp_path), lambda: cast.NOW)
    with database.reading() as session:
        assert roles_of(session, "n29@slagelse.example") == {"buyer"}
    assert "--force" in result.read_text()
