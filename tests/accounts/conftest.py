"""What tests of sign-in share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest


@pytest.fixture(scope="session")
def idp(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The IdP of SAML, which knows us, and our key there: made once, for keys take long."""
    if shutil.which("xmlsec1") is None:
        pytest.skip("xmlsec1 is not installed")
    from accounts import saml_provider  # pysaml2 takes a second to load

    return saml_provider.SamlProvider(tmp_path_factory.mktemp("saml"), saml_provider.pair("ours"))


@pytest.fixture
def address(idp: Any) -> Iterator[str]:
    """Where the IdP's metadata lies."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(idp.metadata.encode())

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/metadata.xml"
        server.shutdown()
