"""`catalogue doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from catalogue import cli_mounted
from catalogue.cli_telling import json_option, report
from catalogue.media import service as media
from catalogue.operating import organs, surroundings
from catalogue.operating.doctor import Finding, Grade, Look, Patient, examine
from catalogue.search import service as search

MARKS = {Grade.FINE: ("✓", "green"), Grade.WARNING: ("!", "yellow"), Grade.FAULT: ("✗", "red")}
# What to do when a look itself fails.
LOOKS: dict[str, tuple[Look, str]] = {
    "program": (surroundings.program, "install Catalogue anew"),
    "extras": (surroundings.extras, "install Catalogue anew"),
    "settings": (surroundings.settings, "see docs/settings.md"),
    "places": (surroundings.places, "see docs/settings.md"),
    "secret key": (surroundings.secret_key, "let the user of the services read it"),
    "disk": (surroundings.disk, "look at CATALOGUE_DATA_FOLDER"),
    "memory": (surroundings.memory, "see the settings"),
    "database": (organs.database, "start it, or look at CATALOGUE_DATABASE_URL and its rights"),
    "clock": (organs.clock, "see the database"),
    "store": (organs.store, "look at the media folder, or CATALOGUE_MEDIA_BUCKET and its keys"),
    "index": (organs.index, "catalogue reindex"),
    "worker": (organs.worker, "see the database"),
    "passwords": (organs.demo_people, "see the database"),
    "mail server": (surroundings.mail_server, "look at CATALOGUE_SMTP_… and the server"),
    "virus scanner": (surroundings.scanner, "start clamav-daemon, or see CATALOGUE_CLAMAV_SOCKET"),
    "proxy": (surroundings.proxy, "start it, and see docs/install.md, 7"),
}


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Tell what is wrong with this installation and how to mend it; exit 1 if something is.

    It looks at program and libraries, settings, secret key, disk, memory, database, store, index,
    worker, clock, mail server, virus scanner and proxy. `check` tells whether what is kept is
    whole.
    """
    console = Console(highlight=False, soft_wrap=True)
    with report(as_json) as told:
        found = list(surroundings.unknown_settings(os.environ))
        if not found:
            found = list(_looked())
        told.facts["findings"] = [asdict(each) for each in found]
        for each in [] if as_json else found:
            _show(console, each)
    if any(each.grade == Grade.FAULT for each in found):
        sys.exit(1)


def _looked() -> Iterator[Finding]:
    given = cli_mounted.settings()
    parts: dict[str, Any] = {}
    if cli_mounted.in_host():
        parts = cli_mounted.mounted().parts  # a host's store may be its own
    else:
        search.open_index(parts, given)
        media.open_store(parts, given, media.open_files(given))
    with cli_mounted.opened(given) as database:
        patient = Patient(given, database, parts, os.environ, datetime.now(UTC))
        yield from examine(patient, LOOKS)


def _show(console: Console, found: Finding) -> None:
    mark, colour = MARKS[found.grade]
    line = Text.assemble((mark, colour), f" {found.place}: {found.says}")
    if found.remedy:
        line.append(f"\n    {found.remedy}", style="dim")
    console.print(line)
