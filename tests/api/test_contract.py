"""The contract does not change unseen: what differs needs a new version and a line in CHANGELOG.

After a change that is meant: raise `VERSION` in core/http/operations.py, tell it in CHANGELOG.md
as `API <version>`, and write the snapshot anew by `scripts/contract`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import on_sqlite
from flask import Flask

from catalogue.core.http import openapi, reference
from catalogue.core.http.operations import VERSION, Trait, list_operations

ROOT = Path(__file__).parent.parent.parent
KEPT = ROOT / "docs" / "openapi.json"

pytestmark = on_sqlite


@pytest.fixture
def contract(app: Flask) -> Any:
    """The contract as it is drawn now."""
    with app.test_request_context():
        return json.loads(json.dumps(openapi.document(app)))


def test_changed_contract_needs_a_version_a_line_of_the_changelog_and_the_snapshot(
    contract: Any,
) -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    if contract != kept:
        assert contract["info"]["version"] != kept["info"]["version"], "raise VERSION"
    assert f"API {VERSION}" in (ROOT / "CHANGELOG.md").read_text(), "tell of it in CHANGELOG.md"
    assert contract == kept, "run scripts/contract to keep what is meant"


def test_contract_is_valid_openapi(contract: Any) -> None:
    assert contract["openapi"] == "3.1.0"
    names = [each["operationId"] for path in contract["paths"].values() for each in path.values()]
    assert len(names) == len(set(names))
    for shape in contract["components"]["schemas"].values():
        assert shape["type"] == "object"


def test_every_member_has_a_type(contract: Any) -> None:
    loose = []
    for name, shape in contract["components"]["schemas"].items():
        for member, each in shape["properties"].items():
            if not {"type", "$ref", "allOf", "anyOf", "enum"} & each.keys():
                loose.append(f"{name}.{member}")
    assert loose == []


def test_every_operation_declares_a_scope_that_a_role_of_it_has(app: Flask) -> None:
    from catalogue.accounts.token_rules import ROLE_SCOPES, SCOPES

    for each in list_operations(app):
        operation = each.operation
        if Trait.OPEN not in operation.traits:
            assert operation.scope in SCOPES, each.name
            for role in operation.access:
                assert operation.scope in ROLE_SCOPES[role], (each.name, role)
    used = {each.operation.scope for each in list_operations(app)}
    of_scim = {"persons:write"}  # which has a contract of its own (RFC 7644)
    assert used - {""} | of_scim == set(SCOPES)


def test_reference_shows_every_operation_without_asking_elsewhere(app: Flask) -> None:
    page = app.test_client().get("/api/v1/")
    assert "http" not in page.text.split("<main")[1].split("</main")[0].replace("http://www.w3", "")
    for each in list_operations(app):
        assert f'id="{each.name}"' in page.text
    chapters = reference.list_chapters(openapi.document(app))
    assert list(chapters) == [
        "accounts", "agreements", "approvals", "carve_outs", "coverage", "demand_desk", "demands",
        "documents", "feeds", "frames", "incoming_quotes", "inquiries", "lists", "messages",
        "ordering", "price_lists", "prices", "products", "quotes", "search",
        "standing_orders", "webhooks",
    ]  # fmt: skip
