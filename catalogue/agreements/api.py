"""Agreements for the systems of procurement staff: list, read, make, put in force, amend, end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from catalogue.core.http import STAFF, contract, now, reading, today, who
from catalogue.core.http.answering import (
    Deed,
    deed,
    need_match,
    open_api,
    read_asked,
    show,
    show_page,
)
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.text import typed_kroner

from . import api_schema, entries, schema, service
from .entries import Entry, Version
from .models import Agreement
from .service import Ending

blueprint = open_api("agreements_api", __name__)
READ, WRITE = "agreements:read", "agreements:write"
SHOWN = api_schema.AgreementShownSchema
ONE = "/agreements/<int:agreement_id>"
TAGGED, KEYED = frozenset({Trait.TAG}), frozenset({Trait.TAG, Trait.KEY})
# What the form calls what programs name otherwise.
NAMES = {"ceiling": "ceiling_ore", schema.ENTRY_FIELD: "categories", "dag": "day"}


@serve(
    blueprint, "GET", "/agreements",
    Operation(
        "List agreements as of a day, by id", STAFF, READ, query=api_schema.AgreementQuerySchema,
        answer=SHOWN, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_agreements() -> Response:
    """List the agreements of the municipality."""
    query = contract.read_query()
    asked, day = read_asked(query), _day(query)
    with reading() as session:
        found = entries.list_agreements(session, who().municipality_id or 0, day)
    rows = [
        each
        for each in sorted(found, key=lambda entry: entry.agreement.id)
        if each.agreement.id > (asked.after or 0)
        and query.get("kind", each.terms.kind) == each.terms.kind
        and query.get("state", each.state) == each.state
    ]
    return show_page(rows[: asked.limit + 1], asked, _dump, lambda row: row.agreement.id)


@serve(
    blueprint, "POST", "/agreements",
    Operation(
        "Make an agreement or a draft of one", STAFF, WRITE, answer=SHOWN, status=201,
        body=api_schema.AgreementBodySchema, traits=KEYED,
    ),
)  # fmt: skip
def create_agreement() -> Response:
    """Make an agreement."""
    body = contract.read_body()
    make = service.draft if body.get("draft") else service.create
    with contract.named(NAMES), deed() as doing:
        terms = schema.read_terms(_form(body), body["categories"])
        made = make(doing.session, who(), terms, now())
        return _answer(doing, made, 201)


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get an agreement: its newest terms, or those of a day", STAFF, READ, answer=SHOWN,
        query=api_schema.AsOfQuerySchema, traits=TAGGED,
    ),
)  # fmt: skip
def get_agreement(agreement_id: int) -> Response:
    """Show an agreement."""
    query = contract.read_query()
    day = _day(query)
    with reading() as session:
        if "day" not in query:
            return show(_newest(session, agreement_id))
        found = entries.get_entry(session, who().municipality_id or 0, agreement_id, day)
        return show(_dump(found))


@serve(
    blueprint, "GET", f"{ONE}/versions",
    Operation(
        "List what an agreement has said and says, the oldest terms first", STAFF, READ,
        answer=api_schema.VersionShownSchema, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_agreement_versions(agreement_id: int) -> Response:
    """List the terms of an agreement between its amendments."""
    asked = read_asked(contract.read_query())
    with reading() as session:
        found = entries.get_entry(session, who().municipality_id or 0, agreement_id, today())
        rows = entries.versions(found.agreement)
    later = [each for each in rows if each.number > (asked.after or 0)]
    return show_page(later, asked, _dump_version, lambda row: row.number)


@serve(
    blueprint, "PUT", ONE,
    Operation(
        "Amend an agreement; once begun, from a day on and with a reason", STAFF, WRITE,
        answer=SHOWN, body=api_schema.AmendmentBodySchema, traits=KEYED | {Trait.MATCH},
    ),
)  # fmt: skip
def amend_agreement(agreement_id: int) -> Response:
    """Amend an agreement whose newest terms the sender has read."""
    body = contract.read_body()
    with contract.named(NAMES), deed() as doing:
        service.lock_own(doing.session, who().municipality_id or 0, agreement_id)
        seen = _newest(doing.session, agreement_id)
        need_match(seen)
        form = _form(body) | {name: seen[name] for name in ("kind", "enterprise_id")}
        amendment = schema.read_amendment(form, body["categories"])
        amended = service.amend(doing.session, who(), agreement_id, amendment, now())
        return _answer(doing, amended)


@serve(
    blueprint, "POST", f"{ONE}/put-in-force",
    Operation("Make a draft binding", STAFF, WRITE, answer=SHOWN, traits=KEYED),
)  # fmt: skip
def put_agreement_in_force(agreement_id: int) -> Response:
    """Put a draft in force for its period."""
    with deed() as doing:
        return _answer(doing, service.put_in_force(doing.session, who(), agreement_id, now()))


@serve(
    blueprint, "POST", f"{ONE}/end",
    Operation(
        "End an agreement before its time", STAFF, WRITE, answer=SHOWN, traits=KEYED,
        body=api_schema.EndingBodySchema,
    ),
)  # fmt: skip
def end_agreement(agreement_id: int) -> Response:
    """End an agreement in force after a day, with the reason."""
    ending = Ending(**schema.read_ending(contract.read_body()))
    with deed() as doing:
        return _answer(doing, service.end_early(doing.session, who(), agreement_id, ending, now()))


def _day(query: Mapping[str, Any]) -> date:
    with contract.named(NAMES):
        return schema.read_day({"dag": query.get("day")}, today())


def _form(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form that says the same: a ceiling is typed in kroner."""
    form = {name: each for name, each in body.items() if name not in ("categories", "draft")}
    if "ceiling_ore" in form:
        form["ceiling"] = typed_kroner(form.pop("ceiling_ore"))
    return form


def _answer(doing: Deed, agreement: Agreement, status: int = 200) -> Response:
    doing.session.flush()
    address = url_for("catalogue.agreements_api.get_agreement", agreement_id=agreement.id)
    return doing.answer(_newest(doing.session, agreement.id), status, location=address)


def _newest(session: Session, agreement_id: int) -> dict[str, Any]:
    found = entries.get_entry(session, who().municipality_id or 0, agreement_id, today())
    return _dump(Entry(found.agreement, found.party, found.state,
                       entries.terms_on(found.agreement, date.max)))  # fmt: skip


def _dump_version(version: Version) -> Any:
    return api_schema.VersionShownSchema().dump(vars(version.terms) | vars(version))


def _dump(entry: Entry) -> dict[str, Any]:
    agreement = entry.agreement
    told = {"id": agreement.id, "state": entry.state, "party": entry.party,
            "ended_reason": agreement.ended_reason, "updated_at": agreement.updated_at}  # fmt: skip
    return dict(api_schema.AgreementShownSchema().dump(vars(entry.terms) | told))
