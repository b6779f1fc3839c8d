"""`catalogue import agreements`: bring in a municipality's list of mandatory agreements."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements import agreement_list, category_words, import_plan
from catalogue.agreements.agreement_list import Row
from catalogue.agreements.import_judging import FIELD_NAMES, Entry, Outcome
from catalogue.agreements.import_plan import Plan
from catalogue.cli_mounted import mounted
from catalogue.cli_telling import Report, json_option, report
from catalogue.core.errors import Missing
from catalogue.core.text import current_locale, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

if TYPE_CHECKING:
    from catalogue.core.http import State

SUGGESTED = 3  # categories shown beside a text that waits for an answer


@click.command("agreements")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--municipality", "code", required=True, metavar="CODE", help="Such as 0330.")
@click.option("--dry-run", is_flag=True, help="Show what it would do, and write nothing.")
@json_option
def import_agreements(file: Path, code: str, dry_run: bool, as_json: bool) -> None:
    """Import the list FILE (XLSX or CSV) of a municipality's agreements: all rows, or none."""
    with report(as_json) as told:
        _import(told, mounted(), file, code, dry_run=dry_run)


def _import(told: Report, state: State, file: Path, code: str, *, dry_run: bool) -> None:
    rows, today = _read(file), today_in_copenhagen(state.clock())
    with state.database.reading() as session:
        municipality_id = find_municipality(session, code)
        found = import_plan.preview(session, municipality_id, rows, today)
        _show(told, found)
        _show_waiting(told, session, found)
    if found.by(Outcome.REFUSED) or found.by(Outcome.WAITING):
        told.line("Nothing was written: mend the rows above and run it again.")
        sys.exit(1)
    if dry_run:
        told.line("This is what it would do; run it without --dry-run to write it.")
        return
    acting = Who(role=Role.STAFF, municipality_id=municipality_id)
    with state.database.transaction() as session:
        import_plan.apply(session, acting, rows, found.fingerprint, state.clock())
    told.facts["written"] = True
    told.line("Written.")


def _read(file: Path) -> list[Row]:
    if not file.is_file():
        raise Missing(_("There is no file %(path)s.", path=str(file)))
    return agreement_list.read(file.read_bytes(), file.name)


def find_municipality(session: Session, code: str) -> int:
    """Return the municipality of a code; raises Missing."""
    found = session.scalar(select(Municipality.id).where(Municipality.code == code.zfill(4)))
    if found is None:
        raise Missing(_("No municipality has the code %(code)s; Slagelse has 0330.", code=code))
    return found


def _show(told: Report, found: Plan) -> None:
    table = Table("row", "number", "title", "outcome", "what")
    for entry in found.entries:
        if entry.outcome != Outcome.UNCHANGED:
            cells = (str(entry.line), entry.number, entry.title, str(entry.outcome))
            table.add_row(*cells, _what(entry))
    if table.row_count:
        told.show(table)
    told.facts |= {
        "counts": {str(word): number for word, number in found.counts.items()},
        "rows": [_facts(entry) for entry in found.entries if entry.outcome != Outcome.UNCHANGED],
    }
    told.line(", ".join(f"{number} {word}" for word, number in found.counts.items()))


def _facts(entry: Entry) -> dict[str, object]:
    return {
        "row": entry.line, "number": entry.number, "title": entry.title,
        "outcome": str(entry.outcome), "what": _what(entry),
    }  # fmt: skip


def _what(entry: Entry) -> str:
    """Say why a row is refused, what it waits for, or what it changes and what is in doubt."""
    if entry.outcome == Outcome.REFUSED:
        return import_plan.told(entry.problems)
    changed = ", ".join(str(FIELD_NAMES[name]) for name in entry.fields)
    return "\n".join(filter(None, [", ".join(entry.words), changed, *map(str, entry.warnings)]))


def _show_waiting(told: Report, session: Session, found: Plan) -> None:
    """Show texts that nobody has explained, and which categories they may mean."""
    if not found.waiting_words:
        return
    labels, locale = category_words.list_labels(session), current_locale()
    table = Table("text without an answer", "categories it may mean")
    for word in found.waiting_words:
        hits = category_words.suggest(word, labels.values(), locale)[:SUGGESTED]
        table.add_row(word, "\n".join(f"{each.code} {each.name(locale)}" for each in hits))
    told.show(table)
    told.line("Answer on the page /aftaler/import, or write codes into the list.")
