"""People of an enterprise: invited by mail, taken out by each other, and never all of them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import CatalogueClient
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import invitations, rules
from catalogue.accounts.invitations import NoLonger
from catalogue.accounts.models import Invitation, Person, PersonRole
from catalogue.accounts.rules import Stage
from catalogue.core import jobs
from catalogue.core.errors import Conflict, Invalid, Missing, NotAllowed
from catalogue.core.who import Role, Who
from catalogue.lanes import lanes

NEW = "bo@legehytten.example"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "withdrawn", "accepted", "expected"),
    [
        (0, False, False, Stage.OPEN), (13, False, False, Stage.OPEN),
        (14, False, False, Stage.EXPIRED), (1, True, False, Stage.WITHDRAWN),
        (99, True, False, Stage.WITHDRAWN), (99, False, True, Stage.ACCEPTED),
    ],
)  # fmt: skip
def test_invitation_counts_until_it_is_used_withdrawn_or_too_old(
    days: int, withdrawn: bool, accepted: bool, expected: Stage
) -> None:
    stood = rules.stage(
        cast.NOW + days * DAY,
        expires_at=rules.expires(cast.NOW),
        withdrawn_at=cast.NOW if withdrawn else None,
        accepted_at=cast.NOW if accepted else None,
    )
    assert stood == expected


@pytest.mark.parametrize(
    ("role_id", "decide", "may"),
    [(1, [1], False), (1, [1, 2], True), (3, [1], True), (1, [], True)],
)
def test_last_who_decides_stays(role_id: int, decide: list[int], may: bool) -> None:
    assert rules.may_take_out(role_id, decide) == may


def enterprise(session: Session) -> Who:
    """Make an enterprise with one person, and return who she is."""
    return cast.who(session, cast.worker(session, cast.enterprise(session)))


def issue(session: Session, invited: Invitation) -> str:
    """Make the link of an invitation as its mail does; return its secret."""
    issued = invitations.issue(session, invited.id, cast.NOW)
    assert issued is not None
    session.flush()
    return issued[1]


def test_link_works_once_and_its_secret_is_kept_nowhere(session: Session) -> None:
    who = enterprise(session)
    made = invitations.invite(session, who, NEW, Role.ENTERPRISE, cast.NOW)
    secret = issue(session, made)
    kept = [str(vars(each)) for each in session.scalars(select(Invitation))]
    kept += [str(each.payload) for each in session.scalars(select(jobs.Job))]
    assert secret not in "".join(kept)
    invitations.accept_as_new(session, secret, "Bo Berg", cast.PASSWORD, cast.NOW)
    with pytest.raises(NoLonger):
        invitations.accept_as_new(session, secret, "Bo Berg", cast.PASSWORD, cast.NOW)
    held = session.scalars(select(PersonRole).join(Person).where(Person.email == NEW)).one()
    assert (held.role, held.enterprise_id) == (Role.ENTERPRISE, who.enterprise_id)


@pytest.mark.parametrize("how", ["withdrawn", "expired", "replaced", "guessed"])
def test_link_that_does_not_count_opens_nothing(session: Session, how: str) -> None:
    who, now = enterprise(session), cast.NOW
    made = invitations.invite(session, who, NEW, Role.ENTERPRISE, now)
    secret = issue(session, made)
    if how == "withdrawn":
        invitations.withdraw(session, who, made.id, now)
    elif how == "expired":
        now += 14 * DAY
    elif how == "replaced":
        invitations.invite(session, who, NEW.upper(), Role.FACILITATOR, now)
    else:
        secret = "x" * len(secret)
    session.flush()
    with pytest.raises((NoLonger, Missing)):
        invitations.accept_as_new(session, secret, "Bo Berg", cast.PASSWORD, now)


def test_enterprise_mails_few_invitations_a_day(session: Session) -> None:
    who = enterprise(session)
    for number in range(invitations.MOST_A_DAY):
        to = f"nr{number % 3}@andre.example"  # to one address again counts too
        invitations.invite(session, who, to, Role.FACILITATOR, cast.NOW)
    with pytest.raises(Invalid) as refused:
        invitations.invite(session, who, NEW, Role.FACILITATOR, cast.NOW)
    assert set(refused.value.problems) == {"email"}
    invitations.invite(session, who, NEW, Role.FACILITATOR, cast.NOW + DAY)
    other = cast.who(session, cast.worker(session, cast.enterprise(session, "En anden")))
    invitations.invite(session, other, NEW, Role.FACILITATOR, cast.NOW)


def test_only_the_invited_person_can_accept(session: Session) -> None:
    secret = issue(
        session, invitations.invite(session, enterprise(session), NEW, Role.ENTERPRISE, cast.NOW)
    )
    other = cast.buyer(session)
    with pytest.raises(NotAllowed):
        invitations.accept_signed_in(session, secret, cast.who(session, other), cast.NOW)
    invited = cast.buyer(session, email=NEW)
    with pytest.raises(Invalid):  # she has a log-in: whoever has the mail cannot set it anew
        invitations.accept_as_new(session, secret, "Bo", cast.PASSWORD, cast.NOW)
    invitations.accept_signed_in(session, secret, cast.who(session, invited), cast.NOW)


def test_other_enterprises_and_facilitators_cannot_touch_it(session: Session) -> None:
    who = enterprise(session)
    made = invitations.invite(session, who, NEW, Role.ENTERPRISE, cast.NOW)
    other = cast.who(session, cast.worker(session, cast.enterprise(session, "Andre")))
    with pytest.raises(Missing):
        invitations.withdraw(session, other, made.id, cast.NOW)
    with pytest.raises(Missing):
        invitations.take_out(session, other, who.role_id or 0, cast.NOW)
    with pytest.raises(Conflict):
        invitations.take_out(session, who, who.role_id or 0, cast.NOW)
    helper = Who(person_id=1, role=Role.FACILITATOR, enterprise_id=who.enterprise_id)
    with pytest.raises(NotAllowed):
        invitations.invite(session, helper, NEW, Role.ENTERPRISE, cast.NOW)


def test_colleague_is_invited_mailed_signs_in_and_takes_the_other_out(
    app: Flask, client: CatalogueClient
) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        shop = cast.enterprise(session)
        first = cast.worker(session, shop)
        role_id = cast.who(session, first).role_id
    cast.sign_in_as(client, first)
    assert "kan ikke tages ud" in client.get("/virksomhed/personer").text
    form = {"email": NEW, "role": "enterprise"}
    assert client.post("/virksomhed/personer", data=form).status_code == 303
    link = mailed_link(state)
    visitor = app.test_client()
    for _ in range(3):  # mail programs open links before people do
        page = visitor.get(link)
        assert "Sanne Lind" in page.text and "Legehytten" in page.text
    short = visitor.post(link, data={"name": "Bo Berg", "password": "kort"})
    assert short.status_code == 422
    typed = {"name": "Bo Berg", "password": cast.PASSWORD}
    assert visitor.post(link, data=typed).headers["Location"].endswith("/log-ind")
    assert visitor.get(link).status_code == 409
    visitor.post("/log-ind", data={"email": NEW, "password": cast.PASSWORD})
    assert "Bo Berg" in visitor.get("/virksomhed/personer").text
    assert visitor.post(f"/virksomhed/personer/{role_id}/tag-ud").status_code == 303
    assert client.get("/virksomhed/personer").status_code == 403  # at once, signed in or not


def test_invitation_is_withdrawn_on_its_page(app: Flask, client: CatalogueClient) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        worker = cast.worker(session, cast.enterprise(session))
    cast.sign_in_as(client, worker)
    client.post("/virksomhed/personer", data={"email": NEW, "role": "facilitator"})
    link = mailed_link(state)
    assert NEW in client.get("/virksomhed/personer").text
    assert client.post("/virksomhed/invitationer/1/traek-tilbage").status_code == 303
    assert app.test_client().get(link).status_code == 409
    assert NEW not in re.sub(r"(?s)<form.*?</form>", "", client.get("/virksomhed/personer").text)


def mailed_link(state: Any) -> str:
    """Let the worker send the mail; return the path of the link in it."""
    mailing = next(lane for lane in lanes(state) if lane.name == "mail")
    while jobs.run_once(state.database, mailing.handlers, clock=state.clock):
        pass
    newest = max(Path(state.settings.mail_folder).iterdir(), key=lambda each: each.name)
    text = newest.read_text(encoding="utf-8").replace("=\n", "")
    found = re.search(r"https?://[^/\s]+(/invitation/[\w-]+)", text)
    assert found, text
    return found[1]
