"""The application: knows all features; nobody imports it but the command line.

A host mounts `Catalogue(app, url_prefix=…)`; our own application, `create_app`, is the first host.
"""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, InitVar, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from flask import Flask, request
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from catalogue import events, views
from catalogue.accounts import (
    contact_pages,
    held_pages,
    oidc_published,
    token_pages,
    tour_pages,
)
from catalogue.accounts import pages as accounts_pages
from catalogue.accounts.hosted import HostPerson, HostRole
from catalogue.agreements import screens as agreement_screens
from catalogue.core import faults, http, logs, memory, outage, scanning
from catalogue.core.db import Database
from catalogue.core.http import (
    ADMINISTRATORS,
    APPROVERS,
    BUYERS,
    STAFF,
    MenuEntry,
    State,
    admitting,
    entering,
    framing,
    measuring,
)
from catalogue.core.storage import Files
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.coverage import health_pages
from catalogue.exchange import document_carriers, notice_pages, posting, punchout_pages
from catalogue.exchange.carriers import Bring
from catalogue.exchange.document_carriers import NotCarried, OrderCarrier, Parcel
from catalogue.exchange.webhooks import news as webhook_news
from catalogue.media import pages as media_pages
from catalogue.media import service as media
from catalogue.ordering import service as ordering
from catalogue.search import noting, understanding
from catalogue.search import service as search
from catalogue.settings import Settings, read

# What a host takes from us, all from `catalogue` itself.
__all__ = [
    "Catalogue",
    "HostPerson",
    "HostRole",
    "MenuEntry",
    "NotCarried",
    "OrderCarrier",
    "Parcel",
    "create_app",
    "hosted",
]
hosted = accounts_pages.hosted

# By errand, each role's own first; staff meet what they answer for before what they may also do.
MENU = (
    MenuEntry(_("Find products"), "catalogue.search.results", BUYERS),
    MenuEntry(_("Approvals"), "catalogue.approvals.approvals"),
    MenuEntry(_("My orders"), "catalogue.ordering.orders", BUYERS),
    MenuEntry(_("Requests"), "catalogue.search.demands", BUYERS),
    MenuEntry(_("Budgets"), "catalogue.costs.budgets", APPROVERS),
    MenuEntry(_("Coverage"), "catalogue.coverage.overview"),
    MenuEntry(_("Agreements"), "catalogue.agreements.agreements"),
    MenuEntry(_("Orders"), "catalogue.ordering.orders", STAFF),
    MenuEntry(_("Verification"), "catalogue.enterprises.desk"),
    MenuEntry(_("Requests"), "catalogue.search.demands", STAFF),
    MenuEntry(_("Search words"), "catalogue.search.words"),
    MenuEntry(_("Find products"), "catalogue.search.results", STAFF | APPROVERS),
    MenuEntry(_("Our products"), "catalogue.products.products"),
    MenuEntry(_("Incoming orders"), "catalogue.ordering.incoming"),
    MenuEntry(_("Requests"), "catalogue.search.wanted"),
    MenuEntry(_("Our profile"), "catalogue.enterprises.edit_profile"),
    MenuEntry(_("Persons"), "catalogue.accounts.persons"),
    MenuEntry(_("Enterprises"), "catalogue.enterprises.enterprises"),
    MenuEntry(_("Events"), "catalogue.events.events", ADMINISTRATORS),
)


SERVER_FOLDER = "SERVER_OF_CATALOGUE"  # where `catalogue web` tells its processes things
REST_SECONDS = 0.001  # while a process gets ready, so that pages asked of it meanwhile wait less


@dataclass(eq=False)
class Catalogue:
    """The extension a host mounts: `Catalogue(host, url_prefix="/indkob")`; mount it last.

    What a host may plug in has a default each; docs/extending.md shows all of it at work. Settings
    come from the host's configuration under `CATALOGUE_…`, refused by name if wrong.
    """

    app: InitVar[Flask | None] = None
    _: KW_ONLY
    url_prefix: str | None = None
    # Who is asking; by default, whoever has signed in here.
    identity: Callable[[State], Who] = accounts_pages.identity
    # The host's page to sign in at, from the path it leads back to; None: our own.
    sign_in: Callable[[str], str] | None = None
    # Sends a letter, and where it comes back to; None: as the settings say.
    send_mail: Bring | None = None
    # Where files of pictures and documents lie.
    store: Callable[[Settings], Files] = media.open_files
    # Ways for documents of orders beside our own, by a short name that is kept.
    order_carriers: Mapping[str, OrderCarrier] = field(default_factory=dict)
    # Entries of the main menu that stand before ours.
    menu: Sequence[MenuEntry] = ()
    # A folder, beside the host's code, of templates that fill blocks of ours.
    templates: Path | str | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self, app: Flask | None) -> None:
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Mount on `app`; a second time on the same application is refused."""
        if "catalogue" in app.extensions:
            raise RuntimeError("Catalogue is mounted in this application already; mount it once")
        state = self._open(read(app.config), Path(app.root_path))
        state.database.after_commit.append(lambda session: events.tell(app, session))
        app.extensions["catalogue"] = state
        http.framing.mount(app, state.settings.url_prefix)
        app.register_blueprint(views.blueprint(), url_prefix=state.settings.url_prefix or None)
        http.exempt_from_host(app)
        if missing := http.undeclared(app):
            raise RuntimeError(f"views that do not declare who may enter: {', '.join(missing)}")

    def _open(self, settings: Settings, root: Path) -> State:
        if self.url_prefix is not None:
            settings = replace(settings, url_prefix=self.url_prefix)
        database = Database(settings.database, settings.sqlite_busy_timeout_ms)
        templates = http.environment(None if self.templates is None else root / self.templates)
        state = State(
            settings, database, self.clock, self.identity, (*self.menu, *MENU), _page_facts,
            templates, framed=punchout_pages.framed, sign_in=self.sign_in,
            hold=held_pages.hold,
        )  # fmt: skip
        measuring.open_measures(state)
        search.open_index(state.parts, settings)
        search.follow(database, state.parts)
        noting.open_notes(state)
        state.parts[agreement_screens.EVERYDAY] = partial(understanding.categories, state.parts)
        webhook_news.follow(database)
        media.open_store(state.parts, settings, self.store(settings))
        scanning.open_scanner(state.parts, settings)
        document_carriers.open_carriers(state.parts, settings, self.order_carriers)
        state.parts[posting.PART] = self.send_mail
        state.parts[entering.PART] = token_pages.bearer
        state.parts[oidc_published.PART] = oidc_published.Directory()
        templates.globals["image_sources"] = media_pages.image_sources
        templates.globals["staff_contact"] = contact_pages.staff_contact
        return state


def create_app(config: Mapping[str, Any] | None = None, **options: Any) -> Flask:
    """Make our own application: a Flask host with nothing but Catalogue on it.

    Settings come from `config`, else from the environment.
    """
    app = Flask("catalogue", static_folder=None)
    given = dict(os.environ if config is None else config)
    settings = read(given)
    app.config.update({key: value for key, value in given.items() if key.startswith("CATALOGUE_")})
    app.config.update(
        SECRET_KEY=settings.secret(),
        SESSION_COOKIE_NAME="catalogue_session",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.upload_max_bytes,
    )
    app.session_interface = framing.PrefixCookies(settings.url_prefix)
    app.log_exception = _note_fault  # type: ignore[method-assign, assignment]
    Catalogue(app, **options)
    if settings.trusted_proxies:  # else a visitor could say that she comes from anywhere
        proxied = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0, x_host=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # as Flask documents it
    return app


def _note_fault(_told: object) -> None:
    """Log what no view of ours has caught; Flask would write the address that was asked for."""
    faults.note(logging.getLogger("catalogue.http"), "request failed", endpoint=request.endpoint)


def create_served_app() -> Flask:
    """Make our own application for a process of our web server: search gets ready aside.

    What stays for good is left out of the garbage that Python looks through: requests would wait.
    """
    memory.give_back()
    memory.look_seldom()
    logs.set_up()
    app = create_app()
    state: State = app.extensions["catalogue"]
    state.database.limit_statements(state.settings.statement_seconds)
    noting.note_together(state.parts)
    admitting.admit(app, state.settings)
    if tracing := state.parts[measuring.PART].tracing:  # a process of a server ends by no atexit
        Finalize(None, tracing.close, exitpriority=1)
    if folder := os.environ.get(SERVER_FOLDER):
        state.parts[health_pages.DRAINING] = Path(folder) / health_pages.DRAINING

    def prepare() -> None:
        try:
            search.prepare(state.database, state.parts, rest=partial(time.sleep, REST_SECONDS))
        except Exception as error:
            if outage.of(error) is None and not outage.lacks_tables(error):
                raise
            serving = logging.getLogger("catalogue.serving")
            serving.warning("search is not made ready before the first query: no database")
        gc.collect()
        gc.freeze()

    threading.Thread(target=prepare, name="prepare", daemon=True).start()
    return app


def _page_facts(session: Session, who: Who, known: Collection[str]) -> dict[str, Any]:
    told = notice_pages.page_facts(session, who) | tour_pages.page_facts(who)
    if "basket_count" in known:
        return told
    return {"basket_count": ordering.count_basket_lines(session, who), **told}
