"""One of every mail about log-ins and systems, as `mails` draws those about purchases."""

from __future__ import annotations

from collections.abc import Iterator

import jinja2

from catalogue.accounts import password_links
from catalogue.accounts.factor_rules import News
from catalogue.accounts.invitations import Opened
from catalogue.accounts.models import Invitation
from catalogue.core.who import Role
from catalogue.exchange import factor_mail, invitation_mail, password_mail
from catalogue.exchange.posting import Mail
from catalogue.exchange.webhooks import stop_mail
from catalogue.exchange.webhooks.models import PauseCause, Webhook

from .mail_story import DAY, NOW, SETTINGS, STAFF_MAIL, Story


def draw(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    """Draw one of every mail about log-ins and systems, kind by kind."""
    for draw_kind in (_invitations, _webhooks, _factors, _password_links):
        yield from draw_kind(told, templates)


def _invitations(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    for role in (Role.ENTERPRISE, Role.FACILITATOR):
        one = Invitation(id=1, role=role, email="ny@legehytten.example", expires_at=NOW + 14 * DAY)
        opened = Opened(one, told.enterprise["name"], "Sanne Lind", has_log_in=False)
        yield invitation_mail.compose(SETTINGS, templates, opened, "hemmeligt", NOW)


def _webhooks(_told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    for cause in (PauseCause.FAILING, PauseCause.GONE):
        hook = Webhook(
            id=1, municipality_id=1, name="Økonomisystemet", pause_cause=cause,
            url="https://oekonomi.slagelse.example/katalog",
        )  # fmt: skip
        owed = stop_mail.Owed(hook, STAFF_MAIL, NOW)
        yield stop_mail.compose(SETTINGS, templates, owed, NOW)


def _factors(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    for place, news in enumerate(News, start=1):
        by = "Jens Kruse" if news == News.RESET else None
        owed = factor_mail.Owed(place, news, NOW, told.buyer["email"], told.locale, by, None)
        yield factor_mail.compose(SETTINGS, templates, owed, NOW)


def _password_links(told: Story, templates: jinja2.Environment) -> Iterator[Mail]:
    email, until = told.buyer["email"], NOW + password_links.DAYS * DAY
    issued = password_links.Issued(1, email, told.locale, "Jens Kruse", None, until, "hemmeligt")
    yield password_mail.compose(SETTINGS, templates, issued, NOW)
