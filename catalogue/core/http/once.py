"""Forms that make something make it once, however often they are sent.

A double click, the way back and "send" again, an answer that was lost on its way: what comes again
is led to where the first led, and is told the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Response, g, make_response, redirect, request
from flask import session as cookie

from catalogue.core import form_keys
from catalogue.core.form_keys import Repeated

from .access import FORM_KEY
from .drawing import MESSAGES, go
from .state import HELD, Held, now, read_anew, reading, who

_ANEW = "csrf_token"  # with each page


def once(view: Callable[..., Response]) -> Callable[..., Response]:
    """Have a view do what a form asks once per form shown; below `route`.

    Its transaction is committed when the view has answered, with where it leads. So after that
    transaction the view may neither write nor read what it has written.
    """

    @wraps(view)
    def answer(*args: Any, **values: Any) -> Response:
        if request.method != "POST" or not request.form.get(FORM_KEY):
            return view(*args, **values)
        digest, said = _digest(), list(cookie.get(MESSAGES, []))
        try:
            response = _answer(lambda: view(*args, **values), digest, len(said))
        except Repeated:
            cookie[MESSAGES] = said
            return _as_at_first(digest)
        except BaseException:
            cookie[MESSAGES] = said  # nothing of it was done
            raise
        read_anew()
        return response

    answer.__dict__["once"] = True
    return answer


def _answer(view: Callable[[], Response], digest: str, said: int) -> Response:
    with ExitStack() as commit:
        held = Held(commit, lambda session: form_keys.claim(session, digest, now()))
        setattr(g, HELD, held)
        try:
            response = view()
        finally:
            g.pop(HELD, None)
        if held.claimed is not None and response.location:
            held.claimed.path = response.location
            held.claimed.messages = [list(each) for each in cookie.get(MESSAGES, [])[said:]]
        elif held.claimed is not None:  # the form is shown again, and may be sent again as it is
            held.session.delete(held.claimed)
        if held.claimed is not None:
            held.session.flush()
    return response


def _as_at_first(digest: str) -> Response:
    with reading() as session:
        kept = form_keys.find(session, digest)
    if kept is None:  # it was a day old at this very moment
        return go("catalogue.front")
    cookie[MESSAGES] = [*cookie.get(MESSAGES, []), *kept.messages]
    return make_response(redirect(kept.path, code=HTTPStatus.SEE_OTHER))


def _digest() -> str:
    """Return a digest of the form, its files too, and of who sends it as what."""
    asking = who()
    told: list[Any] = [
        asking.person_id, asking.role, asking.municipality_id, asking.enterprise_id,
        request.full_path,
        sorted(each for each in request.form.items(multi=True) if each[0] != _ANEW),
    ]  # fmt: skip
    for name, file in request.files.items(multi=True):
        told.append([name, file.filename, hashlib.sha256(file.stream.read()).hexdigest()])
        file.stream.seek(0)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
