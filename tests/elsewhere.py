"""A real server on loopback, as servers elsewhere are: it answers well and badly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"


class Elsewhere(ThreadingHTTPServer):
    """A server on loopback that counts what it is asked, and answers well and badly."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Handler)
        self.asked: list[str] = []
        self.answers: dict[str, bytes] = {"/ok": b"picture", "/%C3%B8re.jpg?v=2": b"named"}
        self.over = threading.Event()

    def address(self, path: str, host: str = HOST) -> str:
        """Return an address of this server."""
        return f"http://{host}:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path.startswith("/to?"):
            self._answer(302, Location=self.path[4:])
        elif self.path == "/large":
            self._answer(200, Content_Length="5000000")
        elif self.path == "/endless":
            self._answer(200)
            self._pour(b"x" * 1_000, 0)
        elif self.path == "/drip":
            self._answer(200)
            self._pour(b"x", 0.02)
        elif self.path == "/half":
            self._answer(200, Content_Length="100")
            self.wfile.write(b"half")
        elif (content := self.server.answers.get(self.path)) is not None:
            self._answer(200)
            self.wfile.write(content)
        else:
            self._answer(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(202, X_Signed=self.headers["X-Signed"])
        self.wfile.write(body[::-1])

    def _answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _pour(self, piece: bytes, pause: float) -> None:
        try:
            while not self.server.over.wait(pause):
                self.wfile.write(piece)
        except OSError:
            pass  # the reader has had enough

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Elsewhere]:
    """Run a server while the block lasts."""
    with Elsewhere() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()
