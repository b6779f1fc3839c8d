"""The pages of new prices: the enterprise drafts and sends them, staff accept or refuse."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    ENTERPRISES,
    STAFF,
    Page,
    flash,
    go,
    here_with,
    look_through,
    now,
    once,
    reading,
    render,
    route,
    send_list,
    state,
    today,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _
from catalogue.core.text import typed_kroner

from . import lists, proposals, proposing
from . import price_rules as rules
from . import proposal_queries as queries
from . import proposal_schema as schema
from .screens import NAMES, blueprint

PROPOSALS_PER_PAGE = 25
SHOW, ASKED = "catalogue.products.proposal", "catalogue.products.asked_proposal"
# Words and colours of values, for all templates of new prices.
WORDS: dict[str, Any] = {
    **NAMES,
    "stage_names": rules.STAGE_NAMES,
    "stage_colours": {
        "draft": "draft",
        "sent": "waiting",
        "decided": "confirmed",
        "in_force": "active",
        "withdrawn": "withdrawn",
    },
    "answer_names": rules.ANSWER_NAMES,
    "answer_colours": {
        "waiting": "waiting",
        "accepted": "confirmed",
        "refused": "rejected",
        "replaced": "neutral",
    },
    "labels": schema.FIELD_NAMES,
}


class ListPage(Page):
    """A page of a list of proposals: its number travels as `side`."""

    def url(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return here_with(side=str(number))


@route(blueprint, "/varer-hos-os/prisforslag", access=ENTERPRISES)
def own_proposals() -> Response:
    """List the proposals of the enterprise, and where they stand."""
    with reading() as session:
        total = queries.count_own(session, who().enterprise_id)
        page = _page(total)
        rows = queries.list_own(
            session, who().enterprise_id, today(), offset=page.offset, limit=page.size
        )
    return render("products/proposals.html", rows=rows, page=page, **WORDS)


@route(blueprint, "/varer-hos-os/prisforslag/nyt", access=ENTERPRISES)
def new_proposal() -> Response:
    """Show the form of a new proposal; the product that led here is ticked."""
    chosen = request.args.getlist("vare")
    values = {"from_on": rules.earliest_day(today(), _notice()).isoformat(), "percent": ""}
    return _draw_new(values | {"which": "some" if chosen else "all"}, chosen)


@route(blueprint, "/varer-hos-os/prisforslag/nyt", access=ENTERPRISES, methods=["POST"])
@once
def draft_proposal() -> Response:
    """Make a draft, and lead on to its prices."""
    ticked = request.form.getlist("products")
    try:
        with transaction() as session:
            proposed = schema.read_draft(request.form, ticked)
            made = proposals.draft(session, who(), proposed, _notice(), now())
    except Invalid as error:
        return _draw_new(request.form.to_dict(), ticked, error.problems)
    return go(SHOW, proposal_id=made.id)


@route(blueprint, "/varer-hos-os/prisforslag/<int:proposal_id>", access=ENTERPRISES)
def proposal(proposal_id: int) -> Response:
    """Show a proposal: its prices to type while it is a draft, later the answers."""
    return _draw_own(proposal_id, {})


@route(
    blueprint, "/varer-hos-os/prisforslag/<int:proposal_id>", access=ENTERPRISES, methods=["POST"]
)
def save_proposal(proposal_id: int) -> Response:
    """Save the typed prices of a draft, and send it when that button was pressed."""
    sending = request.form.get("do") == "send"
    try:
        with transaction() as session:
            typed = schema.read_prices(request.form)
            proposals.set_prices(session, who(), proposal_id, typed, now())
            if sending:
                proposals.send(session, who(), proposal_id, _notice(), now())
    except Invalid as error:
        return _draw_own(proposal_id, error.problems)
    except proposing.CannotBeSent as error:
        flash(error.detail, "error")
        return go(SHOW, proposal_id=proposal_id)
    flash(_("The proposal is sent.") if sending else _("The draft is saved."))
    return go(SHOW, proposal_id=proposal_id)


@route(
    blueprint,
    "/varer-hos-os/prisforslag/<int:proposal_id>/kasser",
    access=ENTERPRISES,
    methods=["POST"],
)
def discard_proposal(proposal_id: int) -> Response:
    """Throw a draft away."""
    with transaction() as session:
        proposals.discard(session, who(), proposal_id, now())
    flash(_("The draft is thrown away."))
    return go("catalogue.products.own_proposals")


@route(
    blueprint,
    "/varer-hos-os/prisforslag/<int:proposal_id>/traek-tilbage",
    access=ENTERPRISES,
    methods=["POST"],
)
def withdraw_proposal(proposal_id: int) -> Response:
    """Take a sent proposal back."""
    with transaction() as session:
        proposals.withdraw(session, who(), proposal_id, now())
    flash(_("The proposal is withdrawn; all prices stay as they are."))
    return go(SHOW, proposal_id=proposal_id)


@route(blueprint, "/prisforslag", access=STAFF)
def asked_proposals() -> Response:
    """List the proposals sent to the municipality, narrowed by the answer in the address."""
    answer = _answer()
    with reading() as session:
        counts = queries.count_asked(session, who().municipality_id)
        rows = queries.list_asked(session, who().municipality_id, answer)
    return render(
        "products/asked_proposals.html", counts=counts, chosen=answer,
        **look_through(lists.ASKED_PROPOSALS, rows), **WORDS,
    )  # fmt: skip


@route(blueprint, "/prisforslag.csv", access=STAFF)
def asked_proposals_csv() -> Response:
    """Send the same proposals as a file for spreadsheets."""
    with reading() as session:
        rows = queries.list_asked(session, who().municipality_id, _answer())
    return send_list(lists.ASKED_PROPOSALS, rows, "prisforslag")


@route(blueprint, "/prisforslag/<int:proposal_id>", access=STAFF)
def asked_proposal(proposal_id: int) -> Response:
    """Show what a proposal changes for the municipality, and how to answer it."""
    return _draw_asked(proposal_id, {})


@route(blueprint, "/prisforslag/<int:proposal_id>/accepter", access=STAFF, methods=["POST"])
def accept_proposal(proposal_id: int) -> Response:
    """Accept the new prices."""
    with transaction() as session:
        proposals.accept(session, who(), proposal_id, now())
    flash(_("The new prices are accepted, and the enterprise is told."))
    return go(ASKED, proposal_id=proposal_id)


@route(blueprint, "/prisforslag/<int:proposal_id>/afvis", access=STAFF, methods=["POST"])
def refuse_proposal(proposal_id: int) -> Response:
    """Refuse the new prices with a reason for the enterprise."""
    try:
        with transaction() as session:
            reason = schema.read_reason(request.form)
            proposals.refuse(session, who(), proposal_id, reason, now())
    except Invalid as error:
        return _draw_asked(proposal_id, error.problems)
    flash(_("The new prices are refused, and the enterprise is told why."))
    return go(ASKED, proposal_id=proposal_id)


def _draw_new(
    values: dict[str, Any], chosen: list[str], problems: dict[str, Any] | None = None
) -> Response:
    with reading() as session:
        products = proposing.list_choices(session, who().enterprise_id or 0, today())
    return render(
        "products/new_proposal.html",
        422 if problems else 200,
        values=values,
        chosen=chosen,
        products=products,
        errors=problems or {},
        earliest=rules.earliest_day(today(), _notice()),
        notice_days=_notice(),
        **WORDS,
    )


def _draw_own(proposal_id: int, errors: dict[str, Any]) -> Response:
    with reading() as session:
        found = queries.get_own(session, who().enterprise_id, proposal_id, today())
    typed = request.form if errors else {}
    values = {
        row.product.id: typed.get(f"{schema.PRICE_PREFIX}{row.product.id}")
        or typed_kroner(row.after.ore)
        for row in found.rows
    }
    titles = {f"{schema.PRICE_PREFIX}{row.product.id}": row.product.name for row in found.rows}
    words = WORDS | {"labels": {**schema.FIELD_NAMES, **titles}}
    status = 422 if errors else 200
    return render(
        "products/proposal.html", status, found=found, values=values, errors=errors, **words
    )


def _draw_asked(proposal_id: int, errors: dict[str, Any]) -> Response:
    with reading() as session:
        found = queries.get_asked(session, who().municipality_id, proposal_id, today())
    typed = request.form.get("reason", "") if errors else ""
    status = 422 if errors else 200
    return render(
        "products/asked_proposal.html", status, found=found, typed=typed, errors=errors,
        today=today(), begins=rules.in_force_from(found.proposal.from_on, today()), **WORDS,
    )  # fmt: skip


def _page(total: int) -> ListPage:
    return ListPage(request.args.get("side", 1, type=whole), total, PROPOSALS_PER_PAGE)


def _answer() -> str | None:
    answer = request.args.get("svar")
    return answer if answer in rules.ANSWER_NAMES else None


def _notice() -> int:
    return state().settings.price_notice_days
