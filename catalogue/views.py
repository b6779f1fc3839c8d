"""All views in one blueprint: those of the features, and the few that belong to none."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request, send_from_directory
from werkzeug.exceptions import MethodNotAllowed

from catalogue.accounts import api as accounts_api
from catalogue.accounts import (
    colleague_pages,
    contact_pages,
    factor_pages,
    held_pages,
    outside_pages,
    password_pages,
    people_pages,
    provider_pages,
    saml_ending_pages,
    saml_pages,
    saml_setup_pages,
    saml_shared_pages,
    scim_pages,
    session_pages,
    token_pages,
    tour_pages,
)
from catalogue.accounts import pages as accounts_pages
from catalogue.agreements import api as agreements_api
from catalogue.agreements import carving_api, limit_pages
from catalogue.agreements import pages as agreements_pages
from catalogue.core import http
from catalogue.core.errors import Missing
from catalogue.core.http import COOKIELESS, EVERYONE, api
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.coverage import api as coverage_api
from catalogue.coverage import demand_api as demand_desk_api
from catalogue.coverage import (
    event_pages,
    health_pages,
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
    document_api,
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
from catalogue.exchange.webhooks import api as webhooks_api
from catalogue.exchange.webhooks import pages as webhook_pages
from catalogue.media import pages as media_pages
from catalogue.ordering import api as ordering_api
from catalogue.ordering import (
    approval_api,
    approval_pages,
    buyer_pages,
    change_pages,
    cost_pages,
    document_pages,
    frame_api,
    home_pages,
    life_pages,
    list_api,
    message_api,
    message_pages,
    policy_pages,
    quote_answer_api,
    quote_api,
    quote_pages,
    shipment_pages,
    standing_api,
    standing_change_pages,
    standing_pages,
)
from catalogue.ordering import pages as ordering_pages
from catalogue.privacy import pages as privacy_pages
from catalogue.products import api as products_api
from catalogue.products import pages as products_pages
from catalogue.products import price_list_api, proposal_api
from catalogue.search import api as search_api
from catalogue.search import demand_api, inquiry_api
from catalogue.search import pages as search_pages
from catalogue.search.public import machines
from catalogue.search.public import pages as public_pages


def blueprint() -> Blueprint:
    """Return all views: those of the features, and the few that belong to none."""
    made = Blueprint("catalogue", "catalogue", static_folder=None)
    http.guard(made)
    features = (
        accounts_pages, enterprises_pages, media_pages, agreements_pages, products_pages,
        search_pages, ordering_pages, coverage_pages, event_pages, limit_pages, watch_pages,
        potential_pages, coverage_api, yearly_pages, quote_pages, people_pages, seen_pages,
        approval_pages, change_pages, policy_pages, document_pages, link_pages, buyer_pages,
        catalogue_pages, cost_pages, life_pages, message_pages, notice_pages, unsubscribe_pages,
        mail_log_pages, shipment_pages, standing_pages, standing_change_pages,
        order_document_pages, route_pages, document_api,
        token_pages, api, accounts_api, products_api, search_api, ordering_api, agreements_api,
        connection_pages, punchout_pages, punchout_api, webhook_pages, webhooks_api,
        outside_pages, provider_pages, saml_pages, saml_ending_pages, saml_setup_pages,
        saml_shared_pages,
        factor_pages, colleague_pages, scim_pages, password_pages,
        session_pages, held_pages,
        quote_api, quote_answer_api, frame_api, approval_api, message_api, proposal_api,
        carving_api, standing_api, price_list_api, list_api,
        demand_api, inquiry_api, demand_desk_api,
        feeds_pages, feeds_api, embed_pages, public_pages, machines, health_pages,
        tour_pages, contact_pages, privacy_pages,
    )  # fmt: skip
    for pages in features:
        made.register_blueprint(pages.blueprint)
    made.register_blueprint(coverage_api.versioned)
    http.route(made, "/", access=EVERYONE)(front)
    http.route(made, "/healthz", access=EVERYONE)(healthz)
    http.route(made, "/static/<path:name>", access=EVERYONE)(static_file)
    http.route(made, "/<path:unknown>", access=EVERYONE)(nowhere)
    others = [each for each in api.METHODS if each != "GET"]
    http.route(made, "/<path:unknown>", access=COOKIELESS, methods=others)(no_way)
    return made


def front() -> Response:
    """Lead each role to the page it works from; show buyers theirs, and visitors what this is."""
    asking = http.who()
    if asking.role == Role.BUYER and not asking.punchout_id:
        return home_pages.show()
    if asking.role is None:
        return search_pages.welcome()
    first = tour_pages.FIRST[asking.role]
    return http.go("catalogue.search.results" if asking.punchout_id else first)


def healthz() -> Response:
    """Answer 200 once pages can be served: the database answers and the index opens."""
    reason = health_pages.unreached(http.state())
    return make_response({"status": reason or "ok"}, 503 if reason else 200)


def static_file(name: str) -> Response:
    """Serve a file of ours; its address changes with its content, so it is cached for a year."""
    response = send_from_directory(http.STATIC, name, max_age=31_536_000)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    http.pack_file(response, http.STATIC / name)
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
