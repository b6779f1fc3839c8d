"""The five families of errors, without HTTP. A feature names its own below one of them."""

from __future__ import annotations

from typing import Any

from .text import Text, reading_in
from .text import lazy as _


class CatalogueError(Exception):
    """Something a person asked for cannot be done, with a text that says what would be right."""

    title: Text = _("Something went wrong")
    problem = "fault"  # its type in `core/http/problem_types.py`, which gives its status too

    def __init__(self, detail: Text | str = "", **facts: Any) -> None:
        super().__init__(str(detail))
        self.detail = detail
        self.facts = facts


class Invalid(CatalogueError):
    """What came in has faults; `problems` maps a field to its texts. Nothing was written."""

    title = _("Please check what you entered")
    problem = "invalid"

    def __init__(
        self, problems: dict[str, list[Text | str]] | None = None, detail: Text | str = ""
    ) -> None:
        super().__init__(detail)
        self.problems = problems or {}

    def __str__(self) -> str:
        texts = [f"{field}: {text}" for field, all_ in self.problems.items() for text in all_]
        return "; ".join(texts) or str(self.detail)


class NotAllowed(CatalogueError):
    """The person may not do this."""

    title = _("You do not have access to this")
    problem = "not-allowed"


class Missing(CatalogueError):
    """There is no such thing, or it is not this person's to see."""

    title = _("The page was not found")
    problem = "missing"


class Conflict(CatalogueError):
    """What was asked does not go with the present state."""

    title = _("This cannot be done now")
    problem = "conflict"


class Unavailable(CatalogueError):
    """Something needed is out of service for the moment."""

    title = _("The service is not available right now")
    problem = "unavailable"


def told(error: CatalogueError) -> str:
    """Return what a command tells of an error: its words, else its title, and what was behind it.

    In English, as all that commands tell; who runs an installation may read what others' libraries
    say (a bucket: that it has found no keys), which nobody else may.
    """
    with reading_in("en"):
        words = str(error if isinstance(error, Invalid) else error.detail) or str(error.title)
    behind = str(error.__cause__ or "").strip()
    return f"{words}: {behind}" if behind and not str(error.detail) else words
