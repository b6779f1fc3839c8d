"""What our own web server puts before the application, so that too much at once stops nobody."""

from __future__ import annotations

import html
import json
from typing import Any, cast

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from catalogue.core.admission import Admission, Refusal
from catalogue.core.text import DEFAULT_LOCALE, gettext, reading_in
from catalogue.settings import Settings


def admit(app: Flask, settings: Settings) -> None:
    """Have the application let in as many requests at once as its process has threads for.

    Behind proxies it learns from them where a request comes from, so it stands within.
    """
    proxied = app.wsgi_app if isinstance(app.wsgi_app, ProxyFix) else None
    admission = Admission(
        # Flask's own types are narrower than what a server calls.
        cast("Any", proxied.app if proxied else app.wsgi_app),
        refusal(),
        places=settings.web_threads,
        largest_bytes=settings.upload_max_bytes,
        prefix=settings.url_prefix,
    )
    if proxied:
        proxied.app = cast("Any", admission)
    else:
        app.wsgi_app = cast("Any", admission)  # type: ignore[method-assign]  # as Flask documents it


def refusal() -> Refusal:
    """Draw what is answered when it is full: without a template, it may be asked for a lot."""
    with reading_in(DEFAULT_LOCALE):
        title = gettext("One moment")
        detail = gettext("A lot is going on right now. Try again in a moment.")
    page = (
        f'<!doctype html><html lang="{DEFAULT_LOCALE}"><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><h1>{html.escape(title)}</h1>"
        f"<p>{html.escape(detail)}</p></html>"
    )
    facts = {"type": "about:blank", "title": title, "status": 503, "detail": detail}
    return Refusal(page.encode(), json.dumps(facts, ensure_ascii=False).encode())
