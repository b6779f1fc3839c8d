"""What is read from the cells of a list of agreements, whatever bytes it has."""

from __future__ import annotations

import pytest
from agreements.importing import lines, staff
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalogue.agreements import agreement_list, category_words, empty_list
from catalogue.agreements.agreement_list import UnreadableAgreements
from catalogue.core.who import Who

__all__ = ["staff"]


def test_suggestions_hold_what_staff_would_look_for(session: Session, staff: Who) -> None:
    labels = category_words.list_labels(session)
    for text, code in (
        ("Rengøring og vinduespolering", "90910000"),
        ("Rengøringsydelser", "90910000"),
        ("Kontorartikler m.v.", "30192000"),
        ("legepladsudstyr inkl. levering", "37535200"),
        ("Gaver", "18530000"),
    ):
        found = [each.code for each in category_words.suggest(text, labels.values(), "da")]
        assert code in found
        assert len(found) <= category_words.SUGGESTIONS


@pytest.mark.parametrize(
    ("cell", "codes", "words"),
    [
        ("90910000-9, 37535200", ["90910000", "37535200"], []),
        ("90910000-9 Rengøring; Vinduer", ["90910000"], ["Vinduer"]),
        ("3121210", ["03121210"], []),
        ("Frugt og grønt\nfrugt & grønt", [], ["frugt & grønt"]),
        ("90910000, 90910000", ["90910000"], []),
        (" - ; ", [], []),
        ("909100001", [], ["909100001"]),
    ],
)
def test_categories_are_split_into_codes_and_words(
    cell: str, codes: list[str], words: list[str]
) -> None:
    assert agreement_list.split_categories(cell) == (codes, words)


@pytest.mark.parametrize(
    ("head", "cells", "days"),
    [
        ("Periode", "01.01.2026 - 31.12.2027", ("01.01.2026", "31.12.2027")),
        ("Aftaleperiode", "2026-01-01 til 2027-12-31", ("2026-01-01", "2027-12-31")),
        ("Start;Slut", "2026-01-01T00:00:00;46387", ("2026-01-01", "2026-12-31")),
        ("Fra;Til", "1/1 2026;31/12-2027", ("1/1 2026", "31/12-2027")),
        ("Valid from;Valid to", "snart;", ("snart", None)),
    ],
)
def test_days_are_found_however_the_list_has_them(
    head: str, cells: str, days: tuple[str, str | None]
) -> None:
    row = lines(f"A;B;{cells}", head=f"Reference;Supplier;{head}")[0]
    assert row.number == "A"
    assert (row.cells.get("starts_on"), row.cells.get("ends_on")) == days


@pytest.mark.parametrize("locale", ["da", "en"])
def test_empty_list_is_understood_and_its_example_is_passed_over(locale: str) -> None:
    content = empty_list.write(locale)
    with pytest.raises(UnreadableAgreements, match=r"ingen aftaler|no agreements"):
        agreement_list.read(content, "aftaler.xlsx")
    names = [heading for heading, _width in empty_list.COLUMNS[locale]]
    assert len(set(agreement_list.sheets.fields(names, agreement_list.HEADERS))) == len(names)


@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    for name in ("liste.csv", "liste.xlsx"):
        try:
            agreement_list.read(content, name)
        except UnreadableAgreements as refused:
            assert refused.problems["list"]
