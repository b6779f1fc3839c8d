"""`catalogue bounce`: take in reports of mail that came back, from a mail server or a maildir."""

from __future__ import annotations

import mailbox
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from catalogue.cli_mounted import settings as in_force
from catalogue.core.db import Database
from catalogue.exchange import bounce_rules, bounces
from catalogue.settings import Settings

out = Console(highlight=False, soft_wrap=True)
LARGEST_BYTES = 10_000_000


@click.command()
@click.option(
    "--maildir",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Read all new messages of this folder, and leave them as seen.",
)
def bounce(maildir: Path | None) -> None:
    """Take in a report of mail that came back (RFC 3464), from standard input or a maildir.

    A mail server pipes what comes to CATALOGUE_BOUNCE_ADDRESS here. What is no such report, or not
    about mail of ours, is told and left alone: the exit status is 0, so that nothing is sent back.
    """
    settings = in_force()
    database = Database(settings.database, settings.sqlite_busy_timeout_ms)
    if maildir is None:
        _take(database, settings, sys.stdin.buffer.read(LARGEST_BYTES))
    else:
        _take_folder(database, settings, maildir)
    database.dispose()


def _take_folder(database: Database, settings: Settings, folder: Path) -> None:
    box = mailbox.Maildir(folder, create=False)
    for key, message in box.items():
        if message.get_subdir() != "new":
            continue
        _take(database, settings, box.get_bytes(key))
        message.set_subdir("cur")
        message.add_flag("S")
        box[key] = message


def _take(database: Database, settings: Settings, content: bytes) -> None:
    found = bounce_rules.read(content)
    if found is None:
        out.print("no report of mail that came back")
        return
    with database.transaction() as session:
        record = bounces.take(session, found, settings.secret(), datetime.now(UTC))
        told = None if record is None else (record.id, record.outcome)
    if told is None:
        out.print("the report is not about mail of ours")
    else:
        out.print(f"mail {told[0]} of the log: {told[1]}, {found.status}")
