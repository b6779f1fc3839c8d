"""What a setting may hold beyond its type: bounds of numbers, forms of addresses.

Pure: a name and a value in, what would be right out. A wrong one that is let through shows itself
late and elsewhere: as a web server that answers nobody, or a night in which nothing is taken out.
"""

from __future__ import annotations

import importlib
import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit

# With 0 of these nothing works: nobody is answered, signs in, is waited for or is taken in.
_AT_LEAST_ONE = frozenset({
    "web_workers", "web_threads", "session_hours", "sign_in_attempts",
    "sign_in_attempts_per_address", "smtp_port", "smtp_timeout_seconds", "upload_max_bytes",
    "verified_months", "fetch_timeout_seconds", "webhook_timeout_seconds",
    "clamav_timeout_seconds", "hits_per_page", "api_requests_per_minute",
})  # fmt: skip
# By the unit, the last word of a name. Times: a thousand years, for what is reckoned from today
# must be a date; seconds and milliseconds, what a database takes as a limit.
_AT_MOST = {
    "years": 1_000, "months": 12_000, "days": 365_000, "hours": 8_760_000,
    "minutes": 525_600_000, "seconds": 2_000_000, "ms": 2_000_000_000, "port": 65_535,
}  # fmt: skip
_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")


def bounds_of(name: str) -> tuple[int, int | None]:
    """Return the least and the most that a number may be; None: as much as there is."""
    return int(name in _AT_LEAST_ONE), _AT_MOST.get(name.rpartition("_")[2])


def right_form(name: str, value: str) -> str | None:
    """Return what would be right in place of a text; None when it is right."""
    check = _FORMS.get(name)
    return check(value) if check else None


def _address(value: str) -> str | None:
    """Tell what an address of a server is like."""
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError:
        parts = urlsplit("")
    is_right = parts.scheme in ("http", "https") and _is_host(parts.hostname or "")
    return None if is_right else "an address that begins with https:// or http:// and names a host"


def _server(value: str) -> str | None:
    """Tell what the name of a mail server is like, which has a port in a setting of its own."""
    return None if _is_host(value) else "a host alone, such as mail.kommune.dk, without its port"


def _is_host(value: str) -> bool:
    """Tell whether a name can be looked up: who asks for `mail..x` meets a fault."""
    try:
        return bool(ipaddress.ip_address(value))
    except ValueError:
        pass
    try:
        return bool(value.encode("idna")) and not re.search(r"[\s:/@\[\]\x00-\x1f]", value)
    except UnicodeError:
        return False


def _plain(value: str) -> str | None:
    """Tell what may be sent at a log-in: Python's of SMTP, and headers, take nothing else."""
    return None if value.isascii() and value.isprintable() else "letters and signs of ASCII alone"


def _mailbox(value: str) -> str | None:
    """Tell what an address of mail is like, which may stand behind a name."""
    is_right = re.search(r"[^\s@<>]+@[^\s@<>]+>?$", value)
    return None if is_right else "an address of mail, such as indkob@kommune.dk"


def _prefix(value: str) -> str | None:
    return None if value.startswith("/") else "a path that begins with /, such as /indkob"


def _scanner(value: str) -> str | None:
    host, _colon, port = value.rpartition(":")
    is_right = value.startswith("/") or (_is_host(host) and port.isdecimal())
    return None if is_right else "the whole path of a socket, or host:port"


def _database(value: str) -> str | None:
    """Tell what an address of a database is like; SQLAlchemy is loaded by whoever names one."""
    try:
        # Without dialects, for one that is not installed cannot be loaded.
        driver = importlib.import_module("sqlalchemy.engine").make_url(value).drivername
    except Exception:  # of SQLAlchemy, or a port that is no number
        driver = ""
    is_right = driver in _DRIVERS
    return None if is_right else "postgresql+psycopg://user@host/name, or sqlite:///path"


def _or_empty(check: Callable[[str], str | None]) -> Callable[[str], str | None]:
    return lambda value: check(value) if value else None


_FORMS: dict[str, Callable[[str], str | None]] = {
    "public_url": _address,
    "media_endpoint": _or_empty(_address),
    "access_point_url": _or_empty(_address),
    "smtp_host": _or_empty(_server),
    "smtp_user": _plain,
    "smtp_password": _plain,
    "access_point_token": _plain,
    "metrics_token": _plain,
    "mail_from": _mailbox,
    "bounce_address": _or_empty(_mailbox),
    "url_prefix": _or_empty(_prefix),
    "clamav_socket": _or_empty(_scanner),
    "database_url": _or_empty(_database),
    "data_folder": lambda value: None if value else "a folder",
}
