"""What is taken for a person's CPR number, as a table; the numbers are invented or published."""

from __future__ import annotations

import pytest

from catalogue.core import fields
from catalogue.core.codes import Code, Phone
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


# What is refused of what is copied: the number, as a phone, as a code.
COPIED = [
    ("211062-5629", True, True), ("211062 5629", True, True), ("211062–5629", True, True),
    ("Ida 211062-5629", True, True), ("CPR 2110625629", True, True), ("cpr2110621234", True, True),
    ("211062-1234", True, False),  # an account or an item, if it has no check digit
    ("010190-1234", True, False), ("010300-0001", True, False),
    ("2110625629", False, False), ("0101901234", False, False),  # as long as some phones and codes
    ("58 57 36 00", False, False), ("+45 58573600", False, False), ("58573600", False, False),
    ("+46 211062 5629", False, False), ("0701-234567", False, False),
    ("070-123 45 67", False, False), ("512062-5629", False, False),
    ("00370730250123456789", False, False), ("3700 12", False, False),
    ("4410-211062-5629", False, False), ("05.28.20.1.001", False, False), ("V-1001", False, False),
    ("LN-211062-5629", False, False), ("2110625629-1", False, False), ("A-2026-014", False, False),
]  # fmt: skip


@pytest.mark.parametrize("text", PERSONS)
def test_number_of_a_person_is_known(text: str) -> None:
    assert has_cpr_number(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_are_let_through(text: str) -> None:
    assert not has_cpr_number(text)


@pytest.mark.parametrize(("text", "as_phone", "as_code"), COPIED)
def test_copied_number_is_refused_when_it_is_written_as_that_of_a_person(
    text: str, as_phone: bool, as_code: bool
) -> None:
    for kind, refused in ((Phone(), as_phone), (Code(), as_code)):
        schema = fields.ma.Schema.from_dict({"copied": kind})()
        if refused:
            with pytest.raises(Invalid) as caught:
                fields.load(schema, {"copied": text})
            assert "CPR" in str(caught.value.problems["copied"][0])
        else:
            assert fields.load(schema, {"copied": text}) == {"copied": text}


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
