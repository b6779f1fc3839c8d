"""The border: what happens before and after every request, and errors as pages."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, current_app, g, make_response, request
from flask import session as cookie
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from catalogue.core import faults, outage, overtaken, text
from catalogue.core.errors import CatalogueError, Invalid, NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import framing, measuring
from .access import COOKIELESS, EVERYONE, check_csrf, check_place, may_enter, refuse_by
from .drawing import go, render
from .entering import enter
from .packing import pack_page
from .problem_types import RETRY_SECONDS, TYPES
from .state import State, read_together, state, stop_reading

log = logging.getLogger("catalogue.http")
LARGEST_FORM_BYTES = 2_000_000  # of fields without a file: a basket of hundreds of lines
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# A year. Not for the names below ours: of a host, they may be anybody's.
ONLY_HTTPS = "max-age=31536000"


def guard(blueprint: Blueprint) -> None:
    """Put identity, access, CSRF, security headers and error pages on our blueprint."""
    blueprint.after_request(measuring.tell)  # the first one added is called last
    measuring.measure(blueprint)
    blueprint.before_request(_enter)
    blueprint.after_request(_leave)
    blueprint.teardown_request(stop_reading)
    blueprint.register_error_handler(CatalogueError, _catalogue_error)
    refuse_by(blueprint, _http_error)
    blueprint.register_error_handler(Exception, _fault)


def status_of(error: CatalogueError) -> int:
    """Return the status of HTTP for an error, which is that of its type of problem."""
    return TYPES[error.problem].status


def _enter() -> Response | None:
    _leave_out_nul()
    view = current_app.view_functions[str(request.endpoint)]
    if operation := view.__dict__.get("operation"):
        enter(operation)
        if request.mimetype == "multipart/form-data":
            _leave_nul_out_of_form()
        return None
    here = state()
    if request.method in ("GET", "HEAD"):
        read_together()
    # Whatever the host takes for itself.
    request.max_content_length = here.settings.upload_max_bytes
    request.max_form_memory_size = LARGEST_FORM_BYTES
    access = view.__dict__["access"]
    if access == COOKIELESS:
        g.catalogue_who = Who()
        text.set_locale(text.DEFAULT_LOCALE)
        return None
    chosen = cookie.get("catalogue_locale")
    # Should nobody be able to tell who asks: not in the language of who asked before.
    text.set_locale(chosen or text.DEFAULT_LOCALE)
    asking = _who(here)
    g.catalogue_who = asking
    # A public page has an address in each language, which search engines know it by.
    named = request.args.get("sprog") if access == EVERYONE else None
    chosen = (named in text.LOCALES and named) or asking.locale or chosen
    text.set_locale(chosen or text.DEFAULT_LOCALE)
    framing.check_page(request.endpoint)
    if not may_enter(access, asking):
        if not asking.signed_in:
            return go("catalogue.accounts.sign_in", next=_way_back(here))
        raise NotAllowed(_("Your role may not open this page. Switch role, or ask your staff."))
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        check_csrf()
        check_place(access, asking)
        _leave_nul_out_of_form()
    return None


def _leave_out_nul() -> None:
    """Leave U+0000 out of what is asked: PostgreSQL takes it in no question."""
    if "\x00" in request.path:
        raise NotFound
    while b"%00" in request.query_string:  # what is left may spell it again
        request.query_string = request.query_string.replace(b"%00", b"")


def _leave_nul_out_of_form() -> None:
    """Leave it out of what a form says too, and of the names of its files."""
    pairs = list(request.form.items(multi=True))
    if any("\x00" in text for pair in pairs for text in pair):
        request.form = ImmutableMultiDict(
            (name.replace("\x00", ""), value.replace("\x00", "")) for name, value in pairs
        )
    for _name, file in request.files.items(multi=True):
        file.filename = file.filename and file.filename.replace("\x00", "")


def _way_back(here: State) -> str | None:
    """Return where a visitor goes on who must sign in first: her page, or the form she sent."""
    if request.method == "GET":
        return request.script_root + request.full_path
    return here.hold(here) if here.hold and framing.number() is None else None


def _who(here: State) -> Who:
    """Tell who is asking: in a framed session whoever acts in it, else by sign-in."""
    number = framing.number()
    if number is None or here.framed is None:
        return here.identity(here)
    framed = g.catalogue_framed = here.framed(here, number)
    return framed.who


def _leave(response: Response) -> Response:
    headers = response.headers
    framed = framing.present()
    if framed is not None:
        policy = headers.get("Content-Security-Policy", CONTENT_POLICY)
        headers["Content-Security-Policy"] = framing.framed_policy(policy, framed)
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if state().settings.is_https:
        headers.setdefault("Strict-Transport-Security", ONLY_HTTPS)
    if framed is None or not framed.origins:  # it cannot name sites; the policy does
        headers.setdefault("X-Frame-Options", "DENY")
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    pack_page(response)
    return response


def _catalogue_error(error: CatalogueError) -> Response:
    if isinstance(error, NotAllowed):
        log.warning("refused", extra={"endpoint": request.endpoint, "person_id": _person_id()})
    detail = str(error) if isinstance(error, Invalid) else str(error.detail)
    response = _error_page(status_of(error), str(error.title), detail)
    if error.problem == "unavailable":
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    titles = {
        404: _("The page was not found"),
        405: _("The page was not found"),
        413: _("The file is too large"),
        429: _("Too many tries"),
    }
    detail = ""
    if error.code == 413:
        limit = max(1, state().settings.upload_max_bytes // 1_000_000)
        detail = str(_("At most %(limit)s MB and 1,000 files can be sent at a time.", limit=limit))
    title = titles.get(error.code, _("The request was not understood"))
    response = _error_page(error.code, str(title), detail)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response


def _fault(error: Exception) -> Response:
    faults.note(log, "request failed", endpoint=request.endpoint)
    if out := outage.of(error) or overtaken.of(error):
        return _catalogue_error(out)
    return _error_page(500, str(_("An error occurred at our end")), "")


def _person_id() -> int | None:
    asking: Who = g.get("catalogue_who", Who())
    return asking.person_id


def _error_page(status: int, title: str, detail: str) -> Response:
    if "catalogue_who" not in g:
        g.catalogue_who = Who()
    return render("error.html", status, title=title, detail=detail)
