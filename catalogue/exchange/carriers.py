"""How mail leaves: by a mail server, or as files in a folder when there is none."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from email.message import EmailMessage
from pathlib import Path

from catalogue.settings import Settings

Carry = Callable[[EmailMessage], None]
# What a carrier raises when a message did not go out and is worth another try later.
NOT_CARRIED = (smtplib.SMTPException, OSError)


def carrier(settings: Settings) -> AbstractContextManager[Carry]:
    """Open the carrier that the settings choose, for one batch of messages."""
    return by_server(settings) if settings.smtp_host else by_folder(settings.mail_folder)


@contextmanager
def by_server(settings: Settings) -> Iterator[Carry]:
    """Carry by SMTP over one connection; a refused message leaves it usable for the next."""
    address = (settings.smtp_host, settings.smtp_port)
    with smtplib.SMTP(*address, timeout=settings.smtp_timeout_seconds) as server:
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)

        def carry(message: EmailMessage) -> None:
            server.send_message(message, to_addrs=[str(message["To"])])

        yield carry


@contextmanager
def by_folder(folder: Path) -> Iterator[Carry]:
    """Carry into `folder`, one .eml file per message, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)

    def carry(message: EmailMessage) -> None:
        name = str(message["Message-ID"]).strip("<>")
        draft = folder / f".{name}.{os.getpid()}"
        draft.write_bytes(message.as_bytes())
        draft.replace(folder / f"{name}.eml")

    yield carry
