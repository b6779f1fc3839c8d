"""A person with two roles and two windows: what she wrote for one place is not done for another."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from conftest import CatalogueClient, on_sqlite
from drawn import form_key
from sqlalchemy import select

from catalogue.accounts.models import PersonRole
from catalogue.core.db import Database
from catalogue.core.who import Role
from catalogue.products.models import Product

NEW = "/varer-hos-os/ny"


@pytest.fixture
def helper(client: CatalogueClient, database: Database) -> CatalogueClient:
    """A browser of somebody who helps two enterprises, in her role for the first."""
    with database.transaction() as session:
        person = cast.person(session)
        first, _second = (
            cast.role(session, person, Role.FACILITATOR, enterprise=cast.enterprise(session, name))
            for name in ("Bevar", "Sumak")
        )
    cast.sign_in_as(client, person, first)
    return client


def change_role(client: CatalogueClient, database: Database, to: int) -> None:
    with database.reading() as session:
        roles = session.scalars(select(PersonRole.id).order_by(PersonRole.id)).all()
    client.post("/roller", data={"role_id": str(roles[to])})


def typed(client: CatalogueClient) -> dict[str, Any]:
    return {"title": "Cykelkurve", "step": "hvad", "form_key": form_key(client.get(NEW).text)}


def owners(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(Product.enterprise_id)))


@on_sqlite
def test_form_drawn_for_one_enterprise_is_not_done_for_another(
    helper: CatalogueClient, database: Database
) -> None:
    form = typed(helper)
    change_role(helper, database, 1)
    refused = helper.post(NEW, data=form)
    assert refused.status_code == 409
    assert "skiftet til en anden rolle" in refused.text
    assert owners(database) == []
    change_role(helper, database, 0)
    assert helper.post(NEW, data=form).status_code == 303
    assert len(owners(database)) == 1


@on_sqlite
def test_form_that_waited_counts_as_drawn_where_it_was(
    helper: CatalogueClient, database: Database
) -> None:
    form = typed(helper)
    change_role(helper, database, 1)
    waited = form_key(helper.get("/roller").text)
    change_role(helper, database, 0)
    sent = form | {"form_key": [waited, form["form_key"]]}
    assert helper.post(NEW, data=sent).status_code == 303


@on_sqlite
def test_stale_window_still_signs_out_and_changes_roles(
    helper: CatalogueClient, database: Database
) -> None:
    stale = {"form_key": form_key(helper.get(NEW).text)}
    change_role(helper, database, 1)
    assert helper.post("/sprog", data=stale | {"locale": "en"}).status_code == 303
    assert helper.post("/log-ud", data=stale).status_code == 303
