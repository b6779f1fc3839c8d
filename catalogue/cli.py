"""The command line: which commands there are. Each is loaded when it is asked for, and no earlier.

What a command needs may take seconds to load; help, completion and light commands must not wait
for it. So a command stands here by name and one line, and its code in a module `cli_….py`.
"""

from __future__ import annotations

import importlib
import io
import os
import sqlite3
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn, cast

import click
from click.shell_completion import CompletionItem
from rich.console import Console

from catalogue.core import errors, logs, memory
from catalogue.core.errors import CatalogueError
from catalogue.settings import WrongSetting

EPILOG = """\
Ends with 0 when all went well, 1 when something is wrong or was refused, 2 when the command was
written wrongly. Settings come from the environment, CATALOGUE_…; docs/settings.md has them all.
"""


@dataclass(frozen=True)
class Entry:
    """A command as the list of commands shows it, and where its code is."""

    place: str  # module and name, below catalogue.cli_
    says: str


SECTIONS = {
    "Run": {
        "run": Entry("serving:run", "Migrate, then run web server and worker until stopped."),
        "web": Entry("serving:web", "Run the web server alone."),
        "work": Entry("working:work", "Run the worker alone: index, images, mail."),
    },
    "Set up": {
        "migrate": Entry("preparing:migrate", "Bring the database to the present schema."),
        "administrator": Entry("administrator:administrator", "Register an administrator."),
        "saml-service": Entry("saml:saml_service", "Set up SAML for several municipalities."),
        "demo": Entry("preparing:demo_command", "Load the demonstration world."),
        "completion": Entry("completion:completion", "Print what completes commands in a shell."),
    },
    "Look after": {
        "doctor": Entry("doctor:doctor", "Tell what is wrong with this installation."),
        "check": Entry("check:check", "Tell whether all that is held is whole and agrees."),
        "backup": Entry("backup:backup_command", "Write database, files, settings to one file."),
        "restore": Entry("backup:restore_command", "Restore a backup into an empty place."),
        "move-files": Entry("moving:move_files", "Move files from the data folder to a bucket."),
        "retention": Entry("retention:retention", "Take out what is older than is kept."),
        "reindex": Entry("preparing:reindex", "Build the search index anew, and swap."),
    },
    "Bring in": {
        "import": Entry("import:import_group", "Bring in data from files."),
        "people": Entry("people:people_group", "Keep the people of a municipality."),
        "bounce": Entry("mail:bounce", "Take in a report of mail that came back."),
        "collect-documents": Entry(
            "documents:collect_documents", "Take what enterprises left in their folders."
        ),
    },
}


class LazyGroup(click.Group):
    """A group that knows its commands by name, and loads the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, in the order of the help."""
        return [name for entries in SECTIONS.values() for name in entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command, or return None for a name that is none."""
        for entries in SECTIONS.values():
            if cmd_name in entries:
                module, _colon, name = entries[cmd_name].place.partition(":")
                found = getattr(importlib.import_module(f"catalogue.cli_{module}"), name)
                return cast(click.Command, found)
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in groups, none of them loaded."""
        for title, entries in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.says) for name, entry in entries.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command, none of them loaded."""
        return [
            CompletionItem(name, help=entry.says)
            for entries in SECTIONS.values()
            for name, entry in entries.items()
            if name.startswith(incomplete)
        ]


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="purchasing-catalogue", prog_name="Catalogue")
def main() -> None:
    """Purchasing catalogue for social procurement."""


def entry() -> None:
    """Run the command line; what an operator can mend is told in short, without a stack trace."""
    memory.look_seldom()
    logs.set_up_in_short()
    _open_streams()
    try:
        main(prog_name="catalogue")
    except CatalogueError as error:
        _refuse(errors.told(error))
    except WrongSetting as error:
        _refuse(str(error))
    except Exception as error:
        told = _lack_of_tables(error) or _out_of_order(error)
        if told is None or logs.are_set_up():  # a process that serves logs how it ended
            raise
        _refuse(told)


def _open_streams() -> None:
    """Have all three streams, and whatever stands in a text told in what a terminal can show.

    One that was closed is nobody's (None), and its number would be the next file's. A terminal of
    Latin-1, as older Danish servers have, shows no marks and frames.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
        elif name == "stdout" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _refuse(told: str) -> NoReturn:
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(told, style="red")
    sys.exit(1)


def _lack_of_tables(error: Exception) -> str | None:
    """Return what is told where the tables are not yet those of this program."""
    from catalogue.core import outage  # noqa: PLC0415  loads SQLAlchemy

    if not outage.lacks_tables(error):
        return None
    from catalogue import cli_mounted  # noqa: PLC0415

    with suppress(Exception), cli_mounted.opened(cli_mounted.settings()) as database:
        return cli_mounted.lack_of_tables(database)
    return None


def _out_of_order(error: Exception) -> str | None:
    """Return what is told of a database or a disk that is out; None where it is a fault of ours."""
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415  not for help and light commands

    from catalogue.core import outage  # noqa: PLC0415

    # SQLite's own: backup and restore copy past SQLAlchemy. The others: a place that is shut to us,
    # or a file where a folder should be.
    told = (OperationalError, sqlite3.DatabaseError, PermissionError, FileExistsError,
            NotADirectoryError)  # fmt: skip
    if not (isinstance(error, told) or outage.is_spoilt(error) or outage.of(error)):
        return None
    reason = getattr(error, "orig", None) or error
    return f"The database or the disk is out of order: {reason}\n`catalogue doctor` tells more."


if __name__ == "__main__":
    entry()
