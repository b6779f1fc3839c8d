"""How the API answers: JSON with its ETag, pages of a list by cursor, and deeds done once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session
from werkzeug.http import quote_etag

from catalogue.core import repeating
from catalogue.core.fields import MESSAGES
from catalogue.core.repeating import Claim, KeptAnswer, Repeated
from catalogue.core.text import lazy as _

from .drawing import here_with
from .entering import bearer, tell_limits
from .openapi import KEY, MATCH
from .operations import PREFIX
from .refusing import Problem, draw_problem, refuse_by_problems
from .state import now, reading, transaction

Row = TypeVar("Row")
KEPT_HEADERS = ("ETag", "Location")
# What proxies that pack an answer mark its ETag with: nginx and HAProxy before it, Caddy and Apache
# within. It stands for the same all the same, and programs send it back as they got it.
PACKED = re.compile(r'^W/(?=")|-(?:gzip|deflate|br|zstd)(?="$)')


@dataclass(frozen=True)
class Asked:
    """Which part of a list is asked for: what comes after a place, and how many at most."""

    after: int | None
    limit: int

    @property
    def slice(self) -> slice:
        """Return the part of a list whose cursor counts rows, with one more than asked for."""
        begin = self.after or 0
        return slice(begin, begin + self.limit + 1)


@dataclass(frozen=True)
class Deed:
    """A writing request: its transaction, and where its answer is kept when it has a key."""

    session: Session
    kept: KeptAnswer | None

    def answer(
        self, facts: Any, status: int = 200, *, location: str = "", tagged: bool = True
    ) -> Response:
        """Return the answer, kept for the key in the same transaction."""
        response = _json(facts, status)
        if facts is not None and tagged:
            response.headers["ETag"] = tag_of(facts)
        if location:
            response.headers["Location"] = location
        if self.kept is not None:
            self.kept.status, self.kept.body = status, response.get_data(as_text=True)
            headers = response.headers
            self.kept.headers = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        return response


def open_api(name: str, import_name: str) -> Blueprint:
    """Return the blueprint of a feature's operations, under the address of the API."""
    blueprint = Blueprint(name, import_name, url_prefix=PREFIX)
    refuse_by_problems(blueprint)
    blueprint.register_error_handler(Repeated, _repeat)
    tell_limits(blueprint)
    return blueprint


@contextmanager
def deed() -> Iterator[Deed]:
    """Open the transaction of a deed; under an Idempotency-Key that was used, the first answer
    is given instead.
    """
    wanted = _claim()
    with transaction() as session:
        yield Deed(session, repeating.claim(session, wanted, now()) if wanted else None)


def need_key() -> str:
    """Return a key of this deed alone that others cannot guess; raises Problem without a header."""
    wanted = _claim()
    if wanted is None:
        raise Problem("key-missing")
    return hashlib.sha256(f"{wanted.token_id} {wanted.key}".encode()).hexdigest()


def show(facts: Any) -> Response:
    """Answer a reading request, or tell that the reader has it as it is."""
    response = _json(facts, 200)
    response.headers["ETag"] = tag_of(facts)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def show_page(
    rows: Sequence[Row], asked: Asked, dump: Any, place: Callable[[Row], int]
) -> Response:
    """Answer a page of a list; `rows` are one more than asked for when there is another page.

    `place` tells the number of a row, after which the next page begins.
    """
    shown = rows[: asked.limit]
    more = len(rows) > asked.limit
    cursor = str(place(shown[-1])) if more else None
    response = _json({"items": [dump(each) for each in shown], "next": cursor}, 200)
    if cursor is not None:
        response.headers["Link"] = f'<{here_with(cursor=cursor)}>; rel="next"'
    return response


def show_slice(rows: Sequence[Row], asked: Asked, dump: Any) -> Response:
    """Answer `asked.slice` of a list that stands in another order than its numbers: its cursor
    counts the rows before.
    """
    return show_page(rows, asked, dump, lambda _row: asked.slice.start + asked.limit)


def read_asked(query: Mapping[str, Any]) -> Asked:
    """Read which part of a list is asked for, from what the contract let through."""
    cursor = query.get("cursor")
    return Asked(None if cursor is None else int(cursor), query.get("limit", 25))


def need_match(facts: Any) -> None:
    """Raise Problem unless the reader has seen what is to be changed as it is now."""
    if "If-Match" not in request.headers:
        raise Problem("match-missing")
    told = request.headers["If-Match"]
    if not re.fullmatch(MATCH["pattern"], told):
        error = {"parameter": "If-Match", "detail": str(MESSAGES["invalid"])}
        raise Problem("unreadable", errors=[error])
    if PACKED.sub("", told) not in ("*", tag_of(facts)):
        raise Problem("changed")


def tag_of(facts: Any) -> str:
    """Return the ETag of what is told."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return quote_etag(hashlib.sha256(text.encode()).hexdigest()[:24])


def _json(facts: Any, status: int) -> Response:
    if facts is None:
        return Response(status=status)
    text = json.dumps(facts, ensure_ascii=False)
    return Response(text, status, content_type="application/json")


def _claim() -> Claim | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not re.fullmatch(KEY["pattern"], key):
        raise Problem("key-missing", _("A key has 16 to 200 visible characters of ASCII."))
    route = f"{request.method} {request.path}"
    return Claim(bearer().token_id, key, route[:200], _digest())


def _digest() -> str:
    """Return a digest of what was sent: the border between parts of a form is new each time."""
    told: list[Any] = [
        request.query_string.decode("latin-1"),
        sorted(request.form.items(multi=True)),
    ]
    for name, file in request.files.items(multi=True):
        told.append([name, hashlib.sha256(file.stream.read()).hexdigest()])
        file.stream.seek(0)
    if not request.files and not request.form:
        told.append(request.get_data().decode("latin-1"))
    told.append(request.headers.get("If-Match"))
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _repeat(error: Repeated) -> Response:
    with reading() as session:
        kept = repeating.find(session, error.claim)
    if kept is None:
        text = _("The first request under this key came to nothing just now. Send it again.")
        return draw_problem("conflict", text, {}, {"Retry-After": "1"})
    if kept.digest != error.claim.digest:
        return draw_problem("key-reused", "", {}, {})
    response = Response(kept.body or None, kept.status, headers=dict(kept.headers))
    response.content_type = "application/json"
    response.headers["Idempotency-Replayed"] = "true"
    return response
