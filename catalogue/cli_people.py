"""`catalogue people import`: joiners and leavers of a municipality, by a list each night."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from catalogue.accounts import people_list, people_taking
from catalogue.accounts.people_list import People
from catalogue.accounts.people_rules import MOST_LEAVERS_PERCENT, Outcome
from catalogue.accounts.people_taking import Line, Taken
from catalogue.cli_agreements import find_municipality
from catalogue.cli_mounted import mounted
from catalogue.cli_telling import Report, json_option, report
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

if TYPE_CHECKING:
    from catalogue.core.http import State


class _Undone(Exception):
    """What was tried is not to be written."""


@click.group("people")
def people_group() -> None:
    """Keep the people of a municipality."""


@people_group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--municipality", "code", required=True, metavar="CODE", help="Such as 0330.")
@click.option("--dry-run", is_flag=True, help="Show what it would do, and write nothing.")
@click.option(
    "--most-leavers", type=click.IntRange(0, 100), default=MOST_LEAVERS_PERCENT,
    show_default=True, metavar="PERCENT",
    help="Largest share of the active people that a list may close.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Close as many as the list says.")
@json_option
def import_people(  # one parameter for each argument and option
    file: Path, code: str, dry_run: bool, most_leavers: int, force: bool, as_json: bool
) -> None:
    """Take in the list FILE (XLSX or CSV) of a municipality's people.

    Whoever was in the list and is no more has left. Refused rows leave their people as they are.
    """
    with report(as_json) as told:
        if not file.is_file():
            raise Missing(_("There is no file %(path)s.", path=str(file)))
        people = people_list.read(file.read_bytes(), file.name)
        most = 100 if force else most_leavers
        taken, too_many = _take(mounted(), people, code, (dry_run, most))
        _show(told, people, taken)
        told.facts["written"] = not (too_many or dry_run)
        told.line(_outcome(taken, dry_run, too_many, most))
        if too_many or taken.counts[Outcome.REFUSED]:
            sys.exit(1)


def _outcome(taken: Taken, dry_run: bool, too_many: bool, most: int) -> str:
    if too_many:
        return (
            f"Nothing was written: the list closes more than {most} % of"
            f" {taken.active_before} active people. Is it whole? Then run it with --force."
        )
    if dry_run:
        return "This is what it would do; run it without --dry-run to write it."
    if taken.counts[Outcome.REFUSED]:
        return "Written, but for the refused rows: mend them and run it again."
    return "Written."


def _take(state: State, people: People, code: str, bounds: tuple[bool, int]) -> tuple[Taken, bool]:
    """Do what the list says, and undo it when it is a trial or closes too many."""
    trial, most = bounds
    try:
        with state.database.transaction() as session:
            by = Who(role=Role.STAFF, municipality_id=find_municipality(session, code))
            taken = people_taking.take(session, by, people, state.clock())
            too_many = taken.closes_too_many(most)
            if trial or too_many:
                raise _Undone
    except _Undone:
        pass
    return taken, too_many


def _show(told: Report, people: People, taken: Taken) -> None:
    table = Table("row", "e-mail", "name", "outcome", "what")
    lines = [line for line in taken.lines if line.outcome != Outcome.UNCHANGED]
    for line in lines:
        place = str(line.row.line) if line.row else "–"
        table.add_row(place, line.email, line.name, str(line.outcome), _what(people, line))
    if table.row_count:
        told.show(table)
    told.facts |= {
        "counts": {str(word): number for word, number in taken.counts.items()},
        "rows": [
            {
                "row": line.row.line if line.row else None, "email": line.email,
                "name": line.name, "outcome": str(line.outcome), "what": _what(people, line),
            }
            for line in lines
        ],
    }  # fmt: skip
    told.line(", ".join(f"{number} {word}" for word, number in taken.counts.items()))


def _what(people: People, line: Line) -> str:
    return people_taking.told(people, line) if line.row else "not in the list any more"
