"""The pages of procurement staff: list, show, make, amend and end agreements."""

from __future__ import annotations

from datetime import date

from flask import Response, request
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    STAFF,
    Page,
    flash,
    go,
    now,
    once,
    reading,
    render,
    route,
    send_csv,
    today,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.seen import refuse_unless_seen
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _

from . import (
    calendar_pages,
    carving_pages,
    conflict_queries,
    entries,
    entry_lists,
    import_pages,
    queries,
    schema,
    service,
    word_pages,
)
from .amending import Amendment
from .conflicts import among_agreements
from .models import Agreement, AgreementKind
from .screens import (
    NAMES,
    blueprint,
    day_asked,
    draw_agreement,
    draw_form,
    municipality_id,
    take_form,
    values_of,
)
from .service import Ending

# The other views stand in modules of their own, on the same blueprint.
__all__ = ["blueprint", "calendar_pages", "carving_pages", "import_pages", "word_pages"]

PER_PAGE = 100


@route(blueprint, "/aftaler", access=STAFF)
def agreements() -> Response:
    """List the agreements of the municipality as of a day, or those in force in a category."""
    day, errors = day_asked()
    code = schema.read_code(request.args)
    with reading() as session:
        found = entries.list_agreements(session, municipality_id(), day)
        sides = conflict_queries.list_sides(session, municipality_id(), day)
        labels = queries.category_labels(session, [code] if code else [], current_locale())
    words, sort = request.args.get("q", ""), request.args.get("sortering", "")
    reached = found if code is None else entries.reaching(found, code)
    shown = entry_lists.narrow(reached, words, sort)
    page = Page(request.args.get("page", 1, type=whole), len(shown), PER_PAGE)
    return render(
        "agreements/agreements.html", 422 if errors else 200, entries=shown[page.slice], day=day,
        page=page, code=code, label=labels.get(code or "", ""), errors=errors, today=today(),
        conflicts=len(among_agreements(sides, day)), words=words, sort=sort, all=bool(found),
        sorts=list(entry_lists.SORTS.items()), **NAMES,
    )  # fmt: skip


@route(blueprint, "/aftaler.csv", access=STAFF)
def agreements_csv() -> Response:
    """Send the agreements of the list for a spreadsheet, as of its day."""
    day, _errors = day_asked()
    with reading() as session:
        found = entries.list_agreements(session, municipality_id(), day)
    shown = entry_lists.narrow(found, request.args.get("q", ""), request.args.get("sortering", ""))
    text = entry_lists.as_csv(shown, NAMES["kind_names"], NAMES["state_names"])
    return send_csv(text, "aftaler", day)


@route(blueprint, "/aftaler/<int:agreement_id>", access=STAFF)
def agreement(agreement_id: int) -> Response:
    """Show one agreement as of a day."""
    return draw_agreement(agreement_id, {}, 200)


@route(blueprint, "/aftaler/ny", access=STAFF)
def new() -> Response:
    """Show the empty form of an agreement."""
    values = {"kind": request.args.get("kind", AgreementKind.VOLUNTARY.value)}
    return draw_form(values, request.args.getlist("kategori"))


@route(blueprint, "/aftaler/ny", access=STAFF, methods=["POST"])
@once
def create() -> Response:
    """Make an agreement or a draft, or redraw the form with categories that match the words."""
    make = service.draft if request.form.get("do") == "draft" else service.create
    return take_form(lambda session, amendment: make(session, who(), amendment.terms, now()), None)


@route(blueprint, "/aftaler/<int:agreement_id>/ret", access=STAFF)
def edit(agreement_id: int) -> Response:
    """Show the form of an agreement with what it says now."""
    with reading() as session:
        found = entries.get_entry(session, municipality_id(), agreement_id, today())
    newest = entries.terms_on(found.agreement, date.max)
    return draw_form(values_of(newest), list(newest.categories), entry=found)


@route(blueprint, "/aftaler/<int:agreement_id>/ret", access=STAFF, methods=["POST"])
@once
def amend(agreement_id: int) -> Response:
    """Change an agreement, or redraw the form with categories that match the typed words."""
    with reading() as session:
        found = entries.get_entry(session, municipality_id(), agreement_id, today())

    def save(session: Session, amendment: Amendment) -> Agreement:
        service.lock_own(session, municipality_id(), agreement_id)
        kept = service.get_own(session, municipality_id(), agreement_id)
        refuse_unless_seen(kept.updated_at.isoformat(), request.form.get("seen"))
        return service.amend(session, who(), agreement_id, amendment, now())

    return take_form(save, found)


@route(blueprint, "/aftaler/<int:agreement_id>/saet-i-kraft", access=STAFF, methods=["POST"])
def put_in_force(agreement_id: int) -> Response:
    """Make a draft binding."""
    with transaction() as session:
        saved = service.put_in_force(session, who(), agreement_id, now())
    flash(_("The agreement %(number)s is in force for its period.", number=saved.number))
    return go("catalogue.agreements.agreement", agreement_id=agreement_id)


@route(blueprint, "/aftaler/<int:agreement_id>/afslut", access=STAFF, methods=["POST"])
def end(agreement_id: int) -> Response:
    """End an agreement before its time, with a reason."""
    try:
        with transaction() as session:
            ending = Ending(**schema.read_ending(request.form))
            service.end_early(session, who(), agreement_id, ending, now())
    except Invalid as error:
        return draw_agreement(agreement_id, error.problems, 422)
    flash(_("The agreement ends before its time. From the day after, nothing is ordered on it."))
    return go("catalogue.agreements.agreement", agreement_id=agreement_id)
