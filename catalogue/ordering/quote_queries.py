"""What the pages about quotes show, each in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Municipality, Person, PersonRole
from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Category
from catalogue.core.errors import Missing
from catalogue.core.listing import MOST_ROWS
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductState

from . import quote_rules as rules
from .handing import acting_for
from .models import Order
from .quote_models import Quote, QuoteFile, QuoteQuestion, QuoteRecipient, QuoteRequest
from .quote_rules import Phase
from .quote_trace import standing_of


@dataclass(frozen=True)
class Listed:
    """A request in the buyer's list, with how many were asked, said no, and sent a quote."""

    request: QuoteRequest
    buyer_name: str
    asked: int
    declined: int
    quoted: int

    def phase(self, today: date) -> Phase:
        """Return where it stands on a day."""
        counted = (self.asked, self.declined, self.quoted)
        return rules.phase_on(today, standing_of(self.request, *counted))


@dataclass(frozen=True)
class Answer:
    """An enterprise that was asked, with its quote and files, as the buyer sees it."""

    recipient: QuoteRecipient
    enterprise: Enterprise
    quote: Quote | None
    files: Sequence[QuoteFile] = ()


@dataclass(frozen=True)
class RequestPage:
    """A request with all its answers: for its buyer and her staff alone."""

    request: QuoteRequest
    category: Category
    buyer_name: str
    product: Product | None
    order_number: str | None
    buyer_has_left: bool
    answers: Sequence[Answer]
    questions: Sequence[QuoteQuestion]
    files: Sequence[QuoteFile]
    others: Sequence[tuple[int, str]]  # who could be asked besides
    phase: Phase

    @property
    def quotes(self) -> list[Answer]:
        """List the answers that are quotes, the lowest amount first."""
        found = [each for each in self.answers if each.quote is not None]
        return sorted(found, key=lambda each: each.quote.net_ore if each.quote else 0)

    def get(self, quote_id: int) -> Answer:
        """Return the answer with that quote; raises Missing."""
        for each in self.answers:
            if each.quote is not None and each.quote.id == quote_id:
                return each
        raise Missing(_("There is no such quote."))


@dataclass(frozen=True)
class AskedPage:
    """A request as one of those asked sees it: nothing of the others but questions and answers."""

    request: QuoteRequest
    category: Category
    municipality_name: str
    recipient: QuoteRecipient
    quote: Quote | None
    order_number: str | None  # of its own order, when its quote was chosen
    questions: Sequence[QuoteQuestion] = ()
    files: Sequence[QuoteFile] = ()  # the buyer's
    own_files: Sequence[QuoteFile] = ()
    open: bool = True


@dataclass(frozen=True)
class Start:
    """What a new request can be begun with."""

    categories: Sequence[tuple[str, str]] = ()  # code and name of those in which one may ask
    category: Category | None = None
    product: Product | None = None
    enterprises: Sequence[tuple[int, str]] = ()


def list_requests(session: Session, who: Who) -> list[Listed]:
    """List the requests that `who` may see whole, newest first. One query."""
    query = requests_of(who).order_by(QuoteRequest.created_at.desc(), QuoteRequest.id.desc())
    return [Listed(*row) for row in session.execute(query.limit(MOST_ROWS))]


def requests_of(who: Who) -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    """Return the query of what `Listed` holds of the requests that `who` may see whole."""
    counts = (
        select(
            QuoteRecipient.request_id,
            func.count(QuoteRecipient.id).label("asked"),
            func.count(QuoteRecipient.declined_at).label("declined"),
            func.count(Quote.id).label("quoted"),
        )
        .outerjoin(Quote, Quote.recipient_id == QuoteRecipient.id)
        .group_by(QuoteRecipient.request_id)
        .subquery()
    )
    return (
        select(QuoteRequest, Person.name, counts.c.asked, counts.c.declined, counts.c.quoted)
        .join(counts, counts.c.request_id == QuoteRequest.id)
        .join(Person, Person.id == QuoteRequest.buyer_id)
        .where(QuoteRequest.visible_to(who))
    )


def get_request(session: Session, who: Who, request_id: int, today: date) -> RequestPage:
    """Return a request that `who` may see whole; raises Missing for all others."""
    acting = (PersonRole.person_id == Person.id, acting_for(QuoteRequest.municipality_id))
    buys = exists().where(*acting).correlate(Person, QuoteRequest)
    row = session.execute(
        select(
            QuoteRequest, Category, Person.name, Product, Order.number, not_(buys).label("has_left")
        )
        .join(Category, Category.code == QuoteRequest.category_code)
        .join(Person, Person.id == QuoteRequest.buyer_id)
        .outerjoin(Product, Product.id == QuoteRequest.product_id)
        .outerjoin(Order, Order.id == QuoteRequest.order_id)
        .where(QuoteRequest.id == request_id, QuoteRequest.visible_to(who))
    ).first()
    if row is None:
        raise Missing(_("There is no such request for quotes."))
    request: QuoteRequest = row.QuoteRequest
    files = _files(session, QuoteFile.request_id == request.id)
    answers = _answers(session, request, files)
    asked = {each.recipient.enterprise_id for each in answers}
    could = list_could_be_asked(session, request.municipality_id, request.category_code, today)
    counted = standing_of(
        request,
        len(answers),
        sum(each.recipient.declined_at is not None for each in answers),
        sum(each.quote is not None for each in answers),
    )
    return RequestPage(
        request, row.Category, row.name, row.Product, row.number, row.has_left,
        answers,
        _questions(session, QuoteQuestion.request_id == request.id),
        [each for each in files if each.recipient_id is None],
        [each for each in could if each[0] not in asked],
        rules.phase_on(today, counted),
    )  # fmt: skip


def get_request_id(session: Session, who: Who, question_id: int) -> int:
    """Return the request of a question that `who` may see; raises Missing for all others."""
    found = session.scalar(
        select(QuoteRequest.id)
        .join(QuoteQuestion, QuoteQuestion.request_id == QuoteRequest.id)
        .where(QuoteQuestion.id == question_id, QuoteRequest.visible_to(who))
    )
    if found is None:
        raise Missing(_("There is no such request for quotes."))
    return found


def list_asked(session: Session, enterprise_id: int | None, *, limit: int) -> list[AskedPage]:
    """List what the enterprise was asked: not answered first, then newest; questions left out."""
    query = asked_of(enterprise_id).order_by(
        or_(Quote.id.is_not(None), QuoteRecipient.declined_at.is_not(None)),
        QuoteRequest.created_at.desc(),
        QuoteRequest.id.desc(),
    )
    return [AskedPage(*row) for row in session.execute(query.limit(limit))]


def get_asked(
    session: Session, enterprise_id: int | None, request_id: int, today: date
) -> AskedPage:
    """Return what the enterprise was asked, with its own answer; raises Missing for others'."""
    query = asked_of(enterprise_id).where(QuoteRequest.id == request_id)
    row: Any = session.execute(query.options(selectinload(Quote.lines))).first()
    if row is None:
        raise Missing(_("There is no such request for quotes."))
    request, own = row.QuoteRequest, row.QuoteRecipient
    mine = or_(QuoteFile.recipient_id.is_(None), QuoteFile.recipient_id == own.id)
    files = _files(session, and_(QuoteFile.request_id == request.id, mine))
    # A question that has no answer yet is seen by who asked it alone.
    readable = or_(QuoteQuestion.answer.is_not(None), QuoteQuestion.recipient_id == own.id)
    more: dict[str, Any] = {
        "questions": _questions(session, and_(QuoteQuestion.request_id == request.id, readable)),
        "files": [each for each in files if each.recipient_id is None],
        "own_files": [each for each in files if each.recipient_id is not None],
        "open": rules.takes_quotes(today, standing_of(request, 1, 0, 0)),
    }
    return AskedPage(*row, **more)


def start(
    session: Session, who: Who, *, product_id: int | None, code: str | None, today: date
) -> Start:
    """Return what a request begins with: a product, a category, or the choice of a category."""
    product = session.get(Product, product_id) if product_id is not None else None
    if product is not None and product.state != ProductState.PUBLISHED:
        product = None
    code = product.category_code if product is not None else code
    category = session.get(Category, code) if code else None
    municipality_id = who.municipality_id or 0
    if category is None:
        return Start(categories=_list_categories(session, municipality_id, today))
    could = list_could_be_asked(session, municipality_id, category.code, today)
    return Start(category=category, product=product, enterprises=could)


def list_could_be_asked(
    session: Session, municipality_id: int, code: str, today: date
) -> list[tuple[int, str]]:
    """List id and name of the enterprises from which a category may be ordered; three queries."""
    applies = agreements.in_force(session, municipality_id, today)
    parties = sorted({each.enterprise_id for each in applies.voluntary})
    found = rules.may_be_asked_in(applies, parties, code)
    names = enterprises.names(session, found)
    return sorted(names.items(), key=lambda each: each[1].casefold())


def _list_categories(session: Session, municipality_id: int, today: date) -> list[tuple[str, str]]:
    """List the categories of agreements and of the parties' products in which one may ask."""
    applies = agreements.in_force(session, municipality_id, today)
    parties = {each.enterprise_id for each in applies.voluntary}
    sold = select(Product.category_code).where(
        Product.enterprise_id.in_(parties), Product.state == ProductState.PUBLISHED
    )
    codes = {code for code in session.scalars(sold.distinct()) if code}
    codes |= {digits.ljust(8, "0") for each in applies.voluntary for digits in each.prefixes}
    fit = [code for code in codes if rules.may_be_asked_in(applies, parties, code)]
    labels = agreements.category_labels(session, fit, current_locale())
    return sorted(labels.items(), key=lambda each: each[1].casefold())


def _answers(session: Session, request: QuoteRequest, files: Sequence[QuoteFile]) -> list[Answer]:
    rows = session.execute(
        select(QuoteRecipient, Enterprise, Quote)
        .join(Enterprise, Enterprise.id == QuoteRecipient.enterprise_id)
        .outerjoin(Quote, Quote.recipient_id == QuoteRecipient.id)
        .where(QuoteRecipient.request_id == request.id)
        .order_by(Enterprise.name_folded, Enterprise.id)
        .options(selectinload(Quote.lines))
    )
    return [
        Answer(own, enterprise, quote, [each for each in files if each.recipient_id == own.id])
        for own, enterprise, quote in rows
    ]


def asked_of(enterprise_id: int | None) -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    """Return the query of what `AskedPage` holds of what the enterprise was asked."""
    return (
        select(QuoteRequest, Category, Municipality.name, QuoteRecipient, Quote, Order.number)
        .join(QuoteRecipient, QuoteRecipient.request_id == QuoteRequest.id)
        .join(Category, Category.code == QuoteRequest.category_code)
        .join(Municipality, Municipality.id == QuoteRequest.municipality_id)
        .outerjoin(Quote, Quote.recipient_id == QuoteRecipient.id)
        .outerjoin(Order, and_(Order.id == QuoteRequest.order_id, Quote.chosen))
        .where(QuoteRecipient.enterprise_id == enterprise_id)
    )


def _files(session: Session, which: ColumnElement[bool]) -> list[QuoteFile]:
    return list(session.scalars(select(QuoteFile).where(which).order_by(QuoteFile.id)))


def _questions(session: Session, which: ColumnElement[bool]) -> list[QuoteQuestion]:
    return list(session.scalars(select(QuoteQuestion).where(which).order_by(QuoteQuestion.id)))
