"""The list of agreements as it is looked through: narrowed by words, in order, as a file. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from catalogue.core.listing import LONGEST_WORDS, alphabetical, kroner
from catalogue.core.sheets import danish_csv
from catalogue.core.text import Text, fold, gettext
from catalogue.core.text import lazy as _

from .entries import Entry
from .rules import AgreementState

AS_IT_IS = "status"  # drafts, those in force, coming, expired: how `list_agreements` gives them
SORTS: dict[str, Text] = {
    AS_IT_IS: _("State"),
    "udloeb": _("Ends first"),
    "nummer": _("Number"),
    "titel": _("Title"),
    "part": _("Party"),
}
_KEYS: dict[str, Callable[[Entry], Any]] = {
    "udloeb": lambda each: (each.state == AgreementState.EXPIRED, each.agreement.ends_on),
    "nummer": lambda each: each.agreement.number,
    "titel": lambda each: alphabetical(each.terms.title),
    "part": lambda each: alphabetical(each.party),
}


def narrow(entries: Iterable[Entry], words: str, sort: str) -> list[Entry]:
    """Return the entries that have the words in number, title or party, in the order asked for."""
    wanted = fold(words.strip()[:LONGEST_WORDS])
    found = [
        each for each in entries
        if wanted in fold(f"{each.agreement.number} {each.terms.title} {each.party}")
    ]  # fmt: skip
    return sorted(found, key=_KEYS[sort]) if sort in _KEYS else found


def as_csv(entries: Iterable[Entry], kinds: dict[Any, Text], states: dict[Any, Text]) -> str:
    """Return entries as a file for spreadsheets."""
    heads = [
        gettext("Number"), gettext("Title"), gettext("Kind"), gettext("Party"), gettext("From"),
        gettext("Until"), gettext("State"), gettext("Categories"), gettext("Ceiling"),
    ]  # fmt: skip
    return danish_csv([heads, *(_cells(each, kinds, states) for each in entries)])


def _cells(each: Entry, kinds: dict[Any, Text], states: dict[Any, Text]) -> list[str]:
    one, terms = each.agreement, each.terms
    return [
        one.number, terms.title, str(kinds[one.kind]), each.party, one.starts_on.isoformat(),
        terms.ends_on.isoformat(), str(states[each.state]), " ".join(terms.categories),
        kroner(terms.ceiling_ore),
    ]  # fmt: skip
