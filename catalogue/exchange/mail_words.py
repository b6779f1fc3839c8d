"""What the audit's events about mail and messages are called on screen."""

from __future__ import annotations

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

OBJECTS: dict[str, Text] = {
    "mail_address": _("Mail address"),
    "mail_choice": _("Choice of mails"),
}
ACTIONS: dict[str, Text] = {
    "mail.mended": _("Mail sent to a mended address again"),
    "mail.stopped": _("Optional mails stopped"),
    "mail.wanted": _("Optional mails wanted again"),
    "order.message_sent": _("Message on an order sent"),
}
FIELDS: dict[str, Text] = {
    "mail_kind": _("Kind of mail"),
    "mail_status": _("What the mail server said"),
    "message": _("Message number"),
    "message_files": _("Files of the message"),
    "wanted_mail": _("Wanted"),
}
