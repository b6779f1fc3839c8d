"""A shelf inside a page elsewhere, and the pages on which it is said which sites may show it.

The shelf itself looks at no cookie and sets none, and has no script: a municipality's web site
takes no consent and no risk in with it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    COOKIELESS,
    ENTERPRISES,
    STAFF,
    draw_text,
    flash,
    framing,
    go,
    now,
    once,
    reading,
    render,
    route,
    state,
    today,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.seen import ChangedMeanwhile, mark_of, refuse_unless_seen
from catalogue.core.text import LOCALES, current_locale, set_locale, slug
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold
from catalogue.products.rules import UNIT_NAMES
from catalogue.search.public import queries as public
from catalogue.search.public import service as shelves

from . import service
from .schema import read_terms
from .words import LABELS

blueprint = Blueprint("embed", __name__)
HOLDERS = STAFF | ENTERPRISES
USUAL, MOST = 6, 24
KEPT = "public, max-age=600"
# Nothing but our own pictures and look; who may frame it is put in by `framing`.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@route(blueprint, "/indlejr/<int:enterprise_id>", access=COOKIELESS)
def shelf(enterprise_id: int) -> Response:
    """Draw a shelf for a frame: `ramme` says whose list of sites counts, `antal` how many."""
    set_locale(request.args.get("sprog", LOCALES[0]))
    limit = min(max(1, request.args.get("antal", USUAL, type=whole)), MOST)
    frame_id = request.args.get("ramme", type=whole)
    with reading() as session:
        found = service.draw(session, enterprise_id, frame_id, day=today(), limit=limit)
    framing.let_frame(found.origins)
    settings = state().settings
    profile = settings.address("virksomheder", str(enterprise_id), slug(found.enterprise.name))
    text = draw_text(
        state().templates, "exchange/shelf_frame.html", shelf=found, profile=profile,
        locale=current_locale(), units=UNIT_NAMES,
    )  # fmt: skip
    response = Response(text)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = KEPT
    response.add_etag()
    response.make_conditional(request)
    return response


@route(blueprint, "/indlejringer", access=HOLDERS)
def frames() -> Response:
    """List the shelves on web sites, with the form of another one."""
    return _draw_list({}, {})


@route(blueprint, "/indlejringer", access=HOLDERS, methods=["POST"])
@once
def create_frame() -> Response:
    """Let sites show a shelf."""
    own = {} if who().enterprise_id is None else {"enterprise_id": str(who().enterprise_id)}
    form = request.form.to_dict() | own
    try:
        terms = read_terms(form)
        with transaction() as session:
            frame_id = service.create(session, who(), terms, now())
    except Invalid as error:
        return _draw_list(form, error.problems)
    return go("catalogue.embed.frame", frame_id=frame_id)


@route(blueprint, "/indlejringer/<int:frame_id>", access=HOLDERS)
def frame(frame_id: int) -> Response:
    """Show the line that puts a shelf into a page, and the sites that may hold it."""
    return _draw_one(frame_id, None, {})


@route(blueprint, "/indlejringer/<int:frame_id>", access=HOLDERS, methods=["POST"])
@once
def amend_frame(frame_id: int) -> Response:
    """Change the sites of a shelf."""
    with reading() as session:
        found = service.get_own(session, who(), frame_id).frame
    form = request.form.to_dict() | {"enterprise_id": str(found.enterprise_id)}
    try:
        terms = read_terms(form)
        with transaction() as session:
            kept = service.get_own(session, who(), frame_id).frame
            hold(session, kept)
            refuse_unless_seen(mark_of({"origins": kept.origins}), form.get("seen"))
            service.amend(session, who(), frame_id, terms, now())
    except Invalid as error:
        return _draw_one(frame_id, form, error.problems)
    except ChangedMeanwhile as error:
        flash(error.detail, "warning")
        return _draw_one(frame_id, form | {"seen": ""}, {})
    flash(_("The list of web sites is changed."))
    return go("catalogue.embed.frame", frame_id=frame_id)


@route(blueprint, "/indlejringer/<int:frame_id>/slet", access=HOLDERS, methods=["POST"])
def delete_frame(frame_id: int) -> Response:
    """Take a shelf off all sites."""
    with transaction() as session:
        service.remove(session, who(), frame_id, now())
    flash(_("No web site may show the shelf any more by this line."))
    return go("catalogue.embed.frames")


@route(blueprint, "/virksomhed/aaben-hylde", access=ENTERPRISES, methods=["POST"])
def open_shelf() -> Response:
    """Show the enterprise's products and list prices to everybody."""
    with transaction() as session:
        shelves.open_shelf(session, who(), now())
    flash(_("Everybody can see your products and list prices now."))
    return go("catalogue.embed.frames")


@route(blueprint, "/virksomhed/luk-hylde", access=ENTERPRISES, methods=["POST"])
def close_shelf() -> Response:
    """Show visitors the profile alone."""
    with transaction() as session:
        shelves.close_shelf(session, who(), now())
    flash(_("Your products are shown to signed-in buyers only."))
    return go("catalogue.embed.frames")


def _draw_list(values: dict[str, Any], errors: dict[str, list[Any]]) -> Response:
    asking = who()
    with reading() as session:
        listed = service.list_own(session, asking)
        enterprises = service.list_enterprises(session, asking, today())
        is_open = public.is_open(session, asking.enterprise_id or 0)
    return render(
        "exchange/shelf_frames.html", 422 if errors else 200, listed=listed, values=values,
        enterprises=enterprises, errors=errors, labels=LABELS, is_open=is_open,
    )  # fmt: skip


def _draw_one(
    frame_id: int, values: dict[str, Any] | None, errors: dict[str, list[Any]]
) -> Response:
    with reading() as session:
        found = service.get_own(session, who(), frame_id)
    address = state().settings.address("indlejr", str(found.enterprise.id))
    return render(
        "exchange/shelf_frame_line.html", 422 if errors else 200, found=found, labels=LABELS,
        address=f"{address}?ramme={frame_id}", errors=errors,
        seen=(values or {}).get("seen") or mark_of({"origins": found.frame.origins}),
        values=values or {"origins": "\n".join(found.frame.origins)},
    )  # fmt: skip
