"""Ports of loopback that nobody uses, for servers that are started a moment later.

None is of those that Linux gives to connections (32,768 and above): one that a connection, or
another server that asks for any port, takes in the meantime keeps the server from starting.
"""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack, suppress

LOWEST, ABOVE_ALL = 12_000, 32_700


def free_port() -> int:
    """Return a port that nobody uses."""
    return free_ports(1)[0]


def free_ports(count: int, *, and_above: int = 0) -> list[int]:
    """Return different ports that nobody uses, nor the ports so much above them."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            port = random.randrange(LOWEST, ABOVE_ALL - and_above)
            with suppress(OSError):
                for each in {port, port + and_above}:
                    held.enter_context(socket.create_server(("127.0.0.1", each)))
                found.append(port)
    return found


if __name__ == "__main__":
    print(free_port())
