"""Decisions about PunchOut: where a basket may go back to, in what charset, and until when.

Pure functions of plain values.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit, urlunsplit

START_MINUTES = 10  # from set-up until the start page is opened
SESSION_HOURS = 8  # a working day
OVERLAP_DAYS = 14  # in which an old secret still holds beside the new one
LONGEST_ADDRESS = 2000
_SHOWN = 100  # characters of an address that is refused
# What SAP systems ask for; browsers read iso-8859-1 as windows-1252, which has all of its signs.
CHARSETS = {
    "utf-8": "utf-8", "utf8": "utf-8", "iso-8859-1": "iso-8859-1", "latin1": "iso-8859-1",
    "iso8859-1": "iso-8859-1", "iso-8859-15": "iso-8859-15", "windows-1252": "windows-1252",
    "cp1252": "windows-1252", "us-ascii": "us-ascii",
}  # fmt: skip
DEFAULT_CHARSET = "iso-8859-1"  # of OCI, when none is asked for
_TARGET = re.compile(r"(?:_top|_parent|_self|_blank|[A-Za-z][A-Za-z0-9_-]{0,39})")
_HOST = re.compile(r"(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")
_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
# What the older charsets lack and Danish texts have; anything else becomes a question mark.
_PLAINER = str.maketrans(
    {"–": "-", "—": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "•": "-",
     "€": "EUR", "\u00a0": " ", "²": "2", "³": "3"}
)  # fmt: skip


@dataclass(frozen=True)
class Hook:
    """An address to send a form to: without query, whose parts go along as hidden fields."""

    action: str
    fields: tuple[tuple[str, str], ...]


def split_hook(address: str) -> Hook:
    """Take the query off an address, as OCI wants: it is the purchasing system's session."""
    parts = urlsplit(address)
    fields = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return Hook(urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")), fields)


def may_return_to(address: str, hosts: Collection[str]) -> bool:
    """Tell whether a basket may go to an address: over https, to one of the hosts named by staff.

    Over plain http only to the machine itself, where purchasing systems are tried out.
    """
    if len(address) > LONGEST_ADDRESS or any(ord(sign) <= 32 or sign == "\\" for sign in address):
        return False
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if parts.scheme not in ("https", "http") or "@" in parts.netloc:
        return False
    if parts.scheme == "http" and host not in _LOOPBACK:
        return False
    named = host if port is None else f"{host}:{port}"
    return named in hosts


def shown_address(address: str) -> str:
    """Return what a person needs to see of an address: how it is reached, and the host."""
    scheme, found, rest = address.partition("://")
    return (scheme + found + re.split("[/?#]", rest)[0])[:_SHOWN]


def read_host(text: str) -> str | None:
    """Return a host as it is kept, `erp.kommune.dk` or with a port; None when it is none."""
    host = text.strip().lower().removeprefix("https://").rstrip("/")
    host = host.removesuffix(":443")
    return host if _HOST.fullmatch(host) and ".." not in host else None


def read_origin(text: str) -> str | None:
    """Return the origin of a site as it is kept, `https://erp.kommune.dk`; None when it is none."""
    scheme, found, rest = text.strip().lower().rstrip("/").partition("://")
    if not found:
        scheme, rest = "https", scheme
    host = read_host(rest) if "://" not in rest else None
    if host is None or scheme not in ("https", "http"):
        return None
    if scheme == "http" and host.partition(":")[0] not in _LOOPBACK:
        return None
    return f"{scheme}://{host}"


def origins_of(hosts: Collection[str]) -> list[str]:
    """Return hosts as a content policy names them: plain http for the machine itself only."""
    return [
        f"{'http' if each.partition(':')[0] in _LOOPBACK else 'https'}://{each}" for each in hosts
    ]


def read_target(text: str, otherwise: str) -> str:
    """Return the window that takes the form; what is no name of one is passed over."""
    return text if _TARGET.fullmatch(text) else otherwise


def read_charset(asked: str) -> str:
    """Return the charset of a form that goes back; the default of OCI for one we do not write."""
    return CHARSETS.get(asked.strip().lower().replace("_", "-"), DEFAULT_CHARSET)


def in_charset(text: str, charset: str) -> str:
    """Return a text in signs that the charset has."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        plainer = "".join(
            each if _fits(each, charset) else each.translate(_PLAINER) for each in text
        )
        return plainer.encode(charset, "replace").decode(charset)
    return text


def start_ends(now: datetime) -> datetime:
    """Return until when the start page of a session set up at `now` can be opened."""
    return now + timedelta(minutes=START_MINUTES)


def session_ends(now: datetime) -> datetime:
    """Return until when a session opened at `now` lasts."""
    return now + timedelta(hours=SESSION_HOURS)


def overlap_ends(now: datetime) -> datetime:
    """Return until when a secret holds that is replaced at `now`."""
    return now + timedelta(days=OVERLAP_DAYS)


def _fits(sign: str, charset: str) -> bool:
    try:
        sign.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
