"""The pages of account codings: those an institution keeps, and what an order is booked on."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, make_response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    APPROVERS,
    BUYERS,
    STAFF,
    flash,
    go,
    look_through,
    now,
    reading,
    render,
    route,
    send_list,
    transaction,
)
from catalogue.core.http import who as asking
from catalogue.core.sheets import guarded
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

from . import coding_lists, coding_schema, codings, queries, recoding
from .coding_lists import CODINGS
from .coding_rules import MOST_PARTS, WHOLE
from .cost_screens import Errors, blueprint
from .queries import OrderPage
from .screens import NAMES

HEADS = (_("Order number"), _("GLN/EAN number"), _("Line"), _("Product"), _("Category"),
         _("Agreement"), _("Account coding"), _("Amount excl. VAT"))  # fmt: skip


@route(blueprint, "/kontostrenge", access=BUYERS | STAFF)
def own_codings() -> Response:
    """List the codings of the institutions the person keeps them for."""
    return _draw_kept({})


@route(blueprint, "/kontostrenge.csv", access=BUYERS | STAFF)
def own_codings_csv() -> Response:
    """Send the same codings, all of them, as a file for spreadsheets."""
    with reading() as session:
        kept = codings.list_kept(session, asking())
    return send_list(CODINGS, coding_lists.rows(kept), "kontostrenge")


@route(blueprint, "/kontostrenge", access=BUYERS | STAFF, methods=["POST"])
def keep_coding() -> Response:
    """Keep a coding for an institution."""
    try:
        facts = coding_schema.read_coding(request.form)
    except Invalid as error:
        return _draw_kept(error.problems)
    with transaction() as session:
        codings.keep(session, asking(), facts, now())
    flash(_("The account coding is kept for all who order for the institution."))
    return go("catalogue.costs.own_codings")


@route(blueprint, "/kontostrenge/<int:coding_id>/standard", access=BUYERS | STAFF, methods=["POST"])
def make_default(coding_id: int) -> Response:
    """Let orders for the institution begin with this coding."""
    with transaction() as session:
        codings.make_default(session, asking(), coding_id, now())
    flash(_("Orders for the institution now begin with this account coding."))
    return go("catalogue.costs.own_codings")


@route(blueprint, "/kontostrenge/<int:coding_id>/slet", access=BUYERS | STAFF, methods=["POST"])
def remove_coding(coding_id: int) -> Response:
    """Take a coding out."""
    with transaction() as session:
        codings.remove(session, asking(), coding_id, now())
    flash(_("The account coding is taken out. Orders already placed keep it."))
    return go("catalogue.costs.own_codings")


@route(blueprint, "/ordrer/<number>/kontering", access=BUYERS | STAFF | APPROVERS)
def order_coding(number: str) -> Response:
    """Show what an order is booked on, to change it."""
    return _draw_order(number, None, {})


@route(blueprint, "/ordrer/<number>/kontering", access=BUYERS | STAFF | APPROVERS, methods=["POST"])
def recode(number: str) -> Response:
    """Book an order, or its lines, on other codings."""
    try:
        coding = coding_schema.read_order_coding(request.form)
        parts = coding_schema.read_parts(request.form)
        with transaction() as session:
            recoding.recode(session, asking(), number, (coding, parts), now())
    except Invalid as error:
        return _draw_order(number, request.form.to_dict(), error.problems)
    except recoding.NotCodable as error:
        flash(str(error.detail), "error")
        return go("catalogue.costs.order_coding", number=number)
    flash(_("The account coding is changed. Nobody has to approve the order anew."))
    approver = asking().role == Role.APPROVER
    return go("catalogue.approvals.case" if approver else "catalogue.ordering.order", number=number)


@route(blueprint, "/ordrer/<number>/kontering.csv", access=BUYERS | STAFF | APPROVERS)
def order_coding_file(number: str) -> Response:
    """Send what each coding bears of each line, as a file for the bookkeeper."""
    with reading() as session:
        page = queries.get_order(session, asking(), number)
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(str, HEADS))
    writer.writerows(_rows(page))
    response = make_response(file.getvalue())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="kontering-{number}.csv"'
    return response


def _rows(page: OrderPage) -> list[list[str]]:
    return [
        [
            page.order.number, page.order.gln, str(each.line.position), guarded(each.line.title),
            each.line.category_code, guarded(each.line.agreement_number), guarded(share.code or ""),
            f"{share.amount_ore // 100},{share.amount_ore % 100:02d}",
        ]
        for each in page.coded
        for share in each.shares
    ]  # fmt: skip


def _draw_kept(errors: Errors) -> Response:
    with reading() as session:
        kept = codings.list_kept(session, asking())
    values = request.form.to_dict() if errors else {}
    return render(
        "ordering/codings.html", 422 if errors else 200, kept=kept, values=values, errors=errors,
        **look_through(CODINGS, coding_lists.rows(kept)),
    )  # fmt: skip


def _draw_order(number: str, typed: dict[str, Any] | None, errors: Errors) -> Response:
    with reading() as session:
        page = queries.get_order(session, asking(), number)
        kept = codings.list_kept(session, asking())
    values = _values(page) if typed is None else typed
    return render(
        "ordering/order_coding.html", 422 if errors else 200, page=page, values=values,
        errors=errors, kept_codings=kept, most_parts=MOST_PARTS,
        settled=page.order.state in recoding.SETTLED, **NAMES,
    )  # fmt: skip


def _values(page: OrderPage) -> dict[str, Any]:
    """Return the fields of an order's codings as they stand; amounts, as they came to be."""
    values: dict[str, Any] = {"account_coding": page.order.account_coding}
    for each in page.coded:
        if not each.parts:
            continue
        in_percent = sum(weight for _code, weight in each.parts) == WHOLE != each.line.net_ore
        for place, ((code, weight), share) in enumerate(
            zip(each.parts, each.shares, strict=True), start=1
        ):
            ore = weight if in_percent else share.amount_ore
            said = f"{ore // 100},{ore % 100:02d}"
            if in_percent:
                said = said.rstrip("0").rstrip(",") + " %"
            values[f"coding_{each.line.position}_{place}"] = code
            values[f"part_{each.line.position}_{place}"] = "" if len(each.parts) == 1 else said
    return values
