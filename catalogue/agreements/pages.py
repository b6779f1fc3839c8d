"""The pages of procurement staff: list, show, make, amend and end agreements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    STAFF,
    flash,
    go,
    now,
    reading,
    render,
    route,
    today,
    transaction,
    who,
)
from catalogue.core.text import current_locale, gettext
from catalogue.core.text import lazy as _

from . import amending, carving, entries, queries, schema, service
from .amending import Amendment
from .entries import Entry
from .models import Agreement, AgreementKind
from .rules import AgreementState, Terms
from .service import Ending

blueprint = Blueprint("agreements", __name__)
HITS_PER_WORD = 15
# Words and colours of values, for all templates of agreements.
NAMES: dict[str, Any] = {
    "kind_names": {
        AgreementKind.VOLUNTARY: _("Voluntary"),
        AgreementKind.MANDATORY: _("Mandatory"),
    },
    "kind_colours": {AgreementKind.VOLUNTARY: "voluntary", AgreementKind.MANDATORY: "covered"},
    "state_names": {
        AgreementState.DRAFT: _("Draft"),
        AgreementState.COMING: _("Coming"),
        AgreementState.IN_FORCE: _("In force"),
        AgreementState.EXPIRING: _("Expires soon"),
        AgreementState.EXPIRED: _("Expired"),
    },
    "state_colours": {
        AgreementState.DRAFT: "neutral",
        AgreementState.COMING: "waiting",
        AgreementState.IN_FORCE: "active",
        AgreementState.EXPIRING: "expiring",
        AgreementState.EXPIRED: "expired",
    },
}


@dataclass(frozen=True)
class Form:
    """What the form of an agreement shows: typed values, categories to tick, what is wrong."""

    values: dict[str, Any]
    chosen: list[tuple[str, str]]
    found: list[tuple[str, str]]
    parties: list[tuple[int, str]]
    not_found: list[str]


@route(blueprint, "/aftaler", access=STAFF)
def agreements() -> Response:
    """List the agreements of the municipality as of a day."""
    day, errors = _day()
    with reading() as session:
        found = entries.list_agreements(session, _municipality_id(), day)
    return render(
        "agreements/agreements.html", 422 if errors else 200, entries=found, day=day,
        errors=errors, today=today(), **NAMES,
    )  # fmt: skip


@route(blueprint, "/aftaler/<int:agreement_id>", access=STAFF)
def agreement(agreement_id: int) -> Response:
    """Show one agreement as of a day."""
    return _draw_agreement(agreement_id, {}, 200)


@route(blueprint, "/aftaler/ny", access=STAFF)
def new() -> Response:
    """Show the empty form of an agreement."""
    values = {"kind": request.args.get("kind", AgreementKind.VOLUNTARY.value)}
    return _draw_form(values, request.args.getlist("kategori"))


@route(blueprint, "/aftaler/ny", access=STAFF, methods=["POST"])
def create() -> Response:
    """Make an agreement or a draft, or redraw the form with categories that match the words."""
    make = service.draft if request.form.get("do") == "draft" else service.create
    return _take_form(lambda session, amendment: make(session, who(), amendment.terms, now()), None)


@route(blueprint, "/aftaler/<int:agreement_id>/ret", access=STAFF)
def edit(agreement_id: int) -> Response:
    """Show the form of an agreement with what it says now."""
    with reading() as session:
        found = entries.get_entry(session, _municipality_id(), agreement_id, today())
    newest = entries.terms_on(found.agreement, date.max)
    return _draw_form(_values_of(newest), list(newest.categories), entry=found)


@route(blueprint, "/aftaler/<int:agreement_id>/ret", access=STAFF, methods=["POST"])
def amend(agreement_id: int) -> Response:
    """Change an agreement, or redraw the form with categories that match the typed words."""
    with reading() as session:
        found = entries.get_entry(session, _municipality_id(), agreement_id, today())
    return _take_form(
        lambda session, amendment: service.amend(session, who(), agreement_id, amendment, now()),
        found,
    )


@route(blueprint, "/aftaler/<int:agreement_id>/saet-i-kraft", access=STAFF, methods=["POST"])
def put_in_force(agreement_id: int) -> Response:
    """Make a draft binding."""
    with transaction() as session:
        saved = service.put_in_force(session, who(), agreement_id, now())
    flash(_("The agreement %(number)s is in force for its period.", number=saved.number))
    return go("catalogue.agreements.agreement", agreement_id=agreement_id)


@route(blueprint, "/aftaler/<int:agreement_id>/undtagelser", access=STAFF, methods=["POST"])
def carve_out(agreement_id: int) -> Response:
    """Carve something out of a mandatory agreement."""
    try:
        with transaction() as session:
            wanted = schema.read_carve_out(request.form)
            carving.carve_out(session, who(), agreement_id, wanted, now())
    except Invalid as error:
        return _draw_agreement(agreement_id, error.problems, 422)
    flash(_("The carve-out is kept. Buyers may order what it holds, and see why."))
    return go("catalogue.agreements.agreement", agreement_id=agreement_id)


@route(blueprint, "/undtagelser/<int:carve_out_id>/afslut", access=STAFF, methods=["POST"])
def end_carve_out(carve_out_id: int) -> Response:
    """End a carve-out: from today on the agreement binds again."""
    with transaction() as session:
        ended = carving.end_carve_out(session, who(), carve_out_id, now())
    flash(_("The carve-out has ended. From today on the agreement binds again."))
    return go("catalogue.agreements.agreement", agreement_id=ended.agreement_id)


@route(blueprint, "/aftaler/<int:agreement_id>/afslut", access=STAFF, methods=["POST"])
def end(agreement_id: int) -> Response:
    """End an agreement before its time, with a reason."""
    try:
        with transaction() as session:
            ending = Ending(**schema.read_ending(request.form))
            service.end_early(session, who(), agreement_id, ending, now())
    except Invalid as error:
        return _draw_agreement(agreement_id, error.problems, 422)
    flash(_("The agreement ends before its time. From the day after, nothing is ordered on it."))
    return go("catalogue.agreements.agreement", agreement_id=agreement_id)


def _municipality_id() -> int:
    return who().municipality_id or 0  # staff have one; 0 belongs to nobody


def _day() -> tuple[date, dict[str, list[Any]]]:
    """Return the day of the address, else today with what is wrong with it."""
    try:
        return schema.read_day(request.args, today()), {}
    except Invalid as error:
        return today(), error.problems


def _draw_agreement(agreement_id: int, errors: dict[str, list[Any]], status: int) -> Response:
    day, wrong = _day()
    with reading() as session:
        entry = entries.get_entry(session, _municipality_id(), agreement_id, day)
        carved = entries.list_carve_outs(session, agreement_id)
        codes = {each.category_code for each, _name in carved if each.category_code}
        codes |= set(entry.terms.categories)
        labels = queries.category_labels(session, codes, current_locale())
        parties = entries.list_parties(session, _municipality_id())
    return render(
        "agreements/agreement.html", 422 if wrong else status, entry=entry, labels=labels,
        errors=errors | wrong, typed=request.form if errors else {}, day=day, today=today(),
        carved=carved, parties=parties, day_after=amending.day_after, **NAMES,
    )  # fmt: skip


def _take_form(save: Callable[[Session, Amendment], Agreement], entry: Entry | None) -> Response:
    """Save the posted form, or redraw it when categories are looked for or something is wrong."""
    values, chosen = request.form.to_dict(), request.form.getlist("categories")
    if entry is not None:  # kind and enterprise of an agreement stay
        fixed = {"kind": entry.agreement.kind, "enterprise_id": entry.agreement.enterprise_id}
        values |= {key: str(value) for key, value in fixed.items() if value is not None}
    if values.get("do") == "add":
        return _draw_form(values, chosen, entry=entry)
    try:
        amendment = schema.read_amendment(values, chosen)
        with transaction() as session:
            saved = save(session, amendment)
    except Invalid as error:
        return _draw_form(values, chosen, entry=entry, errors=error.problems)
    flash(_("The agreement %(number)s is saved.", number=saved.number))
    return go("catalogue.agreements.agreement", agreement_id=saved.id)


def _draw_form(
    values: dict[str, Any],
    chosen: list[str],
    *,
    entry: Entry | None = None,
    errors: dict[str, list[Any]] | None = None,
) -> Response:
    adding = values.get("do") == "add"
    with reading() as session:
        form = _form(session, values, chosen, adding)
    begun = bool(entry and entry.state not in (AgreementState.DRAFT, AgreementState.COMING))
    return render(
        "agreements/form.html", 422 if errors else 200, form=form, entry=entry, begun=begun,
        errors=errors or {}, labels=_labels(), adding=adding, today=today(), **NAMES,
    )  # fmt: skip


def _form(session: Session, values: dict[str, Any], chosen: list[str], adding: bool) -> Form:
    """Collect what the form shows; when adding, typed codes are chosen and words looked up."""
    typed = str(values.get(schema.ENTRY_FIELD, "")) if adding else ""
    codes, words = schema.split_entry(typed)
    names = queries.category_labels(session, [*chosen, *codes], current_locale())
    not_found = [code for code in codes if code not in names]
    found: dict[str, str] = {}
    for word in words[:10]:
        hits = queries.find_categories(session, word, current_locale(), HITS_PER_WORD)
        found |= {each.code: each.label(current_locale()) for each in hits}
        not_found += [] if hits else [word]
    if adding:
        values = values | {schema.ENTRY_FIELD: ", ".join(not_found)}
    return Form(
        values=values,
        chosen=[(code, f"{code} {names[code]}") for code in sorted(names)],
        found=[(code, f"{code} {found[code]}") for code in found if code not in names],
        parties=entries.list_parties(session, _municipality_id()),
        not_found=not_found,
    )


def _values_of(terms: Terms) -> dict[str, Any]:
    ceiling = terms.ceiling_ore
    typed = None if ceiling is None else f"{ceiling // 100},{ceiling % 100:02d}"
    return vars(terms) | {"ceiling": typed}


def _labels() -> dict[str, str]:
    return {
        "kind": gettext("Kind of agreement"),
        "number": gettext("Agreement number"),
        "title": gettext("Title of the agreement"),
        "starts_on": gettext("First day"),
        "ends_on": gettext("Last day"),
        "enterprise_id": gettext("Enterprise"),
        "ceiling": gettext("Ceiling excluding VAT"),
        "ceiling_months": gettext("Months the ceiling is counted over"),
        "effective_on": gettext("The changes apply from"),
        "reason": gettext("Why the agreement is changed"),
        "supplier_name": gettext("Supplier"),
        "where_to_buy": gettext("Where to buy"),
        "reference": gettext("Reference"),
        "contact_name": gettext("Contact person"),
        "contact_email": gettext("E-mail of the contact person"),
        "category_text": gettext("Add categories"),
        "categories": gettext("Categories"),
    }
