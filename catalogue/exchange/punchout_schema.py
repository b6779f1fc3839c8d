"""The shape of a connection to a purchasing system, as staff fill it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import gettext
from catalogue.core.text import lazy as _

from . import punchout_rules as rules
from .punchout_models import Encoding, Kind

MOST_HOSTS = 10


class Several(fields.Verbatim):
    """Several hosts or sites, one a line or parted by blanks or commas."""

    def __init__(self, read: Callable[[str], str | None], example: str, **kw: Any) -> None:
        super().__init__(longest=2000, **kw)
        self.read, self.example = read, example

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Any:
        written = re.split(r"[\s,;]+", super()._deserialize(value, attr, data, **kw))
        found: list[str] = []
        for each in filter(None, written):
            host = self.read(each)
            if host is None:
                message = gettext("This is not a host: %(text)s. Write it as %(example)s")
                raise ma.ValidationError(message % {"text": each[:60], "example": self.example})
            if host not in found:
                found.append(host)
        if len(found) > MOST_HOSTS:
            raise ma.ValidationError(gettext("At most %(limit)s") % {"limit": MOST_HOSTS})
        return found


class ConnectionSchema(ma.Schema):
    """The form of a connection."""

    name = fields.Line(required=True, longest=80)
    kind = fields.Choice(Kind, required=True)
    identity = fields.Verbatim(required=True, longest=100)
    return_hosts = Several(rules.read_host, "erp.kommune.dk", required=True)
    frame_origins = Several(rules.read_origin, "https://erp.kommune.dk", load_default=list)
    encoding = fields.Choice(Encoding, load_default=Encoding.URLENCODED)
    contact_email = fields.Email(required=True)
    gln = fields.Gln(load_default=None)
    news_url = fields.Web(load_default=None)


@dataclass(frozen=True)
class Terms:
    """What staff say of a connection."""

    name: str
    kind: Kind
    identity: str
    return_hosts: list[str]
    frame_origins: list[str]
    encoding: Encoding
    contact_email: str
    gln: str | None
    news_url: str | None


LABELS = {
    "name": _("What you call it"),
    "kind": _("Format"),
    "identity": _("User name or identity"),
    "return_hosts": _("Where the basket may go back to"),
    "frame_origins": _("Sites that may show the catalogue in a frame"),
    "encoding": _("How the basket is packed"),
    "contact_email": _("Mail address for news about orders"),
    "gln": _("GLN/EAN number of orders that name none"),
    "news_url": _("Address that takes confirmations of orders"),
}


def read_terms(form: Mapping[str, Any]) -> Terms:
    """Read the form; raises Invalid by field."""
    terms = Terms(**fields.load(ConnectionSchema(), form))
    if terms.news_url and not terms.news_url.startswith("https://"):
        raise Invalid({"news_url": [_("Write a web address that begins with https://")]})
    return terms
