"""What counts once counts once when it is sent twice at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import cast
import pytest
from accounts.test_password_links import issue as issue_password
from accounts.test_people import NEW
from accounts.test_people import issue as issue_invitation
from sqlalchemy.orm import Session

from catalogue.accounts import invitations, password_links
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError
from catalogue.core.who import Role

AT_ONCE = 4
Deed = Callable[[Session, int], Any]


def password(session: Session) -> Deed:
    """Return how somebody chooses a password by a link."""
    token = issue_password(session, cast.buyer(session))
    return lambda opened, n: password_links.choose(opened, token, f"kodeord nummer {n}", cast.NOW)


def invitation(session: Session) -> Deed:
    """Return how somebody accepts an invitation."""
    who = cast.who(session, cast.worker(session, cast.enterprise(session)))
    made = invitations.invite(session, who, NEW, Role.ENTERPRISE, cast.NOW)
    token = issue_invitation(session, made)
    return lambda opened, n: invitations.accept_as_new(
        opened, token, f"Bo {n}", cast.PASSWORD, cast.NOW
    )


@pytest.mark.parametrize("make", [password, invitation])
def test_link_that_is_used_many_times_at_once_works_once(
    database: Database, make: Callable[[Session], Deed]
) -> None:
    with database.transaction() as session:
        deed = make(session)
    start, ended = Barrier(AT_ONCE), []

    def use(number: int) -> None:
        start.wait()
        try:
            with database.transaction() as session:
                deed(session, number)
            ended.append("done")
        except CatalogueError:
            ended.append("refused")

    threads = [Thread(target=use, args=(number,)) for number in range(AT_ONCE)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(ended) == ["done"] + ["refused"] * (AT_ONCE - 1)
