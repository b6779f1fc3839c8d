"""How long what is kept: the table that the worker works each night, and that pages show.

Whoever changes a rule here changes what is done and what people read of it (/privatliv,
/opbevaring). What has no rule is kept as long as the installation; docs/privacy.md says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from catalogue.accounts.factor_models import FactorNews, HalfSignIn, PasswordLink
from catalogue.accounts.held_rules import HELD_FOR
from catalogue.accounts.models import FailedSignIn, HeldForm, Invitation, SignIn
from catalogue.accounts.outside_models import OutsideMessage, OutsideSession, OutsideTry
from catalogue.accounts.throttling import WINDOW
from catalogue.accounts.token_models import ApiPass
from catalogue.core import form_keys
from catalogue.core.form_keys import FormKey
from catalogue.core.repeating import KEPT_FOR, KeptAnswer
from catalogue.core.text import COPENHAGEN, Text, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.exchange.mail_models import FailingAddress, MailRecord
from catalogue.exchange.models import SentMail, SentPriceMail
from catalogue.exchange.notice_models import Notice, NoticeRead
from catalogue.exchange.webhooks.models import Delivery
from catalogue.ordering.models import Basket, BasketLine, Order, OrderEvent
from catalogue.products.models import TypedDraft
from catalogue.search.count_models import FoundBy, ProductCount
from catalogue.search.models import Asked, AskedMonth
from catalogue.settings import Settings

from . import closed_people, unnamed_files
from .models import RetentionRun
from .old_messages import GONE as GONE  # noqa: PLC0414 - what stands where a name stood
from .old_messages import of_orders
from .rows import Night, Old, Work, rows

DRAFT_DAYS, INVITATION_DAYS, LINK_DAYS, REPORT_DAYS = 30, 90, 30, 1100
SEEN_DAYS = 750  # the page of an enterprise's numbers shows two years


@dataclass(frozen=True)
class Rule:
    """What is kept, how long, why, and by which law or setting."""

    code: str
    what: Text
    how_long: Callable[[Settings], Text]
    why: Text
    source: Text
    work: Work


def first_kept_day(night: Night) -> date:
    """Return the first day whose orders are kept with names: whole years, as bookkeeping counts.

    Bogføringsloven § 12: five years from the end of the financial year it concerns.
    """
    return date(today_in_copenhagen(night.now).year - night.settings.order_years, 1, 1)


def _days(number: int) -> Text:
    return _("%(days)s days", days=number)


def _before(night: Night, days: int) -> datetime:
    return night.now - timedelta(days=days)


def _coming_and_going(night: Night) -> Iterator[Old]:
    gone = SignIn.expires_at <= night.now
    yield Old(OutsideSession, OutsideSession.sign_in_id.in_(select(SignIn.id).where(gone)))
    yield Old(SignIn, gone)


def _failed(night: Night) -> Iterable[Old]:
    return [Old(FailedSignIn, FailedSignIn.at < night.now - WINDOW)]


def _half(night: Night) -> Iterable[Old]:
    return [Old(each, each.expires_at <= night.now) for each in (OutsideTry, HalfSignIn)]


def _passes(night: Night) -> Iterable[Old]:
    yield Old(OutsideMessage, OutsideMessage.expires_at <= night.now)
    yield Old(ApiPass, ApiPass.expires_at <= night.now)


def _links(night: Night) -> Iterable[Old]:
    return [Old(PasswordLink, PasswordLink.expires_at < _before(night, LINK_DAYS))]


def _invitations(night: Night) -> Iterable[Old]:
    return [Old(Invitation, Invitation.expires_at < _before(night, INVITATION_DAYS))]


def _answers(night: Night) -> Iterable[Old]:
    return [Old(KeptAnswer, KeptAnswer.created_at < night.now - KEPT_FOR)]


def _forms(night: Night) -> Iterable[Old]:
    return [Old(FormKey, FormKey.made_at < night.now - form_keys.KEPT_FOR)]


def _drafts(night: Night) -> Iterable[Old]:
    return [Old(TypedDraft, TypedDraft.saved_at < _before(night, DRAFT_DAYS))]


def _held(night: Night) -> Iterable[Old]:
    return [Old(HeldForm, HeldForm.expires_at <= night.now)]


def _baskets(night: Night) -> Iterator[Old]:
    old = Basket.updated_at < _before(night, night.settings.basket_days)
    ids = select(Basket.id).where(old)
    yield Old(BasketLine, BasketLine.basket_id.in_(ids))
    yield Old(Basket, old)


def _words(night: Night) -> Iterator[Old]:
    old = Asked.last_at < _before(night, night.settings.search_words_days)
    yield Old(AskedMonth, AskedMonth.asked_id.in_(select(Asked.id).where(old)))
    yield Old(Asked, old)


def _found(night: Night) -> Iterable[Old]:
    last = _before(night, night.settings.search_words_days)
    return [Old(FoundBy, FoundBy.month < today_in_copenhagen(last).replace(day=1))]


def _seen(night: Night) -> Iterable[Old]:
    return [Old(ProductCount, ProductCount.day < today_in_copenhagen(_before(night, SEEN_DAYS)))]


def _mail(night: Night) -> Iterator[Old]:
    limit = _before(night, night.settings.mail_log_days)
    yield Old(FactorNews, FactorNews.at < limit)
    yield Old(FailingAddress, FailingAddress.since < limit)
    yield Old(MailRecord, MailRecord.last_at < limit)


def _notices(night: Night) -> Iterator[Old]:
    old = Notice.at < _before(night, night.settings.notice_days)
    yield Old(NoticeRead, NoticeRead.notice_id.in_(select(Notice.id).where(old)))
    yield Old(Notice, old)


def _deliveries(night: Night) -> Iterable[Old]:
    return [Old(Delivery, Delivery.created_at < _before(night, night.settings.webhook_log_days))]


def _orders(night: Night) -> Iterator[Old]:
    limit = datetime.combine(first_kept_day(night), datetime.min.time(), COPENHAGEN)
    old = Order.placed_at < limit
    ids = select(Order.id).where(old)
    yield from of_orders(ids)
    yield Old(SentMail, SentMail.order_id.in_(ids))
    yield Old(SentPriceMail, SentPriceMail.sent_at < limit)
    yield Old(OrderEvent, OrderEvent.order_id.in_(ids), {"person_name": GONE, "reason": None})
    named = or_(Order.contact_name != GONE, Order.note.is_not(None), Order.street != GONE)
    nobody = {
        "contact_name": GONE, "contact_email": "", "contact_phone": None, "note": None,
        "reference": GONE, "street": GONE, "seen_by": None,
    }  # fmt: skip
    yield Old(Order, old & named, nobody)


def _reports(night: Night) -> Iterable[Old]:
    return [Old(RetentionRun, RetentionRun.at < _before(night, REPORT_DAYS))]


_SAFE, _SETTING = _("GDPR article 32: safe sign-in"), _("GDPR article 5(1)(e); setting %(name)s")
_BINNED = _("two days; price lists and ledgers a week")  # one of them in the bin, see kept_files
_NO_LONGER = _("GDPR article 5(1)(e): no longer than needed")


def _setting(name: str) -> Text:
    return _(_SETTING.message, name=f"CATALOGUE_{name.upper()}")


RULES: tuple[Rule, ...] = (
    Rule("sign_ins", _("Sessions of people who signed in"),
         lambda s: _("%(hours)s hours", hours=s.session_hours),
         _("After that one signs in again."), _setting("session_hours"), rows(_coming_and_going)),
    Rule("failed_sign_ins", _("Failed sign-ins, under a mark made of the address"),
         lambda _s: _("a quarter of an hour"), _("To stop guessing of passwords."), _SAFE,
         rows(_failed)),
    Rule("half_sign_ins", _("Sign-ins that were begun and not finished"),
         lambda _s: _("a quarter of an hour"), _("They lead nowhere any more."), _SAFE,
         rows(_half)),
    Rule("passes", _("Passes of systems for the API"), lambda _s: _("one hour"),
         _("They open nothing any more."), _SAFE, rows(_passes)),
    Rule("password_links", _("Links to choose a password"),
         lambda _s: _days(LINK_DAYS), _("To see who sent one, when something is wrong."), _SAFE,
         rows(_links)),
    Rule("invitations", _("Invitations to act for an enterprise, with the address invited"),
         lambda _s: _days(INVITATION_DAYS), _("To see who was invited by whom."), _NO_LONGER,
         rows(_invitations)),
    Rule("api_answers", _("Answers of the API, kept to be repeated"), lambda _s: _("one day"),
         _("So that what is sent twice is done once."), _NO_LONGER, rows(_answers)),
    Rule("form_keys", _("Marks of forms that were sent, with what was answered"),
         lambda _s: _("one day"), _("So that what is sent twice is done once."), _NO_LONGER,
         rows(_forms)),
    Rule("drafts", _("What is typed into a form and not sent"), lambda _s: _days(DRAFT_DAYS),
         _("So that nothing is lost when a phone runs out."), _NO_LONGER, rows(_drafts)),
    Rule("held_forms", _("Forms that were sent when their session had ended"),
         lambda _s: _days(HELD_FOR.days), _("So that nothing is lost by signing in again."),
         _NO_LONGER, rows(_held)),
    Rule("uploads", _("Files that were sent and not used"),
         lambda s: _BINNED if s.media_bucket else _("one day; price lists and ledgers a week"),
         _("Between the look at a file and taking it in."), _NO_LONGER, unnamed_files.WORK),
    Rule("baskets", _("Baskets that nobody touches"), lambda s: _days(s.basket_days),
         _("So that one can order later what one found."), _setting("basket_days"),
         rows(_baskets)),
    Rule("search_words", _("Words that were searched for, without whom"),
         lambda s: _days(s.search_words_days), _("To see what buyers lack."),
         _setting("search_words_days"), rows(_words)),
    Rule("found_words", _("Words by which products were found, counted by month, without whom"),
         lambda s: _("%(days)s days after the month", days=s.search_words_days),
         _("To tell enterprises how they are found."), _setting("search_words_days"),
         rows(_found)),
    Rule("seen_counts", _("How often products were seen, counted by day, without whom"),
         lambda _s: _days(SEEN_DAYS), _("To tell enterprises how their products do."),
         _NO_LONGER, rows(_seen)),
    Rule("mail_log", _("The log of mail: to whom, when, and whether it arrived"),
         lambda s: _days(s.mail_log_days), _("To find mail that did not arrive."),
         _setting("mail_log_days"), rows(_mail)),
    Rule("notices", _("Notices in the application"), lambda s: _days(s.notice_days),
         _("They are news, and are kept elsewhere as facts."), _setting("notice_days"),
         rows(_notices)),
    Rule("webhooks", _("Deliveries of webhooks to systems"), lambda s: _days(s.webhook_log_days),
         _("To send again what did not arrive."), _setting("webhook_log_days"),
         rows(_deliveries)),
    Rule("orders", _("Names, addresses and messages of orders; their lines and amounts stay"),
         lambda s: _("%(years)s whole years after the year of the order", years=s.order_years),
         _("Vouchers of the accounts must be whole that long."),
         _("Danish Bookkeeping Act (bogføringsloven) § 12; setting CATALOGUE_ORDER_YEARS"),
         rows(_orders)),
    Rule("closed_people", _("Names and addresses of people whose log-in is closed"),
         lambda s: _days(s.closed_person_days), _("Her orders may still be asked about."),
         _setting("closed_person_days"), closed_people.WORK),
    Rule("reports", _("These reports"), lambda _s: _days(REPORT_DAYS),
         _("To prove that the rules are worked."), _("GDPR article 5(2): accountability"),
         rows(_reports)),
)  # fmt: skip
