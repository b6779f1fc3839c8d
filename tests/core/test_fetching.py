"""The guarded fetch against a real server: what it refuses, and that nothing is read for ever."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from elsewhere import Elsewhere, serving

from catalogue.core import fetching
from catalogue.core.fetching import Bounds, NoAnswer, NotFetched, Request
from catalogue.core.text import reading_in

HERE = frozenset({"127.0.0.1"})


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """A server on loopback."""
    with serving() as server:
        yield server


def refusal(address: str, bounds: Bounds) -> str:
    """Return why an address is not fetched, in English."""
    with pytest.raises(NotFetched) as caught, reading_in("en"):
        fetching.fetch(address, bounds)
    with reading_in("en"):
        return str(caught.value.reason)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("8.8.8.8", True), ("2a00:1450:400f:80d::200e", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False), ("127.9.9.9", False), ("0.0.0.0", False), ("10.0.0.1", False),
        ("172.16.0.1", False), ("192.168.1.1", False), ("100.64.0.1", False),
        ("169.254.169.254", False), ("224.0.0.1", False), ("239.255.255.250", False),
        ("240.0.0.1", False), ("255.255.255.255", False), ("192.0.2.1", False),
        ("::1", False), ("::", False), ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", False),
        ("fe80::1", False), ("fe80::1%lo", False), ("fc00::1", False), ("ff02::1", False),
        ("fec0::1", False), ("2001:db8::1", False), ("2002:7f00:1::1", False),
        ("64:ff9b::7f00:1", False), ("64:ff9b::a00:1", False), ("2001:0:7f00:1::1", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_open_network_are_public(address: str, public: bool) -> None:
    assert fetching.is_public(address) is public


def test_own_network_is_refused_by_default_and_asked_where_it_is_allowed(
    elsewhere: Elsewhere,
) -> None:
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"):
        said = refusal(elsewhere.address("/ok", host), Bounds(1_000, 5))
        assert said == "The address is not on the open internet", host
    assert elsewhere.asked == []
    bounds = Bounds(1_000, 5, HERE)
    assert fetching.fetch(elsewhere.address("/ok"), bounds) == b"picture"
    assert fetching.fetch(elsewhere.address("/øre.jpg?v=2"), bounds) == b"named"


def test_redirects_are_checked_anew_and_few(elsewhere: Elsewhere) -> None:
    bounds = Bounds(1_000, 5, HERE)
    assert fetching.fetch(elsewhere.address("/to?/ok"), bounds) == b"picture"
    elsewhere.asked.clear()
    inner = elsewhere.address("/ok", "127.0.0.2")
    assert "open internet" in refusal(elsewhere.address(f"/to?{inner}"), bounds)
    assert "http://" in refusal(elsewhere.address("/to?file:///etc/passwd"), bounds)
    assert "/ok" not in elsewhere.asked
    elsewhere.asked.clear()
    assert "too many times" in refusal(elsewhere.address("/to?/to?/to?/to?/to?/ok"), bounds)
    assert len(elsewhere.asked) == 1 + fetching.MOST_REDIRECTS


def named(monkeypatch: pytest.MonkeyPatch, *turns: list[str]) -> Iterator[list[str]]:
    """Give the name `somewhere.example` addresses, others each time that it is looked up.

    Returns those of the times that nobody has looked it up yet.
    """
    left, real = iter(turns), socket.getaddrinfo

    def look_up(host: str, port: int, **how: Any) -> Any:
        assert host == "somewhere.example"
        return [each for address in next(left) for each in real(address, port, **how)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return left


def test_name_is_looked_up_once_and_the_connection_goes_to_what_was_checked(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = named(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    bounds = Bounds(1_000, 5, frozenset({"somewhere.example"}))
    assert fetching.fetch(elsewhere.address("/ok", "somewhere.example"), bounds) == b"picture"
    assert list(left) == [["127.0.0.2"]]


def test_name_that_leads_into_our_own_network_among_others_is_refused(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, ["127.0.0.1", "93.184.215.14"])
    address = elsewhere.address("/ok", "somewhere.example")
    assert refusal(address, Bounds(1_000, 5)) == "The address is not on the open internet"
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("path", "seconds", "words"),
    [
        ("/large", 5, "larger than 1 MB"), ("/endless", 5, "larger than 1 MB"),
        ("/drip", 0.3, "takes too long"), ("/half", 5, "breaks off"), ("/none", 5, "code 404"),
    ],
)  # fmt: skip
def test_bad_answers_end_with_a_reason(
    elsewhere: Elsewhere, path: str, seconds: float, words: str
) -> None:
    assert words in refusal(elsewhere.address(path), Bounds(1_000, seconds, HERE))


def test_long_answer_is_cut_where_its_status_says_all(elsewhere: Elsewhere) -> None:
    for path, length in (("/large", 0), ("/endless", 1_000)):  # the former says so and sends none
        asked = fetching.Request(elsewhere.address(path))
        answer = fetching.ask(asked, Bounds(1_000, 5, HERE, cuts=True))
        assert (answer.status, len(answer.content)) == (200, length)


def test_server_that_says_nothing_or_is_not_there_gives_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for scheme in ("http", "https"):  # neither an answer nor a handshake
            address = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/"
            with pytest.raises(NoAnswer):
                fetching.fetch(address, Bounds(1_000, 0.2, HERE))
    assert "cannot be reached" in refusal(address, Bounds(1_000, 5, HERE))


@pytest.mark.parametrize(
    "address", ["", "hus.jpg", "ftp://127.0.0.1/a", "file:///etc/passwd", "http://", "http://[::1",
                "http://127.0.0.1:99999/", "gopher://x/_", "data:image/png;base64,AA"],
)  # fmt: skip
def test_what_is_no_web_address_is_not_asked(address: str) -> None:
    assert "http://" in refusal(address, Bounds(1_000, 5, HERE))


@pytest.mark.parametrize("host", ["127.0.0.1 a", "a\x00b", "a..b", "x" * 70])
def test_name_that_no_server_has_is_not_reached(host: str) -> None:
    assert "cannot be reached" in refusal(f"http://{host}/hus.jpg", Bounds(1_000, 5, HERE))


def test_one_request_can_be_sent_with_a_body(elsewhere: Elsewhere) -> None:
    request = Request(elsewhere.address("/hook"), "POST", {"X-Signed": "abc"}, b"body")
    answer = fetching.ask(request, Bounds(1_000, 5, HERE))
    assert (answer.status, answer.headers["x-signed"], answer.content) == (202, "abc", b"ydob")
