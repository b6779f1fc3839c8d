"""`catalogue check`: whether what the installation holds is whole and agrees with itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from catalogue.cli_ledger import prove_sums
from catalogue.cli_mounted import mounted
from catalogue.cli_telling import Report, json_option, report
from catalogue.core import jobs, proof, scanning
from catalogue.core.chain import Point, read_point
from catalogue.core.db import Database
from catalogue.media import comparing
from catalogue.media import service as media
from catalogue.products import picture_use
from catalogue.search import service as search

if TYPE_CHECKING:
    from catalogue.core.http import State

SHOWN = 20  # names of files of one kind


@click.command()
@click.option("--audit-head", metavar="NUMBER:DIGEST", help="A head of the audit kept elsewhere.")
@json_option
def check(audit_head: str | None, as_json: bool) -> None:
    """Tell whether database, audit, files and index are in order; exit 1 if not.

    Every event of the audit is reckoned anew; keep the head that is printed outside the database,
    and hand it over the next time. Rows of pictures and attachments are held against their files,
    index and database are compared product by product, and every difference is reported.
    """
    kept = None if audit_head is None else read_point(audit_head)
    if audit_head is not None and kept is None:
        raise click.BadParameter(
            "write it as it was printed, NUMBER:DIGEST", param_hint="audit-head"
        )
    with report(as_json) as told:
        look(mounted(), told, kept)


def look(state: State, told: Report, kept: Point | None = None) -> None:
    """Tell what is in order; raises ClickException at the first that is not."""
    _prove_audit(state.database, told, kept)
    with state.database.reading() as session:
        prove_sums(session, told)
        search.check(session)
        told.facts["jobs_waiting"] = jobs.waiting(session)
        differences = search.compare(session, state.parts)
    told.line(f"the database answers; {told.facts['jobs_waiting']} jobs waiting")
    check_files(state, told)
    for name in ("missing", "surplus", "stale"):
        told.facts[f"index_{name}"] = list(getattr(differences, name))
        for product_id in getattr(differences, name):
            told.line(f"product {product_id} is {name} in the search index")
    if differences:
        raise click.ClickException("index and database differ; build anew: catalogue reindex")
    told.line("the search index has what the database has")


def _prove_audit(database: Database, told: Report, kept: Point | None) -> None:
    with database.reading() as session:
        found = proof.prove(session, kept)
    if found.fault is not None:
        raise click.ClickException(
            f"the audit was tampered with: {found.fault}; it holds up to {found.reached}"
        )
    told.line(f"the audit holds: {found.reached.number} events in one chain")
    # On a line of its own: it is there to be copied.
    told.line(f"audit head {found.reached}")
    told.facts["audit_head"] = str(found.reached)


def check_files(state: State, told: Report) -> None:
    """Report what differs between rows and files; raises ClickException when files are missing."""
    with state.database.reading() as session:
        found = comparing.compare(session, state.parts[media.PART], picture_use.NAMED)
    _report(told, "file is missing", found.missing)
    _report(told, "size of a picture is not derived yet, its master is shown", found.underived)
    _report(told, "file is named by nothing, the worker collects it when it is old", found.unnamed)
    told.facts |= {
        "pictures": found.pictures, "attachments": found.attachments,
        "files_missing": list(found.missing), "files_unnamed": len(found.unnamed),
        "sizes_underived": len(found.underived),
    }  # fmt: skip
    if found.missing:
        raise click.ClickException(
            f"{len(found.missing)} files of pictures or attachments are missing;"
            " take them from a backup of the media folder or bucket"
        )
    told.line(f"{found.pictures} pictures and {found.attachments} attachments have their files")
    clamd = scanning.find_clamd(state.settings)
    if clamd is not None:
        clamd.check()
        told.line("the virus scanner answers")


def _report(told: Report, what: str, names: Sequence[str]) -> None:
    for name in names[:SHOWN]:
        told.line(f"{name}: {what}")
    if len(names) > SHOWN:
        told.line(f"and {len(names) - SHOWN} more: {what}")
