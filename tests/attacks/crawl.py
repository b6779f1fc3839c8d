"""Reads all that somebody can reach: every address she may open, and all that its pages lead to."""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import cast
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from catalogue.accounts.models import Person
from catalogue.core.http import EVERYONE, SIGNED_IN
from catalogue.core.who import Role

MOST_PAGES = 600
TIMES = []
_LINK = re.compile(r'href="(/[^"#]*)')
_YEAR = re.compile(r"/\d{4}(?=[./]|$)")  # one of the years of a report says what all would say
_FILES = ("/static/", "/billeder/", "/bilag-til-varer/", "/log-ud", "/log-ind")


class Crawler:
    """Opens pages as somebody and keeps what they say, by address."""

    def __init__(self, app: Flask, person: Person, role: Role, objects: dict[str, Any]) -> None:
        self.app, self.role, self.objects = app, role, objects
        self.client = app.test_client()
        cast.sign_in_as(self.client, person)
        self.statuses: dict[str, int] = {}
        self.seen: set[Any] = set()

    def crawl(self) -> dict[str, tuple[str, str]]:
        """Return all pages: what kind each is, and all its text, unpacked where it is packed."""
        waiting, found = deque(self._begin()), {}
        while waiting and len(found) < MOST_PAGES:
            address = waiting.popleft()
            parts = urlsplit(address)
            known = (
                _YEAR.sub("/year", parts.path),
                frozenset(name for name, _value in parse_qsl(parts.query)),
            )
            if known in self.seen or parts.path.startswith(_FILES):
                continue
            self.seen.add(known)
            import time; t0=time.time()
            with self.client.get(address) as answer:
                self.statuses[address] = answer.status_code
                found[address] = answer.mimetype, text_of(answer)
            TIMES.append((time.time()-t0, address))
            if answer.mimetype == "text/html":
                waiting += [unescape(each) for each in _LINK.findall(found[address][1])]
            if "Location" in answer.headers:
                waiting.append(answer.headers["Location"])
        return found

    def _begin(self) -> list[str]:
        begin = []
        for rule in self.app.url_map.iter_rules():
            access = self.app.view_functions[rule.endpoint].__dict__["access"]
            may = self.role in access or access == SIGNED_IN or access >= EVERYONE
            if "GET" in (rule.methods or ()) and may and rule.arguments <= self.objects.keys():
                endpoint = rule.endpoint.removeprefix("catalogue.")
                begin.append(fill(rule.rule, self.objects, endpoint))
        return begin


def fill(rule: str, objects: dict[str, Any], endpoint: str) -> str:
    """Return the address of a rule with objects in its places."""
    return re.sub(
        r"<(?:[^<>:]+:)?(\w+)>",
        lambda place: str(objects.get(f"{endpoint} {place[1]}", objects.get(place[1]))),
        rule,
    )


def text_of(answer: TestResponse) -> str:
    """Return the text of an answer, also of what is packed."""
    content = answer.data
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(
                parts.read(name).decode("utf-8", "replace") for name in parts.namelist()
            )
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return content.decode("utf-8", "replace")
