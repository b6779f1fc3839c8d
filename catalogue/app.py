"""The application: knows all features; nobody imports it but the command line.

A host mounts `Catalogue(app, url_prefix=…)`; our own
application, `create_app`, is the first host.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, Response, make_response, send_from_directory
from sqlalchemy.orm import Session

from catalogue.accounts import api as accounts_api
from catalogue.accounts import pages as accounts_pages
from catalogue.accounts import people_pages, token_pages
from catalogue.agreements import api as agreements_api
from catalogue.agreements import limit_pages
from catalogue.agreements import pages as agreements_pages
from catalogue.core import http, scanning
from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.core.http import EVERYONE, MenuEntry, State, api, entering
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who
from catalogue.coverage import api as coverage_api
from catalogue.coverage import (
    event_pages,
    potential_pages,
    seen_pages,
    watch_pages,
    yearly_pages,
)
from catalogue.coverage import pages as coverage_pages
from catalogue.enterprises import pages as enterprises_pages
from catalogue.exchange import (
    catalogue_pages,
    connection_pages,
    link_pages,
    mail_log_pages,
    notice_pages,
    order_document_pages,
    punchout_api,
    punchout_pages,
    route_pages,
    unsubscribe_pages,
)
from catalogue.exchange.embed import pages as embed_pages
from catalogue.exchange.feeds import api as feeds_api
from catalogue.exchange.feeds import pages as feeds_pages
from catalogue.media import pages as media_pages
from catalogue.media import service as media
from catalogue.ordering import api as ordering_api
from catalogue.ordering import (
    approval_pages,
    buyer_pages,
    change_pages,
    cost_pages,
    document_pages,
    life_pages,
    message_pages,
    policy_pages,
    quote_pages,
    standing_pages,
)
from catalogue.ordering import pages as ordering_pages
from catalogue.ordering import service as ordering
from catalogue.products import api as products_api
from catalogue.products import pages as products_pages
from catalogue.search import api as search_api
from catalogue.search import pages as search_pages
from catalogue.search import service as search
from catalogue.search.public import machines
from catalogue.search.public import pages as public_pages
from catalogue.settings import read

MENU = (
    MenuEntry(_("Find products"), "catalogue.search.results"),
    MenuEntry(_("Approvals"), "catalogue.approvals.approvals"),
    MenuEntry(_("My orders"), "catalogue.ordering.orders"),
    MenuEntry(_("Requests"), "catalogue.search.demands"),
    MenuEntry(_("Coverage"), "catalogue.coverage.overview"),
    MenuEntry(_("Agreements"), "catalogue.agreements.agreements"),
    MenuEntry(_("Words"), "catalogue.search.words"),
    MenuEntry(_("Verification"), "catalogue.enterprises.desk"),
    MenuEntry(_("Our products"), "catalogue.products.products"),
    MenuEntry(_("Incoming orders"), "catalogue.ordering.incoming"),
    MenuEntry(_("Requests"), "catalogue.search.wanted"),
    MenuEntry(_("Our profile"), "catalogue.enterprises.edit_profile"),
    MenuEntry(_("Persons"), "catalogue.accounts.persons"),
    MenuEntry(_("Enterprises"), "catalogue.enterprises.enterprises"),
)


class Catalogue:
    """The extension a host mounts: `Catalogue(host, url_prefix="/indkob")`.

    `identity` tells who is asking (default: our own sign-in); `clock` returns the time in UTC.
    Settings come from the host's configuration under `CATALOGUE_…`, refused by name if wrong.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        url_prefix: str | None = None,
        identity: Callable[[State], Who] = accounts_pages.identity,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.url_prefix, self.identity, self.clock = url_prefix, identity, clock
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Mount on `app`; a second time on the same application is refused."""
        if "catalogue" in app.extensions:
            raise RuntimeError("Catalogue is mounted in this application already; mount it once")
        settings = read(app.config)
        if self.url_prefix is not None:
            settings = replace(settings, url_prefix=self.url_prefix)
        database = Database(settings.database, settings.sqlite_busy_timeout_ms)
        state = State(
            settings, database, self.clock, self.identity, MENU, _page_facts, http.environment(),
            framed=punchout_pages.framed,
        )  # fmt: skip
        search.open_index(state.parts, settings)
        search.follow(database, state.parts)
        media.open_store(state.parts, settings)
        scanning.open_scanner(state.parts, settings)
        state.parts[entering.PART] = token_pages.bearer
        state.templates.globals["image_sources"] = media_pages.image_sources
        app.extensions["catalogue"] = state
        http.framing.mount(app, settings.url_prefix)
        app.register_blueprint(_blueprint(), url_prefix=settings.url_prefix or None)
        if missing := http.undeclared(app):
            raise RuntimeError(f"views that do not declare who may enter: {', '.join(missing)}")


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
        SESSION_COOKIE_PATH=settings.url_prefix or "/",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.upload_max_bytes,
        MAX_FORM_MEMORY_SIZE=2_000_000,
    )
    Catalogue(app, **options)
    return app


def create_served_app() -> Flask:
    """Make our own application for a process of our web server: search gets ready aside."""
    app = create_app()
    state: State = app.extensions["catalogue"]
    threading.Thread(
        target=search.prepare, args=(state.database, state.parts), name="prepare", daemon=True
    ).start()
    return app


def _blueprint() -> Blueprint:
    blueprint = Blueprint("catalogue", "catalogue", static_folder=None)
    http.guard(blueprint)
    features = (
        accounts_pages, enterprises_pages, media_pages, agreements_pages, products_pages,
        search_pages, ordering_pages, coverage_pages, event_pages, limit_pages, watch_pages,
        potential_pages, coverage_api, yearly_pages, quote_pages, people_pages, seen_pages,
        approval_pages, change_pages, policy_pages, document_pages, link_pages, buyer_pages,
        catalogue_pages, cost_pages, life_pages, message_pages, notice_pages, unsubscribe_pages,
        mail_log_pages, standing_pages, order_document_pages, route_pages,
        token_pages, api, accounts_api, products_api, search_api, ordering_api, agreements_api,
        connection_pages, punchout_pages, punchout_api, feeds_pages, feeds_api, embed_pages,
        public_pages, machines,
    )  # fmt: skip
    for pages in features:
        blueprint.register_blueprint(pages.blueprint)
    blueprint.register_blueprint(coverage_api.versioned)
    http.route(blueprint, "/", access=EVERYONE)(front)
    http.route(blueprint, "/healthz", access=EVERYONE)(healthz)
    http.route(blueprint, "/static/<path:name>", access=EVERYONE)(static_file)
    http.route(blueprint, "/<path:unknown>", access=EVERYONE)(nowhere)
    return blueprint


def front() -> Response:
    """Lead each role to the page it works from; show visitors what this is."""
    doors = {
        Role.BUYER: "catalogue.search.results",
        Role.APPROVER: "catalogue.approvals.approvals",
        Role.STAFF: "catalogue.coverage.overview",
        Role.ENTERPRISE: "catalogue.products.products",
        Role.ADMINISTRATOR: "catalogue.enterprises.enterprises",
        Role.FACILITATOR: "catalogue.products.products",
    }
    role = http.who().role
    return http.go(doors[role]) if role else search_pages.welcome()


def healthz() -> Response:
    """Answer 200 once pages can be served: the database answers and the index opens."""
    state = http.state()
    with state.database.reading() as session:
        search.check(session)
    return make_response({"status": "ok"})


def static_file(name: str) -> Response:
    """Serve a file of ours; its address changes with its content, so it is cached for a year."""
    response = send_from_directory(http.STATIC, name, max_age=31_536_000)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def nowhere(unknown: str) -> Response:
    """Answer unknown addresses under our prefix with our own page."""
    raise Missing(_("There is nothing at %(address)s.", address="/" + unknown))


def _page_facts(session: Session, who: Who) -> dict[str, Any]:
    told = notice_pages.page_facts(session, who)
    return {"basket_count": ordering.count_basket_lines(session, who), **told}
