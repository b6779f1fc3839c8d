"""Names and small decisions of search: orders of the list, kinds in the plural, demands.

What is noted of searches is decided here too: why one was in vain, and what looks like a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from catalogue.agreements.rules import Reason
from catalogue.core.personal import has_cpr_number
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .query import Sort


class Outcome(StrEnum):
    """Why a search was in vain, in the order in which reasons are told when equally frequent."""

    NOTHING = "nothing"  # nobody in the catalogue has it
    MANDATORY = "mandatory"  # most of what there is lies under a mandatory agreement
    NO_AGREEMENT = "no_agreement"
    NOT_VERIFIED = "not_verified"
    ELSEWHERE = "elsewhere"  # it may be ordered, but none of it is delivered here


class InquiryAnswer(StrEnum):
    """What an enterprise answers when it is asked whether it can make something."""

    NO = "no"
    YES = "yes"


@dataclass(frozen=True)
class Vain:
    """Why a search was in vain, and the category that what was found points to."""

    outcome: Outcome
    category_code: str | None = None


class Described(Protocol):
    """What completeness is judged by."""

    summary: str
    description: str
    category_code: str | None
    price_ore: int | None
    delivery_days: int | None


@dataclass(frozen=True)
class Wanted:
    """What a buyer asks for; `enterprise_id` None: all enterprises are asked."""

    text: str
    details: str = ""
    category_code: str | None = None
    needed_on: date | None = None
    enterprise_id: int | None = None


@dataclass(frozen=True)
class Given:
    """What an enterprise answers to a demand; the price is in whole øre excluding VAT."""

    text: str
    price_ore: int | None = None
    product_id: int | None = None


@dataclass(frozen=True)
class Inquired:
    """What staff ask chosen enterprises, and whom."""

    words: str
    text: str
    enterprise_ids: frozenset[int]
    category_code: str | None = None


@dataclass(frozen=True)
class Offer:
    """What an enterprise says it can make: what its draft begins with."""

    title: str
    text: str = ""


OUTCOME_NAMES: dict[Outcome, Text] = {
    Outcome.NOTHING: _("Nothing found"),
    Outcome.MANDATORY: _("Mandatory agreement elsewhere"),
    Outcome.NO_AGREEMENT: _("No agreement"),
    Outcome.NOT_VERIFIED: _("Enterprise not verified here"),
    Outcome.ELSEWHERE: _("Not delivered here"),
}
_REFUSED = {
    Reason.MANDATORY: Outcome.MANDATORY,
    Reason.NO_AGREEMENT: Outcome.NO_AGREEMENT,
    Reason.NOT_VERIFIED: Outcome.NOT_VERIFIED,
}
_EMAIL = re.compile(r"[^@\s]@[^@\s]+\.[^@\s.]")
# Eight digits in one piece or in pairs, as Danes write them, or a number with a country in front.
_PHONE = re.compile(r"(?<!\d)(\d{2}[ .-]?){3}\d{2}(?!\d)|(?<!\d)(\+|00)\d[\d .-]{6,}\d")
KIND_NAMES = {"goods": _("Goods"), "service": _("Services")}
SORT_NAMES = {
    Sort.RELEVANCE: _("Best match first"),
    Sort.PRICE: _("Lowest price first"),
    Sort.PRICE_DESC: _("Highest price first"),
    Sort.NEWEST: _("Newest first"),
}
# The order of hits is stated openly: a public buyer must be able to explain a choice.
SORT_REASONS = {
    Sort.RELEVANCE: _(
        "Sorted by how well the words fit, most for the title, and by likeness in kind to the"
        " best ones, then by how completely the product is described, then the newest first."
        " Nobody can pay for a better place."
    ),
    Sort.PRICE: _("Sorted by price excluding VAT, the lowest first."),
    Sort.PRICE_DESC: _("Sorted by price excluding VAT, the highest first."),
    Sort.NEWEST: _("Sorted by when the product was first published, the newest first."),
}


def sort_in_force(sort: Sort, *, ranked: bool) -> Sort:
    """Return the order of the hits: where no match is better than another, the newest first."""
    return Sort.NEWEST if sort == Sort.RELEVANCE and not ranked else sort


def completeness(product: Described, pictures: int) -> int:
    """Return how completely a product is described, 0 to 100: what lets a buyer decide at once.

    It orders products that match equally well, and nothing else.
    """
    return (
        20 * bool(product.summary)
        + 20 * (len(product.description) >= 150)
        + 20 * bool(pictures)
        + 10 * (pictures > 2)
        + 10 * bool(product.category_code)
        + 10 * (product.price_ore is not None)
        + 10 * (product.delivery_days is not None)
    )


def refused(reasons: Sequence[Reason | None]) -> Outcome:
    """Return the outcome of a search with these refusals alone: the most frequent of them."""
    outcomes = [_REFUSED[each] for each in reasons if each in _REFUSED]
    return main_outcome(Counter(outcomes)) or Outcome.NOTHING


def main_outcome(times: Mapping[Outcome, int]) -> Outcome | None:
    """Return the most frequent outcome, of equal ones that which stands first; None without any."""
    counted = [each for each in Outcome if times.get(each, 0)]
    return max(counted, key=lambda each: times[each], default=None)


def looks_personal(text: str) -> bool:
    """Tell whether a text holds what may be a CPR number, an e-mail address or a phone number.

    Such a search is not noted at all (DOMAIN.md 1.9): better one lost than a person kept.
    """
    return has_cpr_number(text) or any(each.search(text) for each in (_EMAIL, _PHONE))
