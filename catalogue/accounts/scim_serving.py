"""SCIM 2.0 (RFC 7644): the directory of a municipality keeps its people here by itself.

What the protocol says is scim2-server's; who may, and what becomes of it, is ours.
"""

from __future__ import annotations

import json
import logging
import re
from http import HTTPStatus

from flask import Response, request
from scim2_models import (
    ForbiddenException,
    InvalidFilterException,
    InvalidSyntaxException,
    SCIMException,
    UnauthorizedException,
    UniquenessException,
)
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from catalogue.core import faults, plain_json, text
from catalogue.core.http import now, public_address, state, transaction
from catalogue.core.http.entering import PART
from catalogue.core.text import lazy as _
from catalogue.core.who import Bearer, Role, Who

from . import scim_shapes
from .scim_groups import Everything

log = logging.getLogger("catalogue.scim")
SCOPE = "persons:write"
LARGEST_BYTES = 1_000_000
# As JSON spells what no database keeps: U+0000, and halves of a pair of UTF-16.
_NO_TEXT = re.compile(r"(?i)\\u(?:0000|d[89a-f])")
_UNREADABLE = _("The content cannot be read: it is no JSON, or holds a sign that cannot be kept")
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class TooManyRequests(SCIMException):
    """The access key has made all its requests of this minute."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(detail=str(_("Too many requests; wait until the next minute")))
        self.seconds = seconds


def serve(place: str) -> Response:
    """Serve a request of a directory at a place below the address of SCIM."""
    service = ScimService(scim_shapes.provider())
    try:
        by = _enter()
        with transaction() as session:
            handler = ScimHandler(service, Everything(session, by, now()))
            answer = handler.handle(_request(place))
    except Exception as error:  # each becomes an error of SCIM; what is ours to mend is logged
        answer = _refuse(service, error)
    body = None if answer.body is None else json.dumps(answer.body, ensure_ascii=False)
    return Response(body, int(answer.status), headers=answer.headers)


def _enter() -> Who:
    """Return who asks; raises UnauthorizedException, ForbiddenException, TooManyRequests."""
    asked = request.accept_languages.best_match(text.LOCALES)
    text.set_locale(asked or "en")
    request.max_content_length = LARGEST_BYTES
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise UnauthorizedException(detail=str(_("Send Authorization: Bearer and the access key")))
    found: Bearer | None = state().parts[PART](state(), secret.strip())
    if found is None:
        raise UnauthorizedException(detail=str(_("The access key is unknown, expired or revoked")))
    if found.left < 0:
        raise TooManyRequests(found.seconds)
    if SCOPE not in found.scopes or found.who.role != Role.STAFF:
        raise ForbiddenException(detail=str(_("The token lacks the scope %(scope)s.", scope=SCOPE)))
    return found.who


def _request(place: str) -> ScimRequest:
    """Return the request as scim2-server takes it; raises for texts that no database keeps."""
    content = request.get_data()
    try:
        if content:
            plain_json.parse(content)
    except ValueError:
        raise InvalidSyntaxException(detail=str(_UNREADABLE)) from None
    if _NO_TEXT.search(request.args.get("filter", "")):
        raise InvalidFilterException(detail=str(_UNREADABLE))
    return ScimRequest(
        method="GET" if request.method == "HEAD" else request.method,
        base_url=public_address("catalogue.scim.serve_root").rstrip("/"),
        path=f"/{place}",
        query=request.args.to_dict(),
        headers=list(request.headers.items()),
        body=content,
    )


def _refuse(service: ScimService, error: Exception) -> ScimResponse:
    if isinstance(error, IntegrityError) and "unique" in str(error.orig).casefold():
        error = UniquenessException()  # two requests at once wanted the same name
    if isinstance(error, HTTPException) and error.code is not None:
        told = {"schemas": [ERROR], "status": str(error.code), "detail": error.name}
        return ScimResponse(HTTPStatus(error.code), told)
    if not isinstance(error, SCIMException):
        faults.note(log, "request failed", endpoint=request.endpoint)
    answer = service.error_response(error)
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer
