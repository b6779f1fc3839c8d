"""Deadlines as an iCalendar file (RFC 5545), which mail and calendar programs take in.

An agreement is one event, known by its UID for as long as it lives: a later file with another date
moves the entry, and never makes a second one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr

from icalendar import Calendar, Event

from catalogue.core.text import Text, gettext
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from .deadlines import Basis, deadline
from .entries import Entry
from .models import Agreement
from .reminders import span_of

MIME_TYPE = "text/calendar; method=PUBLISH; charset=utf-8"
_SUMMARIES: dict[Basis, Text] = {
    Basis.NOTICE: _("Last day to give notice: %(number)s %(title)s"),
    Basis.LAST_DAY: _("Last day of the agreement: %(number)s %(title)s"),
}


def draw(settings: Settings, entries: Sequence[Entry], now: datetime) -> bytes:
    """Return the file of the entries' deadlines, in the reader's language.

    Sent by nobody but for everybody to keep: METHOD is PUBLISH, and RFC 5546 wants an organizer.
    """
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", "-//Catalogue//Agreements//DA")
    made.add("method", "PUBLISH")
    for entry in entries:
        made.add_component(_event(settings, entry, now))
    return bytes(made.to_ical())


def address(settings: Settings, agreement: Agreement) -> str:
    """Return the address of an agreement's page as people outside the site open it."""
    return settings.address("aftaler", str(agreement.id))


def _event(settings: Settings, entry: Entry, now: datetime) -> Event:
    agreement = entry.agreement
    due = deadline(span_of(agreement))
    sender = parseaddr(settings.mail_from)[1]
    domain = sender.rpartition("@")[2] or "catalogue.invalid"
    wording = _SUMMARIES[due.basis].message
    made = Event()
    made.add("uid", f"aftale-{agreement.id}@{domain}")
    # Grows with every change, as SEQUENCE must; of two files with the same one the later counts.
    made.add("sequence", int((agreement.updated_at - agreement.created_at).total_seconds()))
    made.add("dtstamp", now)
    made.add("last-modified", agreement.updated_at)
    made.add("organizer", f"mailto:{sender}")
    # A date without an end is that whole day, by RFC 5545 3.6.1.
    made.add("dtstart", due.on)
    made.add("transp", "TRANSPARENT")  # nobody is busy all day
    made.add("summary", gettext(wording, number=agreement.number, title=agreement.title))
    made.add("description", f"{entry.party}\n{address(settings, agreement)}")
    made.add("url", address(settings, agreement))
    return made
