"""Each column that may hold something of a person stands in the data map, or here with none."""

from __future__ import annotations

import importlib
import pkgutil
import runpy
from pathlib import Path

from sqlalchemy import JSON, Column, String

import catalogue
from catalogue.core.db import Base
from catalogue.privacy.data_map import ENTRIES
from catalogue.privacy.retention_rules import RULES

DOCS = Path(__file__).parent.parent.parent / "docs"
LONG = 80  # characters in which a person can be told of
# Codes, titles, addresses of machines and settings of things.
OF_NOBODY = {
    "account_codings": "code name",
    "agreements": "options reference supplier_name title where_to_buy",
    "api_answers": "key route",
    "api_passes": "scopes",
    "api_tokens": "scopes",
    "approval_rules": "institution",
    "approval_steps": "rule_name",
    "budgets": "account_coding institution",
    "carve_outs": "lot",
    "categories": "folded label_da label_en",
    "category_words": "codes text text_folded",
    "choice_records": "chosen_title",
    "effect_statements": "co2_how in_words reinvested_in",
    "feed_files": "agreement_ids columns enterprise_ids name",
    "feed_runs": "error",
    "former_terms": "reference supplier_name title where_to_buy",
    "identity_providers": "acr_values amr_values client_id client_secret cvr_claim issuer mapping"
                          " scopes",
    "images": "cut",
    "limits": "source url",
    "line_parts": "code",
    "mail_log": "message_id",
    "notices": "message news path",
    "order_lines": "title",
    "outside_identities": "issuer roles",
    "outside_tries": "verifier",
    "product_list_lines": "title",
    "products": "tiers vat_exempt_reason",
    "punchout_connections": "frame_origins identity news_url return_hosts",
    "punchout_messages": "payload_id",
    "punchout_sessions": "return_url",
    "quote_lines": "title",
    "received_documents": "order_number",
    "register_facts": "source",
    "retention_runs": "removed",
    "sent_documents": "key",
    "sent_mails": "message_id",
    "shelf_frames": "origins",
    "standing_lines": "title",
    "synonyms": "categories means word word_folded",
    "saml_services": "certificate metadata_address name private_key published renewal_fault"
                     " signed_by",
    "saml_terms": "certificate metadata_address private_key published renewal_fault signed_by",
    "taken_orders": "lines number",
    "webhooks": "name types url",
    "workers": "lanes name",
}  # fmt: skip


def _may_hold(column: Column[object]) -> bool:
    """Tell whether a column names a person, or is long enough to tell of one."""
    person = any(key.column.table.name == "catalogue_persons" for key in column.foreign_keys)
    if person or column.name.endswith("person_id") or isinstance(column.type, JSON):
        return True
    return isinstance(column.type, String) and (column.type.length or LONG) >= LONG


def test_every_column_that_may_hold_something_of_a_person_is_told_of() -> None:
    for module in pkgutil.walk_packages(catalogue.__path__, "catalogue."):
        importlib.import_module(module.name)
    told = [name for entry in ENTRIES for name in entry.names()]
    nobody = {f"catalogue_{table}.{name}" for table, names in OF_NOBODY.items()
              for name in names.split()}  # fmt: skip
    tables = Base.metadata.sorted_tables
    every = {f"{table.name}.{column.name}" for table in tables for column in table.columns}
    may = {f"{table.name}.{column.name}" for table in tables for column in table.columns
           if _may_hold(column)}  # fmt: skip
    assert sorted(may - set(told) - nobody) == [], "say it in privacy/data_map.py"
    assert sorted((set(told) | nobody) - every) == []
    assert len(told) == len(set(told))
    assert not set(told) & nobody


def test_rules_that_the_map_names_are_there() -> None:
    rules = {each.code for each in RULES}
    assert {code for each in ENTRIES for code in each.rules} <= rules
    assert all(bool(each.rules) != bool(each.how_long) for each in ENTRIES)


def test_page_of_the_data_map_is_drawn_from_the_code() -> None:
    script = runpy.run_path(str(DOCS.parent / "scripts" / "privacy_map.py"))
    page = (DOCS / "privacy.md").read_text(encoding="utf-8")
    found = page.split(script["BEGIN"])[1].split(script["END"])[0]
    assert found == script["drawn"](), "run scripts/privacy_map.py"
