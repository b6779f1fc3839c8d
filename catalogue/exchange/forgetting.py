"""Each night: what was sent and told long ago is taken out of logs and notices."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy.orm import Session

from catalogue.core.daily import Daily
from catalogue.settings import Settings

from . import mail_log, notices
from .webhooks import queries as webhooks

DAILY = Daily("mail.forget", time(4))


def forget(session: Session, settings: Settings, now: datetime) -> None:
    """Take away what is older than the settings keep, and put the next night's work."""
    mail_log.forget_old(session, now, settings.mail_log_days)
    notices.forget_old(session, now, settings.notice_days)
    webhooks.forget_old(session, now, settings.webhook_log_days)
    DAILY.put_next(session, now)
