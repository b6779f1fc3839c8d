"""What the overview counts, each part remembered until something changes that it is counted from.

Where orders or products have changed, those alone are counted anew. Reads others' tables; writes
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Agreement, FormerTerms
from catalogue.agreements.rules import InForce, Mandatory, Voluntary
from catalogue.core import audit
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import ceilings

from . import booked, bound, offered, shelves, spending
from .behind import Span
from .booked import Booked
from .bound import Bound
from .offered import Offered
from .remembering import Changes, Remembered, changes
from .rules import Asked, Cover, year_before
from .shelves import Shelves
from .spending import Ordered

# Types of objects by what their events may change: agreements and who is verified,
AGREED = frozenset({"agreement", "enterprise", "municipality"})
# in which category and at whom the rows of a ledger were bought,
SORTING_LEDGER = AGREED | {"ledger_import"}
# prices of products that the events do not name,
PRICED_TOGETHER = frozenset({"price_list", "price_proposal"})
# and, with products themselves, what may be ordered from whom.
OFFERING = AGREED | PRICED_TOGETHER


@dataclass(frozen=True)
class Version:
    """What differs whenever what is counted does: the last events, and a municipality's ledger."""

    last: audit.Last
    ledger: tuple[int, int]


@dataclass(frozen=True)
class Agreed:
    """The agreements of a day, what the overview shows of each, and the names of categories."""

    in_force: InForce
    covers: Sequence[Cover]
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Spent:
    """What was ordered, and what counts to the ceilings; both change with orders."""

    ordered: Ordered
    bound: Bound


@dataclass(frozen=True)
class Counted:
    """What the overview is made of."""

    agreed: Agreed
    shelves: Shelves
    offered: Offered
    spent: Spent
    booked: Booked

    def is_that(self, other: Counted) -> bool:
        """Tell whether it is made of the very same answers as another."""
        return all(getattr(self, each.name) is getattr(other, each.name) for each in fields(self))


def year_of(asked: Asked) -> Span:
    """Return the twelve months that end with the day asked for."""
    return Span(year_before(asked.day), asked.day)


def version(session: Session, remembered: Remembered, municipality_id: int) -> Version:
    """Return the version of what is counted for a municipality. Two queries."""
    last = remembered.last(session, municipality_id)
    return Version(last, booked.version(session, municipality_id))


class News:
    """What changed in a municipality since something was counted; each is asked for once, by all
    that a page shows.
    """

    def __init__(
        self, session: Session, remembered: Remembered, municipality_id: int, newest: int
    ) -> None:
        """Take the number of the newest event: what happened between two events stays as it is."""
        self._session, self._municipality_id = session, municipality_id
        self._since: dict[int, Changes | None] = remembered.ask(
            ("changes", municipality_id), newest, dict
        )
        self._owners: dict[int, Set[int]] = remembered.ask(
            ("owners", municipality_id), newest, dict
        )

    def since(self, event: int) -> Changes | None:
        """Return what changed after an event; None: too much to tell. One query at most."""
        if event not in self._since:
            self._since[event] = changes(self._session, self._municipality_id, event)
        return self._since[event]

    def owners(self, event: int) -> Set[int]:
        """Return the enterprises whose products have changed after an event. One query at most."""
        if event not in self._owners:
            found = self.since(event)
            ids = found.of("product") if found else frozenset()
            self._owners[event] = shelves.owners(self._session, ids) if ids else set()
        return self._owners[event]

    def shops_that_sell_anew(self, event: int) -> Set[int] | None:
        """Return those owners where nothing of `OFFERING` has changed; else None."""
        found = self.since(event)
        if found is None or found.are_among(OFFERING):
            return None
        return self.owners(event)

    def unless(self, kinds: frozenset[str]) -> Callable[[int, Any], Any]:
        """Return what keeps an answer unless an object of some types has changed."""

        def renew(event: int, kept: Any) -> Any:
            found = self.since(event)
            return None if found is None or found.are_among(kinds) else kept

        return renew


def count(session: Session, asked: Asked, remembered: Remembered, of: Version) -> Counted:
    """Return the counts of the day asked for. Seventeen queries, none when they are remembered.

    Products are counted as they stand now, for their past is not kept by category.
    """
    home, day, anywhere = asked.municipality_id, asked.day, of.last.anywhere
    news = News(session, remembered, home, of.last.newest)
    agreed = remembered.ask(
        ("agreed", home, day, asked.locale),
        anywhere,
        lambda: _agreed(session, asked),
        news.unless(AGREED),
    )
    stands = count_shelves(session, remembered, anywhere, news)
    return Counted(
        agreed,
        stands,
        _offered(session, asked, remembered, anywhere, news, agreed.in_force, stands),
        _spent(session, asked, remembered, of, news, agreed),
        _booked(session, asked, remembered, of, news),
    )  # fmt: skip


def count_shelves(session: Session, remembered: Remembered, anywhere: int, news: News) -> Shelves:
    """Return the products of all enterprises, counted. Three queries at most."""

    def renew(event: int, kept: Shelves) -> Shelves | None:
        found = news.since(event)
        if found is None or found.are_among(PRICED_TOGETHER):
            return None
        shops = news.owners(event) | found.of("enterprise")
        return shelves.renewed(session, kept, shops) if shops else kept

    return remembered.ask("shelves", anywhere, lambda: shelves.read(session), renew)


def _spent(
    session: Session, asked: Asked, remembered: Remembered, of: Version, news: News, agreed: Agreed
) -> Spent:
    home, day = asked.municipality_id, asked.day
    ids = [each.agreement_id for each in agreed.in_force.voluntary]

    def renew(basis: tuple[int, date], kept: Spent) -> Spent | None:
        found = news.since(basis[0])
        if found is None:
            return None
        stands = basis[1] == day and not found.are_among(AGREED)
        orders = found.of("order")
        if stands and not orders:
            return kept
        wide = spending.renewed(session, home, day, kept.ordered, orders)
        if wide is None:
            return None
        if stands and wide is kept.ordered:  # most steps of an order change no sum
            used = bound.reserved_anew(session, home, day, kept.bound)
            return kept if used is kept.bound else Spent(wide, used)
        parts = wide.split(year_before(day))
        limits = kept.bound.ceilings if stands else ceilings.list_ceilings(session, ids, day)
        return Spent(parts[1], bound.renewed(session, home, kept.bound, limits, parts))

    def read() -> Spent:
        ordered = spending.read(session, home, day)
        limits = ceilings.list_ceilings(session, ids, day)
        return Spent(ordered, bound.read(session, home, limits, ordered))

    # What was counted of yesterday becomes what is counted of today.
    return remembered.ask(("spent", home, asked.past), (of.last.latest, day), read, renew)


def _booked(
    session: Session, asked: Asked, remembered: Remembered, of: Version, news: News
) -> Booked:
    def renew(before: Version, kept: Booked) -> Booked | None:
        if before.ledger != of.ledger:
            return None
        found: Booked | None = news.unless(SORTING_LEDGER)(before.last.latest, kept)
        return found

    return remembered.ask(
        ("booked", asked.municipality_id, asked.day), of,
        lambda: booked.read(session, asked.municipality_id, year_of(asked)), renew,
    )  # fmt: skip


def _offered(
    session: Session,
    asked: Asked,
    remembered: Remembered,
    anywhere: int,
    news: News,
    in_force: InForce,
    stands: Shelves,
) -> Offered:
    def renew(event: int, kept: Offered) -> Offered | None:
        shops = news.shops_that_sell_anew(event)
        if not shops:
            return None if shops is None else kept
        return offered.renewed(session, asked, in_force, stands, kept, shops)

    return remembered.ask(
        ("offered", asked.municipality_id, asked.day, asked.today), anywhere,
        lambda: offered.read(session, asked, in_force, stands), renew,
    )  # fmt: skip


def _agreed(session: Session, asked: Asked) -> Agreed:
    in_force = agreements.in_force(session, asked.municipality_id, asked.day)
    labels = agreements.all_labels(session, asked.locale)
    return Agreed(in_force, _covers(session, in_force), labels)


def _covers(session: Session, in_force: InForce) -> list[Cover]:
    """Return the agreements in force with what the overview shows of each, by number. One query."""
    terms: dict[int, Voluntary | Mandatory] = {
        **{each.agreement_id: each for each in in_force.voluntary},
        **{each.agreement_id: each for each in in_force.mandatory},
    }
    # By what was known on the day: one whose prolonging is planned does not end with its terms.
    known = FormerTerms.amended_at < ceilings.begin_of(in_force.day + timedelta(days=1))
    last = case((known, Agreement.ends_on), else_=agreements.said("ends_on")).label("ends_on")
    rows = session.execute(
        select(Agreement.id, Agreement.kind, Agreement.number, Enterprise.name, last,
               *map(agreements.said, ("title", "ceiling_ore", "supplier_name")))
        .outerjoin(FormerTerms, agreements.former_on(in_force.day))
        .outerjoin(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .where(Agreement.id.in_(terms))
        .order_by(Agreement.number)
    )  # fmt: skip
    return [
        Cover(
            agreement_id=row.id,
            kind=row.kind,
            number=row.number,
            title=row.title,
            party=row.name or row.supplier_name or "",
            ends_on=row.ends_on,
            ceiling_ore=row.ceiling_ore,
            prefixes=terms[row.id].prefixes,
            carved=_carved(terms[row.id]),
        )
        for row in rows
    ]


def _carved(terms: Voluntary | Mandatory) -> tuple[str, ...]:
    """Return what is carved out; for an enterprise alone it is all that the agreement covers."""
    if isinstance(terms, Voluntary):
        return ()
    named = (each.prefix for each in terms.carve_outs if each.prefix)
    whole = terms.prefixes if any(not each.prefix for each in terms.carve_outs) else ()
    return tuple(dict.fromkeys((*named, *whole)))
