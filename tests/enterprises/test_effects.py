"""What an enterprise states of its effect: what goes together, what is kept, who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cast
import pytest
from cast import NOW
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.errors import Invalid, Missing
from catalogue.enterprises import effect_rules, effects
from catalogue.enterprises.effect_models import EffectStatement
from catalogue.enterprises.effect_rules import FIELDS, UNSUMMED, Measure

NOTHING: dict[str, Any] = {str(name): None for name in FIELDS}
PAGE = "/virksomhed/effekt/2025"


@dataclass
class Row:
    """A statement as sums read it."""

    employed: int | None = None
    employed_outside: int | None = None
    trainees: int | None = None
    apprentices: int | None = None
    paid_hours: int | None = None
    moved_on: int | None = None
    reinvested_percent: int | None = None
    reused_kg: int | None = None
    co2_kg: int | None = None


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, {"employed"}),
        ({"employed": 0}, set()),
        ({"in_words": "Vi er glade for 2025."}, set()),
        ({"employed": 4, "employed_outside": 4}, set()),
        ({"employed": 4, "employed_outside": 5}, {"employed_outside"}),
        ({"employed_outside": 5}, {"employed"}),
        ({"co2_kg": 900}, {"co2_how"}),
        ({"co2_how": "Efter vægt."}, {"co2_kg"}),
        ({"co2_kg": 900, "co2_how": "Efter vægt."}, set()),
    ],
)
def test_figures_of_a_statement_go_together(values: dict[str, Any], wrong: set[str]) -> None:
    assert set(effect_rules.problems(NOTHING | values)) == wrong


_figures = st.none() | st.integers(0, 1000)


@given(st.lists(st.builds(Row, *[_figures] * 9), max_size=6), st.integers(0, 4))
def test_sums_count_what_was_stated_and_nothing_else(rows: list[Row], silent: int) -> None:
    found = effect_rules.sums(rows, len(rows) + silent)
    for measure in Measure:
        told = [getattr(row, measure) for row in rows if getattr(row, measure) is not None]
        assert (found[measure].stated, found[measure].of) == (len(told), len(rows) + silent)
        expected = sum(told) if told and measure not in UNSUMMED else None
        assert found[measure].total == expected


@pytest.mark.parametrize("year", [2026, 2022, 1999])
def test_only_years_that_are_over_can_be_stated(session: Session, year: int) -> None:
    worker = cast.worker(session, cast.enterprise(session))
    values = NOTHING | {"employed": 3}
    with pytest.raises(Missing, match="2023"):
        effects.state_effect(session, cast.who(session, worker), year, values, NOW)


def test_correcting_a_year_keeps_one_statement_and_tells_what_changed(session: Session) -> None:
    who = cast.who(session, cast.worker(session, cast.enterprise(session)))
    effects.state_effect(session, who, 2025, NOTHING | {"employed": 3, "trainees": 1}, NOW)
    session.flush()
    effects.state_effect(session, who, 2025, NOTHING | {"employed": 4}, NOW)
    session.flush()
    assert session.scalar(select(func.count()).select_from(EffectStatement)) == 1
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    assert last.facts == {
        "before": {"employed": 3, "trainees": 1}, "after": {"employed": 4}, "effect_year": 2025,
    }  # fmt: skip


def test_refused_statement_is_not_kept(session: Session) -> None:
    who = cast.who(session, cast.worker(session, cast.enterprise(session)))
    with pytest.raises(Invalid):
        effects.state_effect(session, who, 2025, NOTHING, NOW)
    assert effects.find_latest(session, who.enterprise_id or 0) is None


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser of somebody who works at a verified enterprise."""
    with database.transaction() as session:
        worker = cast.worker(session, cast.enterprise(session))
    opened = app.test_client()
    cast.sign_in_as(opened, worker)
    return opened


def test_form_keeps_what_was_typed_and_says_how_to_mend_it(client: Any) -> None:
    typed = {"employed": "4", "employed_outside": "5", "reinvested_percent": "150"}
    answer = client.post(PAGE, data=typed)
    assert answer.status_code == 422
    assert "Skriv højst 100" in answer.text
    assert 'value="150"' in answer.text
    answer = client.post(PAGE, data=typed | {"reinvested_percent": "50"})
    assert "Skriv højst 4, for så mange er ansat i alt" in answer.text


def test_statement_is_shown_to_everybody_as_the_enterprises_own_until_taken_back(
    app: Flask, client: Any
) -> None:
    figures = {"employed": "1.250", "employed_outside": "0", "in_words": "Vi voksede."}
    assert client.post(PAGE, data=figures).status_code == 303
    visitor = app.test_client()
    profile = visitor.get("/virksomheder/1/legehytten").text
    assert "Effekt i 2025" in profile
    assert "Egen oplysning" in profile
    assert "Ingen kommune har undersøgt tallene" in profile
    assert "1.250 personer" in profile
    assert "0 personer" in profile  # nought was stated; what was not stated is not shown
    assert "Elever og lærlinge" not in profile
    client.post(f"{PAGE}/fjern")
    assert "Effekt i 2025" not in visitor.get("/virksomheder/1/legehytten").text
    assert client.post(f"{PAGE}/fjern").status_code == 404


def test_own_effect_leads_to_the_year_that_ended_last(client: Any) -> None:
    assert client.get("/virksomhed/effekt").headers["Location"].endswith(PAGE)
    assert client.get("/virksomhed/effekt/2026").status_code == 404
    assert 'href="/virksomhed/effekt"' in client.get("/virksomhed").text
