"""The shapes of sent price lists where programs send and get them."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.shapes import Shape

from .list_models import SentList
from .sent_lists import Which

FILE: Shape = {"type": "string", "format": "binary"}


class PriceListUploadSchema(ma.Schema):
    """A price list (CSV, XLSX or ODS), and a ZIP file of the pictures that its rows name."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {"price_list": FILE, "pictures": FILE}
    price_list = ma.fields.Raw(required=True)
    pictures = ma.fields.Raw()


class PriceListRowsSchema(ma.Schema):
    """Which rows are imported: all, or none if one is refused; or the good ones."""

    class Meta:
        unknown = ma.RAISE

    rows = fields.Choice(Which, required=True)


class PriceListCountsSchema(ma.Schema):
    """Rows of a list by what they would do."""

    refused = ma.fields.Int(required=True, strict=True)
    changed = ma.fields.Int(required=True, strict=True)
    created = ma.fields.Int(required=True, strict=True)
    unchanged = ma.fields.Int(required=True, strict=True)


class PriceListProblemSchema(ma.Schema):
    """Why a row cannot be taken: the cell, what it says, and what would mend it."""

    cell = ma.fields.Str(required=True)
    field = ma.fields.Str(required=True)
    said = ma.fields.Str(required=True)
    text = ma.fields.Str(required=True)


class PriceListChangeSchema(ma.Schema):
    """What a row changes, as people read it; long texts are cut to what differs."""

    field = ma.fields.Str(required=True)
    old = ma.fields.Str(required=True)
    new = ma.fields.Str(required=True)


class PriceListRowSchema(ma.Schema):
    """A row of a checked list: what it would do, or why it cannot be taken."""

    row = ma.fields.Int(required=True, strict=True)
    outcome = ma.fields.Str(required=True)
    item_number = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    variant_of = ma.fields.Str(required=True)
    state = ma.fields.Str(required=True)
    problems = ma.fields.List(ma.fields.Nested(PriceListProblemSchema), required=True)
    changes = ma.fields.List(ma.fields.Nested(PriceListChangeSchema), required=True)
    lacking = ma.fields.List(ma.fields.Str(), required=True)
    notes = ma.fields.List(ma.fields.Str(), required=True)


class PriceListTakenSchema(ma.Schema):
    """What an import has written; `moved` rows were left out, for their products had changed."""

    created = ma.fields.Int(required=True, strict=True)
    changed = ma.fields.Int(required=True, strict=True)
    moved = ma.fields.Int(required=True, strict=True)
    moved_rows = ma.fields.List(ma.fields.Int(strict=True), required=True)


class PriceListListedSchema(ma.Schema):
    """A list that was sent, and how far it has come."""

    id = ma.fields.Int(required=True, strict=True)
    file_name = ma.fields.Str(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    state = ma.fields.Str(required=True)
    done_percent = ma.fields.Int(required=True, strict=True)
    rows = ma.fields.Int(required=True, strict=True)
    rows_done = ma.fields.Int(required=True, strict=True)


class PriceListShownSchema(PriceListListedSchema):
    """What a list would do, told when it is checked: counts of all rows, and the first 200 of each
    outcome but of those that change nothing; and what its import has written.
    """

    fault = ma.fields.Str(required=True, allow_none=True)
    counts = ma.fields.Nested(PriceListCountsSchema, required=True, allow_none=True)
    lines = ma.fields.List(ma.fields.Nested(PriceListRowSchema), required=True)
    taken = ma.fields.Nested(PriceListTakenSchema, required=True, allow_none=True)


def show_listed(sent: SentList) -> dict[str, Any]:
    """Return a sent list as the list of them has it."""
    return dict(PriceListListedSchema().dump(sent))


def show(sent: SentList) -> dict[str, Any]:
    """Return a sent list with what it would do, or did."""
    facts = sent.facts
    told = {name: getattr(sent, name) for name in PriceListListedSchema().fields}
    taken = facts.get("taken")
    told |= {
        "fault": facts.get("fault"),
        "counts": facts.get("counts"),
        "taken": taken and taken | {"moved_rows": taken["rows"]},
        "lines": sorted(
            (
                line | {"outcome": outcome}
                for outcome, lines in facts.get("lines", {}).items()
                if outcome != "unchanged"  # by the contract
                for line in lines
            ),
            key=lambda line: int(line["row"]),
        ),
    }
    return dict(PriceListShownSchema().dump(told))
