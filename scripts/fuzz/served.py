"""Targets that need the application: its pages, its API, and SCIM, asked for as programs ask.

A piece is lines: what stands in the address, the query, headers, the body. A fault is an answer of
500 or above that says no more. The town that is asked is that of the tests, in an SQLite file.
"""

from __future__ import annotations

import json
import logging
import secrets
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import cast
import posted
import signing_in
from accounts.test_scim import NEW, PATCH
from api.callers import caller
from flask import Flask
from ordering import world
from sqlalchemy.orm import Session
from targets import Target, whole
from werkzeug.routing import Rule

from catalogue.accounts import oidc_published, people_list, people_taking, tokens
from catalogue.accounts.outside_models import OPENID, IdentityProvider
from catalogue.accounts.tokens import Wanted
from catalogue.app import create_app
from catalogue.core import db, migrations
from catalogue.core.db import Database
from catalogue.core.http.operations import list_operations
from catalogue.core.who import Role

SCIM = "/api/scim/v2"
IN_WORDS = (501, 503)  # what there is not, and what is out of service for a while
LOGGERS = ("catalogue", "catalogue.accounts", "catalogue.api", "catalogue.http", "catalogue.scim")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def target(name: str, folder: Path) -> Target:
    """Return the target of that name, with a town of its own."""
    shutil.rmtree(folder / name, ignore_errors=True)
    return SERVED[name](Town(folder / name))


class Town:
    """The application with a buyer, an approver, staff, an administrator and a workshop."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        db.ON_WRITING = db.ON_NOTING = "OFF"  # what a search writes need not outlive a power cut
        self.database = Database(f"sqlite:///{folder}/town.sqlite")
        migrations.upgrade(self.database)
        self.app: Flask = create_app(
            {"CATALOGUE_DATA_FOLDER": str(folder / "data"), "CATALOGUE_SECRET_KEY": "of searches",
             "CATALOGUE_DATABASE_URL": self.database.url.render_as_string(hide_password=False)},
            clock=lambda: cast.NOW,
        )  # fmt: skip
        state = self.app.extensions["catalogue"]
        state.database.dispose()
        state.database = self.database
        state.settings = replace(state.settings, api_requests_per_minute=10_000_000)
        self.raised: list[BaseException | None] = []
        for logger in LOGGERS:
            logging.getLogger(logger).addFilter(self._listen)
        with self.database.transaction() as session:
            self.people = _settle(session)
            self.directory = _key_of_directory(session, self.people["staff"])

    def ask(self, method: str, path: str, query: bytes, **more: Any) -> Any:
        """Send a request; an answer that tells of a fault raises what was logged."""
        self.raised.clear()
        client = more.pop("client", None) or self.app.test_client(use_cookies=False)
        text = query.decode("latin-1").translate(_NO_LINES)
        response = client.open(path, method=method, query_string=text, **more)
        if response.status_code >= 500 and response.status_code not in IN_WORDS:
            raise (self.raised and self.raised[-1]) or AssertionError(f"{method} {path}: 500")
        return response

    def _listen(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            self.raised.append(sys.exception())
        return False


def _pages(town: Town) -> Target:
    """Ask for every page by everybody: links of mails, cursors, searches, filters, cookies."""
    rules = sorted(
        (each for each in town.app.url_map.iter_rules()
         if "GET" in (each.methods or ()) and "operation" not in _view(town, each)),
        key=lambda each: each.rule,
    )  # fmt: skip
    clients = [town.app.test_client(use_cookies=False)]
    for person in town.people.values():
        client = town.app.test_client()
        cast.sign_in_as(client, person)
        clients.append(client)

    def read(content: bytes) -> Any:
        first, who, rest = content[:2], content[2:3] or b"0", content[3:]
        rule = rules[int.from_bytes(first, "big") % len(rules)]
        told, query, cookie, *_more = [*rest.split(b"\n"), b"", b"", b""]
        headers = {"Cookie": header(cookie)} if cookie and who[0] % len(clients) == 0 else {}
        client = clients[who[0] % len(clients)]
        return town.ask("GET", path_of(rule, told), query, client=client, headers=headers)

    begun = [
        number.to_bytes(2, "big") + bytes([who]) + b"1\n" + query
        for number in range(len(rules))
        for who, query in ((0, b""), (number % len(clients), b"q=legehus&page=2&dag=2026-12-01"))
    ]
    return Target("pages", "addresses of pages, links of mails", read, lambda: begun, 400)


def _api(town: Town) -> Target:
    """Call every operation with a body, a query, a cursor, an ETag and a key."""
    operations = list_operations(town.app)
    secrets_ = {
        role: caller(town.app, person).secret
        for role, person in town.people.items() if role != "administrator"
    }  # fmt: skip

    def read(content: bytes) -> Any:
        at, rest = content[:1] or b"\x00", content[1:]
        declared = operations[at[0] % len(operations)]
        told, query, match, key, *body = [*rest.split(b"\n"), b"", b"", b"", b""]
        role = next((each for each in secrets_ if each in declared.operation.access), "")
        headers = {"Content-Type": declared.operation.media, "Accept-Language": "en"}
        headers |= {"Authorization": f"Bearer {secrets_[role]}"} if role else {}
        headers |= {"If-Match": header(match), "If-None-Match": header(match)} if match else {}
        headers |= {"Idempotency-Key": header(key) + secrets.token_hex(8)} if key else {}
        path = path_of(declared.rule, told)
        return town.ask(declared.method, path, query, headers=headers, data=b"\n".join(body))

    begun = [
        bytes([number]) + b'1\nlimit=10&cursor=5\n"abc"\nkey\n'
        + json.dumps(each.operation.example or {}, default=str).encode()
        for number, each in enumerate(operations)
    ]  # fmt: skip
    return Target("api", "requests of the API", read, lambda: begun, 3_000)


def _scim(town: Town) -> Target:
    """Ask SCIM: filters, and people and changes as JSON."""

    def read(content: bytes) -> Any:
        at, rest = content[:1] or b"\x00", content[1:]
        place, query, *body = [*rest.split(b"\n"), b"", b""]
        headers = {"Authorization": f"Bearer {town.directory}",
                   "Content-Type": "application/scim+json"}  # fmt: skip
        path = f"{SCIM}/{quote(place, safe='/')}"
        return town.ask(METHODS[at[0] % len(METHODS)], path, query, headers=headers,
                        data=b"\n".join(body))  # fmt: skip

    change = {"schemas": [PATCH], "Operations": [
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "a@slagelse.example"},
        {"op": "add", "value": {"active": True, "name.givenName": "Ida"}},
        {"op": "remove", "path": "roles"}]}  # fmt: skip
    asked = (
        (0, b"Users", b'filter=userName eq "ida" and (active eq true or not (name.familyName pr))'
                      b"&startIndex=1&count=5&sortBy=userName&attributes=emails", b""),
        (0, b"Schemas", b"", b""), (0, b"Users/1", b"excludedAttributes=name", b""),
        (1, b"Users", b"", json.dumps(NEW).encode()),
        (2, b"Users/1", b"", json.dumps(NEW).encode()),
        (3, b"Users/1", b"", json.dumps(change).encode()), (4, b"Users/9", b"", b""),
        (1, b"Bulk", b"", b'{"schemas":[],"Operations":[{"method":"POST","path":"/Users"}]}'),
        (1, b".search", b"", b'{"filter":"id pr","count":2}'), (0, b"Groups/buyer", b"", b""),
    )  # fmt: skip
    begun = [bytes([at]) + b"\n".join((place, query, body)) for at, place, query, body in asked]
    return Target("scim", "requests of SCIM", read, lambda: begun, 3_000)


def _farewells(town: Town) -> Target:
    """Send logout tokens as the provider of a town does, without signing in.

    A line is the form itself; of two, the head and the claims of a token, which is signed here.
    """
    with town.database.transaction() as session:
        home = cast.municipality(session)
        session.add(
            IdentityProvider(
                municipality_id=home.id, protocol=OPENID, issuer=signing_in.ISSUER,
                client_id=signing_in.CLIENT, client_secret=None, scopes="openid", cvr_claim=None,
                vouches_for_email=False, may_create=True, is_open=True, created_at=cast.NOW,
                mapping=[],
            )
        )  # fmt: skip
        address = f"/log-ind/kommune/{home.code}/log-ud"
    state = town.app.extensions["catalogue"]
    state.clock = lambda: signing_in.NOW
    state.parts[oidc_published.PART]._known[signing_in.ISSUER] = signing_in.PUBLISHED

    def read(content: bytes) -> Any:
        head, line, claims = content.partition(b"\n")
        body = b"logout_token=" + signing_in.token(head, claims).encode() if line else content
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return town.ask("POST", address, b"", headers=kind, data=body)

    return Target("farewells", "logout tokens (OpenID Connect)", read, whole("farewells"), 2_000)


def _people(town: Town) -> Target:
    """Take lists of people in; what a list has done is undone."""
    with town.database.transaction() as session:
        by = cast.who(session, town.people["staff"])

    def read(content: bytes) -> None:
        people = people_list.read(content, "a.csv")
        with town.database.reading() as session:
            for line in people_taking.take(session, by, people, cast.NOW).lines:
                people_taking.told(people, line)
            session.rollback()

    return Target("people", "list of people", read, whole("people"), 4_000)


def _settle(session: Session) -> dict[str, Any]:
    made = world.make(session)
    staff = cast.staff(session, made.home)
    approver = cast.person(session, "Anne Bak")
    cast.role(session, approver, Role.APPROVER, municipality=made.home)
    return {"buyer": made.buyer, "staff": staff, "enterprise": made.worker, "approver": approver,
            "administrator": cast.administrator(session)}  # fmt: skip


def _key_of_directory(session: Session, staff: Any) -> str:
    asked = Wanted("Brugerkatalog", ["persons:write"], 90, Role.STAFF, "it@slagelse.example")
    return tokens.create(session, cast.who(session, staff), asked, cast.NOW)[1]


def _view(town: Town, rule: Rule) -> dict[str, Any]:
    return town.app.view_functions[rule.endpoint].__dict__


def path_of(rule: Rule, told: bytes) -> str:
    """Return an address of a rule with what is told, parted by slashes, in its places."""
    given = told.split(b"/")
    path = ""
    for is_place, part in rule._trace:
        if not is_place:
            path += part.lstrip("|")
            continue
        value = given.pop(0) if given else b"1"
        whole = type(rule._converters[part]).__name__ == "IntegerConverter"
        path += "1" if whole and not value.isdigit() else quote(value or b"1", safe="")
    return path


def header(content: bytes) -> str:
    """Return a header as a server hands it on: latin-1, one line, no NUL."""
    return content.decode("latin-1").translate(_NO_LINES)


_NO_LINES = dict.fromkeys((0, 10, 13))
SERVED: dict[str, Callable[[Town], Target]] = {
    "pages": _pages, "api": _api, "scim": _scim, "farewells": _farewells, "people": _people,
    "forms": lambda town: posted.target(town, path_of),
}  # fmt: skip
