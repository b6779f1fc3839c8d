"""The form in which staff say what is bought on accounts: codes, or words to find them by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core.listing import Listing, alphabetical, kroner
from catalogue.core.text import lazy as _

from .ledger_sums import Sum

MOST_LINES = 100  # on a page, and so of the fields that are read
MOST_CANDIDATES = 12
_CODE = re.compile(r"([0-9]{8})(-[0-9])?(\s.*)?")


@dataclass(frozen=True)
class Line:
    """An account: its rows and amount, its category as typed, and what the words may mean."""

    account: str
    rows: int
    ore: int
    code: str | None
    typed: str
    candidates: Sequence[tuple[str, str]] = ()


ACCOUNTS = Listing[Line](
    columns=(
        (_("Account"), lambda each: each.account),
        (_("Rows"), lambda each: each.rows),
        (_("Amount, DKK excl. VAT"), lambda each: kroner(each.ore)),
        (_("Category"), lambda each: each.typed),
    ),
    texts=lambda each: (each.account, each.typed),
    sorts={
        "uden-kategori": (_("Without a category first"), None),
        "beloeb": (_("Largest amount first"), lambda each: -abs(each.ore)),
        "konto": (_("Account"), lambda each: alphabetical(each.account)),
        "kategori": (_("Category"), lambda each: (each.code is None, each.code or "")),
    },
)


@dataclass
class Read:
    """What a form says: categories to remember by account, and what is left to be said."""

    categories: dict[str, str | None] = field(default_factory=dict)
    errors: dict[str, list[Any]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def lines(
    sums: Mapping[str, Sum], mapped: Mapping[str, str], labels: Mapping[str, str]
) -> list[Line]:
    """Return the accounts, those without category first, then by amount, the largest first."""
    found = [
        Line(account, each.rows, each.ore, mapped.get(account), _shown(mapped.get(account), labels))
        for account, each in sums.items()
        if account
    ]
    return sorted(found, key=lambda one: (one.code is not None, -abs(one.ore), one.account))


def read(session: Session, asked: Sequence[Line], form: Mapping[str, Any], locale: str) -> Read:
    """Read the fields `category-N` of accounts `account-N`; only what was changed is returned."""
    read = Read()
    known = {line.account: line for line in asked}
    for number in range(MOST_LINES):
        line = known.get(str(form.get(f"account-{number}", "")))
        if line is None:
            continue
        chosen = str(form.get(f"choice-{number}", "")) or str(form.get(f"category-{number}", ""))
        _read_line(session, read, replace(line, typed=chosen.strip()), locale)
    for number, line in enumerate(read.lines):
        if line.account in read.errors:
            read.errors[f"category-{number}"] = read.errors.pop(line.account)
    return read


def _read_line(session: Session, read: Read, line: Line, locale: str) -> None:
    """Take a code, or words that one category alone answers to; else offer candidates."""
    code = _CODE.fullmatch(line.typed)
    if not line.typed:
        if line.code is not None:
            read.categories[line.account] = None
        read.lines.append(line)
        return
    text = code[1] if code else line.typed
    if text == line.code:
        read.lines.append(line)
        return
    found = agreements.find_categories(session, text, locale, MOST_CANDIDATES)
    if len(found) == 1 or (code and found and found[0].code == text):
        first = found[0]
        read.categories[line.account] = first.code
        typed = f"{first.code} {first.label(locale)}"
        read.lines.append(replace(line, code=first.code, typed=typed))
        return
    candidates = [(each.code, f"{each.code} {each.label(locale)}") for each in found]
    read.errors[line.account] = [
        _("Choose one of the categories that match “%(text)s”", text=text)
        if found
        else _("There is no category “%(text)s”; try another word, or fewer letters of it",
               text=text)
    ]  # fmt: skip
    read.lines.append(replace(line, candidates=candidates))


def _shown(code: str | None, labels: Mapping[str, str]) -> str:
    return "" if code is None else f"{code} {labels.get(code, '')}".strip()
