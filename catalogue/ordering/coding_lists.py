"""The list of account codings as it is looked through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.core.listing import Listing, alphabetical
from catalogue.core.text import lazy as _

from .coding_models import AccountCoding
from .codings import Kept
from .institutions import Institution


@dataclass(frozen=True)
class Listed:
    """A coding in the list, with the institution that keeps it."""

    institution: Institution
    coding: AccountCoding


CODINGS = Listing[Listed](
    columns=(
        (_("Institution"), lambda each: each.institution.name),
        (_("GLN/EAN number"), lambda each: each.institution.gln),
        (_("Account coding"), lambda each: each.coding.code),
        (_("What it is for"), lambda each: each.coding.name),
        (_("Default"), lambda each: _("Yes") if each.coding.is_default else _("No")),
    ),
    texts=lambda each: (
        each.institution.name, each.institution.gln, each.coding.code, each.coding.name,
    ),
    sorts={
        "institution": (_("Institution"), None),
        "kontostreng": (_("Account coding"), lambda each: each.coding.code),
        "formaal": (_("What it is for"), lambda each: alphabetical(each.coding.name or "~")),
    },
)  # fmt: skip


def rows(kept: Iterable[Kept]) -> list[Listed]:
    """List the codings of institutions, in the order they came in."""
    return [Listed(each.institution, coding) for each in kept for coding in each.codings]
