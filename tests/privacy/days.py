"""What happens on every day whose logs are read: the worker works, mail is read, people sign in."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import cast
from exchange.box import text_of
from flask import Flask

from catalogue.core import jobs
from catalogue.lanes import lanes

NAME, EMAIL, CPR = "Åse Ørnskov", "aase.oernskov@slagelse.example", "211062-5629"
PHONE, WORDS = "58573600", "glutenfri bryllupskage"


def work_off(state: Any) -> None:
    """Let the worker do all that is due in every lane."""
    for lane in lanes(state):
        for _batch in range(20):
            if not jobs.run_once(state.database, lane.handlers, clock=state.clock):
                break


def mails(state: Any) -> str:
    """Return the texts of all mails that were sent."""
    found = state.settings.mail_folder.glob("*.eml")
    return "\n".join(_text(each) for each in found)


def signed_in(app: Flask, person: Any) -> Any:
    """Return the browser of somebody who is signed in."""
    made = app.test_client()
    cast.sign_in_as(made, person)
    return made


def _text(path: Path) -> str:
    message: Any = message_from_bytes(path.read_bytes(), policy=policy.default)
    return text_of(message)
