"""Move the files of an installation from its data folder into the bucket that its settings name.

Safe to repeat, and while it is in use: a file leaves the folder when the bucket has given back what
it was given. Where the bucket has a newer file of that name, that one stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from catalogue.core import shelves
from catalogue.core.folder import Folder
from catalogue.core.storage import Files
from catalogue.media import service as media

from . import Step

if TYPE_CHECKING:
    from catalogue.core.http import State

_AT_ONCE = timedelta(milliseconds=1)  # a time of a file is rounded


@dataclass(frozen=True)
class Moved:
    """How many files were written to the bucket, and how many it had already."""

    written: int
    known: int


@dataclass(frozen=True)
class _Safe:
    """A file that lies in the bucket, and in the folder as of then."""

    source: Folder
    name: str
    at: datetime
    was_written: bool


def copy(state: State, step: Step) -> Moved:
    """Write to the bucket what it lacks; all stays in the folder too. Raises ClickException."""
    return _counted(_bring(state, step))


def move(state: State, step: Step) -> Moved:
    """Do that, and take out of the folder what lies in the bucket. Raises ClickException."""
    return _counted(_taken_out(_bring(state, step)))


def _taken_out(brought: Iterator[_Safe]) -> Iterator[_Safe]:
    for each in brought:
        each.source.remove_old(each.name, each.at + _AT_ONCE)
        yield each


def _counted(brought: Iterator[_Safe]) -> Moved:
    count = {True: 0, False: 0}
    for each in brought:
        count[each.was_written] += 1
    return Moved(count[True], count[False])


def _bring(state: State, step: Step) -> Iterator[_Safe]:
    """Bring each file into the bucket, and yield it when it is there."""
    found = [(source, target, list(_listed(source))) for source, target in _ways(state)]
    total, done = sum(len(listed) for _source, _target, listed in found), 0
    for source, target, listed in found:
        there = dict(target.list_all()) if listed else {}
        for name, at in listed:
            is_known = name in there and there[name] >= at
            if is_known or _write(source, target, name):
                yield _Safe(source, name, at, was_written=not is_known)
            done += 1
            step(done, total)


def _ways(state: State) -> Iterator[tuple[Folder, Files]]:
    """Yield where files lie without a bucket, and where they lie with it."""
    settings = state.settings
    yield Folder(settings.media_folder), state.parts[media.PART].files
    for name in shelves.NAMES:
        if name != shelves.CATALOGUE_FILES or not settings.catalogue_files_folder:
            yield Folder(settings.data_folder / name), shelves.open_shelf(settings, name)


def _listed(source: Folder) -> Iterator[tuple[str, datetime]]:
    """Yield files but those that are half written."""
    for name, at in source.list_in_order():
        if not PurePosixPath(name).name.startswith("."):
            yield name, at


def _write(source: Folder, target: Files, name: str) -> bool:
    """Write a file to the bucket and read it back; False when it has gone meanwhile."""
    content = source.read(name)
    if content is None:
        return False
    target.write(name, content)
    if target.read(name) != content:
        target.remove(name)  # the next run would take it for known, and take the good one away
        raise click.ClickException(
            f"the bucket gives {name} back otherwise than it was written; the folder keeps it, look"
            " at the bucket and run this again"
        )
    return True
