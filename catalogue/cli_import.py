"""`catalogue import`: bring in data from files, after a preview of what it would do."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.dk import cvr as cvr_number

from catalogue.cli_agreements import import_agreements
from catalogue.cli_ledger import import_ledger
from catalogue.cli_mounted import mounted
from catalogue.cli_telling import Report, json_option, report, steps
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise
from catalogue.exchange import peppol_intake
from catalogue.media import service as media
from catalogue.products import addressed, deliveries, known, plan, rules, taking
from catalogue.products.deliveries import Delivery
from catalogue.products.plan import Entry, Outcome, Plan

if TYPE_CHECKING:
    from catalogue.core.http import State

OUTCOMES = {
    Outcome.REFUSED: "refused",
    Outcome.CREATED: "created",
    Outcome.CHANGED: "changed",
    Outcome.UNCHANGED: "unchanged",
}


@click.group("import")
def import_group() -> None:
    """Bring in data from files."""


import_group.add_command(import_agreements)
import_group.add_command(import_ledger)


@import_group.command("products")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--enterprise", "cvr", required=True, metavar="CVR", help="Whose products they are.")
@click.option("--images", type=click.Path(path_type=Path), help="Folder or ZIP of the pictures.")
@click.option("--apply", "do_it", is_flag=True, help="Write it, if no row is refused.")
@click.option("--apply-good", "do_good", is_flag=True, help="Write it but for refused rows.")
@json_option
def import_products(  # one parameter for each argument and option
    file: Path, cvr: str, images: Path | None, do_it: bool, do_good: bool, as_json: bool
) -> None:
    """Show what the price list FILE (XLSX, CSV or Peppol XML) would do; with --apply, do it.

    A long list is written part by part; run again after being stopped, it goes on.
    """
    with report(as_json) as told:
        state = mounted()
        with state.database.reading() as session:
            enterprise_id = _find(session, cvr)
            delivery = _read(state, session, enterprise_id, file, images)
        found = _preview(state, enterprise_id, delivery)
        _show(told, found)
        if found.by(Outcome.REFUSED) and not do_good:
            told.line("Nothing was written: mend the refused rows and run it again.")
            sys.exit(1)
        if do_it or do_good:
            _write(told, state, enterprise_id, delivery, found)
        else:
            told.line("This is what it would do; run it with --apply to write it.")


def _write(told: Report, state: State, enterprise_id: int, delivery: Delivery, found: Plan) -> None:
    acting = Who(role=Role.ENTERPRISE, enterprise_id=enterprise_id)
    moved = _take(state, acting, delivery, [each.digest for each in found.entries])
    told.facts |= {"written": True, "rows_left_out": moved}
    if moved:
        rows = ", ".join(map(str, moved))
        told.line(f"Rows {rows} were left out: their products have changed meanwhile.")
        sys.exit(1)
    told.line("Written.")


def _read(
    state: State, session: Session, enterprise_id: int, file: Path, images: Path | None
) -> Delivery:
    """Read a price list, or a Peppol catalogue, with the pictures that it names."""
    store, settings = state.parts[media.PART], state.settings
    leaders = known.list_leaders(session, enterprise_id)
    if file.suffix.lower() != ".xml" or not file.is_file():
        found = deliveries.read_file(store, file, images, settings)
        return replace(found, rows=deliveries.led(found.rows, leaders))
    taken = peppol_intake.take(session, enterprise_id, file.read_bytes())
    along = deliveries.find_pictures(store, taken.rows, (file, images), settings)
    within = deliveries.receive_pictures(store, taken.pictures)
    rows = deliveries.led(taken.rows, leaders)
    sent, at_most = {**along, **within}, settings.images_per_product
    missing = addressed.list_missing(rows, sent, at_most)
    return Delivery(rows, sent | dict(addressed.receive(store, missing, settings)), at_most)


def _preview(state: State, enterprise_id: int, delivery: Delivery) -> Plan:
    """Judge a list part by part; return what it would do."""
    entries: list[Entry] = []
    with state.database.reading() as session, steps("check") as step:
        today = today_in_copenhagen(state.clock())
        for part in delivery.parts(plan.PART_ROWS):
            entries += plan.judge(session, enterprise_id, part, today)
            step(len(entries), len(delivery.rows))
    return Plan(tuple(entries))


def _take(state: State, acting: Who, delivery: Delivery, digests: list[str]) -> list[int]:
    """Write a list part by part; return the rows that had moved."""
    done, moved = 0, list[int]()
    with steps("import") as step:
        for part in delivery.parts(plan.PART_ROWS):
            own = digests[done : done + len(part.rows)]
            with state.database.transaction() as session:
                taken = taking.take_part(session, acting, part, own, state.clock())
            moved += taken.moved
            done += len(part.rows)
            step(done, len(digests))
    return moved


def _find(session: Session, cvr: str) -> int:
    plain = cvr_number.compact(cvr)
    found = session.scalar(select(Enterprise.id).where(Enterprise.cvr == plain))
    if found is None:
        raise Missing(_("No enterprise of the catalogue has the CVR number %(cvr)s.", cvr=cvr))
    return found


def _show(told: Report, found: Plan) -> None:
    changing = [entry for entry in found.entries if entry.outcome != Outcome.UNCHANGED]
    table = Table("row", "item number", "title", "outcome", "what", title_justify="left")
    for entry in changing:
        cells = (str(entry.row), entry.item_number, entry.title, OUTCOMES[entry.outcome])
        table.add_row(*cells, _what(entry))
    if table.row_count:
        told.show(table)
    told.facts |= {
        "counts": {word: found.counts[outcome] for outcome, word in OUTCOMES.items()},
        "rows": [_facts(entry) for entry in changing],
    }
    told.line(", ".join(f"{found.counts[outcome]} {word}" for outcome, word in OUTCOMES.items()))


def _facts(entry: Entry) -> dict[str, object]:
    return {
        "row": entry.row, "item_number": entry.item_number, "title": entry.title,
        "outcome": OUTCOMES[entry.outcome], "what": _what(entry),
    }  # fmt: skip


def _what(entry: Entry) -> str:
    """Say why a row is refused, what it changes, or what a draft lacks yet."""
    if entry.outcome == Outcome.REFUSED:
        return "\n".join(
            f"{entry.place(name)} {rules.FIELD_NAMES.get(name, name)}: {text}".strip()
            for name, texts in entry.problems.items()
            for text in texts
        )
    if entry.outcome == Outcome.CHANGED:
        names = ", ".join(str(rules.FIELD_NAMES.get(name, name)) for name in entry.fields)
        return "\n".join([names, *map(str, entry.notes)])
    state = "published" if not entry.lacking else "draft"
    return "\n".join([state, *map(str, (*entry.lacking, *entry.notes))])
