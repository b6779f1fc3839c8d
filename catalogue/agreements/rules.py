"""ORDERABILITY: the rule at the heart, once. Its set-based form in SQL stands in `queries.py`.

A buyer of municipality M may order a product on day D when it is published, its enterprise is
verified on D, a voluntary agreement between M and that enterprise in force on D covers its
category, and no mandatory agreement of M in force on D covers that category, unless it is carved
out of it.
Source: report (2015) section 5, example 4; DOMAIN.md section 6, item 2. Carve-outs: what a
mandatory agreement binds to stands in the agreement itself (DOMAIN.md 1.5).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TypeVar

from stdnum.dk import cvr as cvr_number

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .ceiling_rules import Ceiling

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)  # the days that pages are read as of
EXPIRES_SOON = timedelta(days=90)  # time enough for staff to renew or let go
Problems = dict[str, list[Text | str]]


class Reason(StrEnum):
    """Why a product may not be ordered, in the order in which reasons are looked for."""

    NOT_PUBLISHED = "not_published"
    MANDATORY = "mandatory"
    NO_AGREEMENT = "no_agreement"
    NOT_VERIFIED = "not_verified"
    ON_REQUEST = "on_request"  # has no price to order at; a quote may be asked for


@dataclass(frozen=True)
class Voluntary:
    """A voluntary agreement in force: with whom, and the prefixes of its categories."""

    agreement_id: int
    number: str
    enterprise_id: int
    prefixes: tuple[str, ...]
    ceiling: Ceiling | None = None


@dataclass(frozen=True)
class CarvedOut:
    """A carve-out in force: digits of its category ("": any), its enterprise (None: any), why."""

    carve_out_id: int
    prefix: str
    enterprise_id: int | None
    lot: str | None
    reason: str
    ends_on: date


@dataclass(frozen=True)
class Mandatory:
    """A mandatory agreement in force, where to buy instead, and what is carved out of it."""

    agreement_id: int
    number: str
    title: str
    supplier_name: str
    where_to_buy: str
    prefixes: tuple[str, ...]
    carve_outs: tuple[CarvedOut, ...] = ()


@dataclass(frozen=True)
class InForce:
    """What applies in one municipality on one day.

    Of the enterprises with an agreement, `verified` are those that count as verified here, and
    `lapsed` those whose verification has run out.
    """

    municipality_id: int
    day: date
    voluntary: tuple[Voluntary, ...]
    mandatory: tuple[Mandatory, ...]
    verified: frozenset[int]
    lapsed: frozenset[int] = frozenset()

    @cached_property
    def by_enterprise(self) -> dict[int, list[Voluntary]]:
        """Return the voluntary agreements by enterprise."""
        found: dict[int, list[Voluntary]] = {}
        for each in self.voluntary:
            found.setdefault(each.enterprise_id, []).append(each)
        return found


@dataclass(frozen=True)
class Judgement:
    """The answer of the rule: orderable by `voluntary`, or refused with reason.

    `carved` is the carve-out that lifted the hand of a mandatory agreement, when one did; `lapsed`
    tells of an enterprise not verified that it was, until its verification ran out.
    """

    voluntary: Voluntary | None = None
    reason: Reason | None = None
    mandatory: Mandatory | None = None
    carved: CarvedOut | None = None
    lapsed: bool = False

    @property
    def orderable(self) -> bool:
        """Tell whether the product may be ordered."""
        return self.reason is None


class AgreementState(StrEnum):
    """Where a day stands to the period of an agreement; a draft applies on none."""

    DRAFT = "draft"
    COMING = "coming"
    IN_FORCE = "in_force"
    EXPIRING = "expiring"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Terms:
    """What an agreement says; `kind` is voluntary or mandatory, both days of the period count."""

    kind: str
    number: str
    title: str
    starts_on: date
    ends_on: date
    categories: tuple[str, ...]
    enterprise_id: int | None = None
    supplier_name: str | None = None
    where_to_buy: str | None = None
    reference: str | None = None
    ceiling_ore: int | None = None
    ceiling_months: int | None = None
    notice_days: int | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    supplier_cvr: str | None = None
    options: str | None = None


Party = TypeVar("Party", Voluntary, Mandatory)


def judge(
    in_force: InForce, *, published: bool, enterprise_id: int, category_code: str | None
) -> Judgement:
    """Apply orderability to one product. A product without category is covered by nothing."""
    if not published:
        return Judgement(reason=Reason.NOT_PUBLISHED)
    over = [each for each in in_force.mandatory if covers(each.prefixes, category_code or "")]
    lifted = {
        each.agreement_id: carved
        for each in over
        if (carved := find_carve_out(each, enterprise_id, category_code)) is not None
    }
    binding = [each for each in over if each.agreement_id not in lifted]
    mandatory = _closest(binding, category_code)
    if mandatory is not None:
        return Judgement(reason=Reason.MANDATORY, mandatory=mandatory)
    voluntary = _closest(in_force.by_enterprise.get(enterprise_id, []), category_code)
    if voluntary is None:
        return Judgement(reason=Reason.NO_AGREEMENT)
    if enterprise_id not in in_force.verified:
        return Judgement(reason=Reason.NOT_VERIFIED, lapsed=enterprise_id in in_force.lapsed)
    return Judgement(voluntary=voluntary, carved=next(iter(lifted.values()), None))


def find_carve_out(
    mandatory: Mandatory, enterprise_id: int | None, category_code: str | None
) -> CarvedOut | None:
    """Return the first carve-out that a product, or with None whoever's product, falls under."""
    for each in mandatory.carve_outs:
        of_enterprise = each.enterprise_id in (None, enterprise_id)
        if of_enterprise and (category_code or "").startswith(each.prefix):
            return each
    return None


def terms_problems(terms: Terms) -> Problems:
    """Return what is wrong with an agreement by itself, by field; nothing when it holds.

    A voluntary agreement has a party in the catalogue and no volume; of a mandatory one buyers
    must learn where to buy (DOMAIN.md 1.5).
    """
    problems: Problems = {}
    if terms.ends_on < terms.starts_on:
        problems["ends_on"] = [_("The last day comes before the first day; swap or change them")]
    elif (terms.ends_on - terms.starts_on).days < (terms.notice_days or 0):
        problems["notice_days"] = [
            _("The notice is longer than the agreement; write fewer days, or clear the field")
        ]
    if not terms.categories:
        problems["category_text"] = [_("Add at least one category that the agreement covers")]
    if terms.ceiling_months is not None and terms.ceiling_ore is None:
        problems["ceiling"] = [_("Write the ceiling, or clear the months it is counted over")]
    if terms.kind == "voluntary" and terms.enterprise_id is None:
        problems["enterprise_id"] = [_("Choose the enterprise the agreement is with")]
    if terms.kind == "mandatory":
        if not terms.supplier_name:
            problems["supplier_name"] = [_("Write the name of the supplier")]
        if not terms.where_to_buy:
            problems["where_to_buy"] = [
                _("Tell the buyers where to buy; they see it word for word")
            ]
    return problems


def cvr_warning(cvr: str | None) -> Text | None:
    """Return the doubt about a supplier's CVR number, else None; it is kept all the same.

    Official examples fail the check too, so it warns and does not refuse (DOMAIN.md 1.12).
    """
    if cvr is None or cvr_number.is_valid(cvr):
        return None
    return _(
        "The check digit of the CVR number %(cvr)s does not fit; compare with virk.dk", cvr=cvr
    )


def state_on(day: date, starts_on: date, ends_on: date) -> AgreementState:
    """Return the state of an agreement on `day`, from its period alone."""
    if day < starts_on:
        return AgreementState.COMING
    if day > ends_on:
        return AgreementState.EXPIRED
    return AgreementState.EXPIRING if ends_on - day < EXPIRES_SOON else AgreementState.IN_FORCE


def counted_since(day: date, starts_on: date, ceiling_months: int | None) -> date:
    """Return the first day whose orders count to the ceiling on `day`: of the whole period, or of
    so many months that end with `day`.
    """
    if ceiling_months is None:
        return starts_on
    years, month = divmod(day.year * 12 + day.month - 1 - ceiling_months, 12)
    last = monthrange(years, month + 1)[1]
    return max(starts_on, date(years, month + 1, min(day.day, last)) + timedelta(days=1))


@lru_cache(maxsize=10_000)  # all of CPV
def prefix(category_code: str) -> str:
    """Return a CPV code without its trailing zeros; a division keeps its two digits.

    CPV is a tree by trailing zeros: division 2 digits, group 3, class 4, category 5 and more.
    """
    return category_code[:2] + category_code[2:].rstrip("0")


@lru_cache(maxsize=10_000)  # all of CPV; search asks for the same ones with every letter typed
def ancestors(category_code: str) -> tuple[str, ...]:
    """Return the codes above a category, the division first, by their digits.

    A few of them may be missing in the vocabulary, for some CPV codes skip a level.
    """
    own = prefix(category_code)
    return tuple(dict.fromkeys(own[:length].ljust(8, "0") for length in range(2, len(own))))


@lru_cache(maxsize=20_000)  # all of CPV, as codes and as digits
def upward(digits: str) -> tuple[str, ...]:
    """Return the digits of a category or code and all that may stand above it."""
    return tuple(digits[:length] for length in range(2, len(digits) + 1))


def covers(prefixes: Sequence[str], category_code: str) -> bool:
    """Tell whether one of the prefixes is the category itself or stands above it."""
    return category_code.startswith(tuple(prefixes))


def in_force_on(day: date, starts_on: date, ends_on: date) -> bool:
    """Tell whether a period holds `day`; the first and the last day belong to it."""
    return starts_on <= day <= ends_on


def _closest(agreements: Sequence[Party], category_code: str | None) -> Party | None:
    """Return the agreement with the most precise covering category; ties go to the lower number."""
    if category_code is None:
        return None
    covering = [
        (-len(one), each.number, each)
        for each in agreements
        for one in each.prefixes
        if category_code.startswith(one)
    ]
    return min(covering, key=lambda found: found[:2])[2] if covering else None
