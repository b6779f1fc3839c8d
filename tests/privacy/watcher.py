"""What reads all that is logged while a day lasts, and knows what must not stand in it.

Whatever is typed or sent in a browser or by a program, each address it asks for and each cookie it
gets is kept in mind by itself; names and so on of people are told. Mail addresses and CPR numbers
are known by their looks.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from catalogue.core import logs

LOOKS = (re.compile(r"[\w.+-]+@[\w-]+\.\w[\w.-]*"), re.compile(r"(?<![\w-])\d{6}-\d{4}(?![\w-])"))
SHORTEST = 6  # of what is typed: less stands in lines by chance
# What is typed too, and is no secret: words of forms that are the same for everybody.
INNOCENT = frozenset({
    "access_point", "order.placed", "persons:write", "replace", "active", "create", "catalogue",
})  # fmt: skip


class Watcher(logging.Handler):
    """Takes each record as the handlers of `logs.set_up` and those of a host would write it."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app, self.lines, self.kept = app, list[str](), set[str]()
        self.formatters = (logs.JsonLines(), logs.PlainLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what is written of a record."""
        self.lines += [each.format(record) for each in self.formatters]
        if record.name.startswith("catalogue"):  # before mail addresses are blotted out
            facts = {name: each for name, each in logs.facts_of(record).items() if name != "at"}
            self.lines.append(f"{facts} {record.exc_text}")

    def hide(self, *texts: str) -> None:
        """Keep texts in mind that must stand nowhere."""
        folded = {each.strip().casefold() for each in texts}
        self.kept |= {each for each in folded if len(each) >= SHORTEST and each not in INNOCENT}

    def hide_words(self, *texts: str) -> None:
        """Keep texts in mind, and each of their longer words."""
        for each in texts:
            self.hide(each, *each.split())

    def found(self) -> list[str]:
        """Return what stands in a line and must not, with the line."""
        lines = [(unquote_plus(each).casefold(), each) for each in dict.fromkeys(self.lines)]
        told = [f"{each}: {line}" for text, line in lines for each in self.kept if each in text]
        return told + [
            f"{seen[0]}: {line}" for text, line in lines for look in LOOKS
            if (seen := look.search(text))
        ]  # fmt: skip

    def prove(self, *events: str) -> None:
        """Hold that nothing of anybody was logged, and that these events were."""
        told = "\n".join(self.lines)
        for each in events:
            assert each in told, each
        assert self.kept
        if found := self.found():
            raise AssertionError("\n".join(found))

    def browser(self) -> Any:
        """Return the class of the day's browsers, which are those that the application had."""
        watcher, usual = self, self.app.test_client_class or FlaskClient

        class Watched(usual):  # type: ignore[misc, valid-type]
            def open(self, *args: Any, **kwargs: Any) -> Any:
                watcher.hide(*_sent(watcher.app, args, kwargs))
                answer = super().open(*args, **kwargs)
                cookies = answer.headers.getlist("Set-Cookie")
                watcher.hide(*(each.partition("=")[2].partition(";")[0] for each in cookies))
                return answer

        return Watched


def _sent(app: Flask, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[str]:
    """Give what a request sends: in its address, query, fields, files and headers."""
    path = args[0] if args and isinstance(args[0], str) else ""
    parts = urlsplit(path)
    yield from (value for _name, value in parse_qsl(parts.query))
    yield from _filled_in(app, parts.path, str(kwargs.get("method", "GET")))
    for name in ("data", "json", "query_string"):
        yield from _texts(kwargs.get(name))
    headers = dict(kwargs.get("headers") or {})
    yield from (each for name in ("Authorization", "X-Request-ID")
                for each in str(headers.get(name, "")).split())  # fmt: skip


def _filled_in(app: Flask, path: str, method: str) -> Iterator[str]:
    try:
        _endpoint, values = app.url_map.bind("localhost").match(quote(path, "/%"), method)
    except HTTPException:
        return
    fixed = {rule.rule for rule in app.url_map.iter_rules()}  # of another method
    yield from (each for each in map(str, values.values()) if f"/{each}" not in fixed)


def _texts(value: Any) -> Iterator[str]:
    """Give the texts of a value, line by line and cell by cell."""
    if isinstance(value, Mapping):
        yield from (text for each in value.values() for text in _texts(each))
    elif isinstance(value, str | bytes):
        text = value if isinstance(value, str) else value.decode("utf-8", "replace")
        yield from re.split(r"[\n;]|<[^>]*>", text)
    elif isinstance(value, io.BytesIO):
        yield from _texts(value.getvalue()[:20_000])
    elif isinstance(value, Iterable):
        yield from (text for each in value for text in _texts(each))
