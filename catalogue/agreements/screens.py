"""What the views of agreements draw and read alike: one agreement, and its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    flash,
    go,
    reading,
    render,
    state,
    today,
    transaction,
    who,
)
from catalogue.core.seen import ChangedMeanwhile
from catalogue.core.text import current_locale, gettext, typed_kroner
from catalogue.core.text import lazy as _

from . import amending, entries, queries, reminders, rules, schema
from .amending import Amendment
from .deadlines import deadline, due_reminder, next_reminder_on
from .entries import Entry
from .models import Agreement, AgreementKind
from .rules import AgreementState, Terms

blueprint = Blueprint("agreements", __name__)
EVERYDAY = "everyday words"  # in `State.parts`: what gives the categories of a word, see app.py
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


def municipality_id() -> int:
    """Return the municipality that staff act for."""
    return who().municipality_id or 0  # staff have one; 0 belongs to nobody


def day_asked() -> tuple[date, dict[str, list[Any]]]:
    """Return the day of the address, else today with what is wrong with it."""
    try:
        return schema.read_day(request.args, today()), {}
    except Invalid as error:
        return today(), error.problems


def draw_agreement(agreement_id: int, errors: dict[str, list[Any]], status: int) -> Response:
    """Draw an agreement as of the day asked for, with what is wrong in one of its forms."""
    day, wrong = day_asked()
    with reading() as session:
        entry = entries.get_entry(session, municipality_id(), agreement_id, day)
        carved = entries.list_carve_outs(session, agreement_id)
        codes = {each.category_code for each, _name in carved if each.category_code}
        codes |= set(entry.terms.categories)
        labels = queries.category_labels(session, codes, current_locale())
        parties = entries.list_parties(session, municipality_id(), today())
        put = reminders.list_of(session, agreement_id)
    span = reminders.span_of(entry.agreement)
    return render(
        "agreements/agreement.html", 422 if wrong else status, entry=entry, labels=labels,
        errors=errors | wrong, typed=request.form if errors else {}, day=day, today=today(),
        carved=carved, parties=parties, day_after=amending.day_after,
        sent=[each for each in put if each.sent_at], deadline=deadline(span),
        next_reminder_on=next_reminder_on(span, today()),
        due=due_reminder(span, today(), reminders.days_put(put, deadline(span).on)), **NAMES,
    )  # fmt: skip


def take_form(save: Callable[[Session, Amendment], Agreement], entry: Entry | None) -> Response:
    """Save the posted form, or redraw it when categories are looked for or something is wrong."""
    values, chosen = request.form.to_dict(), request.form.getlist("categories")
    if entry is not None:  # kind and enterprise of an agreement stay
        fixed = {"kind": entry.agreement.kind, "enterprise_id": entry.agreement.enterprise_id}
        values |= {key: str(value) for key, value in fixed.items() if value is not None}
    if values.get("do") == "add":
        return draw_form(values, chosen, entry=entry)
    try:
        amendment = schema.read_amendment(values, chosen)
        with transaction() as session:
            saved = save(session, amendment)
    except Invalid as error:
        return draw_form(values, chosen, entry=entry, errors=error.problems)
    except ChangedMeanwhile as error:
        flash(error.detail, "warning")
        return draw_form(values | {"seen": ""}, chosen, entry=entry)
    flash(_("The agreement %(number)s is saved.", number=saved.number))
    if warning := rules.cvr_warning(saved.supplier_cvr):
        flash(warning, "warning")
    return go("catalogue.agreements.agreement", agreement_id=saved.id)


def draw_form(
    values: dict[str, Any],
    chosen: list[str],
    *,
    entry: Entry | None = None,
    errors: dict[str, list[Any]] | None = None,
) -> Response:
    """Draw the form of an agreement: a new one, or `entry` with what it says now."""
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
        named = {each.code: each.label(current_locale()) for each in hits}
        if not named:  # no name of a category has it, but the search may know what it means
            meant = state().parts[EVERYDAY](session, municipality_id(), word)
            named = queries.category_labels(session, meant[:HITS_PER_WORD], current_locale())
        found |= named
        not_found += [] if named else [word]
    if adding:
        values = values | {schema.ENTRY_FIELD: ", ".join(not_found)}
    return Form(
        values=values,
        chosen=[(code, f"{code} {names[code]}") for code in sorted(names)],
        found=[(code, f"{code} {found[code]}") for code in found if code not in names],
        parties=entries.list_parties(session, municipality_id(), today()),
        not_found=not_found,
    )


def values_of(terms: Terms) -> dict[str, Any]:
    """Return terms as their form holds them."""
    return vars(terms) | {"ceiling": typed_kroner(terms.ceiling_ore)}


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
        "notice_days": gettext("Days of notice"),
        "supplier_cvr": gettext("CVR number of the supplier"),
        "options": gettext("Options to prolong"),
        "contact_name": gettext("Contact person"),
        "contact_email": gettext("E-mail of the contact person"),
        "category_text": gettext("Add categories"),
        "categories": gettext("Categories"),
    }
