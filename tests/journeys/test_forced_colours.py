"""What is ticked is seen in the reader's own colours: contrast themes take backgrounds away."""

from __future__ import annotations

import pytest
from journeys.persons import Persons
from playwright.sync_api import Page

ENTERPRISE = "legehytten@legehytten.example"


def drawn(page: Page, box: str, part: str) -> tuple[str, ...]:
    """Return the colours in which a box or the dot in it is drawn, and those of the page."""
    told: list[str] = page.evaluate(
        """([box, part]) => {
            const style = getComputedStyle(document.querySelector(`${box} + label`), part)
            return [style.backgroundColor, style.backgroundClip,
                getComputedStyle(document.body).backgroundColor]
        }""",
        [box, part],
    )
    return tuple(told)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_ticked_is_seen_in_the_colours_of_the_reader(persons: Persons, scheme: str) -> None:
    page = persons.sign_in(ENTERPRISE, forced_colors="active", color_scheme=scheme)
    page.goto("/varer-hos-os/1/billeder/1/beskaer")
    dot, _, ground = drawn(page, "main .form-radio:checked", "::after")
    assert dot != ground

    page.goto("/beskeder/mail")
    tick, clip, ground = drawn(page, "main .form-checkbox:checked", "::before")
    assert tick != ground
    assert clip == "content-box", "an edge of the ground between the box and its tick"
