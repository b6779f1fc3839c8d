"""Ask servers elsewhere at addresses that strangers name, and never be led into our own network.

A name is looked up once, every address behind it must be public, and the connection goes to what
was checked: an answer that changes between look-up and connection does not help. Each redirect is
checked anew. Nothing goes through a proxy, and nothing of ours (cookies, passwords) goes along.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from .errors import Unavailable
from .text import Text
from .text import lazy as _

MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotFetched(Unavailable):
    """Nothing can be had at the address; the reason says why, and names no address of ours."""

    title = _("The address cannot be fetched")

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


class NoAnswer(NotFetched):
    """The server cannot be reached, or takes too long: the next address there would too."""


@dataclass(frozen=True)
class Bounds:
    """How much is read, how long all of it may take, and which hosts may lie anywhere.

    `cuts`: of an answer that is longer the beginning is read, for its status says all; else it is
    refused.
    """

    max_bytes: int
    seconds: float
    allowed_hosts: frozenset[str] = frozenset()
    cuts: bool = False


@dataclass(frozen=True)
class Request:
    """What is asked of a server."""

    address: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """What a server says."""

    status: int
    headers: Mapping[str, str]  # names in small letters
    content: bytes


def fetch(address: str, bounds: Bounds) -> bytes:
    """Return what lies at an address, behind a few redirects too; raises NotFetched."""
    end = time.monotonic() + bounds.seconds
    for _turn in range(MOST_REDIRECTS + 1):
        answer = _ask(Request(address), bounds, end)
        leads_to = answer.headers.get("location", "")
        if answer.status not in _REDIRECTS or not leads_to:
            break
        address = urljoin(address, leads_to)
    else:
        raise NotFetched(_("The address leads on to others too many times"))
    if answer.status != 200:
        raise NotFetched(_("The server answers with the code %(status)s", status=answer.status))
    return answer.content


def ask(request: Request, bounds: Bounds) -> Answer:
    """Send one request and return the answer, a redirect too; raises NotFetched."""
    return _ask(request, bounds, time.monotonic() + bounds.seconds)


def taken_apart(address: str) -> SplitResult:
    """Return the parts of what a stranger calls an address; of what is none, all is its path."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", address, "", "")


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open network, for one machine."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        if found not in _UNICAST_6 or found.sixtofour or found.teredo:
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


def _ask(request: Request, bounds: Bounds, end: float) -> Answer:
    parts = _split(request.address)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    try:
        connection = http.client.HTTPConnection(host, port)  # refuses blanks within the host
        connection.default_port = _PORTS[parts.scheme]  # else it names 443 to the server too
        with _connect(host, port, bounds, end) as sock:
            secured = _secured(sock, host) if parts.scheme == "https" else sock
            with secured, Watch(secured, end):
                connection.sock = secured
                return _exchange(connection, _path(parts), request, bounds)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= end:
            raise NoAnswer(_("The server takes too long")) from None
        raise NoAnswer(_("The server cannot be reached, or breaks off")) from None


def _split(address: str) -> SplitResult:
    """Take an address apart; raises NotFetched for what no server of the web answers at."""
    try:
        parts = urlsplit(address)
        known = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise NotFetched(_("Only addresses that begin with http:// or https:// are fetched"))
    return parts


def _connect(host: str, port: int, bounds: Bounds, end: float) -> socket.socket:
    """Connect to one of the addresses behind a name, all of which are public; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = host in bounds.allowed_hosts
    if not allowed and not all(is_public(str(where[0])) for *_kind, where in found):
        raise NotFetched(_("The address is not on the open internet"))
    failed: OSError = TimeoutError()
    for family, kind, protocol, _name, where in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(max(0.01, end - time.monotonic()))
            sock.connect(where)
            return sock
        except OSError as error:
            sock.close()
            failed = error
    raise failed


def _secured(sock: socket.socket, host: str) -> socket.socket:
    """Return the connection encrypted, to a server that proves the name; within its time."""
    return ssl.create_default_context().wrap_socket(sock, server_hostname=host)


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return f"{path}?{query}" if query else path


def _exchange(
    connection: http.client.HTTPConnection, path: str, request: Request, bounds: Bounds
) -> Answer:
    headers = {"User-Agent": "Catalogue", "Connection": "close", **request.headers}
    connection.request(request.method, path, request.body, headers)
    with connection.getresponse() as response:
        told = {name.lower(): value for name, value in response.getheaders()}
        if bounds.cuts:
            return Answer(response.status, told, response.read(bounds.max_bytes))
        if (response.length or 0) > bounds.max_bytes:
            raise _too_large(bounds)
        content = response.read(bounds.max_bytes + 1)
        if len(content) > bounds.max_bytes:
            raise _too_large(bounds)
        if response.length:
            raise http.client.IncompleteRead(content, response.length)
        return Answer(response.status, told, content)


def _too_large(bounds: Bounds) -> NotFetched:
    return NotFetched(
        _("The file is larger than %(most)s MB", most=max(1, bounds.max_bytes // 1_000_000))
    )


class Watch:
    """Cuts a connection off when its time is up, however slowly its server drips.

    The time-out of a socket counts anew with each byte, so it is no limit to the whole.
    """

    def __init__(self, sock: socket.socket, end: float) -> None:
        self.sock, self.end, self.is_late = sock, end, False
        self.timer = threading.Timer(max(0.0, end - time.monotonic()), self._cut)
        self.timer.daemon = True

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(self, *_error: Any) -> None:
        self.timer.cancel()
        if self.is_late:  # what was read looks like an answer that has ended
            raise TimeoutError

    def _cut(self) -> None:
        self.is_late = True
        with suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
