"""A gate before a server: connections pass, or it hangs, refuses or trickles, as it is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

from ports import free_port

PIECE, TICK_SECONDS, DRIP_SECONDS = 65_536, 0.1, 1.0


class Mode(StrEnum):
    """What a gate does with what comes."""

    PASS = "pass"
    REFUSE = "refuse"  # cuts off at once
    HANG = "hang"  # takes the connection and is silent
    TRICKLE = "trickle"  # answers, a letter a second


class Gate:
    """A gate of loopback before a port of a server."""

    def __init__(self, behind: int) -> None:
        self.port, self.behind, self.mode = free_port(), behind, Mode.PASS

    async def enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        with suppress(OSError, asyncio.CancelledError):
            await self._held()
            if self.mode != Mode.REFUSE:
                answers, asks = await asyncio.open_connection("127.0.0.1", self.behind)
                await asyncio.gather(
                    self._pump(reader, asks, drips=False), self._pump(answers, writer, drips=True)
                )
        writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, drips: bool
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                await self._held()
                if self.mode == Mode.REFUSE:
                    break
                while drips and self.mode == Mode.TRICKLE and piece:
                    writer.write(piece[:1])
                    await writer.drain()
                    piece = piece[1:]
                    await asyncio.sleep(DRIP_SECONDS)
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def _held(self) -> None:
        while self.mode == Mode.HANG:
            await asyncio.sleep(TICK_SECONDS)


@contextmanager
def gates(**behind: int) -> Iterator[dict[str, Gate]]:
    """Run a gate before each of the ports, by its name."""
    made = {name: Gate(port) for name, port in behind.items()}
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="gates", daemon=True)
    thread.start()
    for each in made.values():
        opening = asyncio.start_server(each.enter, "127.0.0.1", each.port)
        asyncio.run_coroutine_threadsafe(opening, loop).result(10)
    yield made
    asyncio.run_coroutine_threadsafe(_cut_off(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


async def _cut_off() -> None:
    """End all connections that are open still."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for each in rest:
        each.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
