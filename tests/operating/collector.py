"""A collector of OpenTelemetry that keeps what it is sent."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

Sent = list[tuple[str, bytes]]  # paths and what came to them


@contextmanager
def collecting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sent]:
    """Run one; OpenTelemetry is told by its own setting to send there."""
    sent: Sent = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            zipped = self.headers.get("Content-Encoding") == "gzip"
            sent.append((self.path, gzip.decompress(content) if zipped else content))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        yield sent
        server.shutdown()
