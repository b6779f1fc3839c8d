"""`catalogue import`: bring in data from files, after a preview of what it would do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.dk import cvr as cvr_number

from catalogue.app import create_app
from catalogue.cli_agreements import import_agreements
from catalogue.cli_ledger import import_ledger
from catalogue.core.errors import Missing
from catalogue.core.http import State
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise
from catalogue.exchange import peppol_intake
from catalogue.media import service as media
from catalogue.products import deliveries, plan, rules
from catalogue.products.deliveries import Delivery, Sent
from catalogue.products.plan import Entry, Outcome, Plan

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
@click.option("--images", type=click.Path(path_type=Path), help="Folder of the pictures.")
@click.option("--apply", "do_it", is_flag=True, help="Write it: all rows, or none.")
def import_products(file: Path, cvr: str, images: Path | None, do_it: bool) -> None:
    """Show what the price list FILE (XLSX, CSV or Peppol XML) would do; with --apply, do it."""
    state = cast(State, create_app().extensions["catalogue"])
    with state.database.reading() as session:
        enterprise_id = _find(session, cvr)
        delivery = _read(state, session, enterprise_id, file, images)
        found = plan.preview(session, enterprise_id, delivery, today_in_copenhagen(state.clock()))
    _show(found)
    if found.by(Outcome.REFUSED):
        click.echo("Nothing was written: mend the refused rows and run it again.")
        sys.exit(1)
    if not do_it:
        click.echo("This is what it would do; run it with --apply to write it.")
        return
    acting = Who(role=Role.ENTERPRISE, enterprise_id=enterprise_id)
    with state.database.transaction() as session:
        plan.apply(session, acting, delivery, found.fingerprint, state.clock())
    click.echo("Written.")


def _read(
    state: State, session: Session, enterprise_id: int, file: Path, images: Path | None
) -> Delivery:
    """Read a price list, or a Peppol catalogue and what lies in the folder of pictures."""
    store, settings = state.parts[media.PART], state.settings
    if file.suffix.lower() != ".xml" or not file.is_file():
        return deliveries.read_file(store, file, images, settings)
    taken = peppol_intake.take(session, enterprise_id, file.read_bytes())
    folder = images if images and images.is_dir() else None
    along = (
        Sent(each.name, each.read_bytes()) for each in (folder.iterdir() if folder else ())
        if each.is_file()
    )  # fmt: skip
    return taken.deliver(store, along, settings.images_per_product)


def _find(session: Session, cvr: str) -> int:
    plain = cvr_number.compact(cvr)
    found = session.scalar(select(Enterprise.id).where(Enterprise.cvr == plain))
    if found is None:
        raise Missing(_("No enterprise of the catalogue has the CVR number %(cvr)s.", cvr=cvr))
    return found


def _show(found: Plan) -> None:
    table = Table("row", "item number", "title", "outcome", "what", title_justify="left")
    for entry in found.entries:
        if entry.outcome != Outcome.UNCHANGED:
            cells = (str(entry.row), entry.item_number, entry.title, OUTCOMES[entry.outcome])
            table.add_row(*cells, _what(entry))
    if table.row_count:
        # A width of its own where there is no terminal: reasons must not be cut.
        console = Console(highlight=False, markup=False)
        console.width = max(console.width, 160)
        console.print(table)
    counts = found.counts
    click.echo(", ".join(f"{counts[outcome]} {word}" for outcome, word in OUTCOMES.items()))


def _what(entry: Entry) -> str:
    """Say why a row is refused, what it changes, or what a draft lacks yet."""
    if entry.outcome == Outcome.REFUSED:
        return "\n".join(
            f"{rules.FIELD_NAMES.get(name, name)}: {text}"
            for name, texts in entry.problems.items()
            for text in texts
        )
    if entry.outcome == Outcome.CHANGED:
        names = ", ".join(str(rules.FIELD_NAMES.get(name, name)) for name in entry.fields)
        return "\n".join([names, *map(str, entry.notes)])
    state = "published" if not entry.lacking else "draft"
    return "\n".join([state, *map(str, (*entry.lacking, *entry.notes))])
