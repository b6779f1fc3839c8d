"""The watcher of the days finds what is planted, and the set-up of logs keeps out what it can."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from typing import Any

import pytest
from conftest import on_sqlite
from flask import Flask
from privacy.watcher import Watcher

from catalogue.core import faults, logs

NAME, EMAIL, CPR = "Åse Ørnskov", "aase@slagelse.example", "211062-5629"
TOKEN, WORDS = "tJ8Yb0Qw-zzz_4k1", "glutenfri bryllupskage"
log = logging.getLogger("catalogue.http")


@pytest.mark.parametrize(
    "planted",
    [NAME, "til ØRNSKOV i morgen", "%C3%98rnskov", EMAIL, "x@y.example", "58573600", CPR,
     "010190-1234", TOKEN, WORDS, "q=glutenfri+bryllupskage"],
)  # fmt: skip
@pytest.mark.parametrize("where", ["event", "fact", "list", "argument"])
@on_sqlite
def test_watcher_finds_what_is_planted(
    app: Flask, watcher: Watcher, planted: str, where: str
) -> None:
    watcher.hide_words(NAME)
    app.test_client().get("/soeg", query_string={"q": WORDS})
    app.test_client().get(f"/ordrelink/{TOKEN}")
    app.test_client().post("/log-ind", data={"email": EMAIL, "password": "58573600"})
    watcher.prove("request")
    if where == "event":
        log.info(f"sent to {planted}")
    elif where == "argument":
        log.info("sent to %s", planted)
    else:
        log.info("sent", extra={"what": planted if where == "fact" else [{"a": planted}]})
    assert watcher.found() != []


@pytest.fixture
def stream() -> Any:
    """What the set-up of a process writes to; everything is as before afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("catalogue")
    before = list(root.handlers), root.level, ours.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    opened = io.StringIO()
    logs.set_up(opened)
    yield opened
    root.handlers[:], root.level, ours.level = before[0], before[1], before[2]
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def fail() -> None:
    """Fail with a person in hand, behind something that failed for her too."""
    try:
        int(NAME)
    except ValueError as error:
        words = f"{NAME} {CPR}"
        raise LookupError(words) from error


def raised() -> BaseException:
    """Return what `fail` raises."""
    with pytest.raises(LookupError) as caught:
        fail()
    return caught.value


@pytest.mark.parametrize("way", ["ours", "host", "process", "thread", "tidying"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_exceptions_are_told_by_kind_and_line_without_their_words(
    stream: io.StringIO, way: str
) -> None:
    error = raised()
    told = (type(error), error, error.__traceback__)
    if way == "ours":
        try:
            fail()
        except LookupError:
            faults.note(log, "failed")
    elif way == "host":
        logging.getLogger("some.library").error("failed", exc_info=told)
    elif way == "process":
        sys.excepthook(*told)
    elif way == "thread":
        threading.excepthook(threading.ExceptHookArgs([*told, None]))
    else:
        sys.unraisablehook(type("Found", (), {"exc_value": error})())  # type: ignore[arg-type]
    (line,) = stream.getvalue().splitlines()
    assert "builtins.LookupError" in json.loads(line)["error"]
    assert "builtins.ValueError" in json.loads(line)["error"]
    assert "in fail" in line
    assert "Ørnskov" not in line
    assert CPR not in line


@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.PlainLines()])
def test_what_others_fill_into_their_lines_is_left_out(formatter: logging.Formatter) -> None:
    message = "Exception on %s [%s]"
    for name, has_it in (("flask.app", False), ("catalogue", False), ("catalogue.http", True)):
        record = logging.LogRecord(name, 40, "", 1, message, (f"/x/{NAME}", "GET"), None)
        assert (NAME in formatter.format(record)) is has_it
        assert "Exception on" in formatter.format(record)
    program = logging.LogRecord("saml2.sigver", 40, "", 1, f"returncode=1\n{NAME}", (), None)
    assert "returncode=1" in formatter.format(program)
    assert NAME not in formatter.format(program)


@pytest.mark.parametrize("sent", [CPR, "2110625629", "cpr-211062-5629"])
def test_cpr_number_is_no_id_of_a_request(sent: str) -> None:
    assert logs.new_id(sent) != sent


def test_keyboard_ends_a_process_as_ever(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert stream.getvalue() == ""
    assert "KeyboardInterrupt" in capsys.readouterr().err
