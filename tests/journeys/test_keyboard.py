"""The main errands by the keyboard alone, as a screen reader is told of them.

At each stop of the way the focus is seen, lies within the window, and comes after the one before it
in the order of the page; nothing holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from journeys.persons import Persons
from playwright.sync_api import Page, expect

MOST_STOPS = 120
# Seen is an outline on it, on what is drawn for it (a card's cover, a box of a label), or a ring of
# shadow around what it stands in.
AT_FOCUS = """() => {
  const at = document.activeElement, last = window.lastStop;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect();
  const label = at.labels?.[0];
  const styles = [getComputedStyle(at), getComputedStyle(at, "::after")];
  if (label) styles.push(getComputedStyle(label, "::before"));
  const outlined = each => each.outlineStyle !== "none" && parseFloat(each.outlineWidth) >= 2;
  const seen = styles.some(outlined) || last === at  // a part of a field, drawn by the browser
    || / 0px 0px 0px 3px/.test(getComputedStyle(at.closest("form") ?? at).boxShadow);
  const after = !last || !last.isConnected || last === at
    || Boolean(last.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING);
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const covered = box.width > 1 && over && !at.contains(over) && !over.contains(at)
    && getComputedStyle(over).position === "fixed";
  window.lastStop = at;
  const named = (at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || "");
  return {words: named.replace(/\\s+/g, " ").trim(), name: at.name || "", tag: at.tagName,
          html: at.outerHTML.slice(0, 120), seen, after, covered: Boolean(covered)};
}"""


@dataclass
class Keys:
    """A person who has the keyboard alone."""

    page: Page

    def to(self, words: str = "", *, name: str = "") -> None:
        """Go on to the next stop whose words begin so, or to the field of that name."""
        passed: list[str] = []
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            stop: dict[str, Any] | None = self.page.evaluate(AT_FOCUS)
            if stop is None:
                break
            assert stop["seen"], f"the focus is not seen: {stop['html']}"
            assert stop["after"], f"the focus goes back: {stop['html']}"
            assert not stop["covered"], f"the focus is covered: {stop['html']}"
            if stop["name"] == name if name else stop["words"].startswith(words):
                return
            passed.append(stop["words"] or stop["name"])
        raise AssertionError(f"{words or name} is not reached on {self.page.url}: {passed}")

    def go(self) -> None:
        """Press Enter and wait for the page that comes, where the way begins anew."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, text: str) -> None:
        """Write where the focus is, in place of what stands there."""
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)


def heard(page: Page, role: str) -> list[dict[str, Any]]:
    """Return what Chromium tells a screen reader of the elements of a role."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        {"name": each["name"]["value"], "told": each.get("description", {}).get("value", "")}
        | {one["name"]: one["value"].get("value") for one in each.get("properties", [])}
        for each in nodes
        if not each.get("ignored") and each["role"]["value"] == role
    ]


def test_present_is_found_and_ordered_by_the_keyboard_alone(persons: Persons) -> None:
    page = persons.sign_in("buyer@slagelse.example")
    keys = Keys(page)
    page.goto("/soeg")
    keys.to("Gå til sidens indhold")
    keys.to(name="q")
    keys.write("gave under 500 kr.")
    keys.go()
    assert "500" in page.locator(".chips").inner_text()
    keys.to("Gå til sidens indhold")
    page.keyboard.press("Enter")
    keys.to(name="type")
    with page.expect_navigation():
        page.keyboard.press("Space")
    filter_ = page.locator("[name=type]:checked")
    expect(filter_).to_be_focused()  # what a filter brings begins at the filter
    title = page.locator(".product-card-title a").first.inner_text()
    keys.to(title)
    keys.go()
    keys.to("Læg i kurven")
    keys.go()
    assert (
        any("ligger i din kurv" in each["name"] for each in heard(page, "status"))
        or page.locator("[role=status]", has_text="ligger i din kurv").is_visible()
    )
    keys.to("Gå til bestilling")
    keys.go()
    keys.to(name="gln")
    keys.write("123")
    keys.to("Afgiv ordren")
    keys.go()

    expect(page.locator(".error-summary")).to_be_focused()
    (summary,) = heard(page, "alert")
    assert "1" in summary["name"] or "noget" in summary["name"]
    keys.to("Institutionens EAN-/GLN-nummer")  # the link of the summary
    page.keyboard.press("Enter")
    field = next(each for each in heard(page, "textbox") if "GLN" in each["name"])
    assert page.evaluate("document.activeElement.name") == "gln"
    assert field["invalid"] == "true"
    assert "13 cifre" in field["told"]
    assert field["required"]
    keys.write("5790000000005")
    keys.to("Afgiv ordren")
    keys.go()
    expect(page.locator("h1")).to_contain_text("Tak")

    page.goto("/ordrer")
    keys.to("Bestil igen")
    keys.go()
    expect(page.locator("h1")).to_have_text("Afgiv ordre")
    page.goto("/kurv")  # other journeys order from an empty basket
    page.locator("main").get_by_role("button", name="Fjern").first.click()


def test_agreement_is_entered_and_gaps_are_seen_by_the_keyboard_alone(persons: Persons) -> None:
    page = persons.sign_in("staff@slagelse.example")
    keys = Keys(page)
    page.goto("/daekning")
    figure = page.locator(".key-figures div", has_text="Kategorier uden aftale").get_by_role("link")
    keys.to(figure.inner_text())
    page.goto("/aftaler/ny")
    keys.to(name="kind")
    page.keyboard.press("Space")
    keys.to(name="title")
    keys.write("Haveservice")
    keys.to(name="number")
    keys.write("T-1")
    # Days that are the same however the browser writes them, month first or last.
    for name, day in (("starts_on", "01012027"), ("ends_on", "12122028")):
        keys.to(name=name)
        page.keyboard.type(day)
        assert page.input_value(f"[name={name}]")
    keys.to(name="enterprise_id")
    page.keyboard.press("ArrowDown")
    keys.to(name="category_text")
    keys.write("77310000")
    keys.to("Gem som kladde")
    keys.go()
    expect(page.locator("h1")).to_contain_text("Haveservice")
