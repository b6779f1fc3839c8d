"""The views of the guided form: a step at a time, and what is typed kept while it is typed."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from catalogue.core.errors import Conflict, Invalid
from catalogue.core.http import DRAFTERS, flash, go, now, reading, route, transaction, who
from catalogue.core.ids import is_id
from catalogue.core.seen import refuse_unless_seen
from catalogue.core.text import current_locale, moment
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold

from . import drafts, service, steps
from . import form as forms
from .form import FormProblems, Typed
from .models import Product, ProductState
from .rows import mark_of
from .screens import blueprint, draw_step


@route(blueprint, "/varer-hos-os/<int:product_id>/trin/<key>", access=DRAFTERS)
def step(product_id: int, key: str) -> Response:
    """Show one step of the form of a product."""
    return draw_step(product_id, steps.get_step(key))


@route(blueprint, "/varer-hos-os/<int:product_id>/trin/<key>", access=DRAFTERS, methods=["POST"])
def save_step(product_id: int, key: str) -> Response:
    """Save a step, and lead on to the next, or back to the product."""
    here, typed = steps.get_step(key), read_typed()
    if "find_category" in request.form:
        return draw_step(product_id, here, forms.show(typed), candidates=find_candidates(typed))
    try:
        product = store(product_id, typed, f"{product_id}/{key}")
    except Invalid as error:
        return draw_step(product_id, here, forms.show(typed), error.problems, candidates_of(error))
    except Conflict as error:  # it waits, or is another by now: what was typed is not lost
        flash(error.detail, "warning")
        return draw_step(product_id, here, forms.show(typed) | {"seen": ""})
    if product.id != product_id:
        flash(_("Your change is kept as a draft. Buyers see it when it has been approved."))
        product_id = product.id
    if product.state == ProductState.PUBLISHED:
        flash(_("Saved. Buyers see it now."))
    following = steps.step_after(here)
    if following is None or "stop" in request.form:
        anchor = None if "stop" in request.form else "pictures"
        return go("catalogue.products.edit", product_id=product_id, _anchor=anchor)
    return go("catalogue.products.step", product_id=product_id, key=following.key)


@route(blueprint, "/varer-hos-os/kladde/<path:place>", access=DRAFTERS, methods=["POST"])
def keep_draft(place: str) -> Response:
    """Keep what is typed at a place; tells when, as JSON."""
    _check_own(place)
    with transaction() as session:
        drafts.keep(session, who(), place, read_typed(), now())
    return jsonify({"saved": moment(now())})


@route(blueprint, "/varer-hos-os/kladde-kasser/<path:place>", access=DRAFTERS, methods=["POST"])
def drop_draft(place: str) -> Response:
    """Throw away what was typed at a place, and show what is saved."""
    with transaction() as session:
        drafts.drop(session, who(), place)
    flash(_("What you had not saved is thrown away."), "info")
    product_id, _slash, key = place.partition("/")
    if not is_id(product_id):
        return go("catalogue.products.new")
    if not key:
        return go("catalogue.products.edit", product_id=product_id)
    return go("catalogue.products.step", product_id=product_id, key=key)


def read_typed() -> Typed:
    """Return the form, or the step of it, as it was sent."""
    ticked = {name: tuple(request.form.getlist(name)) for name in ("municipalities", "labels")}
    values = {name: each for name, each in request.form.to_dict().items() if name not in ticked}
    return Typed(values, ticked["municipalities"], current_locale(), ticked["labels"])


def store(product_id: int, typed: Typed, place: str) -> Product:
    """Save what was typed, of a product that is checked in a change beside it; return which.

    When it cannot be saved, it is kept as typed, and Invalid or Conflict raised.
    """
    try:
        with transaction() as session:
            product = service.get_own(session, who().enterprise_id, product_id)
            hold(session, product)  # a step keeps what it does not show as it is now
            facts = forms.read_facts(session, typed, service.facts_of(product))
            if facts != service.facts_of(product):  # the same sent twice undoes nothing
                refuse_unless_seen(mark_of(product), request.form.get("seen"))
            saved = service.save_beside(session, who(), product_id, facts, now())
            drafts.drop(session, who(), place)
    except (Conflict, Invalid):
        keep_typed(place, typed)
        raise
    return saved


def keep_typed(place: str, typed: Typed) -> None:
    """Keep what could not be saved, so that it is there tomorrow too."""
    with transaction() as session:
        drafts.keep(session, who(), place, typed, now())


def find_candidates(typed: Typed) -> Any:
    """Return the categories that the typed words mean; without words, those title and text mean."""
    with reading() as session:
        if typed.category:
            found = forms.list_candidates(session, typed)
        else:
            found = forms.suggest_categories(session, typed.values, current_locale())
    if not found:
        flash(_("No category has these words. Try another word, such as rengøring"), "warning")
    return found


def candidates_of(error: Invalid) -> Any:
    """Return the categories among which to choose, if that is what was wrong."""
    return error.candidates if isinstance(error, FormProblems) else ()


def _check_own(place: str) -> None:
    """Raise Missing where a place names a product that is none of ours."""
    product_id = place.partition("/")[0]
    if not product_id.isdecimal():
        return
    with reading() as session:
        service.get_own(session, who().enterprise_id, int(product_id) if is_id(product_id) else 0)
