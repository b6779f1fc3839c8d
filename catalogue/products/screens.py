"""What the enterprise's pages share: the blueprint, words of values, and how a form is drawn."""

from __future__ import annotations

from dataclasses import asdict
from os import SEEK_END
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from catalogue.accounts import queries as accounts
from catalogue.core.http import reading, render, state, today, who
from catalogue.core.text import current_locale
from catalogue.media import rules as media_rules
from catalogue.media import service as media
from catalogue.media.service import Received

from . import (
    attached,
    check_queries,
    details,
    drafts,
    picture_use,
    prices,
    queries,
    rows,
    rules,
    seasons,
    service,
    steps,
)
from . import form as forms
from .models import TypedDraft
from .steps import Step
from .words import FACT_NAMES

blueprint = Blueprint("products", __name__)
NAMES: dict[str, Any] = {
    **FACT_NAMES,
    "state_names": rules.STATE_NAMES,
    "hints": details.HINTS,
    "most_tiers": rules.MOST_TIERS,
    "steps": steps.STEPS,
    "step_of": steps.step_of,
}
EMPTY: dict[str, Any] = (
    asdict(rules.ProductFacts(item_number="", title=""))
    | {
        "category": "",
        "price": "",
        "vat_exempt_reason": "",
        "delivery_days": "",
        "delivers_everywhere": "1",
        "municipalities": [],
        "labels": [],
        "on_request": "0",
        "made_to_order": "",
        "paused_until": "",
        "gtin": "",
    }
    | dict.fromkeys(("pack_size", "notice_days", "capacity_per_week", *seasons.FIELDS), "")
)


def receive_picture(file: FileStorage) -> Received:
    """Check and store a sent picture, before any transaction; raises UnusablePicture."""
    store = state().parts[media.PART]
    media.check_length(store, file.stream.seek(0, SEEK_END))
    file.stream.seek(0)
    return media.receive(store, file.read())


def draw_form(
    values: dict[str, Any] | None = None,
    problems: dict[str, Any] | None = None,
    candidates: Any = (),
) -> Response:
    """Draw the first step of a new product; status 422 when there are problems."""
    with reading() as session:
        draft = drafts.find(session, who(), "ny")
        choices = _choices(session, candidates)
    shown = EMPTY | (values if values is not None else _typed_in(draft))
    return render(
        "products/new.html",
        422 if problems else 200,
        values=shown,
        errors=problems or {},
        draft=draft if values is None else None,
        place="ny",
        asked=(),
        **choices,
        **NAMES,
    )


def draw_edit(
    product_id: int,
    values: dict[str, Any] | None = None,
    problems: dict[str, Any] | None = None,
    candidates: Any = (),
    attaching: dict[str, str] | None = None,
) -> Response:
    """Draw the page of a product with `values` typed, or as it is stored; 422 for problems."""
    with reading() as session:
        told = _told(session, product_id, str(product_id), values)
        pictures = queries.list_pictures(session, product_id)
        standing = check_queries.standing(session, who(), told["product"])
        elsewhere = picture_use.is_elsewhere(session, product_id)
        choices = _choices(session, candidates)
    product = told["product"]
    return render(
        "products/edit.html",
        422 if problems else 200,
        pictures=pictures,
        standing=standing,
        picture_hints={
            each.id: media_rules.hints(
                each.width, each.height, each.looks, used_elsewhere=each.image_id in elsewhere
            )
            for each in pictures
        },
        facts=service.facts_of(product),
        own=rules.as_variant(service.facts_of(product)),
        lacking=service.problems_of(product),
        assessment=service.assessment_of(product),
        at_most=state().settings.images_per_product,
        attachments=attached.of(product.attachments),
        attachments_at_most=state().settings.attachments_per_product,
        attaching=attaching or {},
        errors=problems or {},
        **told,
        **choices,
        **NAMES,
    )


def draw_step(
    product_id: int,
    step: Step,
    values: dict[str, Any] | None = None,
    problems: dict[str, Any] | None = None,
    candidates: Any = (),
) -> Response:
    """Draw one step of the form of a product; 422 for problems.

    While it has no category, some are suggested from its title and summary.
    """
    with reading() as session:
        told = _told(session, product_id, f"{product_id}/{step.key}", values)
        if step.key == "hvad" and not candidates and not told["values"]["category"]:
            candidates = forms.suggest_categories(session, told["values"], current_locale())
        choices = _choices(session, candidates)
    return render(
        "products/step.html",
        422 if problems else 200,
        step=step,
        errors=problems or {},
        **told,
        **choices,
        **NAMES,
    )


def _told(
    session: Session, product_id: int, place: str, values: dict[str, Any] | None
) -> dict[str, Any]:
    """Return a product and what its form shows: as stored, with what was typed over it."""
    product = service.get_own(session, who().enterprise_id, product_id)
    category = queries.find_category(session, product.category_code)
    draft = drafts.find(session, who(), place)
    typed = values if values is not None else _typed_in(draft)
    return {
        "product": product,
        "values": forms.values_of(product, category, current_locale()) | typed,
        "draft": draft if values is None else None,
        "place": place,
        # What her form was drawn of, until she is told that it has changed.
        "seen": (values or {}).get("seen") or rows.mark_of(product),
        "bound": prices.is_bound(session, product, today()),
        "asked": steps.asked(service.facts_of(product)),
    }


def _typed_in(draft: TypedDraft | None) -> dict[str, Any]:
    return forms.show(drafts.typed_of(draft)) if draft else {}


def _choices(session: Session, candidates: Any) -> dict[str, Any]:
    return {
        "candidates": candidates,
        "in_use": queries.list_categories_in_use(session),
        "municipalities": [
            (str(each.id), each.name) for each in accounts.list_municipalities(session)
        ],
    }
