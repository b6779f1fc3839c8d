"""How mail leaves: by a mail server, or as files in a folder when there is none."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from email.message import EmailMessage
from pathlib import Path

from catalogue.core.fetching import Watch
from catalogue.settings import Settings

# Takes a message, and the address that it comes back to when that is not its sender.
Bring = Callable[[EmailMessage, str | None], None]
# What a carrier raises when a message did not go out and is worth another try later.
NOT_CARRIED = (smtplib.SMTPException, OSError)
_NO_SUCH = re.compile(r"5\d\d (5\.1\.(?:1|2|3|6|10)|5\.2\.1)\b")


def carrier(settings: Settings) -> AbstractContextManager[Bring]:
    """Open the carrier that the settings choose, for one batch of messages."""
    return by_server(settings) if settings.smtp_host else by_folder(settings.mail_folder)


class LineLost(OSError):
    """The mail server is not reached any more: of this message it has nothing."""


@contextmanager
def by_server(settings: Settings) -> Iterator[Bring]:
    """Carry by SMTP over one connection; a refused message leaves it usable for the next.

    One that broke is made anew for the next message, or it would take all others along; raises
    LineLost when that fails.
    """
    with ExitStack() as stack:
        server = stack.enter_context(_connected(settings))

        def bring(message: EmailMessage, comes_back_to: str | None) -> None:
            nonlocal server
            if server.sock is None:
                try:
                    server = stack.enter_context(_connected(settings))
                except NOT_CARRIED as error:
                    raise LineLost(f"{type(error).__name__}: {error}") from error
            server.send_message(message, comes_back_to, [str(message["To"])])

        yield bring


@contextmanager
def by_folder(folder: Path) -> Iterator[Bring]:
    """Carry into `folder`, one .eml file per message, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)

    def bring(message: EmailMessage, _comes_back_to: str | None) -> None:
        name = str(message["Message-ID"]).strip("<>")
        draft = folder / f".{name}.{os.getpid()}"
        draft.write_bytes(message.as_bytes())
        draft.replace(folder / f"{name}.eml")

    yield bring


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    address = (settings.smtp_host, settings.smtp_port)
    with _Server(*address, timeout=settings.smtp_timeout_seconds) as server:
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        yield server


class _Server(smtplib.SMTP):
    """Hangs up on a mail server whose reply takes longer than the time-out, however it drips.

    The time-out of a socket counts anew with each byte: a worker could wait for days.
    """

    def getreply(self) -> tuple[int, bytes]:
        """Return the next reply; raises TimeoutError and what smtplib raises."""
        if self.sock is None:
            return super().getreply()
        try:
            with Watch(self.sock, time.monotonic() + self.timeout):
                return super().getreply()
        except TimeoutError:
            self.close()
            raise


def was_refused(error: Exception) -> bool:
    """Tell whether the server said no to a message; else the line broke, and it may have it."""
    refusals = (
        smtplib.SMTPResponseException,
        smtplib.SMTPRecipientsRefused,
        smtplib.SMTPNotSupportedError,  # `søren@…`, and the server takes no such address
    )
    return isinstance(error, refusals)


def find_bad_address(error: Exception) -> str | None:
    """Return the status (RFC 3463) by which the server says that there is no such address, for
    good; None when it says anything else, such as that it takes no mail of ours now.
    """
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return None
    found = (_NO_SUCH.match(_said(*each)) for each in error.recipients.values())
    return next((each[1] for each in found if each), None)


def answer_of(error: Exception) -> str:
    """Return what the server said, for the log."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(_said(*each) for each in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
