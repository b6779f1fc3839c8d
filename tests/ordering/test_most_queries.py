"""Basket, check-out and approval keep to twelve queries with all that can stand beside them."""

from __future__ import annotations

from datetime import date

import cast
from flask import Flask
from ordering.approving import rule, town
from ordering.world import DELIVERY, FORM, put

from catalogue.ordering import addresses, budgets, codings, service
from catalogue.ordering.address_schema import AddressFacts
from catalogue.ordering.budget_rules import Terms
from catalogue.ordering.codings import CodingFacts

MOST = 12
CODING = "3.22.01"


def test_no_page_of_ordering_takes_more_than_twelve_queries(app: Flask) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        here = town(session, ceiling_ore=10_000_000)
        who, gln = here.world.who, DELIVERY.gln
        rule(session, here)
        place = {name: FORM[name] for name in FORM if name not in ("reference", "note")}
        addresses.keep(session, who, AddressFacts(**place), cast.NOW)
        codings.keep(session, who, CodingFacts(gln, CODING), cast.NOW)
        for category, coding in ((cast.PLAY_HOUSES, None), (None, CODING), (None, None)):
            bounds = (date(2026, 1, 1), date(2026, 12, 31), 10**9, category, coding)
            budgets.enter(session, here.staff_who, Terms(gln, *bounds), cast.NOW)
        put(session, here.world, "4")
        (waiting,) = service.place(session, who, DELIVERY, "key-of-the-form", cast.NOW)
        put(session, here.world, "2")
    buyer, approver = app.test_client(), app.test_client()
    cast.sign_in_as(buyer, here.world.buyer)
    cast.sign_in_as(approver, here.anne)
    bought = {"product_id": here.world.product.id, "quantity": "1"}
    seen = {}
    for name, ask in {
        "basket": lambda: buyer.get("/kurv"),
        "check-out": lambda: buyer.get("/kurv/bestil"),
        "approval": lambda: approver.get(f"/godkendelser/{waiting.number}"),
        "adding": lambda: buyer.post("/kurv/tilfoej", data=bought),
    }.items():
        with cast.counted_queries(database) as queries:
            assert ask().status_code in (200, 303), name
        seen[name] = len(queries)
    assert {name: count for name, count in seen.items() if count > MOST} == {}
