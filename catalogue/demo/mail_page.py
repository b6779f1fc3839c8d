"""docs/mails.md: every mail with its words, when it comes and why, drawn as it would be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
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
`scripts/mails`; a test fails when a mail is missing here or reads otherwise.

All go out from the outbox, derived from the state of things at that moment: what has moved on in
the meantime is not told. Each is plain text and HTML, in the language of its reader, and shown here
in each language in which it is sent: to an enterprise or the address of a municipality that is
Danish. It is told in the application too (`/beskeder`), and leaves a line in the log of mail
(`/sendte-mails`), without its words. What is optional carries `List-Unsubscribe` and
`List-Unsubscribe-Post` (RFC 8058); sign both with DKIM in the mail server.

Mail that comes back: set `CATALOGUE_BOUNCE_ADDRESS` (such as `retur@katalog.example`) to an address
whose mail, with anything behind a `+`, the mail server pipes to `catalogue bounce`; or let it lie
in a maildir, and run `catalogue bounce --maildir FOLDER` now and then. Reports (RFC 3464) are
matched by that address, signed for each mail, else by Message-ID. When an address is no good, those
it belongs to and the staff of the municipality are told what to do, and optional mail to it stops;
so too when the mail server says at once that there is none (5.1.1 and the like).

| kind | when it comes | can one do without it? |
|---|---|---|
"""


FOLDER = "mails"  # beside the page, for the mails as HTML
LANGUAGES = {"da": "in Danish", "en": "in English"}
PAGE_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mails: {title}</title>
<style>
body {{ margin: 24px auto; max-width: 720px; padding: 0 16px; font-family: sans-serif }}
iframe {{ width: 100%; height: 480px; border: 1px solid #cdc6b8; background: #fff }}
</style>
</head>
<body>
<h1>Mails: {title}</h1>
"""


def document() -> str:
    """Return the page."""
    shown = list(_drawn())
    with reading_in("en"):
        rows = "".join(_row(each) for each in mail_kinds.ALL)
    parts = [
        part for kind, group in groupby(shown, key=_kind) for part in _section(kind, list(group))
    ]
    return HEAD + rows + "\n" + "\n".join(parts)


def pages() -> dict[str, str]:
    """Return the pages that show mails as HTML, by the name of their file."""
    made = {}
    for kind, group in groupby(_drawn(), key=_kind):
        shown = list(group)
        for locale in _locales(shown):
            made[_file(kind, locale)] = _page(kind, [e[locale] for e in shown if locale in e])
    return made


def _drawn() -> Iterator[dict[str, Mail]]:
    """Yield every mail by language, kind by kind; only in those in which it is sent."""
    templates = environment()
    by_language = [list(mails.draw(templates, locale)) for locale in LANGUAGES]
    for same in sorted(zip(*by_language, strict=True), key=lambda each: _place(each[0])):
        yield {
            locale: mail
            for locale, mail in zip(LANGUAGES, same, strict=True)
            if f'<html lang="{locale}">' in _text(mail, "html")
        }


def _kind(shown: Mapping[str, Mail]) -> Kind:
    return next(iter(shown.values())).draft.cause.kind


def _place(mail: Mail) -> int:
    return mail_kinds.ALL.index(mail.draft.cause.kind)


def _locales(shown: Sequence[Mapping[str, Mail]]) -> list[str]:
    return [locale for locale in LANGUAGES if any(locale in each for each in shown)]


def _file(kind: Kind, locale: str) -> str:
    return f"{kind.name}.{locale}.html"


def _row(kind: Kind) -> str:
    answer = "yes" if kind.optional else "no"
    return f"| [{kind.title}](#{kind.name}) | {kind.when} | {answer} |\n"


def _section(kind: Kind, shown: Sequence[Mapping[str, Mail]]) -> Iterator[str]:
    links = [f"[{LANGUAGES[locale]}]({FOLDER}/{_file(kind, locale)})" for locale in _locales(shown)]
    with reading_in("en"):
        yield f'<a id="{kind.name}"></a>\n## {kind.title}\n\n{kind.when} {kind.why}\n'
    yield f"As HTML: {', '.join(links)}.\n"
    for each in shown:
        for locale, mail in each.items():
            message = mail.message
            yield f"**{message['Subject']}**\n"
            yield f"To {message['To']}, at `{mail.draft.cause.event}`, {LANGUAGES[locale]}.\n"
            yield "```text\n" + _text(mail, "plain").strip() + "\n```\n"


def _page(kind: Kind, drawn: Sequence[Mail]) -> str:
    with reading_in("en"):
        title = escape(str(kind.title))
    return PAGE_HEAD.format(title=title) + "".join(map(_frame, drawn)) + "</body>\n</html>\n"


def _frame(mail: Mail) -> str:
    subject, to = (escape(str(mail.message[name])) for name in ("Subject", "To"))
    inner = escape(_text(mail, "html"))
    return (
        f"<h2>{subject}</h2>\n<p>To {to}, at <code>{mail.draft.cause.event}</code></p>\n"
        f'<iframe sandbox title="{subject}" srcdoc="{inner}"></iframe>\n'
    )


def _text(mail: Mail, kind: str) -> str:
    body = mail.message.get_body((kind,))
    text = "" if body is None else str(body.get_content())
    return text.replace("\r\n", "\n").replace("\xa0", " ")
