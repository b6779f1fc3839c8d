"""The border to the web: who may enter, how pages are drawn, the only mapping of errors to HTTP.

Everything hangs on the `State` in `app.extensions["catalogue"]`; pages are drawn by an environment
of our own, so that a host's filters, globals and templates stay untouched.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import jinja2
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    request,
    url_for,
)
from flask import session as cookie
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from wtforms.validators import ValidationError as CsrfError

from catalogue.settings import Settings

from . import text
from .db import Database
from .errors import CatalogueError, Conflict, Invalid, Missing, NotAllowed, Unavailable
from .text import lazy as _
from .who import MUNICIPAL, Role, Who

log = logging.getLogger("catalogue.http")
PACKAGE = Path(__file__).parent.parent
STATIC = PACKAGE / "static"
STATUS: dict[type[CatalogueError], int] = {
    Invalid: 422, NotAllowed: 403, Missing: 404, Conflict: 409, Unavailable: 503,
}  # fmt: skip
# Who may enter a route: EVERYONE, anybody SIGNED_IN, or holders of one of some roles.
EVERYONE = frozenset({"everyone"})
SIGNED_IN = frozenset({"signed_in"})
BUYERS = frozenset({Role.BUYER})
STAFF = frozenset({Role.STAFF})
ENTERPRISES = frozenset({Role.ENTERPRISE})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
FINDERS = MUNICIPAL  # all of a municipality may search and look
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class MenuEntry:
    """A door in the navigation, shown to those who may enter its endpoint."""

    label: text.Text
    endpoint: str


@dataclass
class State:
    """All state of one mounted Catalogue."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]
    identity: Callable[[State], Who]
    menu: Sequence[MenuEntry]
    page_facts: Callable[[Session, Who], Mapping[str, Any]]
    templates: jinja2.Environment = field(init=False)
    parts: dict[str, Any] = field(default_factory=dict)  # what features keep open, by name

    def __post_init__(self) -> None:
        self.templates = _environment()


class Page:
    """One page of a numbered list, as the pagination macro wants it."""

    def __init__(self, number: int, total: int, size: int) -> None:
        self.total, self.size = total, size
        self.pages = max(1, -(-total // size))
        self.number = min(max(1, number), self.pages)

    def url(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return here_with(page=str(number))


def state() -> State:
    """Return the Catalogue of the application that serves this request."""
    found: State = current_app.extensions["catalogue"]
    return found


def transaction() -> AbstractContextManager[Session]:
    """Open a writing transaction, committed at the end of the block."""
    return state().database.transaction()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a reading transaction."""
    with state().database.reading() as session:
        yield session


def now() -> datetime:
    """Return the present time in UTC by this Catalogue's clock."""
    return state().clock()


def today() -> date:
    """Return the date in Copenhagen."""
    return text.today_in_copenhagen(now())


def who() -> Who:
    """Return who is asking."""
    asking: Who = g.catalogue_who
    return asking


def route(
    blueprint: Blueprint,
    rule: str,
    *,
    access: frozenset[Any],
    methods: Sequence[str] = ("GET",),
    endpoint: str | None = None,
) -> Callable[[View], View]:
    """Add a view that declares who may enter. A view without declaration is refused at mounting."""

    def declare(view: View) -> View:
        view.__dict__["access"] = access
        blueprint.add_url_rule(rule, endpoint or view.__name__, view, methods=list(methods))
        return view

    return declare


def may_enter(access: frozenset[Any], asking: Who) -> bool:
    """Tell whether `asking` may enter a route with that declaration."""
    if access == EVERYONE:
        return True
    if access == SIGNED_IN:
        return asking.signed_in
    return asking.role in access


def render(template: str, status: int = 200, **values: Any) -> Response:
    """Draw a page of `templates/catalogue/` with what every page knows."""
    page = state().templates.get_template(f"catalogue/{template}")
    return make_response(page.render(**_page(), status=status, **values), status)


def draw_text(templates: jinja2.Environment, template: str, **values: Any) -> str:
    """Draw a template without a request: mail, documents."""
    return templates.get_template(f"catalogue/{template}").render(**values)


def flash(message: text.Text | str, level: str = "success") -> None:
    """Show a message on the next page; levels: success, info, warning, error."""
    cookie["catalogue_messages"] = [*cookie.get("catalogue_messages", []), (level, str(message))]


def go(endpoint: str, **values: Any) -> Response:
    """Answer with a redirect (303) to one of our pages."""
    return make_response(redirect(url_for(endpoint, **values), code=HTTPStatus.SEE_OTHER))


def go_to(path: str) -> Response:
    """Answer with a redirect to `path` when it is a path of this site, else to the front page."""
    parts = urlsplit(path)
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc
    if not safe or any(ord(sign) < 32 for sign in path) or "\\" in path:
        return go("catalogue.front")
    return make_response(redirect(path, code=HTTPStatus.SEE_OTHER))


def here_with(**changes: str | None) -> str:
    """Return the present address with some query parameters set, or taken out by None."""
    query = [(key, value) for key, value in request.args.items(multi=True) if key not in changes]
    query += [(key, value) for key, value in changes.items() if value is not None]
    return request.script_root + request.path + ("?" + urlencode(query) if query else "")


def static_url(name: str) -> str:
    """Return the address of a static file, with its hash so that it may be cached for ever."""
    return url_for("catalogue.static_file", name=name, v=_static_hash(name))


def guard(blueprint: Blueprint) -> None:
    """Put identity, access, CSRF, security headers and error pages on our blueprint."""
    blueprint.before_request(_enter)
    blueprint.after_request(_leave)
    blueprint.register_error_handler(CatalogueError, _catalogue_error)
    blueprint.register_error_handler(HTTPException, _http_error)
    blueprint.register_error_handler(Exception, _fault)


def undeclared(app: Flask) -> list[str]:
    """List our endpoints that declare no access; mounting refuses them."""
    return [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint.startswith("catalogue.") and not hasattr(view, "access")
    ]


def _enter() -> Response | None:
    here = state()
    asking = here.identity(here)
    g.catalogue_who = asking
    chosen = asking.locale or cookie.get("catalogue_locale")
    text.set_locale(chosen or text.DEFAULT_LOCALE)
    request.max_content_length = here.settings.upload_max_bytes
    access = current_app.view_functions[str(request.endpoint)].__dict__["access"]
    if not may_enter(access, asking):
        if not asking.signed_in:
            back = request.full_path if request.method == "GET" else None
            return go("catalogue.accounts.sign_in", next=back and request.script_root + back)
        raise NotAllowed(_("Your role may not open this page. Switch role, or ask your staff."))
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        _check_csrf()
    return None


def _check_csrf() -> None:
    token = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token")
    try:
        # No time limit of its own: a long form must not lose its work; the session bounds it.
        validate_csrf(token, time_limit=60 * 60 * 24 * 30)
    except CsrfError:
        raise NotAllowed(
            _("The form could not be recognised. Go back, load the page again and send it anew.")
        ) from None


def _leave(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def _catalogue_error(error: CatalogueError) -> Response:
    family = next(family for family in STATUS if isinstance(error, family))
    detail = str(error) if isinstance(error, Invalid) else str(error.detail)
    return _error_page(STATUS[family], str(error.title), detail)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    titles = {
        404: _("The page was not found"),
        405: _("The page was not found"),
        413: _("The file is too large"),
        429: _("Too many tries"),
    }
    return _error_page(
        error.code, str(titles.get(error.code, _("The request was not understood"))), ""
    )


def _fault(_error: Exception) -> Response:
    log.exception("request failed", extra={"endpoint": request.endpoint})
    return _error_page(500, str(_("An error occurred at our end")), "")


def _error_page(status: int, title: str, detail: str) -> Response:
    if "catalogue_who" not in g:
        g.catalogue_who = Who()
    return render("error.html", status, title=title, detail=detail)


def _page() -> dict[str, Any]:
    here, asking = state(), who()
    facts: Mapping[str, Any] = {}
    if asking.signed_in:
        with here.database.reading() as session:
            facts = here.page_facts(session, asking)
    return {
        "who": asking,
        "locale": text.current_locale(),
        "menu": _menu(here, asking),
        "messages": [tuple(each) for each in cookie.pop("catalogue_messages", [])],
        "here": here_with(),
        "basket_count": None,
        **facts,
    }


def _menu(here: State, asking: Who) -> list[dict[str, Any]]:
    entries = []
    for entry in here.menu:
        access = current_app.view_functions[entry.endpoint].__dict__["access"]
        if access == EVERYONE or may_enter(access, asking):
            entries.append(
                {
                    "label": str(entry.label),
                    "url": url_for(entry.endpoint),
                    "current": request.endpoint == entry.endpoint,
                }
            )
    return entries


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PACKAGE / "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        text.gettext, text.ngettext, newstyle=False
    )
    environment.globals.update(
        _=text.gettext,
        ngettext=text.ngettext,
        url_for=url_for,
        static_url=static_url,
        here_with=here_with,
        csrf_field=_csrf_field,
    )
    environment.filters.update(
        money=text.money, number=text.number, date=text.day, datetime=text.moment
    )
    return environment


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


@lru_cache(maxsize=512)
def _static_hash(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
