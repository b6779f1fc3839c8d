"""What is taken for a person's CPR number, as a table; the numbers are invented or published."""

from __future__ import annotations

import pytest

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.personal import has_cpr_number
from catalogue.core.text import reading_in

PERSONS = [
    "211062-5629", "211062 5629", "2110625629", "211062 - 5629", "211062–5629", "211062\u00a05629",
    "(211062-5629)", "Ida (211062-5629), og Bo", "Til Ida,211062-5629.", "født 211062-5629/Kolding",
    "211062-1234",  # no check digit: written as a CPR number is
    "0101901234", "010165-1111",  # given without check digit since 2007: a 1 January
    "CPR2110621234", "cpr-nr.: 211062 1234", "Personnummer 2110621234", "211062-5629\n211062-5629",
    "Ring 12 34 56 78 om 2110625629",
]  # fmt: skip
OTHERS = [
    "2110621234",  # run together, without check digit: an order number of ten digits
    "512062-5629", "211362-5629", "2110525629",  # no such day, no such month, not born yet
    "5790001330552", "5790 001330 5522", "2110625629123", "12110625629", "2110625629-1",
    "LN-2110625629",
    "0330-2026-00001", "20260001234", "V-0001", "12345678", "+45 12 34 56 78", "+4512345678",
    "004512345678", "DK12345678", "DK5000400440116243", "3112202612", "2.110.625.629,00",
    "21.10.62", "21-10-2026 kl. 12.00", "https://x.dk/a2110625629b", "8 stk. à 1250", "",
]  # fmt: skip


@pytest.mark.parametrize("text", PERSONS)
def test_number_of_a_person_is_known(text: str) -> None:
    assert has_cpr_number(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_are_let_through(text: str) -> None:
    assert not has_cpr_number(text)


def test_of_ten_digits_by_chance_few_are_refused() -> None:
    step = 7_919_003  # a prime: every place of the number varies
    numbers = (f"{number % 10**10:010d}" for number in range(0, step * 10_000, step))
    assert sum(map(has_cpr_number, numbers)) < 60


@pytest.mark.parametrize(
    ("locale", "said"), [("da", "Tag det ud, og giv det pr. telefon"), ("en", "Take it out")]
)
def test_field_of_own_words_says_what_to_do(locale: str, said: str) -> None:
    schema = fields.ma.Schema.from_dict({"note": fields.Line(), "code": fields.Verbatim()})()
    assert fields.load(schema, {"code": "211062-5629"}) == {"code": "211062-5629"}
    with reading_in(locale), pytest.raises(Invalid) as refused:
        fields.load(schema, {"note": "Til Ida, 211062-5629"})
    assert said in str(refused.value.problems["note"][0])
