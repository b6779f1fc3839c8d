"""Which answers of a provider of OpenID Connect count, and where they lead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from accounts.oidc_town import DOOR, Town, op, town
from accounts.provider import SECRET
from conftest import on_sqlite

from catalogue.accounts.models import Municipality
from catalogue.accounts.outside_models import IdentityProvider

__all__ = ["op", "town"]


@on_sqlite
def test_an_answer_counts_once_and_in_its_own_browser(town: Town) -> None:
    back = town.go()
    stranger = town.app.test_client()
    stranger.get(DOOR)
    assert stranger.get(back).status_code == 409  # somebody else's answer signs nobody in
    assert town.client.get(back).status_code == 409  # and is spent
    back = town.go()
    assert town.client.get(back).status_code == 303
    assert town.client.get(back).status_code == 409
    assert town.client.get(f"{DOOR}/svar?code=x&state=made-up").status_code == 409


@on_sqlite
def test_provider_is_told_where_we_are_and_not_what_a_host_header_says(town: Town) -> None:
    begun = town.client.get(DOOR, headers={"Host": "evil.example"})
    assert begun.status_code == 303
    assert "evil" not in begun.headers["Location"]


@pytest.mark.parametrize("trap", ["https://evil.example/", "//evil.example", "/\\evil.example"])
@on_sqlite
def test_way_back_stays_on_this_site(town: Town, trap: str) -> None:
    assert "evil" not in town.client.get(town.go(trap)).headers["Location"]


@on_sqlite
def test_answer_of_another_issuer_and_a_code_that_is_none_are_refused(town: Town) -> None:
    back = town.go().replace(urlencode({"iss": town.op.issuer}), "iss=https%3A%2F%2Fevil.example")
    assert town.client.get(back).status_code == 403
    back, begun = town.go(), town.go()
    code = back.split("code=")[1].split("&")[0]
    other = begun.split("code=")[1].split("&")[0]
    mixed = begun.replace(other, code)  # the code of one sign-in with the state of another
    assert town.client.get(mixed).status_code == 403
    town.client.get(DOOR)
    assert "error=" not in town.go()


@on_sqlite
def test_refusal_of_the_provider_leads_back_to_the_sign_in_page(town: Town) -> None:
    state = town.go().split("state=")[1].split("&")[0]
    answer = town.client.get(f"{DOOR}/svar?error=access_denied&state={state}")
    assert answer.headers["Location"] == "/log-ind"
    assert "Slagelse" in town.client.get("/log-ind").text


@on_sqlite
def test_new_key_of_the_provider_is_asked_for_once_a_token_names_it(town: Town) -> None:
    town.sign_in()
    state = town.app.extensions["catalogue"]
    town.op.renew_keys()
    assert town.sign_in().status_code == 403  # asked only just now: whoever invents keys waits
    later = datetime.now(UTC) + timedelta(seconds=31)
    state.clock = lambda: later
    assert town.sign_in().status_code == 303


@on_sqlite
def test_closed_door_leads_nowhere_and_copies_of_the_database_tell_no_secret(town: Town) -> None:
    (kept,) = town.rows(IdentityProvider)
    assert SECRET not in str(kept.client_secret)
    town.change(is_open=False)
    assert town.client.get(DOOR).status_code == 404
    assert "Log ind med Slagelse" not in town.client.get("/log-ind").text
    assert town.rows(Municipality)[0].name == "Slagelse"
