"""How commands tell what they do: lines for people, or one object of JSON for programs; bars.

Bars and colours are for terminals; `NO_COLOR` takes the colours away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from catalogue.core import errors
from catalogue.core.errors import CatalogueError
from catalogue.operating import Step
from catalogue.settings import WrongSetting

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Tell it as one object of JSON, and nothing else."
)


@dataclass
class Report:
    """What a command has to tell; its facts are printed at the end where JSON was asked for."""

    as_json: bool
    facts: dict[str, Any] = field(default_factory=dict)

    def line(self, text: str) -> None:
        """Tell people a line."""
        if not self.as_json:
            click.echo(text)

    def show(self, renderable: object) -> None:
        """Show people a table, wide enough where there is no terminal: reasons must not be cut."""
        if not self.as_json:
            console = Console(highlight=False, markup=False)
            console.width = max(console.width, 160)
            console.print(renderable)


@contextmanager
def report(as_json: bool) -> Iterator[Report]:
    """Let a command tell what it does; how it failed belongs to it, and goes on."""
    made = Report(as_json)
    try:
        yield made
    except CatalogueError as error:
        made.facts["error"] = errors.told(error)
        raise
    except (click.ClickException, WrongSetting) as error:
        made.facts["error"] = getattr(error, "message", None) or str(error)
        raise
    finally:
        if as_json:
            click.echo(json.dumps(made.facts, ensure_ascii=False, indent=2, default=str))


class _Rate(ProgressColumn):
    """How many a second, where they are counted and not a share."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if speed is None or task.total in (None, 1.0):
            return Text("")
        return Text(f"{task.completed:,.0f} of {task.total:,.0f}, {speed:,.0f} a second")


@contextmanager
def steps(name: str) -> Iterator[Step]:
    """Show a bar with rate and time left where there is a terminal; the block moves it."""
    console = Console(stderr=True)
    columns = (TextColumn(name), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), _Rate())
    quiet = not console.is_terminal
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=quiet) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
