"""The door of the application: who finds no place is told to come again, and health never waits."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from catalogue.core import admission
from catalogue.core.admission import Admission, Full, Lane, Refusal
from catalogue.core.http import admitting

PATIENCE_SECONDS = 20
LARGEST = 2_000_000
REFUSAL = Refusal(b"<h1>later</h1>", b"{}")


class Held(io.RawIOBase):
    """A body of which nothing comes until it is told to go on."""

    def __init__(self) -> None:
        self.asked, self.going = threading.Event(), threading.Event()

    def read(self, _size: int = -1) -> bytes:
        """Wait, then end."""
        self.asked.set()
        self.going.wait(PATIENCE_SECONDS)
        return b""


class Application:
    """An application that answers `/busy` when told to, and others at once with their body."""

    def __init__(self) -> None:
        self.entered, self.going = threading.Semaphore(0), threading.Event()
        self.answer: Iterable[bytes] = [b"page"]

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer."""
        if environ["PATH_INFO"] == "/busy":
            self.entered.release()
            self.going.wait(PATIENCE_SECONDS)
        start("200 OK", [])
        if environ["REQUEST_METHOD"] == "POST":
            return [environ["wsgi.input"].read()]
        return self.answer


@pytest.fixture
def application() -> Application:
    """What is let into."""
    return Application()


def door(application: Application, places: int = 1) -> Admission:
    """Put a door before it."""
    return Admission(application, REFUSAL, places=places, largest_bytes=LARGEST, prefix="/indkob")


def ask(
    door: Admission, path: str, body: Any = None, told: int | None = None, address: str = "one"
) -> tuple[str, dict[str, str], Iterable[bytes]]:
    """Ask, and return status, headers and the answer as it is handed to the server."""
    got: list[Any] = []
    environ: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "REMOTE_ADDR": address}
    if body is not None:
        environ |= {"REQUEST_METHOD": "POST", "wsgi.input": body}
        environ |= {"HTTP_TRANSFER_ENCODING": "chunked"} if told is None else {}
        environ |= {} if told is None else {"CONTENT_LENGTH": str(told)}
    answer = door(environ, lambda status, headers: got.extend((status, dict(headers))))
    return got[-2], got[-1], answer


@contextmanager
def busy(application: Application, door: Admission, count: int = 1) -> Iterator[None]:
    """Have somebody in it meanwhile."""
    asking = [threading.Thread(target=ask, args=(door, "/busy")) for _each in range(count)]
    for each in asking:
        each.start()
    for _each in range(count):
        assert application.entered.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield
    finally:
        application.going.set()
        for each in asking:
            each.join()


@pytest.mark.parametrize(
    ("path", "answer", "kind"),
    [("/soeg", REFUSAL.page, "text/html; charset=utf-8"),
     ("/indkob/api/v1/orders", REFUSAL.problem, "application/problem+json")],
)  # fmt: skip
def test_who_would_wait_too_long_is_told_to_come_again(
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    answer: bytes,
    kind: str,
) -> None:
    monkeypatch.setattr(admission, "PATIENCE_SECONDS", 0.01)
    full = door(application)
    with busy(application, full):
        status, headers, told = ask(full, path)
    assert (status, list(told)) == ("503 Service Unavailable", [answer])
    assert (headers["Retry-After"], headers["Content-Type"]) == ("5", kind)
    assert ask(full, path)[0] == "200 OK"


def test_too_many_who_wait_are_told_at_once(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "WAITING", 0)
    full = door(application, places=2)
    with busy(application, full, 2):
        assert ask(full, "/soeg")[0] == "503 Service Unavailable"


@pytest.mark.parametrize("path", ["/livez", "/healthz", "/indkob/readyz", "/static/catalogue.css"])
def test_health_and_files_pass_by(
    application: Application, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(admission, "WAITING", 0)
    full = door(application)
    with busy(application, full):
        assert ask(full, path)[0] == "200 OK"


def test_body_that_trickles_holds_no_place_and_one_address_not_all_bodies(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "WAITING", 0)
    monkeypatch.setattr(admission, "MOVING_EACH", 1)
    open_, body = door(application), Held()
    slow = threading.Thread(target=ask, args=(open_, "/log-ind", body, 9))
    slow.start()
    assert body.asked.wait(PATIENCE_SECONDS)
    try:
        assert ask(open_, "/soeg")[0] == "200 OK"
        assert ask(open_, "/log-ind", io.BytesIO(b"a"), 1)[0] == "503 Service Unavailable"
        assert ask(open_, "/log-ind", io.BytesIO(b"a"), 1, "two")[0] == "200 OK"
    finally:
        body.going.set()
        slow.join()
    assert ask(open_, "/log-ind", io.BytesIO(b"a"), 1)[0] == "200 OK"


@pytest.mark.parametrize("told", [True, False])
def test_body_comes_as_it_was_sent(application: Application, told: bool) -> None:
    sent = b"x" * (admission.KEPT_BYTES + 1)
    _status, _headers, answer = ask(
        door(application), "/filer", io.BytesIO(sent), len(sent) if told else None
    )
    assert b"".join(answer) == sent


def test_body_of_no_told_length_is_read_no_further_than_its_limit(application: Application) -> None:
    source = io.BytesIO(b"x" * (LARGEST + 100_000))
    _status, _headers, answer = ask(door(application), "/filer", source)
    assert len(b"".join(answer)) == LARGEST + 1
    assert source.tell() == LARGEST + 1


def test_body_of_a_told_length_above_the_limit_is_left_to_be_refused_unread(
    application: Application,
) -> None:
    source = io.BytesIO(b"x" * (LARGEST + 1))
    ask(door(application), "/filer", source, LARGEST + 1)
    assert source.tell() == LARGEST + 1  # by the application alone


def test_small_answer_is_handed_over_whole_and_closed(application: Application) -> None:
    closed = threading.Event()

    def pieces() -> Iterator[bytes]:
        try:
            yield from (b"a", b"b")
        finally:
            closed.set()

    application.answer = pieces()
    assert ask(door(application), "/billeder")[2] == [b"a", b"b"]
    assert closed.is_set()


def test_large_answer_holds_no_place_until_its_reader_has_it(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "MOVING_EACH", 1)
    open_, part = door(application), b"x" * admission.KEPT_BYTES

    def file() -> Iterator[bytes]:
        yield from (part, part)

    application.answer = file()
    answer: Any = ask(open_, "/dokumenter")[2]
    application.answer = file()
    assert ask(open_, "/dokumenter")[0] == "503 Service Unavailable"
    application.answer = [b"page"]
    assert ask(open_, "/soeg")[0] == "200 OK"
    assert b"".join(answer) == part * 2
    answer.close()
    answer.close()
    application.answer = file()
    assert ask(open_, "/dokumenter")[0] == "200 OK"


def test_lane_has_its_places_again_when_they_are_left() -> None:
    lane = Lane(2, 1)
    with lane.hold("one"), lane.hold("two"), pytest.raises(Full):
        lane.take("three")
    with lane.hold("three"):
        pass


def test_refusal_says_so_in_danish_to_people_and_programs() -> None:
    drawn = admitting.refusal()
    assert "<h1>Vent et øjeblik</h1>" in drawn.page.decode()
    assert '"status": 503' in drawn.problem.decode()
