"""What is asked and what is found: plain values that travel between pages, service and index."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .analysis import Chain
from .meaning import Meant
from .planning import Plan


class Sort(StrEnum):
    """The orders a page of hits can stand in."""

    RELEVANCE = "relevance"
    PRICE = "price"
    PRICE_DESC = "price_desc"
    NEWEST = "newest"


@dataclass(frozen=True)
class Query:
    """What is asked. Prices in øre excluding VAT, both ends included; `delivers_to`: municipality.

    `show_all` shows what may not be ordered among the hits, instead of only counting it.
    """

    text: str = ""
    category: str | None = None
    enterprise_id: int | None = None
    kind: str | None = None
    price_from_ore: int | None = None
    price_to_ore: int | None = None
    delivers_to: int | None = None
    sort: Sort = Sort.RELEVANCE
    show_all: bool = False
    page: int = 1
    page_size: int = 24


@dataclass(frozen=True)
class Choice:
    """One value of a facet: what a filter is set to, its name, and how many hits it would leave."""

    value: str
    label: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class PriceBand:
    """A span of prices in øre, both ends included; `to_ore` None is without end."""

    from_ore: int
    to_ore: int | None
    count: int = 0


@dataclass(frozen=True)
class Facets:
    """The counted facets; each counts under all filters but its own.

    `categories` are those one level below the chosen one, `path` the chosen one with those above.
    """

    path: tuple[Choice, ...]
    categories: tuple[Choice, ...]
    enterprises: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    price_bands: tuple[PriceBand, ...]
    to_us: int
    not_to_us: int


@dataclass(frozen=True)
class Why:
    """What was looked for, by which the words of a hit that answer it are known again."""

    chain: Chain
    plan: Plan


@dataclass(frozen=True)
class Hits:
    """What was found: ids of the asked page in order, and counts over all hits.

    `total_hidden` counts the hits that may not be ordered, shown or not; `matched_all` is False
    when no product has every word and those with some of them are given instead. `query` is what
    was asked without what there is not; `ignored` names those fields. `mended` is the text that
    was looked for when the one typed was misspelt. `degraded`: the database answered in place of
    the index. `meant`: what words meant, to ask once more by. `further`: beside few hits, the ids
    of some that are further off, best first; they count nowhere.
    """

    query: Query
    total: int
    ids: tuple[int, ...]
    facets: Facets
    total_hidden: int
    meant: Meant
    matched_all: bool = True
    ignored: tuple[str, ...] = ()
    mended: str | None = None
    degraded: bool = False
    further: tuple[int, ...] = ()
    why: Why | None = None

    @property
    def ranked(self) -> bool:
        """Tell whether some hits match better than others: the database knows no better ones."""
        return bool(self.query.text) and not self.degraded
