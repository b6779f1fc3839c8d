"""One of every mail that the code can send, drawn from the demonstration world without a database.

The tables of words say which there are, so that a mail that is added is drawn too.
"""

from __future__ import annotations

from collections.abc import Iterator

import jinja2

from catalogue.agreements.deadlines import Basis, Deadline
from catalogue.agreements.entries import Entry
from catalogue.agreements.rules import AgreementState, Terms
from catalogue.core.text import DEFAULT_LOCALE
from catalogue.enterprises import reminders
from catalogue.enterprises.models import ReminderReader
from catalogue.enterprises.news import TO_REVIEWER, Event
from catalogue.exchange import (
    ceiling_mail,
    check_list_mail,
    check_mail,
    decision_mail,
    inquiry_mail,
    message_mail,
    price_letters,
    price_mail,
    quote_letters,
    quote_mail,
    reminding,
    verification_mail,
)
from catalogue.exchange.letters import Reader
from catalogue.exchange.posting import Mail
from catalogue.ordering.ceilings import Used
from catalogue.ordering.message_models import MessageFile, OrderMessage, Writer
from catalogue.products.check_reminders import Waiting
from catalogue.products.models import PriceDecision, PriceProposal
from catalogue.search.inquiry_queries import Owed as Inquired

from . import mail_orders, mail_standing, system_mails
from .mail_story import DAY, NOW, SETTINGS, STAFF_MAIL, TODAY, Story, agreement, tell


def draw(templates: jinja2.Environment, locale: str = DEFAULT_LOCALE) -> Iterator[Mail]:
    """Draw one of every mail, kind by kind, to readers of that language.

    Mail to enterprises and to addresses of municipalities is Danish all the same.
    """
    told = tell(locale)
    for draw_kind in (
        mail_orders.draw, _messages, _quotes, _prices, _checks, _check_lists,
        _inquiries, _ceilings, mail_standing.draw, _deadlines, _decisions, _verifications,
        system_mails.draw,
    ):  # fmt: skip
        yield from draw_kind(told, templates)


def _messages(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    order = mail_orders.order(told, "confirmed", None)
    sides = {
        Reader.ENTERPRISE: (told.enterprise["email"], told.town, Writer.MUNICIPALITY),
        Reader.BUYER: (told.buyer["email"], told.enterprise["name"], Writer.ENTERPRISE),
    }
    for reader, (recipient, sender, writer) in sides.items():
        new = [
            OrderMessage(id=1, writer=writer, person_name=told.buyer["name"], at=NOW, files=[],
                         text="Kan I levere før kl. 9?"),
            OrderMessage(id=2, writer=writer, person_name=told.buyer["name"], at=NOW + DAY / 480,
                         text="Her er en tegning af gården.",
                         files=[MessageFile(name="gården.pdf")]),
        ]  # fmt: skip
        owed = message_mail.Owed(order, reader, recipient, told.language(reader), sender, new)
        yield message_mail.compose(SETTINGS, templates, owed, NOW)


def _quotes(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    for number, event in enumerate(quote_letters.WORDINGS, start=1):
        to_buyer = event in quote_letters.TO_BUYER
        owed = quote_letters.Owed(
            letter_id=number,
            request_id=1,
            event=event,
            reader=Reader.BUYER if to_buyer else Reader.ENTERPRISE,
            recipient=told.buyer["email"] if to_buyer else told.enterprise["email"],
            locale=told.language(Reader.BUYER if to_buyer else Reader.ENTERPRISE),
            names={
                "municipality": told.town,
                "enterprise": told.enterprise["name"],
                "title": told.quote["title"],
                "deadline": TODAY + 14 * DAY,
                "reason": "Vi kan ikke nå det inden jul.",
            },
            municipality_id=1,
            audience="",
        )
        yield quote_mail.compose(SETTINGS, templates, owed, NOW)


def _prices(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    proposal = PriceProposal(
        id=1, enterprise_id=1, from_on=TODAY + 60 * DAY, text="Træ er blevet dyrere."
    )
    reason = "Vi har lige aftalt priserne."
    decision = PriceDecision(municipality_id=1, in_force_from=TODAY + 60 * DAY, reason=reason)
    names = {"enterprise": told.enterprise["name"], "municipality": told.town}
    for event in price_letters.WORDINGS:
        to_staff = event in price_letters.TO_STAFF
        recipient = STAFF_MAIL if to_staff else told.enterprise["email"]
        locale = told.locale if to_staff else DEFAULT_LOCALE
        letter = price_letters.PriceLetter(proposal, decision, event, recipient, locale, names)
        yield price_mail.compose(SETTINGS, templates, letter, NOW)


def _checks(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    for state in check_mail.SUBJECTS:
        owed = check_mail.Owed(
            check_id=1,
            state=state,
            recipient=told.enterprise["email"],
            product_id=1,
            title=told.product["title"],
            enterprise=told.enterprise["name"],
            by="Finn Toft" if state == "waiting" else told.town,
            reason="Skriv, hvad huset er malet med.",
            municipality_id=1,
            audience="",
        )
        yield check_mail.compose(SETTINGS, templates, owed, NOW)


def _check_lists(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    name = told.enterprise["name"]
    waiting = [
        Waiting(1, "Sandkasse med låg", name, NOW - 3 * DAY, is_change=True, is_new=False),
        Waiting(2, told.product["title"], name, NOW, is_change=False, is_new=True),
    ]
    owed = check_list_mail.Owed(1, told.town, STAFF_MAIL, waiting)
    yield check_list_mail.compose(SETTINGS, templates, owed, NOW)


def _inquiries(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    text = "Vores skoler leder efter hylder til cykler. Kan I lave dem?"
    words = "cykelstativ med hylde"
    owed = Inquired(1, 1, told.enterprise["email"], told.town, words, text, 1, 1)
    yield inquiry_mail.compose(SETTINGS, templates, owed, NOW)


def _ceilings(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    made = agreement(told)
    ceiling_ore = told.agreement["ceiling_ore"]
    used = Used(1, made.number, ceiling_ore, None, ceiling_ore * 75 // 100, ceiling_ore // 10)
    owed = ceiling_mail.Owed(1, made, used, STAFF_MAIL)
    yield ceiling_mail.compose(SETTINGS, templates, owed, NOW)


def _deadlines(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    made = agreement(told)
    terms = Terms(made.kind, made.number, made.title, made.starts_on, made.ends_on, ())
    entry = Entry(made, told.enterprise["name"], AgreementState.IN_FORCE, terms)
    used = Used(1, made.number, told.agreement["ceiling_ore"], None, 12_500_000)
    for basis in reminding.SUBJECTS:
        due = Deadline(basis, made.ends_on - (90 * DAY if basis == Basis.NOTICE else 0 * DAY))
        owed = reminding.Owed(1, 90, entry, due, STAFF_MAIL, 12_500_000, used)
        yield reminding.compose(SETTINGS, templates, owed, NOW)


def _decisions(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    reasons = {
        Event.RETURNED: "Skriv, hvor stor en del af jeres omsætning der kommer fra salg.",
        Event.SUSPENDED: "I har ikke svaret på to ordrer siden august.",
        Event.CONFIRMATION_RETURNED: "Vedlæg jeres årsrapport for 2025.",
    }
    for number, event in enumerate(decision_mail.SUBJECTS, start=1):
        applies = event in (Event.APPLIED, Event.APPLIED_AGAIN, Event.RETURNED)
        owed = decision_mail.Owed(
            news_id=number,
            event=event,
            recipient=STAFF_MAIL if event in TO_REVIEWER else told.enterprise["email"],
            enterprise_id=1,
            enterprise=told.enterprise["name"],
            municipality=told.town,
            municipality_id=1,
            verified_until=None if applies else TODAY + 365 * DAY,
            suspended_until=TODAY + 14 * DAY if event == Event.SUSPENDED else None,
            reason=reasons.get(event),
        )
        yield decision_mail.compose(SETTINGS, templates, owed, NOW)


def _verifications(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    for reader, lapsed in verification_mail.SUBJECTS:
        own = reader == ReminderReader.ENTERPRISE
        owed = verification_mail.Owed(
            reminder_id=1,
            reader=reader,
            recipient=told.enterprise["email"] if own else STAFF_MAIL,
            enterprise_id=1,
            enterprise=told.enterprise["name"],
            municipality=told.town,
            municipality_id=1,
            due_on=TODAY - DAY if lapsed else TODAY + 30 * DAY,
            days=reminders.LAPSED if lapsed else 30,
            is_confirmed=False,
        )
        yield verification_mail.compose(SETTINGS, templates, owed, NOW)
