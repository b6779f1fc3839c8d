"""A server of files that is silent or drips is waited for briefly, and by one asker at a time."""

from __future__ import annotations

import threading

import pytest

from catalogue.core.waiting import ANSWER_SECONDS, REST_SECONDS, FilesUnavailable, Patience


class Silent(Exception):
    """Nobody answers."""


def _silent() -> str:
    raise Silent


def test_what_drips_is_left_waiting() -> None:
    comes = threading.Event()
    with pytest.raises(FilesUnavailable):
        Patience(answer_seconds=0.01).ask(comes.wait, ())
    comes.set()


def test_a_silent_server_rests_and_then_one_tries_for_all() -> None:
    watch = [100.0]
    patience = Patience(watch=lambda: watch[0])
    assert patience.ask(lambda: "there", (Silent,)) == "there"
    with pytest.raises(FilesUnavailable):
        patience.ask(_silent, (Silent,))
    with pytest.raises(FilesUnavailable):
        patience.ask(lambda: "not asked", (Silent,))
    watch[0] += REST_SECONDS
    others: list[str] = []

    def try_for_all() -> str:
        with pytest.raises(FilesUnavailable):
            patience.ask(lambda: others.append("asked"), (Silent,))
        return "there"

    assert patience.ask(try_for_all, (Silent,)) == "there"
    assert others == []
    assert patience.ask(lambda: "there again", (Silent,)) == "there again"
    assert watch[0] < 100.0 + ANSWER_SECONDS


def test_more_than_a_few_at_once_are_told_to_come_again() -> None:
    patience, refused = Patience(), []

    def crowd() -> None:
        try:
            patience.ask(crowd, ())
        except FilesUnavailable:
            refused.append(True)

    patience.ask(crowd, ())
    assert refused == [True]


def test_what_the_server_refuses_is_no_silence() -> None:
    patience = Patience()
    for _each in range(2):
        with pytest.raises(ValueError, match="no such file"):
            patience.ask(_refuse, (Silent,))


def test_a_server_that_refuses_after_silence_is_asked_again_at_once() -> None:
    watch = [100.0]
    patience = Patience(watch=lambda: watch[0])
    with pytest.raises(FilesUnavailable):
        patience.ask(_silent, (Silent,))
    watch[0] += REST_SECONDS
    with pytest.raises(ValueError, match="no such file"):
        patience.ask(_refuse, (Silent,))
    assert patience.ask(lambda: "there", (Silent,)) == "there"


def _refuse() -> None:
    raise ValueError("no such file")
