"""Words that people choose may have forty letters: no page runs over the side of a small phone."""

from __future__ import annotations

import pytest
from journeys.persons import Persons
from journeys.test_every_page import BUYER, ENTERPRISE, measure

SMALL = {"width": 320, "height": 700}  # what WCAG 1.4.10 asks for
# Every text of these kinds becomes one long word, as a name or an item number of its reader might.
LENGTHEN = """kinds => {
  const found = document.querySelectorAll(kinds.map((kind) => `main ${kind}`).join());
  for (const element of found) element.textContent = "Hverdagsrengøringsmiddelgenbrugsbeholder";
  return found.length;
}"""


@pytest.mark.parametrize(
    ("email", "address", "kinds"),
    [
        (ENTERPRISE, "/varer-hos-os/1", ["h1", "p .weak"]),
        (ENTERPRISE, "/varer-hos-os/kopier", ["label"]),
        (ENTERPRISE, "/beskeder", ["h1", ".lead"]),
        (ENTERPRISE, "/beskeder/mail", ["legend"]),
        (BUYER, "/virksomheder/2", [".actions .button"]),
        (BUYER, "/varer/1", ["h1", ".lead"]),
        (None, "/indlejr/1", ["h2 a", ".foot a"]),
    ],
)
def test_long_word_runs_over_no_side(
    persons: Persons, email: str | None, address: str, kinds: list[str]
) -> None:
    page = persons.sign_in(email) if email else persons.visitor()
    page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    page.goto(address)
    assert page.evaluate(LENGTHEN, kinds) >= len(kinds)
    assert [each for each in measure(page) if each.endswith("runs over the side")] == []
