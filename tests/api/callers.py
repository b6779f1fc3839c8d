"""Programs that call the API: each holds a token, and nothing of a browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import cast
from flask import Flask
from werkzeug.test import TestResponse

from catalogue.accounts import token_rules, tokens
from catalogue.accounts.models import Person
from catalogue.accounts.tokens import Wanted


@dataclass
class Caller:
    """A program with a token; every request carries it."""

    app: Flask
    secret: str
    token_id: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:  # fmt: skip
        """Send a request to `/api/v1` + path."""
        client: Any = self.app.test_client(use_cookies=False)
        client.without_csrf = True
        given = {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}
        given |= self.headers | dict(headers or {})
        if body is not None:
            more["json"] = body
        response: TestResponse = client.open(f"/api/v1{path}", method=method, headers=given, **more)
        return response

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read something."""
        return self.send("GET", path, headers=_dashed(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Do something."""
        return self.send("POST", path, body, headers=_dashed(headers))


def caller(
    app: Flask, holder: Person, scopes: Iterable[str] | None = None, **wanted: Any
) -> Caller:
    """Return a program with a token of `holder`, for all that her role may do."""
    with app.extensions["catalogue"].database.transaction() as session:
        who = cast.who(session, holder)
        assert who.role is not None
        granted = token_rules.ROLE_SCOPES[wanted.get("system_role") or who.role]
        asked = Wanted("Lønsystemet", list(granted if scopes is None else scopes),
                       **({"days": 30} | wanted))  # fmt: skip
        made, secret = tokens.create(session, who, asked, cast.NOW)
        return Caller(app, secret, made.id)


def problem_of(response: TestResponse) -> str:
    """Return the name of the type of a problem."""
    assert response.content_type == "application/problem+json", response.text
    told = response.get_json()
    assert told["status"] == response.status_code
    return str(told["type"]).rsplit("/", 1)[1]


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
