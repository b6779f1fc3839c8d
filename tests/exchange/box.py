"""What a mail server of the tests does with the mail it gets: keep it."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any


class Box:
    """What a mail server of the tests took in; addresses in `refused` it does not take."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.senders: list[str] = []  # of the envelopes: where each comes back to

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = BytesParser(policy=policy.default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        assert envelope.rcpt_tos == [str(message["To"])]
        self.messages.append(message)
        self.senders.append(envelope.mail_from)
        return "250 OK"

    def told(self) -> list[tuple[str, str]]:
        """List recipient and subject of each message."""
        return [(str(each["To"]), str(each["Subject"])) for each in self.messages]


def text_of(message: EmailMessage) -> str:
    """Return the plain text of a message."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
