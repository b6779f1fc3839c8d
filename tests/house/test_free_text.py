"""What people write is read by fields that let no CPR number in: own words, and what they copy."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import marshmallow as ma
import pytest

import catalogue
from catalogue.core import fields
from catalogue.core.codes import Code, Phone

PACKAGE = Path(catalogue.__file__).parent
# Read as it is typed, by what the field is called; everything else a person types is looked into.
VERBATIM = {
    "codes of categories, and codes that are compared with those there are": {
        "category", "category_code", "code", "within", "branch", "account", "kategori", "konto",
        "afdeling", "cvr", "place", "department", "order_number",
    },
    "secrets and marks that are made by machines": {
        "password", "new_code", "digest", "placing_key", "client_id", "client_secret", "scope",
        "scopes", "grant_type", "identity", "url", "cvr_claim", "claim", "value", "old_password",
        "acr_values", "amr_values",
    },
    "looked for, and noted only when nothing personal is in it (search/rules.py)": {
        "q", "words", "kind", "outcome", "person", "action", "subject", "about",
    },
    "an address that is looked up and not kept": {"email"},
}  # fmt: skip
# Copied, not written: refused when it looks like a CPR number and not like what it should be.
COPIED = {
    Phone: {"contact_phone", "phone"},
    Code: {"code", "coding", "account_coding", "item_number", "tracking", "number"},
}
# Files, and words compared with those there are.
OTHER = {
    "ImageUploadSchema.image", "AttachmentUploadSchema.attachment", "FileSentSchema.content",
    "StepBodySchema.step", "ApproveBodySchema.digest", "QuoteRequestBodySchema.category_code",
    "StandingBodySchema.order_number", "VariantBodySchema.gtin", "VariantBodySchema.image_sha256",
    "DocumentBodySchema.content",
}  # fmt: skip
# Read from the form itself; none of it is kept as it is typed.
LOOSE = {
    "next", "do", "locale", "role_id", "which", "fingerprint", "last_day", "logout_token", "until",
    "seen", "frame", "look", "ordre", "product_id", "revision", "grant_type", "csrf_token", "since",
    "text", "checked",  # shown again to whoever typed it
    "reason",  # read by checks.read_reason, or shown again
    "email",  # compared with that of whom is taken out
    "alt_", "position_",  # read by schema.read_alt
}  # fmt: skip


def _schemas() -> Iterator[type[ma.Schema]]:
    for module in pkgutil.walk_packages(catalogue.__path__, "catalogue."):
        importlib.import_module(module.name)
    waiting = list(ma.Schema.__subclasses__())
    while waiting:
        found = waiting.pop()
        waiting += found.__subclasses__()
        if found.__module__.startswith("catalogue."):
            yield found


def _reads(schema: type[ma.Schema]) -> bool:
    """Tell whether a schema reads what is typed; answers are told by Marshmallow's own fields."""
    own = schema._declared_fields.values()
    return any(isinstance(each, fields.Verbatim | fields.Whole | fields.Choice) for each in own)


def test_only_codes_secrets_and_words_looked_for_are_read_as_they_are_typed() -> None:
    allowed = set().union(*VERBATIM.values())
    found = {
        name
        for schema in _schemas()
        for name, field in schema._declared_fields.items()
        if type(field) is fields.Verbatim
    }
    assert found == allowed


@pytest.mark.parametrize("kind", COPIED, ids=lambda kind: kind.__name__)
def test_numbers_of_phones_goods_parcels_accounts_and_agreements_are_read_by_their_form(
    kind: type[fields.Verbatim],
) -> None:
    found = {
        name
        for schema in _schemas()
        for name, field in schema._declared_fields.items()
        if type(field) is kind
    }
    assert found == COPIED[kind]


def test_what_reads_typed_text_has_no_text_of_another_kind() -> None:
    other = {
        f"{schema.__name__}.{name}"
        for schema in _schemas()
        if _reads(schema)
        for name, field in schema._declared_fields.items()
        if type(field) in (ma.fields.String, ma.fields.Raw)
    }
    assert other == OTHER


def test_no_page_takes_free_text_past_its_schema() -> None:
    taken = re.compile(r"request\.form(?:\.get\(|\[)f?\"([a-z_]+)")
    loose = {
        f"{path.stem}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in taken.findall(path.read_text(encoding="utf-8"))
        if name not in LOOSE
    }
    assert loose == set()
