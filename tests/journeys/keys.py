"""A person who has the keyboard alone: where the focus is, whether it is seen, and on to the next.

At each stop the focus is seen, is not covered, and comes after the one before it in the order of
the page; nothing holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

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

    def __post_init__(self) -> None:
        # Only while somebody listens are dialogs of files handed to us, and not shown.
        self.page.on("filechooser", lambda _opened: None)

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

    def hand_over(self, *files: str | dict[str, Any]) -> None:
        """Open the field of files where the focus is, and choose these."""
        with self.page.expect_file_chooser() as opened:
            self.page.keyboard.press("Enter")
        opened.value.set_files(list(files))  # type: ignore[arg-type]  # names or contents
