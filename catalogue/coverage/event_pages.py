"""The audit on the web: what was done, by whom, from what to what; as page, CSV and JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.audit import AuditEvent
from catalogue.core.chain import SEALED
from catalogue.core.errors import Invalid
from catalogue.core.http import ADMINISTRATORS, STAFF, State, reading, render, route, state, who
from catalogue.core.sheets import guarded
from catalogue.core.text import COPENHAGEN, current_locale, gettext, reading_in
from catalogue.core.text import lazy as _

from . import event_queries as queries
from .event_rules import Line, Names, lines, named
from .event_schema import Search, read_search
from .event_words import ACTIONS, OBJECTS, action_name, object_name

blueprint = Blueprint("events", __name__)
READERS = STAFF | ADMINISTRATORS
PER_PAGE = 50
CHUNK = 500  # events of an export in memory at a time
LABELS: dict[str, Any] = {
    "fra": _("From the day"),
    "til": _("To the day"),
    "hvem": _("Done by"),
    "handling": _("What was done"),
    "objekt": _("Number or name"),
}
FILTERS = (*LABELS, "om")
Writer = Callable[[Sequence[AuditEvent], Names], str]


@dataclass(frozen=True)
class Shown:
    """An event with the words for it."""

    event: AuditEvent
    action: str
    kind: str
    name: str
    person: str
    municipality: str
    lines: list[Line]


@route(blueprint, "/haendelser", access=READERS)
def events() -> Response:
    """List what was done, newest first, as far as the reader may know it."""
    errors: dict[str, list[Any]] = {}
    try:
        search = read_search(request.args)
    except Invalid as error:
        search, errors = Search(), error.problems
    with reading() as session:
        where = queries.conditions(session, who(), search)
        found, newer, older = queries.list_newest(session, where, search, PER_PAGE)
        names = queries.list_names(session, found)
    return render(
        "coverage/events.html", 422 if errors else 200, newer=newer, older=older,
        events=[_show(each, names) for each in found], actions=_action_options(),
        query={name: request.args[name] for name in FILTERS if request.args.get(name)},
        typed=request.args, errors=errors, labels=LABELS, about=search.about,
    )  # fmt: skip


@route(blueprint, "/haendelser.csv", access=READERS)
def events_csv() -> Response:
    """Send all events that fit, oldest first, one line per changed field, for spreadsheets."""
    # A byte order mark and semicolons: what Danish spreadsheets open unasked.
    head = "\ufeff" + _csv([_heads()])
    return _download(head, _csv_rows, "text/csv; charset=utf-8", "csv")


@route(blueprint, "/haendelser.jsonl", access=READERS)
def events_jsonl() -> Response:
    """Send all events that fit as they are sealed, oldest first, one JSON object per line."""
    return _download("", _json_lines, "application/x-ndjson", "jsonl")


def _action_options() -> list[tuple[str, str]]:
    """List all there is to choose: per type of object everything, then each action."""
    options: list[tuple[str, str]] = []
    for kind, name in sorted(OBJECTS.items(), key=lambda each: str(each[1])):
        options.append((f"{kind}.", gettext("%(object)s: everything", object=str(name))))
        options += [
            (action, str(label))
            for action, label in ACTIONS.items()
            if action.startswith(f"{kind}.")
        ]
    known = {value for value, _label in options}
    return options + [
        (action, str(label)) for action, label in ACTIONS.items() if action not in known
    ]


def _show(event: AuditEvent, names: Names) -> Shown:
    return Shown(
        event,
        str(action_name(event.action)),
        str(object_name(event.object_type)),
        named(names, event.object_type, event.object_id),
        named(names, "person", event.person_id) if event.person_id else gettext("The system"),
        named(names, "municipality", event.municipality_id) if event.municipality_id else "",
        lines(event.object_type, event.facts, names),
    )


def _download(head: str, write: Writer, content_type: str, ending: str) -> Response:
    search = read_search(request.args)
    here, asking, locale = state(), who(), current_locale()
    with reading() as session:
        where = queries.conditions(session, asking, search)
    response = Response(_stream(here, where, locale, write, head), content_type=content_type)
    name = f"haendelser-{here.clock().astimezone(COPENHAGEN).date().isoformat()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _stream(
    here: State, where: queries.Where, locale: str, write: Writer, head: str
) -> Iterator[str]:
    """Yield the file piece by piece, each read by itself: nothing stays open while it is sent."""
    yield head
    last = 0
    while True:
        with here.database.reading() as session:
            found = queries.list_after(session, where, last, CHUNK)
            names = queries.list_names(session, found)
        if not found:
            return
        last = found[-1].id
        with reading_in(locale):
            piece = write(found, names)
        yield piece


def _heads() -> list[str]:
    return [
        gettext("Number"),
        gettext("Time"),
        gettext("Done by"),
        gettext("Municipality"),
        gettext("What was done"),
        gettext("What it was done to"),
        gettext("Number or name"),
        gettext("Field"),
        gettext("Before"),
        gettext("After"),
    ]


def _csv_rows(events: Sequence[AuditEvent], names: Names) -> str:
    rows = []
    for each in (_show(event, names) for event in events):
        at: datetime = each.event.at.astimezone(COPENHAGEN)
        told = [
            f"{at:%Y-%m-%d %H:%M:%S}", each.person, each.municipality, each.action, each.kind,
            each.name,
        ]  # fmt: skip
        for line in each.lines or [Line("", None, "")]:
            texts = [*told, str(line.label), line.before or "", line.after]
            rows.append([str(each.event.id), *map(guarded, texts)])
    return _csv(rows)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(rows)
    return file.getvalue()


def _json_lines(events: Sequence[AuditEvent], _names: Names) -> str:
    lines_ = []
    for event in events:
        told = {name: getattr(event, name) for name in (*SEALED, "previous", "digest")}
        told["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
        lines_.append(json.dumps(told, ensure_ascii=False) + "\n")
    return "".join(lines_)
