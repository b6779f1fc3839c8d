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
_LINK = re.compile(r'href="(/[^"#]*)')
# One year of a report, and one paper of a kind, say what all would say; papers take long to draw.
_ALIKE = re.compile(r"/\d{4}(?=[./]|$)|[\d-]+(?=[^?]*\.pdf$)")
_FILES = ("/static/", "/billeder/", "/bilag-til-varer/", "/log-ud", "/log-ind")


class Crawler:
    """Opens pages as somebody and keeps what they say, by address."""

    def __init__(self, app: Flask, person: Person, role: Role, objects: dict[str, Any]) -> None:
        self.app, self.role, self.objects = app, role, objects
        self.client = app.test_client()
        cast.sign_in_as(self.client, person)
        self.seen: set[Any] = set()

    def crawl(self) -> dict[str, tuple[int, str, str]]:
        """Return all pages by address: status, kind, and text, unpacked where it is packed."""
        waiting, found = deque(self._begin()), {}
        while waiting and len(found) < MOST_PAGES:
            address = waiting.popleft()
            parts = urlsplit(address)
            known = (
                _ALIKE.sub("…", parts.path),
                frozenset(name for name, _value in parse_qsl(parts.query)),
            )
            if known in self.seen or parts.path.startswith(_FILES):
                continue
            self.seen.add(known)
            with self.client.get(address) as answer:
                text = text_of(answer)
            found[address] = answer.status_code, answer.mimetype, text
            if answer.mimetype == "text/html":
                waiting += [unescape(each) for each in _LINK.findall(text)]
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
