"""The categories in use that a form offers are counted once in a while."""

from __future__ import annotations

import cast
import pytest

from catalogue.core.db import Database
from catalogue.products import queries


def test_categories_in_use_are_kept_for_a_minute(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 1000.0
    monkeypatch.setattr(queries, "monotonic", lambda: moment)

    def in_use() -> list[str]:
        with database.reading() as session:
            return [each.code for each in queries.list_categories_in_use(session)]

    with database.transaction() as session:
        shop = cast.enterprise(session)
        cast.product(session, shop)
    assert in_use() == [cast.PLAY_HOUSES]
    with database.transaction() as session:
        for title in ("Kurv", "Buket"):
            cast.product(session, cast.enterprise(session, title), title, category_code=cast.GIFTS)
        fresh = [each.code for each in queries.list_categories_in_use(session)]
    assert fresh == [cast.GIFTS, cast.PLAY_HOUSES]
    assert in_use() == [cast.PLAY_HOUSES]
    moment += queries.IN_USE_SECONDS
    assert in_use() == [cast.GIFTS, cast.PLAY_HOUSES]
