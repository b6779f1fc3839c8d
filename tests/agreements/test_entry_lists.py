"""The list of agreements: narrowed by words, in the order asked for, and the same as a file."""

from __future__ import annotations

import cast
from sqlalchemy.orm import Session

from catalogue.agreements import entries, entry_lists
from catalogue.agreements.screens import NAMES


def test_agreements_are_narrowed_and_stand_as_asked_for(session: Session) -> None:
    home = cast.municipality(session)
    shop = cast.enterprise(session, "Ærlig Gavebod")
    cast.voluntary(session, home, shop, number="B-2", title="Gaver")
    cast.mandatory(session, home, number="A-1", title="=Møbler")
    found = entries.list_agreements(session, home.id, cast.TODAY)
    by_number = entry_lists.narrow(found, "", "nummer")
    assert [each.agreement.number for each in by_number] == ["A-1", "B-2"]
    assert [each.agreement.number for each in entry_lists.narrow(found, "ærlig", "x")] == ["B-2"]
    rows = entry_lists.as_csv(by_number, NAMES["kind_names"], NAMES["state_names"]).splitlines()
    assert rows[1].startswith("A-1;'=Møbler;Fast;")
    assert len(rows) == 3
