"""Pages of a new installation tell of nothing that is not there."""

from __future__ import annotations

from collections.abc import Callable

import cast
import pytest
from conftest import CatalogueClient
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.db import Database

Maker = Callable[[Session], Person]


def a_worker(session: Session) -> Person:
    """Make somebody of an enterprise without products."""
    return cast.worker(session, cast.enterprise(session))


@pytest.mark.parametrize(
    ("make", "address", "tells", "not_there"),
    [
        (cast.administrator, "/virksomheder/alle", "Ingen virksomheder endnu", "har disse ord"),
        (cast.staff, "/verificering?vis=alle", "De, der ansøger hos jeres kommune", "Vælg Alle"),
        (cast.staff, "/daekning?vis=huller", "Intet at vise endnu", "Alt er dækket"),
        (cast.staff, "/aarsrapport/2026", "afgav ingen ordrer", "report-chart"),
        (cast.staff, "/soeg", "0 varer", "Se alt, hvad I må bestille"),
        (cast.staff, "/soeg", "0 varer", "nothing-steps"),
        (cast.buyer, "/soeg", "Efterlys det, I mangler", "på en gældende aftale"),
        (a_worker, "/varer-hos-os/kopier", "I har ingen varer endnu", "har disse ord"),
        (a_worker, "/varer-hos-os/tal", "Der er ikke talt noget", 'id="opened-title"'),
    ],
)
def test_page_of_an_empty_installation_tells_what_comes_there(
    client: CatalogueClient,
    database: Database,
    make: Maker,
    address: str,
    tells: str,
    not_there: str,
) -> None:
    with database.transaction() as session:
        person = make(session)
    cast.sign_in_as(client, person)
    page = client.get(address).text
    assert tells in page
    assert not_there not in page


def test_first_page_counts_no_noughts(client: CatalogueClient) -> None:
    page = client.get("/").text
    assert "Hvad har du brug for?" in page
    assert "hero-counts" not in page
