"""What the drawn mails tell of: names of the demonstration world's files, on one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from catalogue.agreements.models import Agreement, AgreementKind
from catalogue.core.text import DEFAULT_LOCALE
from catalogue.exchange.letters import Reader
from catalogue.settings import Settings

from .load import read

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)
SETTINGS = Settings(
    data_folder=Path("data"),
    secret_key="of the documents",  # noqa: S106 - signs nothing but the links of a page
    public_url="https://indkob.example",
    mail_from="Indkøbskatalog <katalog@indkob.example>",
)
STAFF_MAIL = "indkob@slagelse.example"


@dataclass(frozen=True)
class Story:
    """The names that the mails tell of: those of the demonstration world's files."""

    buyer: dict[str, Any]
    approver: dict[str, Any]
    enterprise: dict[str, Any]
    product: dict[str, Any]
    agreement: dict[str, Any]
    quote: dict[str, Any]
    enterprises: Sequence[str]  # whom a purchase is from
    locale: str  # of the persons
    town: str = "Slagelse"

    def language(self, reader: Reader) -> str:
        """Return in what a reader is written to: only a person has a language of her own."""
        return self.locale if reader in (Reader.BUYER, Reader.APPROVER) else DEFAULT_LOCALE


def tell(locale: str) -> Story:
    """Read the story from the files, for persons who read that language."""
    enterprises = read("enterprises")["enterprises"]
    people = {each["email"]: each for each in read("people")["people"]}
    return Story(
        people["buyer@slagelse.example"],
        people["approver@slagelse.example"],
        enterprises[0],
        read("products")["products"][0],
        read("agreements")["agreements"][0],
        read("quotes")["requests"][0],
        [each["name"] for each in enterprises[:2]],
        locale,
    )


def agreement(told: Story) -> Agreement:
    """Return the first agreement of the files, as it would be stored."""
    facts = told.agreement
    return Agreement(
        id=1,
        municipality_id=1,
        kind=AgreementKind.VOLUNTARY,
        number=facts["number"],
        title=facts["title"],
        contact_name=facts["contact_name"],
        contact_email=facts["contact_email"],
        starts_on=TODAY - 300 * DAY,
        ends_on=TODAY + 180 * DAY,
        ceiling_ore=facts["ceiling_ore"],
        created_at=NOW,
        updated_at=NOW,
    )
