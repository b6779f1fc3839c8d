"""The form of a provider that speaks SAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _

from . import saml_metadata
from .saml_rules import CVR, LEVELS

USUAL: dict[str, str] = {"cvr_claim": CVR, "loa": "Substantial", "may_create": "1"}


NEEDED = _(
    "A sign-in that serves several municipalities must say which one somebody comes from: name what"
    " holds the CVR number."
)


class SamlSchema(ma.Schema):
    """The form of a provider, without its files."""

    metadata_address = fields.Web(load_default=None)
    metadata = fields.Line(longest=saml_metadata.LARGEST_BYTES, load_default="")
    loa = fields.Choice(lambda: list(LEVELS), load_default="")
    cvr_claim = fields.Line(longest=200, load_default=None)
    certificate_password = fields.Line(longest=200, load_default="")


@dataclass(frozen=True)
class SamlSaid:
    """What staff say of a provider. Empty metadata and certificate: those that are kept stay."""

    metadata_address: str | None
    metadata: bytes
    loa: str
    cvr_claim: str | None
    certificate: bytes
    certificate_password: str
    vouches_for_email: bool
    may_create: bool
    is_open: bool
    shared: bool = False  # by the service of the installation: metadata and certificate are its


def read_said(form: Mapping[str, Any], files: Mapping[str, bytes]) -> SamlSaid:
    """Read the form; `files` are those that were chosen, by field. Raises Invalid by field."""
    typed = fields.load(SamlSchema(), form)
    if form.get("shared") and not typed["cvr_claim"]:
        raise Invalid({"cvr_claim": [NEEDED]})
    pasted = typed.pop("metadata").encode()
    ways = [bool(pasted), bool(files.get("metadata_file")), bool(typed["metadata_address"])]
    if sum(ways) > 1:
        raise Invalid({"metadata": [_("Give the metadata in one way: address, file or text.")]})
    return SamlSaid(
        **typed,
        metadata=pasted or files.get("metadata_file", b""),
        certificate=files.get("certificate", b""),
        vouches_for_email=bool(form.get("vouches_for_email")),
        may_create=bool(form.get("may_create")),
        is_open=bool(form.get("is_open")),
        shared=bool(form.get("shared")),
    )
