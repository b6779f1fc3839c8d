"""What is wrong with an installation, and how to mend it: each look is a function, none may fail.

Nothing is changed but a file that is written to the store and taken away again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from catalogue.core import errors, outage
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError
from catalogue.settings import Settings

MIGRATIONS, MIGRATE = "migrations", "catalogue migrate"


class Grade(StrEnum):
    """How grave a finding is; only a fault makes the command end with 1."""

    FINE = "fine"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """What was found at one place, and what to do about it."""

    place: str
    grade: Grade
    says: str
    remedy: str = ""


@dataclass(frozen=True)
class Patient:
    """An installation as it is looked at."""

    settings: Settings
    database: Database
    parts: Mapping[str, Any]
    environ: Mapping[str, str]
    now: datetime


Look = Callable[[Patient], Iterator[Finding]]


def fine(place: str, says: str) -> Finding:
    """Return that a place is in order."""
    return Finding(place, Grade.FINE, says)


def warning(place: str, says: str, remedy: str) -> Finding:
    """Return what should be mended when there is time."""
    return Finding(place, Grade.WARNING, says, remedy)


def fault(place: str, says: str, remedy: str) -> Finding:
    """Return what must be mended."""
    return Finding(place, Grade.FAULT, says, remedy)


def examine(patient: Patient, looks: Mapping[str, tuple[Look, str]]) -> Iterator[Finding]:
    """Return what each look finds; one that fails is a finding itself, with its remedy."""
    migrated = reached = True
    for place, (look, remedy) in looks.items():
        try:
            for found in look(patient):
                migrated &= found.place != MIGRATIONS or found.grade != Grade.FAULT
                yield found
        except CatalogueError as error:
            yield fault(place, errors.told(error), remedy)
        except (OSError, ValueError) as error:
            yield fault(place, str(error) or type(error).__name__, remedy)
        except Exception as error:  # whatever it is: the other looks must still be had
            if not migrated and outage.lacks_tables(error):
                yield fault(place, "cannot be told before the tables are there", MIGRATE)
                continue
            if isinstance(error, SQLAlchemyError):
                if not reached and outage.of(error):  # what it says was told already
                    yield fault(place, "cannot be told before the database answers", remedy)
                    continue
                reached &= outage.of(error) is None
            text = str(getattr(error, "orig", None) or error).strip()
            yield fault(place, f"{type(error).__name__}: {text}", remedy)
