"""The application: knows all features; nobody imports it but the command line.

A host mounts `Catalogue(app, url_prefix=…)`; our own
application, `create_app`, is the first host.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, InitVar, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, make_response, request, send_from_directory
from sqlalchemy.orm import Session
from werkzeug.exceptions import MethodNotAllowed

from catalogue import events
from catalogue.accounts import api as accounts_api
from catalogue.accounts import pages as accounts_pages
from catalogue.accounts import people_pages, token_pages
from catalogue.accounts.hosted import HostPerson, HostRole
from catalogue.agreements import api as agreements_api
from catalogue.agreements import limit_pages
from catalogue.agreements import pages as agreements_pages
from catalogue.core import http, scanning
from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.core.http import COOKIELESS, EVERYONE, MenuEntry, State, api, entering, framing
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
    document_carriers,
    link_pages,
    mail_log_pages,
    notice_pages,
    order_document_pages,
    posting,
    punchout_api,
    punchout_pages,
    route_pages,
    unsubscribe_pages,
)
from catalogue.exchange.carriers import Bring
from catalogue.exchange.document_carriers import NotCarried, OrderCarrier, Parcel
from catalogue.media import pages as media_pages
from catalogue.media import service as media
from catalogue.media.store import Files
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
        app.register_blueprint(_blueprint(), url_prefix=state.settings.url_prefix or None)
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
        )  # fmt: skip
        search.open_index(state.parts, settings)
        search.follow(database, state.parts)
        media.open_store(state.parts, settings, self.store(settings))
        scanning.open_scanner(state.parts, settings)
        document_carriers.open_carriers(state.parts, settings, self.order_carriers)
        state.parts[posting.PART] = self.send_mail
        state.parts[entering.PART] = token_pages.bearer
        templates.globals["image_sources"] = media_pages.image_sources
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
        connection_pages, punchout_pages, punchout_api,
    )  # fmt: skip
    for pages in features:
        blueprint.register_blueprint(pages.blueprint)
    blueprint.register_blueprint(coverage_api.versioned)
    http.route(blueprint, "/", access=EVERYONE)(front)
    http.route(blueprint, "/healthz", access=EVERYONE)(healthz)
    http.route(blueprint, "/static/<path:name>", access=EVERYONE)(static_file)
    http.route(blueprint, "/<path:unknown>", access=EVERYONE)(nowhere)
    others = [each for each in api.METHODS if each != "GET"]
    http.route(blueprint, "/<path:unknown>", access=COOKIELESS, methods=others)(no_way)
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


def nowhere(unknown: str) -> Response:  # noqa: ARG001 - the address is in the request
    """Answer unknown addresses under our prefix with our own page."""
    raise Missing(_("There is nothing at %(address)s.", address=request.script_root + request.path))


def no_way(unknown: str) -> Response:
    """Answer what an address under our prefix does not take: a host's page is not meant here."""
    allowed = api.allowed_methods("catalogue.nowhere", "catalogue.no_way")
    if allowed and request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": ", ".join(allowed)})
    if allowed:
        raise MethodNotAllowed(allowed)
    return nowhere(unknown)


def _page_facts(session: Session, who: Who) -> dict[str, Any]:
    told = notice_pages.page_facts(session, who)
    return {"basket_count": ordering.count_basket_lines(session, who), **told}
