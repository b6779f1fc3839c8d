"""Pages inside the frame of another system: their addresses, their cookie, and who may frame them.

A framed session has a number, and its pages lie below `/punchout/<number>`: the cookie is bound to
that path, so that two sessions in two windows, and a person who signed in here besides, keep
apart. The number is no secret; the cookie proves the session. It goes along inside a frame of
another site (SameSite=None), kept apart by the browser for each site that frames it (Partitioned).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from catalogue.core.errors import NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from .signing import SteadySigner

PLACE = "punchout"
COOKIE = "catalogue_punchout"
TOKEN = "catalogue_token"  # noqa: S105 - the name of a place in the cookie
_NUMBER = "catalogue.framed"
_FILES = "static_file"  # look and script of every page, also of one that says it is over


@dataclass(frozen=True)
class Framed:
    """A framed session: who acts in it, what it may open now, and which sites may frame it."""

    who: Who
    pages: frozenset[str]  # endpoints without "catalogue."
    origins: tuple[str, ...]
    ended: bool = False


class FramedAddresses:
    """Takes the beginning of a framed session's addresses off, so that all links made keep it."""

    def __init__(self, application: Callable[..., Iterable[bytes]], prefix: str) -> None:
        self.application = application
        self._begins = re.compile(rf"{re.escape(prefix)}/{PLACE}/([0-9]{{1,18}})(?=/)")

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Hand a request on, to the page behind the beginning of its address."""
        path = environ.get("PATH_INFO", "")
        if found := self._begins.match(path):
            environ = environ | {
                "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + found[0],
                "PATH_INFO": path[found.end() :],
                _NUMBER: int(found[1]),
            }
        return self.application(environ, start)


class SteadyCookies(SecureCookieSessionInterface):
    """Cookies that a clock set back does not void: they were signed in what is the future now."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs them, and reads them again."""
        made = super().get_signing_serializer(app)
        if made is not None:
            made.signer = SteadySigner
        return made


class FramedCookies(SteadyCookies):
    """The cookie of a framed session."""

    salt = "catalogue-punchout"  # no other cookie of the application counts here

    def get_cookie_name(self, app: Flask) -> str:
        """Return the name, which is another than that of people who sign in here."""
        return guarded(app, COOKIE, "")

    def get_cookie_path(self, app: Flask) -> str:
        """Return the path that this one session's addresses begin with."""
        return request.script_root

    def get_cookie_domain(self, app: Flask) -> str | None:
        """Return no domain: it goes to this host alone."""
        return None

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return that it goes over https only; browsers take SameSite=None no other way."""
        return True

    def get_cookie_samesite(self, app: Flask) -> str:
        """Return that it goes along inside a frame of another site."""
        return "None"

    def get_cookie_partitioned(self, app: Flask) -> bool:
        """Return that browsers keep it apart for each site that frames us."""
        return True


class PrefixCookies(SteadyCookies):
    """The cookie of our own application, for the path it is served under and no other."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def get_cookie_name(self, app: Flask) -> str:
        """Return the name, by which browsers take it from this very host alone, over https."""
        return guarded(app, super().get_cookie_name(app), self.get_cookie_path(app))

    def get_cookie_path(self, app: Flask) -> str:
        """Return the path that all our addresses begin with."""
        return request.script_root + self.prefix or "/"


class Cookies(SessionInterface):
    """The host's cookies for all requests but those of framed sessions."""

    def __init__(self, inner: SessionInterface) -> None:
        self.inner, self.framed = inner, FramedCookies()

    def open_session(self, app: Flask, request: Any) -> SessionMixin | None:
        """Read the cookie of a request."""
        return self._of(request.environ).open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie of the present request."""
        self._of(request.environ).save_session(app, session, response)

    def make_null_session(self, app: Flask) -> Any:
        """Make what stands in where there is no cookie to be signed."""
        return self.inner.make_null_session(app)

    def is_null_session(self, obj: object) -> bool:
        """Tell whether that stands in."""
        return self.inner.is_null_session(obj)

    def __getattr__(self, name: str) -> Any:
        """Return what else the host's has, for code of the host that asks it."""
        return getattr(self.inner, name)

    def _of(self, environ: Mapping[str, Any]) -> SessionInterface:
        return self.framed if _NUMBER in environ else self.inner


def mount(app: Flask, prefix: str) -> None:
    """Have the application know addresses and cookies of framed sessions."""
    app.wsgi_app = FramedAddresses(app.wsgi_app, prefix)  # type: ignore[method-assign,assignment]  # as Flask documents it
    app.session_interface = Cookies(app.session_interface)


def cookies_of_people() -> SessionInterface:
    """Return how cookies are written for people who sign in here, outside of framed sessions."""
    found = current_app.session_interface
    return found.inner if isinstance(found, Cookies) else found


def number() -> int | None:
    """Return the number of the framed session that the address names; None: it names none."""
    found: int | None = request.environ.get(_NUMBER)
    return found


def present() -> Framed | None:
    """Return the framed session of this request, if it is one of such."""
    found: Framed | None = g.get("catalogue_framed")
    return found


def opens(endpoint: str | None) -> bool:
    """Tell whether this request's session may open a page; without a framed one it may."""
    framed = present()
    name = str(endpoint).removeprefix("catalogue.")
    return framed is None or name == _FILES or name in framed.pages


def let_frame(origins: Iterable[str]) -> None:
    """Let sites frame the page of this request, which belongs to no session."""
    g.catalogue_framed = Framed(Who(), frozenset(), tuple(origins), ended=True)


def check_page(endpoint: str | None) -> None:
    """Refuse a page that the framed session may not open now; raises NotAllowed."""
    framed = present()
    if framed is None or opens(endpoint):
        return
    if not framed.ended:
        raise NotAllowed(
            _("This page does not belong to shopping from a purchasing system. Go to the basket.")
        )
    g.catalogue_who = Who()  # so that the page offers nothing more
    raise NotAllowed(
        _(
            "The session has ended. Go back to your purchasing system and open the catalogue"
            " from there."
        )
    )


def begin(
    response: Response, prefix: str, begun: int, token: str, messages: list[tuple[str, str]]
) -> Response:
    """Give the browser the cookie of the framed session of that number.

    `messages`: (level, text) of what its first page tells.
    """
    if not isinstance(current_app.session_interface, Cookies):
        raise RuntimeError(
            "the application got another session_interface after Catalogue was mounted:"
            " mount Catalogue last"
        )
    signer = FramedCookies().get_signing_serializer(current_app)
    if signer is None:
        raise RuntimeError("a framed session needs the SECRET_KEY of the application")
    held = {TOKEN: token} | ({"catalogue_messages": messages} if messages else {})
    name = FramedCookies().get_cookie_name(current_app)
    response.set_cookie(
        name, str(signer.dumps(held)), path=address(prefix, begun), secure=True,
        httponly=True, samesite="None", partitioned=True,
    )  # fmt: skip
    return response


def address(prefix: str, begun: int, path: str = "") -> str:
    """Return the address of a page of the framed session of that number.

    `path` is one of ours as `url_for` makes it outside of such a session.
    """
    root = request.script_root
    return f"{root}{prefix}/{PLACE}/{begun}{path.removeprefix(root)}"


def guarded(app: Flask, name: str, path: str) -> str:
    """Return the name of a cookie with the prefix that browsers watch over (RFC 6265bis, 4.1.3).

    Only where people come by https: elsewhere some browsers would not take the cookie at all.
    """
    settings = app.extensions["catalogue"].settings
    if not (settings.is_https and settings.cookie_secure):
        return name
    return f"__Host-{name}" if path == "/" else f"__Secure-{name}"


def framed_policy(policy: str, framed: Framed) -> str:
    """Return a content policy that lets the sites of the session frame the page, and no others."""
    who_frames = " ".join(framed.origins) or "'none'"
    return policy.replace("frame-ancestors 'none'", f"frame-ancestors {who_frames}")
