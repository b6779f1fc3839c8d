"""How pages are drawn: an environment of our own, and what every page knows.

A host's filters, globals and templates stay untouched.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jinja2
from flask import (
    Response,
    current_app,
    g,
    make_response,
    redirect,
    request,
    url_for,
)
from flask import session as cookie
from flask.helpers import get_debug_flag
from markupsafe import Markup

from catalogue.core import outage, text
from catalogue.core.fetching import taken_apart
from catalogue.core.who import Who

from . import framing, overriding
from .access import EVERYONE, FORM_KEY, draw_csrf, draw_form_key, may_enter
from .addresses import STATIC, address, static_url, static_urls
from .compiling import Templates
from .redrawing import draw_each
from .state import State, reading, state, who

PACKAGE = Path(__file__).parents[2]
log = logging.getLogger("catalogue.http")
ICONS = "dkfds/all-svg-icons.svg"
MESSAGES = "catalogue_messages"  # in the session, for the next page
_ASKED = "catalogue.asked"  # in the environment of a request


class Page:
    """One page of a numbered list, as the pagination macro wants it."""

    def __init__(self, number: int, total: int, size: int) -> None:
        self.total, self.size = total, size
        self.pages = max(1, -(-total // size))
        self.number = min(max(1, number), self.pages)

    def url(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return here_with(page=str(number))

    @property
    def offset(self) -> int:
        """Return how many rows stand before it."""
        return (self.number - 1) * self.size

    @property
    def slice(self) -> slice:
        """Return which of all rows stand on it."""
        return slice(self.offset, self.offset + self.size)


def render(template: str, status: int = 200, **values: Any) -> Response:
    """Draw a page of `templates/catalogue/` with what every page knows."""
    page = state().templates.get_template(f"catalogue/{template}")
    known = {**_page(values), "status": status, **values}
    response = make_response(page.render(known), status)
    # Told before the page itself, so that a slow phone fetches them while it still reads the page.
    if styles := [url for name, url in static_urls().items() if name.endswith(".css")]:
        told = ", ".join(f"<{url}>; rel=preload; as=style" for url in styles)
        response.headers["Link"] = told
    return response


def draw_text(templates: jinja2.Environment, template: str, **values: Any) -> str:
    """Draw a template without a request: mail, documents."""
    return templates.get_template(f"catalogue/{template}").render(**values)


def flash(message: text.Text | str, level: str = "success") -> None:
    """Show a message on the next page; levels: success, info, warning, error."""
    cookie[MESSAGES] = [*cookie.get(MESSAGES, []), (level, str(message))]


def go(endpoint: str, **values: Any) -> Response:
    """Answer with a redirect (303) to one of our pages."""
    return make_response(redirect(url_for(endpoint, **values), code=HTTPStatus.SEE_OTHER))


def go_to(path: str) -> Response:
    """Answer with a redirect to `path` when it is a path of this site, else to the front page."""
    return make_response(redirect(path_here(path), code=HTTPStatus.SEE_OTHER))


def path_here(path: str) -> str:
    """Return `path` when it is a path of this site, else that of the front page."""
    parts = taken_apart(path)
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc
    if not safe or any(ord(sign) < 32 for sign in path) or "\\" in path:
        return url_for("catalogue.front")
    return path


def here_with(**changes: str | None) -> str:
    """Return the present address with some query parameters set, or taken out by None."""
    pairs = [pair for key, pair in _asked() if key not in changes]
    pairs += [urlencode({key: value}) for key, value in changes.items() if value is not None]
    return request.script_root + request.path + ("?" + "&".join(pairs) if pairs else "")


def _asked() -> list[tuple[str, str]]:
    """Return the query parameters, each with itself as it stands in addresses, encoded once."""
    found: list[tuple[str, str]] | None = request.environ.get(_ASKED)
    if found is None:
        items = request.args.items(multi=True)
        found = request.environ[_ASKED] = [(key, urlencode({key: value})) for key, value in items]
    return found


@lru_cache(maxsize=256)
def draw_icon(name: str, classes: str = "") -> Markup:
    """Return an icon of DKFDS as it stands in a page; KeyError where there is none of the name.

    Not by `<use>`: the file of them would be fetched and read before anything is painted.
    """
    box, drawn = _icons()[name]
    kind = f"icon-svg {classes}".rstrip()
    start = '<svg class="{}" viewBox="{}" focusable="false" aria-hidden="true">{}</svg>'
    return Markup(start).format(kind, box, drawn)  # noqa: S704 - filled in by format, which escapes


@lru_cache(maxsize=1)
def draw_mark() -> Markup:
    """Return the mark of the catalogue as it stands in the head of each page."""
    told = (STATIC / "mark.svg").read_text(encoding="utf-8")
    size = '<svg width="40" height="40" focusable="false" aria-hidden="true"'
    return Markup(told.replace("<svg", size, 1).strip())  # noqa: S704 - a file of ours


def environment(overrides: Path | None = None) -> Templates:
    """Make the environment of our templates: names that do not exist are faults.

    `overrides`: the folder of a host's own, which go before ours; raises WrongOverride.
    """
    environment = Templates(
        loader=overriding.loader(PACKAGE / "templates", overrides),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        auto_reload=get_debug_flag(),  # else each page would ask for the dates of a score of files
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
        url_for=address,
        static_url=static_url,
        draw_icon=draw_icon,
        draw_mark=draw_mark,
        draw_each=draw_each,
        here_with=here_with,
        csrf_field=_csrf_field,
        opens=framing.opens,
    )
    environment.filters.update(
        money=text.money, number=text.number, date=text.day, datetime=text.moment, slug=text.slug
    )
    environment.speak({"_": text.gettext, "draw_icon": draw_icon, "ui.icon": draw_icon})
    if overrides is not None:
        overriding.check(environment, overrides)
    return environment


def _page(known: Collection[str]) -> dict[str, Any]:
    """Return what every page shows; `known`: the names of what this one brings along."""
    here, asking = state(), who()
    facts: Mapping[str, Any] = {}
    if asking.signed_in:
        facts = _facts(here, asking, known)
    return {
        "who": asking,
        "locale": text.current_locale(),
        "menu": _menu(here, asking),
        "host_signs_in": here.sign_in is not None,
        "messages": [tuple(each) for each in cookie.pop(MESSAGES, [])],
        "here": here_with(sprog=None),  # where one goes on when another language is chosen
        "basket_count": None,
        "tour": (),
        **facts,
    }


def _facts(here: State, asking: Who, known: Collection[str]) -> Mapping[str, Any]:
    """Return what is counted beside every page; nothing while that cannot be read."""
    with outage.endured(log, "page without counts"), reading() as session:
        return here.page_facts(session, asking, known)
    return {"unread_notices": None}


def _menu(here: State, asking: Who) -> list[dict[str, Any]]:
    entries = []
    for entry in here.menu:
        declared = current_app.view_functions[entry.endpoint].__dict__.get("access", EVERYONE)
        access = declared if entry.access is None else entry.access
        if may_enter(access, asking) and framing.opens(entry.endpoint):
            entries.append(
                {
                    "label": str(entry.label),
                    "url": address(entry.endpoint),
                    "current": request.endpoint == entry.endpoint,
                }
            )
    return entries


def _csrf_field() -> Markup:
    drawn: Markup | None = g.get("catalogue_csrf_field")  # the same one in all forms of a page
    if drawn is None:
        kind = '<input type="hidden" name="{}" value="{}">'
        told = {"csrf_token": draw_csrf(), FORM_KEY: draw_form_key(who())}
        drawn = Markup("").join(Markup(kind).format(*each) for each in told.items())  # noqa: S704
        g.catalogue_csrf_field = drawn
    return drawn


@lru_cache(maxsize=1)
def _icons() -> dict[str, tuple[str, Markup]]:
    """Return the box and the lines of each icon, by its name."""
    text_ = (STATIC / ICONS).read_text(encoding="utf-8")
    found = re.findall(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*?)</symbol>', text_, re.DOTALL)
    return {name: (box, Markup(drawn)) for name, box, drawn in found}  # noqa: S704 - a file of ours
