"""Quotes and frames as programs read them, and requests and quotes as programs send them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.fields import MESSAGES
from catalogue.core.text import gettext
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import frame_queries, frame_schema, quote_schema
from . import quote_api_shown as shown
from . import quote_queries as queries
from . import quote_rules as rules
from .frame_queries import FramePage
from .quote_models import Quote, QuoteFile, QuoteRequest
from .quote_queries import AskedPage, Listed, Start
from .quote_rules import LineOffer, QuoteOffer, Wanted
from .quote_schema import Subject
from .quote_trace import standing_of


def list_requests(session: Session, who: Who, before: int | None, limit: int) -> list[Listed]:
    """List the requests that `who` may see whole, newest first, below an id. One query."""
    query = queries.requests_of(who).order_by(QuoteRequest.id.desc()).limit(limit)
    if before is not None:
        query = query.where(QuoteRequest.id < before)
    return [Listed(*row) for row in session.execute(query)]


def show_listed(listed: Listed, today: date) -> dict[str, Any]:
    """Return a request as the list of its buyer has it."""
    return dict(shown.QuoteRequestListedSchema().dump(_listed(listed, today)))


def show(session: Session, who: Who, request_id: int, today: date) -> dict[str, Any]:
    """Return a request that `who` may see whole; raises Missing."""
    session.expire_all()
    page = queries.get_request(session, who, request_id, today)
    counts = (
        len(page.answers),
        sum(each.recipient.declined_at is not None for each in page.answers),
        len(page.quotes),
    )
    told = _listed(Listed(page.request, page.buyer_name, *counts), today) | {
        name: getattr(page.request, name) for name in (*_WHOLE, "close_reason", "choice_reason")
    }
    told |= {
        "questions": page.questions,
        "files": page.files,
        "order_number": page.order_number,
        "answers": [
            {name: getattr(each.recipient, name) for name in _ANSWER}
            | {"enterprise": each.enterprise.name, "quote": _quote(each.quote, each.files)}
            for each in page.answers
        ],
    }
    return dict(shown.QuoteRequestShownSchema().dump(told))


def list_incoming(session: Session, who: Who, before: int | None, limit: int) -> list[AskedPage]:
    """List what the enterprise was asked, newest first, below an id. One query."""
    query = queries.asked_of(who.enterprise_id).order_by(QuoteRequest.id.desc()).limit(limit)
    if before is not None:
        query = query.where(QuoteRequest.id < before)
    return [AskedPage(*row) for row in session.execute(query)]


def show_incoming_listed(page: AskedPage, today: date) -> dict[str, Any]:
    """Return what the enterprise was asked as its list has it."""
    return dict(shown.IncomingListedSchema().dump(_incoming(page, today)))


def show_incoming(session: Session, who: Who, request_id: int, today: date) -> dict[str, Any]:
    """Return what the enterprise was asked, with its own answer; raises Missing."""
    session.expire_all()
    page = queries.get_asked(session, who.enterprise_id, request_id, today)
    told = _incoming(page, today) | {name: getattr(page.request, name) for name in _WHOLE}
    told |= {
        "questions": page.questions,
        "files": page.files,
        "order_number": page.order_number,
        "decline_reason": page.recipient.decline_reason,
        "quote": _quote(page.quote, page.own_files),
    }
    return dict(shown.IncomingShownSchema().dump(told))


def show_askable(begun: Start, subject: Subject) -> dict[str, Any]:
    """Return whom one may ask about a subject, and which details its form has."""
    told = {
        "category_code": subject.category_code,
        "kind": subject.kind,
        "details": rules.fields_of(subject.kind, subject.category_code),
        "enterprises": [
            {"enterprise_id": id_, "enterprise": name} for id_, name in begun.enterprises
        ],
    }
    return dict(shown.AskableSchema().dump(told))


def begin(
    session: Session, who: Who, sent: Mapping[str, Any], today: date
) -> tuple[Start, Subject]:
    """Return what a request is about and can be begun with; raises Invalid by field."""
    product_id, code = sent.get("product_id"), sent.get("category_code")
    begun = queries.start(session, who, product_id=product_id, code=code, today=today)
    if product_id is not None and begun.product is None:
        raise Invalid({"product_id": [_("Send the id of a product that is published")]})
    if begun.category is None:
        raise Invalid({"category_code": [MESSAGES["invalid" if code else "required"]]})
    if begun.product is not None:
        return begun, Subject(begun.category.code, begun.product.kind, begun.product.id)
    return begun, Subject(begun.category.code, rules.kind_of(begun.category.code))


def read_wanted(subject: Subject, sent: Mapping[str, Any]) -> Wanted:
    """Read a request by the schema of the form; raises Invalid by field.

    Details that the category does not ask would be lost in silence, and are refused.
    """
    details = sent.get("details", {})
    asked = rules.fields_of(subject.kind, subject.category_code)
    unasked = MESSAGES["not_choice"]
    problems: dict[str, list[Any]] = {
        f"details.{name}": [gettext(unasked.message, choices=", ".join(asked))]
        for name in details
        if name not in asked
    }
    if problems:
        raise Invalid(problems)
    form = {name: each for name, each in sent.items() if name != "details"} | dict(details)
    return quote_schema.read_wanted(subject, form, map(str, sent["enterprise_ids"]))


def read_offer(sent: Mapping[str, Any]) -> QuoteOffer:
    """Read a quote by the schemas of the form; raises Invalid by field."""
    lines: list[LineOffer] = []
    problems: dict[str, list[Any]] = {}
    for place, line in enumerate(sent["lines"]):
        try:
            lines.append(quote_schema.read_line(_typed(line)))
        except Invalid as error:
            problems |= {
                f"lines.{place}.{_PRICES.get(name, name)}": texts
                for name, texts in error.problems.items()
            }
    try:
        terms = quote_schema.read_terms(sent)
    except Invalid as error:
        problems |= error.problems
    if problems:
        raise Invalid(problems)
    return QuoteOffer(lines=tuple(lines), **terms)


def read_files(sent: Sequence[Mapping[str, Any]]) -> list[tuple[str, bytes]]:
    """Return `(name, content)` of files that came as base64; raises Invalid."""
    found: list[tuple[str, bytes]] = []
    problems: dict[str, list[Any]] = {}
    for place, each in enumerate(sent):
        try:
            found.append((each["name"], base64.b64decode(each["content"], validate=True)))
        except (binascii.Error, ValueError):
            problems[f"files.{place}.content"] = [MESSAGES["invalid"]]
    if problems:
        raise Invalid(problems)
    return found


def list_frames(
    session: Session, who: Who, before: int | None, limit: int
) -> list[frame_queries.Listed]:
    """List the frames that `who` may see, newest quote first, below an id. One query."""
    query = frame_queries.frames_of(who).order_by(Quote.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Quote.id < before)
    return [frame_queries.Listed(*row) for row in session.execute(query)]


def show_frame_listed(listed: frame_queries.Listed, today: date) -> dict[str, Any]:
    """Return a frame as a list has it."""
    return dict(shown.FrameListedSchema().dump(_frame(listed, today)))


def show_frame(session: Session, who: Who, quote_id: int, today: date) -> dict[str, Any]:
    """Return a frame with what is left of it; raises Missing."""
    session.expire_all()
    page: FramePage = frame_queries.get_frame(session, who, quote_id)
    told = _frame(page, today) | {
        "left_ore": page.left_ore,
        "orders": [each.order.number for each in page.orders],
        "lines": [
            {"position": each.position, "title": each.title, "quantity": each.offered,
             "price_ore": each.price_ore, "used_quantity": each.used, "used_ore": each.used_ore}
            for each in page.left
        ],
    }  # fmt: skip
    return dict(shown.FrameShownSchema().dump(told))


def read_called(sent: Sequence[Mapping[str, Any]]) -> dict[int, Decimal]:
    """Read how many of each line of a frame are called off; raises Invalid by field."""
    form = {f"quantity_{each['position']}": each["quantity"] for each in sent}
    if len(form) < len(sent):
        raise Invalid({"lines": [_("Name each line once")]})
    return frame_schema.read_wanted(form)


def _typed(line: Mapping[str, Any]) -> dict[str, Any]:
    ore = line["price_ore"]
    return {**line, "price": f"{ore // 100},{ore % 100:02d}", "vat_rate": str(line["vat_rate"])}


def _listed(listed: Listed, today: date) -> dict[str, Any]:
    return {name: getattr(listed.request, name) for name in _REQUEST} | {
        "buyer": listed.buyer_name,
        "phase": listed.phase(today),
        "asked": listed.asked,
        "declined": listed.declined,
        "quoted": listed.quoted,
    }


def _incoming(page: AskedPage, today: date) -> dict[str, Any]:
    return {name: getattr(page.request, name) for name in _REQUEST} | {
        "municipality": page.municipality_name,
        "open": rules.takes_quotes(today, standing_of(page.request, 1, 0, 0)),
        "declined_at": page.recipient.declined_at,
        "quoted_ore": page.quote and page.quote.net_ore,
        "chosen": page.quote is not None and page.quote.chosen,
    }


def _quote(quote: Quote | None, files: Sequence[QuoteFile]) -> dict[str, Any] | None:
    if quote is None:
        return None
    return {name: getattr(quote, name) for name in _QUOTE} | {"files": files}


def _frame(listed: frame_queries.Listed, today: date) -> dict[str, Any]:
    closed = listed.closed(today)
    return {
        "quote_id": listed.quote.id,
        "request_id": listed.request.id,
        "title": listed.request.title,
        "kind": listed.frame.kind,
        "valid_until": listed.frame.valid_until,
        "municipality": listed.municipality_name,
        "enterprise": listed.enterprise_name,
        "net_ore": listed.quote.net_ore,
        "closed": None if closed is None else str(closed),
    }


_PRICES = {"price": "price_ore"}
_REQUEST = ("id", "title", "category_code", "product_id", "kind", "deadline_on", "created_at")
_WHOLE = ("description", "details")
_ANSWER = ("enterprise_id", "asked_at", "declined_at", "decline_reason")
_QUOTE = ("id", "revision", "text", "delivery_days", "valid_until", "net_ore", "sent_at", "chosen",
          "lines")  # fmt: skip
