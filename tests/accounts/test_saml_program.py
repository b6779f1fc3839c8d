"""A program of signatures that hangs lets nobody in, holds nobody up, and leaves nothing behind."""

from __future__ import annotations

import os
import select
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from accounts.saml_provider import SamlProvider
from accounts.saml_town import Town, town
from conftest import on_sqlite

from catalogue.accounts import saml_metadata, saml_program
from catalogue.accounts.models import Person, SignIn
from catalogue.accounts.saml_signatures import ProgramSilent

__all__ = ["town"]
PATIENCE_SECONDS = 10.0


class Hanging:
    """A script on the path that hangs when it is told `word`, and is xmlsec1 else.

    While it, or what it started, lives, the other end of a pipe with a name is held open.
    """

    def __init__(self, folder: Path, word: str) -> None:
        self.left = folder / "left"
        self.left.mkdir()
        pipe, program = folder / "pipe", folder / "xmlsec1"
        os.mkfifo(pipe)
        self._end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        program.write_text(
            f'#!/bin/sh\ncase " $* " in *" {word} "*) ;; *) exec {shutil.which("xmlsec1")} "$@";;'
            f' esac\nexec 9>"{pipe}"\necho hangs >&9\nsleep 600\n'
        )
        program.chmod(0o755)

    def outlived(self) -> str:
        """Return what it said when it began to hang, and whether all of it is gone."""
        said, gone = b"", False
        while not gone and select.select([self._end], [], [], PATIENCE_SECONDS)[0]:
            piece = os.read(self._end, 99)
            said, gone = said + piece, not piece
        os.close(self._end)
        return said.decode() + ("gone" if gone else "is still there")


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Hanging]:
    """Put a hanging program first on the path; files for now lie in a folder of its own."""

    def put(word: str) -> Hanging:
        made = Hanging(tmp_path, word)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        monkeypatch.setattr(tempfile, "tempdir", str(made.left))
        monkeypatch.setattr(saml_program, "SECONDS", 0.5)
        return made

    return put


@pytest.mark.parametrize("word", ["--version", "--verify", "--decrypt"])
@on_sqlite
def test_program_that_hangs_is_killed_and_lets_nobody_in(
    town: Town, hanging: Callable[[str], Hanging], word: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = town.idp.encrypt(town.idp.answer(town.ask().id))
    program = hanging(word)
    refused = town.bring(response)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    assert "Din kommunes login kunne ikke kontrolleres i tide" in refused.text
    assert (town.rows(Person), town.rows(SignIn)) == ([], [])
    assert program.outlived() == "hangs\ngone"
    assert list(program.left.iterdir()) == []
    told = [each.message for each in caplog.records if each.name == "catalogue.accounts"]
    assert told == ["xmlsec1 did not end in time"]


@on_sqlite
def test_sign_in_goes_on_when_the_program_hangs_no_more(
    town: Town, hanging: Callable[[str], Hanging]
) -> None:
    response = town.idp.answer(town.ask().id)
    program = hanging("--verify")
    assert town.bring(response).status_code == 503
    (program.left.parent / "xmlsec1").unlink()
    assert town.bring(response).status_code == 303
    assert program.outlived() == "hangs\ngone"


def test_metadata_whose_check_hangs_is_not_taken_for_unsigned(
    idp: SamlProvider, hanging: Callable[[str], Hanging]
) -> None:
    signed = idp.signed().encode()
    program = hanging("--verify")
    with pytest.raises(ProgramSilent):
        saml_metadata.signer(signed)
    assert program.outlived() == "hangs\ngone"
