"""What presses on a site: ten times too many requests, and connections that do not get on.

All of it comes from an address of its own (127.0.0.2), as an attacker does, and ends when told to.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

ELSEWHERE, PATIENCE_SECONDS, PAUSE_SECONDS = "127.0.0.2", 60.0, 0.1
LARGE_BYTES, PIECE = 100_000_000, b"x" * 65_536
PART_BYTES = 70_000  # of a body: more than any proxy of ours waits for before it hands on
FORM = b"csrf_token=0&email=nobody%40example.dk&password=wrong"
Press = Callable[["Target", int], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """What came: the status (0: nothing), whether it says when to come again, and when it came."""

    status: int
    retry: bool
    ms: float


@dataclass
class Target:
    """What is pressed on, as its visitor sees it."""

    port: int
    cookies: str
    large: str  # the address of a picture that does not fit into anybody's buffer
    health: list[int]  # ports that are asked for it
    page: str = "/soeg"


@dataclass
class Seen:
    """What a visitor and the one who asks for health met meanwhile."""

    pages: list[Answer] = field(default_factory=list)
    forms: list[Answer] = field(default_factory=list)
    health: list[Answer] = field(default_factory=list)


async def flood(target: Target, rate: float, seconds: float) -> tuple[list[Answer], Seen]:
    """Send so many requests a second, whether answered or not; ask for health meanwhile."""
    began, tasks, seen = time.monotonic(), [], Seen()
    watching = asyncio.create_task(_watch(target, seen))
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(ask(target, target.page, ELSEWHERE)))
    answers = await asyncio.gather(*tasks)
    await _end([watching])
    return answers, seen


async def press(target: Target, how: Press, count: int, seconds: float) -> Seen:
    """Press `count` times at once, and visit meanwhile: pages, a form, and health."""
    held = [asyncio.create_task(_again(how, target, number)) for number in range(count)]
    seen = Seen()
    await asyncio.sleep(min(2.0, seconds))
    watching = asyncio.create_task(_watch(target, seen))
    end = time.monotonic() + seconds
    while time.monotonic() < end or not seen.pages:
        seen.pages.append(await ask(target, target.page))
        seen.forms.append(await ask(target, "/log-ind", body=FORM))
        await asyncio.sleep(PAUSE_SECONDS)
    await _end([watching, *held])
    return seen


async def ask(
    target: Target, path: str, source: str = "", body: bytes = b"", port: int = 0
) -> Answer:
    """Ask for a page, or send a form, on a connection of its own."""
    start = time.monotonic()
    method = "POST" if body else "GET"
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{target.port}", "Connection: close",
             f"Cookie: {target.cookies}"]  # fmt: skip
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    with suppress(OSError, TimeoutError):
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            _connected(port or target.port, source) as (reader, writer),
        ):
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            answer = (await reader.read()).partition(b"\r\n\r\n")[0].decode("latin-1")
        if answer:
            ms = (time.monotonic() - start) * 1000
            return Answer(int(answer.split()[1]), "retry-after:" in answer.lower(), ms)
    return Answer(0, retry=False, ms=(time.monotonic() - start) * 1000)


async def _slow_heads(target: Target, _number: int) -> None:
    async with _connected(target.port) as (_reader, writer):
        await _trickle(writer, b"POST /log-ind HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")


async def _slow_forms(target: Target, _number: int) -> None:
    async with _connected(target.port) as (_reader, writer):
        await _trickle(writer, _head(f"Content-Length: {len(FORM)}") + FORM[:3])


async def _slow_uploads(target: Target, number: int) -> None:
    """Send some of a body at once and the rest by letters, every other one without its length."""
    async with _connected(target.port) as (_reader, writer):
        part = b"x" * PART_BYTES
        if number % 2:
            await _trickle(writer, _head("Content-Length: 1000000") + part)
        else:
            size = f"{PART_BYTES:x}\r\n".encode()
            begun = _head("Transfer-Encoding: chunked") + size + part + b"\r\n"
            await _trickle(writer, begun, b"1\r\na\r\n")


async def _slow_readers(target: Target, number: int) -> None:
    """Ask for a picture or a page, and take nothing of it: the window is as small as can be."""
    path = target.large if number % 2 else target.page
    async with _connected(target.port, small=True, limit=1) as (_reader, writer):
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", f"Cookie: {target.cookies}", "", ""]
        writer.write("\r\n".join(lines).encode())
        await asyncio.sleep(PATIENCE_SECONDS)


async def _large_told(target: Target, _number: int) -> None:
    async with _connected(target.port) as (_reader, writer):
        writer.write(_head(f"Content-Length: {LARGE_BYTES}"))
        for _each in range(LARGE_BYTES // len(PIECE)):
            writer.write(PIECE)
            await writer.drain()
            await asyncio.sleep(0)


async def _large_chunked(target: Target, _number: int) -> None:
    async with _connected(target.port) as (_reader, writer):
        writer.write(_head("Transfer-Encoding: chunked"))
        for _each in range(LARGE_BYTES // len(PIECE)):
            writer.write(f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0)


async def _idle(target: Target, number: int) -> None:
    """Be connected and say nothing; every other one after an answer."""
    async with _connected(target.port) as (reader, writer):
        if number % 2:
            writer.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
        await reader.read()
        await asyncio.sleep(1)


PRESSES: dict[str, tuple[Press, int]] = {
    "heads that trickle": (_slow_heads, 300), "forms that trickle": (_slow_forms, 300),
    "uploads that trickle": (_slow_uploads, 100), "answers that nobody reads": (_slow_readers, 100),
    "100 MB, of told length": (_large_told, 8), "100 MB, chunked": (_large_chunked, 8),
    "idle connections": (_idle, 1_000),
}  # fmt: skip


def _head(length: str) -> bytes:
    kind = "Content-Type: application/x-www-form-urlencoded"
    return f"POST /log-ind HTTP/1.1\r\nHost: localhost\r\n{kind}\r\n{length}\r\n\r\n".encode()


async def _trickle(writer: asyncio.StreamWriter, begun: bytes, each: bytes = b"a") -> None:
    writer.write(begun)
    while True:
        writer.write(each)
        await writer.drain()
        await asyncio.sleep(1)


async def _again(how: Press, target: Target, number: int) -> None:
    """Press, and press again as soon as it was cut off."""
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            await how(target, number)
        await asyncio.sleep(PAUSE_SECONDS)


@asynccontextmanager
async def _connected(
    port: int, source: str = ELSEWHERE, *, small: bool = False, limit: int = 65_536
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Be connected from `source`, and break off at the end; `small`: with the smallest window."""
    own = socket.socket()
    own.setblocking(False)
    try:
        if small:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        if source:
            own.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(own, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=own, limit=limit)
    except BaseException:
        own.close()
        raise
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)  # in which the loop closes it


async def _watch(target: Target, seen: Seen) -> None:
    while True:
        for port in target.health:
            seen.health.append(await ask(target, "/healthz", port=port))
        await asyncio.sleep(0.5)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
