"""The lists of demands, records of choices and words as they are looked through."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func

from catalogue.core.listing import Columns, Listing, alphabetical, latest
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .choice_models import ChoiceRecord
from .demand_queries import Listed
from .said import Relation
from .words import Entry

RELATION_NAMES: dict[Relation, Text] = {
    Relation.SAME: _("is the same as"),
    Relation.ALSO: _("also means"),
    Relation.NEAR: _("is near to"),
    Relation.NOTHING: _("means nothing special"),
}
WORDS = Listing[Entry](
    columns=(
        (_("Word or phrase"), lambda each: each.said.word),
        (_("Relation"), lambda each: RELATION_NAMES[Relation(each.said.relation)]),
        (_("What it means"), lambda each: ", ".join((*each.said.means, *each.said.categories))),
        (_("Source"), lambda each: _("Your own") if each.own_id else _("Came with the catalogue")),
    ),
    texts=lambda each: (each.said.word, *each.said.means, *each.said.categories),
    sorts={
        "ord": (_("Word or phrase"), None),
        "egne": (_("Your own first"), lambda each: each.own_id is None),
        "betyder": (_("What it means"), lambda each: alphabetical(" ".join(each.said.means))),
    },
)
DEMANDS = Listing[Listed](
    columns=(
        (_("Request"), lambda each: each.demand.text),
        (_("Buyer"), lambda each: each.buyer_name),
        (_("Asked"), lambda each: each.enterprise_name or _("All enterprises")),
        (_("Category"), lambda each: each.demand.category_code),
        (_("Sent on"), lambda each: each.demand.created_at),
        (_("Needed by"), lambda each: each.demand.needed_on),
        (_("Answers"), lambda each: each.answers),
        (_("State"), lambda each: _("Closed") if each.demand.closed_at else _("Open")),
    ),
    texts=lambda each: (each.demand.text, each.buyer_name, each.enterprise_name),
    sorts={
        "aabne": (_("Open ones first"), None),
        "nyeste": (_("Newest first"), lambda each: latest(each.demand.created_at)),
        "svar": (_("Most answers first"), lambda each: -each.answers),
        "indkoeber": (_("Buyer"), lambda each: alphabetical(each.buyer_name)),
    },
)
# Records hold all that was found, so they are narrowed and sorted by their query.
RECORD_SORTS: dict[str, tuple[Text, tuple[Any, ...]]] = {
    "nyeste": (_("Newest first"), ()),
    "koebes": (_("What is bought?"), (func.lower(ChoiceRecord.title),)),
    "sag": (_("Case number"), (ChoiceRecord.case_number.is_(None), ChoiceRecord.case_number)),
    "indkoeber": (_("Buyer"), (func.lower(ChoiceRecord.person_name),)),
}
RECORD_COLUMNS: Columns[ChoiceRecord] = (
    (_("What is bought?"), lambda each: each.title),
    (_("Chosen"), lambda each: each.chosen_title),
    (_("Case number"), lambda each: each.case_number),
    (_("Buyer"), lambda each: each.person_name),
    (_("Kept on"), lambda each: each.kept_at),
)


def of_records() -> list[tuple[str, Text]]:
    """List the orders of records for a select."""
    return [(name, label) for name, (label, _order) in RECORD_SORTS.items()]
