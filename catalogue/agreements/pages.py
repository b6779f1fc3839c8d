"""The pages of procurement staff: list, show, make, amend and end agreements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request
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

from . import import_pages, queries, rules, schema, service, word_pages
from .models import Agreement, AgreementKind
from .queries import Entry
from .rules import AgreementState
from .screens import blueprint, municipality_id
from .service import Ending

# The views of imports stand in modules of their own, on the same blueprint.
__all__ = ["blueprint", "import_pages", "word_pages"]
HITS_PER_WORD = 15
# Words and colours of values, for all templates of agreements.
NAMES: dict[str, Any] = {
    "kind_names": {
        AgreementKind.VOLUNTARY: _("Voluntary"),
        AgreementKind.MANDATORY: _("Mandatory"),
    },
    "kind_colours": {AgreementKind.VOLUNTARY: "voluntary", AgreementKind.MANDATORY: "covered"},
    "state_names": {
        AgreementState.COMING: _("Coming"),
        AgreementState.IN_FORCE: _("In force"),
        AgreementState.EXPIRING: _("Expires soon"),
        AgreementState.EXPIRED: _("Expired"),
    },
    "state_colours": {
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
    """List the agreements of the municipality."""
    with reading() as session:
        entries = queries.list_agreements(session, municipality_id(), today())
    return render("agreements/agreements.html", entries=entries, **NAMES)


@route(blueprint, "/aftaler/<int:agreement_id>", access=STAFF)
def agreement(agreement_id: int) -> Response:
    """Show one agreement."""
    return _draw_agreement(agreement_id, {}, 200)


@route(blueprint, "/aftaler/ny", access=STAFF)
def new() -> Response:
    """Show the empty form of an agreement."""
    values = {"kind": request.args.get("kind", AgreementKind.VOLUNTARY.value)}
    return _draw_form(values, request.args.getlist("kategori"))


@route(blueprint, "/aftaler/ny", access=STAFF, methods=["POST"])
def create() -> Response:
    """Make an agreement, or redraw the form with categories that match the typed words."""
    return _take_form(lambda session, terms: service.create(session, who(), terms, now()), None)


@route(blueprint, "/aftaler/<int:agreement_id>/ret", access=STAFF)
def edit(agreement_id: int) -> Response:
    """Show the form of an agreement with what it says now."""
    with reading() as session:
        found = queries.get_entry(session, municipality_id(), agreement_id, today())
    codes = [each.category_code for each in found.agreement.categories]
    return _draw_form(_values_of(found.agreement), codes, entry=found)


@route(blueprint, "/aftaler/<int:agreement_id>/ret", access=STAFF, methods=["POST"])
def amend(agreement_id: int) -> Response:
    """Change an agreement, or redraw the form with categories that match the typed words."""
    with reading() as session:
        found = queries.get_entry(session, municipality_id(), agreement_id, today())
    return _take_form(
        lambda session, terms: service.amend(session, who(), agreement_id, terms, now()), found
    )


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


def _draw_agreement(agreement_id: int, errors: dict[str, list[Any]], status: int) -> Response:
    with reading() as session:
        entry = queries.get_entry(session, municipality_id(), agreement_id, today())
        codes = [each.category_code for each in entry.agreement.categories]
        labels = queries.category_labels(session, codes, current_locale())
    return render(
        "agreements/agreement.html", status, entry=entry, labels=labels, errors=errors,
        typed=request.form if errors else {}, today=today(), **NAMES,
    )  # fmt: skip


def _take_form(save: Callable[[Session, Any], Agreement], entry: Entry | None) -> Response:
    """Save the posted form, or redraw it when categories are looked for or something is wrong."""
    values, chosen = request.form.to_dict(), request.form.getlist("categories")
    if entry is not None:  # kind and enterprise of an agreement stay
        fixed = {"kind": entry.agreement.kind, "enterprise_id": entry.agreement.enterprise_id}
        values |= {key: str(value) for key, value in fixed.items() if value is not None}
    if values.get("do") == "add":
        return _draw_form(values, chosen, entry=entry)
    try:
        terms = schema.read_terms(values, chosen)
        with transaction() as session:
            saved = save(session, terms)
    except Invalid as error:
        return _draw_form(values, chosen, entry=entry, errors=error.problems)
    flash(_("The agreement %(number)s is saved.", number=terms.number))
    if warning := rules.cvr_warning(saved.supplier_cvr):
        flash(warning, "warning")
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
    return render(
        "agreements/form.html", 422 if errors else 200, form=form, entry=entry,
        errors=errors or {}, labels=_labels(), adding=adding, **NAMES,
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
        parties=queries.list_parties(session, municipality_id()),
        not_found=not_found,
    )


def _values_of(agreement: Agreement) -> dict[str, Any]:
    names = ("kind", "number", "title", "starts_on", "ends_on", "enterprise_id", "supplier_name",
             "where_to_buy", "reference", "contact_name", "contact_email", "supplier_cvr",
             "options")  # fmt: skip
    ceiling = agreement.ceiling_ore
    typed = None if ceiling is None else f"{ceiling // 100},{ceiling % 100:02d}"
    return {name: getattr(agreement, name) for name in names} | {"ceiling": typed}


def _labels() -> dict[str, str]:
    return {
        "kind": gettext("Kind of agreement"),
        "number": gettext("Agreement number"),
        "title": gettext("Title of the agreement"),
        "starts_on": gettext("First day"),
        "ends_on": gettext("Last day"),
        "enterprise_id": gettext("Enterprise"),
        "ceiling": gettext("Ceiling excluding VAT"),
        "supplier_name": gettext("Supplier"),
        "where_to_buy": gettext("Where to buy"),
        "reference": gettext("Reference"),
        "supplier_cvr": gettext("CVR number of the supplier"),
        "options": gettext("Options to prolong"),
        "contact_name": gettext("Contact person"),
        "contact_email": gettext("E-mail of the contact person"),
        "category_text": gettext("Add categories"),
        "categories": gettext("Categories"),
    }
