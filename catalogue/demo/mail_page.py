"""docs/mails.md: every mail with its words, when it comes and why, drawn as it would be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from catalogue.core.http import environment
from catalogue.core.text import reading_in
from catalogue.exchange import mail_kinds
from catalogue.exchange.mail_kinds import Kind
from catalogue.exchange.posting import Mail

from . import mails

HEAD = """\
# Mails

Every mail that Catalogue can send, as it is drawn from the demonstration world. Printed by
`scripts/mails > docs/mails.md`; a test fails when a mail is missing here or reads otherwise.

All go out from the outbox, derived from the state of things at that moment: what has moved on in
the meantime is not told. Each is plain text and HTML, in the language of its reader (Danish where
the address is no person's), is told in the application too (`/beskeder`), and leaves a line in the
log of mail (`/sendte-mails`), without its words. What is optional carries `List-Unsubscribe` and
`List-Unsubscribe-Post` (RFC 8058); sign both with DKIM in the mail server.

Mail that comes back: set `CATALOGUE_BOUNCE_ADDRESS` (such as `retur@katalog.example`) to an address
whose mail, with anything behind a `+`, the mail server pipes to `catalogue bounce`; or let it lie
in a maildir, and run `catalogue bounce --maildir FOLDER` now and then. Reports (RFC 3464) are
matched by that address, signed for each mail, else by Message-ID. When an address is no good, those
it belongs to and the staff of the municipality are told what to do, and optional mail to it stops.

| kind | when it comes | can one do without it? |
|---|---|---|
"""


def document() -> str:
    """Return the page."""
    drawn = sorted(mails.draw(environment()), key=_place)
    with reading_in("en"):
        rows = "".join(_row(each) for each in mail_kinds.ALL)
    parts = [
        part
        for kind, group in groupby(drawn, key=lambda each: each.draft.cause.kind)
        for part in _section(kind, list(group))
    ]
    return HEAD + rows + "\n" + "\n".join(parts)


def _place(mail: Mail) -> int:
    return mail_kinds.ALL.index(mail.draft.cause.kind)


def _row(kind: Kind) -> str:
    answer = "yes" if kind.optional else "no"
    return f"| [{kind.title}](#{kind.name}) | {kind.when} | {answer} |\n"


def _section(kind: Kind, drawn: Sequence[Mail]) -> Iterator[str]:
    with reading_in("en"):
        yield f'<a id="{kind.name}"></a>\n## {kind.title}\n\n{kind.when} {kind.why}\n'
    known: set[str] = set()
    for mail in drawn:
        lines = _text(mail).splitlines()
        new = [line for line in lines if line.strip() and line not in known]
        shown = new if known else lines
        more = "" if not known else "; the rest as above" if new else "; all as above"
        message = mail.message
        yield f"**{message['Subject']}**\n"
        yield f"To {message['To']}, at `{mail.draft.cause.event}`{more}.\n"
        if shown:
            yield "```text\n" + "\n".join(shown).strip() + "\n```\n"
        known.update(lines)


def _text(mail: Mail) -> str:
    body = mail.message.get_body(("plain",))
    return "" if body is None else str(body.get_content()).replace("\xa0", " ")
