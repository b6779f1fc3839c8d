"""The names of values that pages of products show, for the enterprise's pages and the buyer's."""

from __future__ import annotations

from typing import Any

from . import attached, details, rules, seasons

FACT_NAMES: dict[str, Any] = {
    "unit_names": rules.UNIT_NAMES,
    "unit_codes": rules.UNIT_CODES,
    "kind_names": rules.KIND_NAMES,
    "labels": rules.FIELD_NAMES,
    "place_names": details.PLACES,
    "stock_names": details.STOCK_NAMES,
    "label_names": details.LABEL_NAMES,
    "attachments_of": attached.of,
    "season_words": seasons.words,
    "attachment_kinds": attached.KIND_NAMES,
}
