"""The pages of standing orders, driven by a browser without JavaScript."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import cast
from drawn import placing_key
from flask import Flask
from ordering.test_pages import add, browser, key_of, place
from ordering.world import FORM, World, make
from sqlalchemy import select

from catalogue.core.audit import AuditEvent
from catalogue.exchange import standing_change_mail, standing_mail
from catalogue.ordering import standing_work
from catalogue.ordering.standing_models import StandingRun

PLAN = {
    "name": "Legehuse", "rhythm": "weekly", "weekday": "3", "days_ahead": "3",
    "first_on": "2026-12-01", "last_on": "2027-03-31", "rise_percent": "0",
    "ordre": "0330-2026-00001",
}  # fmt: skip
ONE = "/loebende-bestillinger/1"


def started(app: Flask) -> tuple[World, Any]:
    """Have the buyer order once, and make a standing order of it; return her browser."""
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session)
    buyer = browser(app, world.buyer)
    add(buyer, world.product, "2")
    place(buyer, key_of(buyer))
    page = buyer.get("/loebende-bestillinger/ny?ordre=0330-2026-00001").text
    assert 'value="Skovvej 3"' in page  # where the order went
    form = FORM | PLAN | {"placing_key": placing_key(page), f"quantity_{world.product.id}": "2"}
    refused = buyer.post("/loebende-bestillinger/ny", data=form | {"last_on": "2026-11-01"})
    assert refused.status_code == 422 and 'value="Skovvej 3"' in refused.text
    made = buyer.post("/loebende-bestillinger/ny", data=form)
    assert made.headers["Location"].endswith(ONE)
    return world, buyer


def test_buyer_makes_pauses_changes_and_ends_a_standing_order(app: Flask) -> None:
    _world, buyer = started(app)
    page = buyer.get(ONE).text
    assert "Hver uge, torsdag" in page
    assert 'Flyttet: 24. dec. 2026 er <span lang="da">Juleaftensdag</span>' in page
    assert "mandag 28. dec. 2026" in page
    wrong = {"paused_from": "2026-12-20", "paused_until": "2026-12-01"}
    assert buyer.post(f"{ONE}/pause", data=wrong).status_code == 422
    buyer.post(f"{ONE}/pause", data={"paused_from": "2026-12-01", "paused_until": "2026-12-20"})
    assert "På pause" in buyer.get(ONE).text
    buyer.post(f"{ONE}/genoptag")
    assert buyer.post(f"{ONE}/antal", data={"quantity_1": "nul"}).status_code == 422
    buyer.post(f"{ONE}/antal", data={"quantity_1": "3"})
    assert "37.500,00" in buyer.get(ONE).text
    buyer.post(f"{ONE}/afslut")
    assert "Afsluttet" in buyer.get("/loebende-bestillinger").text
    assert buyer.post(f"{ONE}/genoptag").status_code == 409


def test_buyer_changes_a_standing_order_from_its_next_order_on_and_the_enterprise_is_told(
    app: Flask,
) -> None:
    world, buyer = started(app)
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        other = cast.product(session, world.enterprise, "Bænk", price_ore=80_000)
    page = buyer.get(f"{ONE}/ret").text
    assert 'value="Skovvej 3"' in page and "Bænk, 800,00" in page.replace("\u00a0", " ")
    form = FORM | PLAN | {"weekday": "0", "rhythm": "fortnightly", "street": "Nyvej 1",
                          "quantity_1": "3", "product_id": str(other.id), "added": "2"}  # fmt: skip
    for wrong in ({"last_on": "2026-11-01"}, {"added": ""}, {"quantity_1": "", "product_id": ""},
                  {"product_id": "999"}):  # fmt: skip
        assert buyer.post(f"{ONE}/ret", data=form | wrong).status_code == 422, wrong
    assert buyer.post(f"{ONE}/ret", data=form).status_code == 303
    page = buyer.get(ONE).text
    for said in ("Hver anden uge, mandag", "mandag 7. dec. 2026", "mandag 21. dec. 2026", "Nyvej 1",
                 "Bænk", "39.100,00"):  # fmt: skip
        assert said in page, said
    with state.database.transaction() as session:
        owed = standing_change_mail.find(session, 1)
        (told,) = session.scalars(select(AuditEvent).filter_by(action="standing_order.changed"))
    assert owed and told.facts["after"]["weekday"] == "0"
    settings = replace(state.settings, public_url="https://indkob.example/")
    letter = standing_change_mail.compose(settings, state.templates, owed, cast.NOW).message
    text = letter.get_body(("plain",)).get_content()
    for said in ("2 × Bænk", "Hver anden uge, mandag", "Næste levering: 7. dec. 2026", "Nyvej 1"):
        assert said in text, said
    again = {name: value for name, value in form.items() if name not in ("product_id", "added")}
    buyer.post(f"{ONE}/ret", data=again | {"quantity_2": "2"})
    with state.database.transaction() as session:  # the same again is no change
        assert len(list(session.scalars(select(AuditEvent).filter_by(action=told.action)))) == 1
    run(app, date(2026, 12, 7), 8)
    assert "Nyvej 1" in buyer.get("/ordrer/0330-2026-00002").text
    buyer.post(f"{ONE}/afslut")
    assert buyer.get(f"{ONE}/ret").status_code == 409


def test_buyer_is_told_of_a_risen_price_accepts_it_and_the_enterprise_sees_what_comes(
    app: Flask,
) -> None:
    world, buyer = started(app)
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        session.merge(world.product).price_ore = 1_300_000
        staff = cast.staff(session, world.home)
    run(app, date(2026, 12, 3), 6)
    with state.database.reading() as session:
        owed = standing_mail.find(session, session.scalars(select(StandingRun.id)).one())
    assert owed and owed.recipient == world.buyer.email
    settings = replace(state.settings, public_url="https://indkob.example/")
    letter = standing_mail.compose(settings, state.templates, owed, cast.NOW).message
    text = letter.get_body(("plain",)).get_content()
    assert "Den koster nu 13.000,00" in text.replace("\u00a0", " ")
    assert "/loebende-bestillinger/1" in text

    page = buyer.get(ONE).text
    seen = re.search(r'name="(version_\d+)" value="(\d+)"', page)
    assert seen and "kan den næste ordre ikke afgives" in page
    buyer.post(f"{ONE}/godkend-priser", data={seen[1]: seen[2]})
    run(app, date(2026, 12, 10), 13)
    assert "0330-2026-00002" in buyer.get(ONE).text
    order = browser(app, world.worker).get("/indkomne-ordrer/0330-2026-00002").text
    assert "Ordren kommer fra en løbende bestilling" in order
    assert "Levering ønskes 10. dec. 2026" in order
    assert "Mette Holm" in browser(app, staff).get("/loebende-bestillinger").text


def run(app: Flask, planned_on: date, days: int) -> None:
    """Let the worker place what is planned, that many days from now."""
    database = app.extensions["catalogue"].database
    standing_work.place(database, 1, planned_on, cast.NOW + timedelta(days=days))
