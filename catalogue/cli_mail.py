"""`catalogue bounce`: take in reports of mail that came back, from a mail server or a maildir."""

from __future__ import annotations

import mailbox
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from catalogue.cli_mounted import opened
from catalogue.cli_mounted import settings as in_force
from catalogue.cli_telling import Report, json_option, report
from catalogue.core.db import Database
from catalogue.exchange import bounce_rules, bounces
from catalogue.settings import Settings

LARGEST_BYTES = 10_000_000


@click.command()
@click.option(
    "--maildir",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Read all new messages of this folder, and leave them as seen.",
)
@json_option
def bounce(maildir: Path | None, as_json: bool) -> None:
    """Take in a report of mail that came back (RFC 3464), from standard input or a maildir.

    A mail server pipes what comes to CATALOGUE_BOUNCE_ADDRESS here. What is no such report, or not
    about mail of ours, is told and left alone: the exit status is 0, so that nothing is sent back.
    """
    settings = in_force()
    with report(as_json) as told, opened(settings) as database:
        taking = _Taking(database, settings, told)
        if maildir is None:
            taking.take(sys.stdin.buffer.read(LARGEST_BYTES))
        else:
            _take_folder(taking, maildir)


def _take_folder(taking: _Taking, folder: Path) -> None:
    box = mailbox.Maildir(folder, create=False)
    for key, message in box.items():
        if message.get_subdir() != "new":
            continue
        taking.take(box.get_bytes(key))
        message.set_subdir("cur")
        message.add_flag("S")
        box[key] = message


@dataclass(frozen=True)
class _Taking:
    database: Database
    settings: Settings
    told: Report

    def take(self, content: bytes) -> None:
        """Take in one message, and tell what came of it."""
        found = bounce_rules.read(content)
        if found is None:
            self._tell("no report of mail that came back")
            return
        with self.database.transaction() as session:
            now = datetime.now(UTC)
            record = bounces.take(session, found, self.settings.secret(), now)
            noted = None if record is None else (record.id, record.outcome)
        if noted is None:
            self._tell("the report is not about mail of ours")
        else:
            self._tell(f"mail {noted[0]} of the log: {noted[1]}, {found.status}")

    def _tell(self, text: str) -> None:
        self.told.line(text)
        self.told.facts.setdefault("messages", []).append(text)
