"""`catalogue check`: whether what the installation holds is whole and agrees with itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from catalogue import cli_check_rows
from catalogue.cli_check_rows import SHOWN
from catalogue.cli_ledger import prove_sums
from catalogue.cli_mounted import mounted
from catalogue.cli_telling import Report, json_option, report
from catalogue.core import errors, jobs, outage, proof, scanning
from catalogue.core.chain import Point, read_point
from catalogue.core.db import Database, see_one_moment
from catalogue.core.errors import CatalogueError
from catalogue.core.text import today_in_copenhagen
from catalogue.media import comparing
from catalogue.media import service as media
from catalogue.products import picture_use
from catalogue.search import service as search
from catalogue.search.index import IndexUnavailable

if TYPE_CHECKING:
    from catalogue.core.http import State

_SPOILT = "the database is spoilt: {}; stop the services, and restore a backup"


@click.command()
@click.option("--audit-head", metavar="NUMBER:DIGEST", help="A head of the audit kept elsewhere.")
@click.option("--every-picture", is_flag=True, help="Read all pictures, not a thirtieth.")
@json_option
def check(audit_head: str | None, every_picture: bool, as_json: bool) -> None:
    """Tell whether database, audit, files, orders, mails and index are in order; exit 1 if not.

    Every event of the audit is reckoned anew; keep the head that is printed outside the database,
    and hand it over the next time. Rows are held against their files (what pictures hold is read
    of a thirtieth each day, of all with --every-picture), orders against their lines,
    events and stocks, mails against their log, and all that the index has of each product against
    the database. All that differs is told before it ends.
    """
    kept = None if audit_head is None else read_point(audit_head)
    if audit_head is not None and kept is None:
        raise click.BadParameter(
            "write it as it was printed, NUMBER:DIGEST", param_hint="audit-head"
        )
    with report(as_json) as told:
        look(mounted(), told, kept, every_picture=every_picture)


def look(
    state: State, told: Report, kept: Point | None = None, *, every_picture: bool = False
) -> None:
    """Do every check and tell what each found; then raises ClickException with all that is wrong.

    One that fails keeps no other from being done.
    """
    wrong: list[str] = []
    every: tuple[Callable[[], None], ...] = (
        lambda: _read_all(state.database),
        lambda: cli_check_rows.check_named_rows(state, told),
        lambda: _prove_audit(state.database, told, kept),
        lambda: _prove_ledger(state.database, told),
        lambda: cli_check_rows.check_orders(state, told),
        lambda: cli_check_rows.check_mails(state, told),
        lambda: check_files(state, told, every_picture=every_picture),
        lambda: cli_check_rows.check_kept_files(state, told),
        lambda: _ask_scanner(state, told),
        lambda: _compare_index(state, told),
    )
    for each in every:
        with _noting(wrong):
            each()
    told.facts["faults"] = wrong = list(dict.fromkeys(wrong))  # a page may be met more than once
    if wrong:
        raise click.ClickException("\n".join(wrong))


@contextmanager
def _noting(wrong: list[str]) -> Iterator[None]:
    """Note what a check found wrong, and go on."""
    try:
        yield
    except click.ClickException as error:
        wrong.append(error.message)
    except CatalogueError as error:
        wrong.append(errors.told(error))
    except DBAPIError as error:
        if not outage.is_spoilt(error):
            raise
        wrong.append(_SPOILT.format(error.orig))


def _read_all(database: Database) -> None:
    """Have SQLite read its whole file; PostgreSQL with checksums tells of a page when it reads it.

    A page that nobody asks for may be spoilt for long, and backups of that time hold it too.
    """
    if database.is_sqlite:
        with database.reading() as session:
            found = session.scalars(text(f"PRAGMA integrity_check({SHOWN})")).all()
        if found != ["ok"]:
            raise click.ClickException(_SPOILT.format("; ".join(found)))


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


def _prove_ledger(database: Database, told: Report) -> None:
    with database.reading() as session:
        told.facts["jobs_waiting"] = jobs.waiting(session)
        told.line(f"the database answers; {told.facts['jobs_waiting']} jobs waiting")
        prove_sums(session, told)


def check_files(state: State, told: Report, *, every_picture: bool = False) -> None:
    """Report what differs between rows and files; raises ClickException where files are missing,
    or are not what was sent.
    """
    day = None if every_picture else today_in_copenhagen(state.clock())
    with state.database.reading() as session:
        found = comparing.compare(session, state.parts[media.PART], picture_use.NAMED, day)
    _report(told, "file is missing", found.missing)
    _report(told, "file is not what was sent", found.changed)
    _report(told, "size of a picture is not derived yet, its master is shown", found.underived)
    _report(told, "file is named by nothing, the worker collects it when it is old", found.unnamed)
    told.facts |= {
        "pictures": found.pictures, "attachments": found.attachments,
        "files_missing": list(found.missing), "files_changed": list(found.changed),
        "files_unnamed": len(found.unnamed), "sizes_underived": len(found.underived),
    }  # fmt: skip
    if found.missing or found.changed:
        raise click.ClickException(
            f"{len(found.missing)} files of pictures or attachments are missing and"
            f" {len(found.changed)} changed; take them from a backup of the media folder or bucket"
        )
    told.line(f"{found.pictures} pictures and {found.attachments} attachments have their files")


def _ask_scanner(state: State, told: Report) -> None:
    clamd = scanning.find_clamd(state.settings)
    if clamd is not None:
        clamd.check()
        told.line("the virus scanner answers")


def _compare_index(state: State, told: Report) -> None:
    """Tell what the index lacks, has too much or has otherwise; raises ClickException."""
    with state.database.reading() as session:
        see_one_moment(session)  # what is saved meanwhile is no difference
        search.check(session)
        try:
            differences = search.compare(session, state.parts)
        except IndexUnavailable:
            raise click.ClickException(
                "there is no search index that can be read; build it: catalogue reindex"
            ) from None
    for name in ("missing", "surplus", "stale"):
        told.facts[f"index_{name}"] = list(getattr(differences, name))
        for product_id in getattr(differences, name):
            told.line(f"product {product_id} is {name} in the search index")
    if differences:
        raise click.ClickException("index and database differ; build anew: catalogue reindex")
    told.line("the search index has what the database has")


def _report(told: Report, what: str, names: Sequence[str]) -> None:
    for name in names[:SHOWN]:
        told.line(f"{name}: {what}")
    if len(names) > SHOWN:
        told.line(f"and {len(names) - SHOWN} more: {what}")
