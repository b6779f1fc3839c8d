"""The target of forms: every page that takes one is sent some, by everybody, in a town kept as is.

A piece is a page, who sends, the places in its address, and after a line the body of the form.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import urlencode, urlsplit

import cast
from itsdangerous import URLSafeTimedSerializer
from lxml import html
from targets import Target
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import encode_multipart

if TYPE_CHECKING:
    from served import Town

TOKEN = "of searches"  # against forms of other sites, in a town of the searches
BOUNDARY = "parted"
FILE = b"Varenummer;Titel;Pris\nV-1;Legehus;12.500,00\n"


def target(town: Town, path_of: Callable[[Rule, bytes], str]) -> Target:
    """Return the target; `path_of` fills the places of an address."""
    rules = _rules(town, "POST")
    people = [None, *town.people.values()]
    headers = [_headers(town, person) for person in people]
    kept = _Kept(town.database.engine.url.database or "")

    def read(content: bytes) -> Any:
        number, who = int.from_bytes(content[:2], "big"), (content[2:3] or b"\x00")[0]
        told, _line, body = content[3:].partition(b"\n")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        if body.startswith(b"--"):
            kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        path = path_of(rules[number % len(rules)], told)
        try:
            with mock.patch("socket.getaddrinfo", side_effect=OSError):  # a form names servers
                more = {"headers": headers[who % len(headers)] | kind, "data": body}
                return town.ask("POST", path, b"", **more)
        finally:
            kept.restore()

    def whole() -> list[bytes]:
        numbers = {rule.endpoint: number for number, rule in enumerate(rules)}
        plain = [number.to_bytes(2, "big") + b"\x001\n" for number in range(len(rules))]
        drawn = {
            (endpoint, who): numbers[endpoint].to_bytes(2, "big") + bytes([who]) + rest
            for who in range(len(people)) for page in _rules(town, "GET")
            for endpoint, rest in _forms(town, path_of(page, b"1"), headers[who])
            if endpoint in numbers
        }  # fmt: skip
        return [*plain, *drawn.values()]

    return Target("forms", "forms that are sent", read, whole, 3_000)


class _Kept:
    """The database as it was: what a form has written is undone, so that each piece finds it so."""

    def __init__(self, path: str) -> None:
        self.path, self.kept = path, f"{path}.kept"
        _copy(self.path, self.kept)
        self.written = self._written()

    def restore(self) -> None:
        """Restore it where anybody has written."""
        if self._written() != self.written:
            _copy(self.kept, self.path)
            self.written = self._written()

    def _written(self) -> list[tuple[int, int]]:
        """Return when the files of the database were last written, and how long they are."""
        files = [
            each.stat() for each in (Path(self.path), Path(f"{self.path}-wal")) if each.exists()
        ]
        return [(each.st_mtime_ns, each.st_size) for each in files]


def _copy(path: str, to: str) -> None:
    with closing(sqlite3.connect(path)) as kept, closing(sqlite3.connect(to)) as made:
        kept.backup(made)


def _rules(town: Town, method: str) -> list[Rule]:
    return sorted(
        (each for each in town.app.url_map.iter_rules()
         if method in (each.methods or ()) and not each.rule.startswith("/api")
         and "operation" not in town.app.view_functions[each.endpoint].__dict__),
        key=lambda each: each.rule,
    )  # fmt: skip


def _headers(town: Town, person: Any) -> dict[str, str]:
    """Return what a browser of a person sends, with the token that our forms carry."""
    client = town.app.test_client()
    if person is not None:
        cast.sign_in_as(client, person)
    with client.session_transaction() as cookie:
        cookie["catalogue_csrf"] = TOKEN
    signer = URLSafeTimedSerializer(town.app.secret_key or "", salt="wtf-csrf-token")
    cookies = "; ".join(f"{each.key}={each.value}" for each in client._cookies.values())
    return {"Cookie": cookies, "X-CSRF-Token": str(signer.dumps(TOKEN))}


def _forms(town: Town, path: str, headers: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield the forms of a page: who takes it, and places and body of what would be sent."""
    answer = town.app.test_client(use_cookies=False).get(path, headers=headers)
    if answer.status_code != 200 or answer.mimetype != "text/html" or not answer.data:
        return
    adapter = town.app.url_map.bind("localhost")
    for form in html.fromstring(answer.data).forms:
        if form.method != "POST":
            continue
        with suppress(HTTPException):
            endpoint, places = adapter.match(urlsplit(form.action or path).path, method="POST")
            told = "/".join(map(str, places.values())).encode()
            yield endpoint, told + b"\n" + _body(form)


def _body(form: Any) -> bytes:
    fields = [(name, value or "1") for name, value in form.form_values() if name != "csrf_token"]
    files = [each.name for each in form.inputs if each.get("type") == "file"]
    if form.get("enctype") != "multipart/form-data":
        return urlencode(fields).encode()
    parts: dict[str, Any] = {name: [] for name, _value in fields}
    for name, value in fields:
        parts[name].append(value)
    parts |= {name: (io.BytesIO(FILE), "a.csv", "text/csv") for name in files}
    return encode_multipart(parts, BOUNDARY)[1]
