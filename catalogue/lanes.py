"""What the worker does for each topic of the outbox; knows all features."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from catalogue.accounts import (
    invitations,
    oidc_published,
    outside_settling,
    password_links,
    people_watch,
    saml_renewal,
    second_factor,
)
from catalogue.agreements import reminders
from catalogue.core.http import State
from catalogue.core.jobs import Handler, Lane
from catalogue.coverage import ledger, ledger_work
from catalogue.enterprises import news as decisions
from catalogue.enterprises import reminders as verifications
from catalogue.exchange import (
    approval_reminding,
    ceiling_mail,
    check_list_mail,
    check_mail,
    decision_mail,
    document_sending,
    factor_mail,
    handing_mail,
    inquiry_mail,
    invitation_mail,
    mail,
    message_mail,
    order_reminder_mail,
    password_mail,
    posting,
    price_mail,
    punchout_news,
    quote_mail,
    reminding,
    shipment_mail,
    standing_change_mail,
    standing_mail,
    verification_mail,
)
from catalogue.exchange.document_carriers import carriers
from catalogue.exchange.feeds import nightly
from catalogue.exchange.feeds import service as feeds
from catalogue.exchange.posting import Office
from catalogue.exchange.webhooks import news, pausing, queue, sending, spreading, stop_mail
from catalogue.media import collecting, deriving
from catalogue.ordering import (
    approval_news,
    escalation,
    handing,
    messages,
    notices,
    outside_institutions,
    quote_trace,
    shipments,
    standing_changing,
    standing_work,
)
from catalogue.ordering import reminders as unanswered
from catalogue.privacy import retention
from catalogue.products import (
    check_reminders,
    checks,
    import_pages,
    list_steps,
    listing,
    picture_use,
    sent_lists,
)
from catalogue.search import service as search
from catalogue.search import tending

EACH_MORNING = {
    check_reminders.DAILY: check_reminders.remind,
    escalation.DAILY: escalation.escalate,
    verifications.DAILY: verifications.remind,
    reminders.DAILY: reminders.remind,
    unanswered.DAILY: unanswered.remind,
    standing_work.DAILY: standing_work.plan_morning,
    nightly.DAILY: nightly.plan_night,
    tending.DAILY: tending.verify,
}

# Work that only programs before this one do; while they are renewed they may still put some.
OF_BEFORE = ("mail.forget",)
DAILY_WORK = (
    *EACH_MORNING,
    retention.DAILY,
    people_watch.DAILY,
    saml_renewal.DAILY,
)  # put when a worker starts


def lanes(state: State) -> tuple[Lane, ...]:
    """Return what the worker does for each topic of the outbox, in lanes side by side."""
    database, parts = state.database, state.parts
    finding = {
        "search.index": lambda batch: search.index_batch(database, parts, batch),
        "search.index_enterprise": lambda batch: search.index_enterprise_batch(
            database, parts, batch
        ),
        "price.list": lambda batch: listing.list_batch(database, batch, state.clock),
    }
    rebuilding = {"search.rebuild": lambda batch: search.rebuild_batch(database, parts, batch)}
    imaging: dict[str, Handler] = {
        "media.derive": lambda batch: deriving.derive_batch(database, parts, batch),
        collecting.DAILY.topic: lambda _batch: collecting.collect_batch(
            database, parts, picture_use.NAMED, state.clock
        ),
    }
    taking = {
        topic: lambda batch: ledger_work.run_batch(database, state.settings, batch, state.clock)
        for topic in (ledger.CHECK, ledger.TAKE)
    }
    importing: dict[str, Handler] = dict.fromkeys(
        (sent_lists.CHECK, sent_lists.TAKE),
        lambda batch: list_steps.run_batch(import_pages.workshop(state), batch),
    )
    return (
        Lane("search", finding, 200),
        Lane("rebuild", rebuilding, 1),
        Lane("media", imaging, 16),
        Lane("mail", _mailing(state), 10),
        Lane("ledger", taking, 1),
        Lane("price lists", importing, 1),
        Lane("people", _watching(state), 1),
        *_ordering(state),
    )


def _watching(state: State) -> dict[str, Handler]:
    """Return what is looked for each night: lists of people, and what providers publish.

    Beside them, what nobody puts any more is taken away.
    """
    database = state.database
    return dict.fromkeys(OF_BEFORE, lambda _batch: None) | {
        people_watch.DAILY.topic: lambda _batch: people_watch.take_folder(
            database, state.settings.people_folder, state.clock
        ),
        saml_renewal.DAILY.topic: lambda _batch: saml_renewal.renew_batch(
            database, oidc_published.bounds_of(state.settings), state.clock
        ),
    }


def _ordering(state: State) -> tuple[Lane, ...]:
    """Return what is done for orders beside their mail, and for systems that read the catalogue."""
    sending: dict[str, Handler] = {
        document_sending.TOPIC: lambda batch: document_sending.send_batch(
            state.database, carriers(state.parts), batch, state.clock
        )
    }
    placing: dict[str, Handler] = {
        standing_work.PLACE: lambda batch: standing_work.place_batch(
            state.database, batch, state.clock
        ),
        outside_settling.INSTITUTIONS: lambda batch: outside_institutions.join_batch(
            state.database, batch
        ),
    }
    telling: dict[str, Handler] = {
        punchout_news.OF_ORDERS: lambda batch: punchout_news.put_batch(
            state.database, batch, state.clock
        ),
        punchout_news.TOPIC: lambda batch: punchout_news.send_batch(
            state.database, state.settings, batch, state.clock
        ),
    }
    writing: dict[str, Handler] = {
        feeds.WRITE: lambda batch: nightly.write_batch(
            state.database, state.settings, batch, state.clock
        )
    }
    return (
        Lane("documents", sending, 10),
        Lane("standing orders", placing, 20),
        Lane("purchasing systems", telling, 5),
        _webhooks(state),
        Lane("catalogue files", writing, 1),
    )


def _webhooks(state: State) -> Lane:
    """Return what is done for webhooks, in batches that are sent side by side."""
    handlers: dict[str, Handler] = {
        topic: partial(do, state.database, state.settings, clock=state.clock)
        for topic, do in (
            (news.NEWS, spreading.spread_batch),
            (queue.DELIVER, sending.send_batch),
        )
    }
    return Lane("webhooks", handlers, sending.SIDE_BY_SIDE)


def _mailing(state: State) -> dict[str, Handler]:
    """Return what is mailed, and what is put each morning to be mailed."""
    senders = {
        "order.mail": mail.send_batch,
        approval_news.REMIND: approval_reminding.send_batch,
        handing.MAIL: handing_mail.send_batch,
        "inquiry.mail": inquiry_mail.send_batch,
        "price.mail": price_mail.send_batch,
        invitations.MAIL: invitation_mail.send_batch,
        second_factor.MAIL: factor_mail.send_batch,
        password_links.MAIL: password_mail.send_batch,
        checks.MAIL: check_mail.send_batch,
        check_reminders.MAIL: check_list_mail.send_batch,
        quote_trace.MAIL: quote_mail.send_batch,
        notices.MAIL: ceiling_mail.send_batch,
        verifications.MAIL: verification_mail.send_batch,
        decisions.MAIL: decision_mail.send_batch,
        reminders.MAIL: reminding.send_batch,
        unanswered.MAIL: order_reminder_mail.send_batch,
        messages.MAIL: message_mail.send_batch,
        standing_work.MAIL: standing_mail.send_batch,
        pausing.MAIL: stop_mail.send_batch,
        standing_changing.MAIL: standing_change_mail.send_batch,
        shipments.MAIL: shipment_mail.send_batch,
    }
    office = Office(
        state.database, state.settings, state.templates, state.clock, state.parts.get(posting.PART)
    )
    handlers: dict[str, Handler] = {name: partial(send, office) for name, send in senders.items()}
    handlers[retention.DAILY.topic] = partial(_forget, state)
    return handlers | {
        daily.topic: partial(_do_daily, state, do) for daily, do in EACH_MORNING.items()
    }


def _do_daily(state: State, do: Callable[[Session, datetime], int], _batch: Any) -> None:
    """Do a day's work in one transaction: what is put is put together with the note that it was."""
    with state.database.transaction() as session:
        do(session, state.clock())


def _forget(state: State, _batch: Any) -> None:
    with state.database.transaction() as session:
        retention.work_nightly(session, state.settings, state.clock())
