"""How mail leaves: log-in and STARTTLS against a real server, and files written whole."""

from __future__ import annotations

import shutil
import smtplib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from ports import free_port

from catalogue.exchange.carriers import NOT_CARRIED, by_folder, carrier
from catalogue.settings import Settings


class Box:
    """Keeps who logged in and what came, and whether it came under TLS."""

    def __init__(self) -> None:
        self.users: list[str] = []
        self.under_tls: list[bool] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.under_tls.append(session.ssl is not None)
        return "250 OK"

    def authenticate(self, *facts: Any) -> AuthResult:
        """Let in `katalog` with the password `hemmelig`."""
        given = facts[-1]
        assert isinstance(given, LoginPassword)
        self.users.append(given.login.decode())
        return AuthResult(success=given.password == b"hemmelig", handled=False)


@contextmanager
def serving(box: Box, **options: Any) -> Iterator[int]:
    """Run a mail server on a free port of loopback and hand out the port."""
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def message() -> EmailMessage:
    """Make a small message."""
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = "a@a.example", "b@b.example", "<1@a.example>"
    made.set_content("Hej")
    return made


def settings(port: int, **changes: Any) -> Settings:
    """Return settings that name the server of the test."""
    return Settings(smtp_host="127.0.0.1", smtp_port=port, **changes)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_logs_in_when_a_user_is_set() -> None:
    box = Box()
    options = {"auth_required": True, "auth_require_tls": False, "authenticator": box.authenticate}
    with (
        serving(box, **options) as port,
        carrier(settings(port, smtp_user="katalog", smtp_password="hemmelig")) as carry,
    ):
        carry(message(), None)
    assert box.users == ["katalog"]
    assert box.under_tls == [False]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_wrong_password_is_an_error_that_is_tried_again() -> None:
    box = Box()
    options = {"auth_required": True, "auth_require_tls": False, "authenticator": box.authenticate}
    wrong = {"smtp_user": "katalog", "smtp_password": "forkert"}
    with (
        serving(box, **options) as port,
        pytest.raises(smtplib.SMTPAuthenticationError) as caught,
        carrier(settings(port, **wrong)),
    ):
        pass
    assert isinstance(caught.value, NOT_CARRIED)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1 that nobody has signed, and the server's context."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, certified = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
         "-out", certified],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified, key)
    return certified, context


def test_starttls_hides_the_mail_from_the_network(
    certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    box = Box()
    with (
        serving(box, tls_context=context) as port,
        carrier(settings(port, smtp_starttls=True)) as carry,
    ):
        carry(message(), None)
    assert box.under_tls == [True]


def test_starttls_with_a_server_nobody_vouches_for_is_refused(
    certificate: tuple[Path, ssl.SSLContext],
) -> None:
    _trusted, context = certificate
    with (
        serving(Box(), tls_context=context) as port,
        pytest.raises(ssl.SSLCertVerificationError) as caught,
        carrier(settings(port, smtp_starttls=True)),
    ):
        pass
    assert isinstance(caught.value, NOT_CARRIED)


def test_file_is_written_whole_and_again_over_itself(tmp_path: Path) -> None:
    with by_folder(tmp_path / "mail") as carry:
        carry(message(), None)
        carry(message(), None)
    (found,) = (tmp_path / "mail").iterdir()
    assert found.name == "1@a.example.eml"
    assert b"Hej" in found.read_bytes()


def test_mail_server_that_drips_its_greeting_is_hung_up_on(tmp_path: Path) -> None:
    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            line, _address = server.accept()
            with line, suppress(OSError):
                while not gone.wait(0.01):
                    line.sendall(b"2")

        dripping = threading.Thread(target=drip)
        dripping.start()
        port = server.getsockname()[1]
        settings = Settings(tmp_path, smtp_host="127.0.0.1", smtp_port=port)
        settings = replace(settings, smtp_timeout_seconds=0.1)  # of whole seconds otherwise
        with pytest.raises(TimeoutError), carrier(settings):
            pass
        gone.set()
        dripping.join()
