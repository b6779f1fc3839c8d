#!/usr/bin/env python3
"""How fast the pages come to the eye, by Chromium's own performance entries.

Usage: scripts/bench/face.py [--at ADDRESS] [--print]
Starts the demonstration on a fresh folder, prints a table and what misses, writes the table into
docs/errands.md. Exits 1 when something misses. The machine should have nothing else to do.
"""

import argparse
import gzip
import re
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from demonstrated import ROOT, chromium, served, sign_in
from journeys.test_every_page import PAGES
from playwright.sync_api import Browser, Page

DOCUMENT = ROOT / "docs/errands.md"
BUYER, STAFF = "buyer@slagelse.example", "staff@slagelse.example"
ENTERPRISE = "legehytten@legehytten.example"
SHOWN = {
    "Front page": (None, "/"),
    "Search": (BUYER, "/soeg?q=gave"),
    "Product": (BUYER, "/varer/1"),
    "Basket": (BUYER, "/kurv"),
    "Orders": (BUYER, "/ordrer"),
    "Coverage": (STAFF, "/daekning"),
    "Agreements": (STAFF, "/aftaler"),
    "A product's form": (ENTERPRISE, "/varer-hos-os/1"),
}
RUNS = 3  # of the first paint, which varies; the middle one counts
CUTTING_SECONDS = 300
SCRIPT_KB, WEIGHT_KB, SHIFT, PAINT_MS, INTERACTION_MS = 60, 250, 0.02, 1_000, 100
# Slow 4G as Lighthouse has it: 150 ms round trip, 1.6 Mbit/s down, 750 kbit/s up.
SLOW = {
    "offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}  # fmt: skip
SLOWER_PROCESSOR = 4
WATCH = """
window.shifted = 0;
new PerformanceObserver(list => list.getEntries().forEach(each => {
  if (!each.hadRecentInput) window.shifted += each.value;
})).observe({type: "layout-shift", buffered: true});
window.longest = 0;
new PerformanceObserver(list => list.getEntries().forEach(each => {
  if (each.interactionId) window.longest = Math.max(window.longest, each.duration);
})).observe({type: "event", durationThreshold: 16, buffered: true});
"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
# Pictures of products as they are shown: without room kept, or with far more pixels than seen.
PICTURES = """() => [...document.querySelectorAll("picture img")].map(each => {
  const room = each.hasAttribute("width") && each.hasAttribute("height");
  const wide = each.getBoundingClientRect().width * devicePixelRatio;
  const sharp = !each.naturalWidth || each.naturalWidth <= Math.max(2.1 * wide, 400);
  return {room, sharp, placeholder: Boolean(each.className), html: each.outerHTML.slice(0, 120)};
})"""


@dataclass
class Seen:
    """What a page weighs and how it comes."""

    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    shift: float = 0.0
    paint_ms: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """Return the bytes without pictures."""
        return sum(size for kind, size in self.kinds.items() if kind != "Image")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", metavar="ADDRESS", help="a running demonstration")
    parser.add_argument("--print", action="store_true", help="write nothing")
    given = parser.parse_args()
    with served(given.at) as address, chromium() as browser:
        wait_for_pictures(browser, address)
        seen = {name: look(browser, address, *place) for name, place in SHOWN.items()}
        typing = type_into_search(browser, address)
        scripts = weigh_scripts(browser, address)
        problems = check_headers(browser, address)
    lines = table(seen, typing, scripts)
    problems += misses(seen, typing, scripts)
    print("\n".join(lines), *problems, sep="\n")
    if not given.print:
        write(lines)
    sys.exit(bool(problems))


def wait_for_pictures(browser: Browser, address: str) -> None:
    """Wait until the demonstration has cut its pictures: until then they are shown as they came."""
    page = browser.new_page(base_url=address)
    end = time.monotonic() + CUTTING_SECONDS
    while not all_cut(page):
        if time.monotonic() > end:
            raise SystemExit("the pictures of the demonstration were not cut in time")
        page.wait_for_timeout(500)
    page.close()


def all_cut(page: Page) -> bool:
    """Tell whether each picture of the front page and of all goods has its own smallest size.

    Until then the address of a size answers with the picture as it came, which is a JPEG.
    """
    texts = [page.request.get(path).text() for path in ("/", "/soeg")]
    smallest = {each for text in texts for each in re.findall(r"[^ \",]+/320\.webp", text)}
    kinds = {page.request.get(each).headers["content-type"] for each in smallest}
    return kinds == {"image/webp"}


def look(browser: Browser, address: str, email: str | None, path: str) -> Seen:
    """Weigh a page in an empty cache, and see it come on a slow phone."""
    seen = Seen()
    context = browser.new_context(base_url=address, locale="da-DK")
    page = sign_in(context, email)
    weigh(page, path, seen)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    seen.shift = page.evaluate("window.shifted")
    for each in page.evaluate(PICTURES):
        if not (each["room"] and each["sharp"]):
            seen.problems.append(f"{path}: picture without room or too large: {each['html']}")
    kept = context.storage_state()
    context.close()
    seen.paint_ms = statistics.median(paint(browser, address, path, kept) for _ in range(RUNS))
    return seen


def weigh(page: Page, path: str, seen: Seen) -> None:
    """Add up what crosses the line, by kind, in an empty cache; shifts are watched from now on."""
    page.add_init_script(WATCH)
    page.goto("about:blank")  # so that nothing of the page before is counted
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    kinds: dict[str, str] = {}
    session.on("Network.responseReceived", lambda told: kinds.update({
        told["requestId"]: "Image" if "/billeder/" in told["response"]["url"] else told["type"]
    }))  # fmt: skip

    def add(told: dict[str, object]) -> None:
        kind = kinds.get(str(told["requestId"]), "Other")
        seen.kinds[kind] += int(float(str(told["encodedDataLength"])))

    session.on("Network.loadingFinished", add)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    session.send("Network.setCacheDisabled", {"cacheDisabled": False})
    session.detach()


def paint(browser: Browser, address: str, path: str, kept: object) -> float:
    """Return when something was first seen on a slow phone with nothing in its cache, in ms."""
    context = browser.new_context(
        base_url=address, locale="da-DK", storage_state=kept, has_touch=True, is_mobile=True,
        viewport={"width": 390, "height": 844}, device_scale_factor=2,
    )  # fmt: skip
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR})
    page.goto(path, wait_until="domcontentloaded")
    found = 0.0
    while not found:  # not wait_for_function, which our pages' policy keeps from asking twice
        page.wait_for_timeout(50)
        found = float(page.evaluate(PAINTED))
    context.close()
    return found


def type_into_search(browser: Browser, address: str) -> float:
    """Return the longest interaction while the search field is typed in, in ms."""
    context = browser.new_context(base_url=address, locale="da-DK")
    page = sign_in(context, BUYER)
    page.add_init_script(WATCH)
    page.goto("/soeg?q=gave")
    page.wait_for_load_state("networkidle")
    field_ = page.locator("header [name=q]")
    field_.fill("")
    field_.press_sequentially("legehus til børnehaven", delay=60)
    page.wait_for_timeout(500)
    found: float = page.evaluate("window.longest")
    context.close()
    return found


def weigh_scripts(browser: Browser, address: str) -> int:
    """Return the bytes of script, packed, on the page that has most of it, of all pages."""
    sizes: dict[str, int] = {}
    most = 0
    for email, paths in PAGES.items():
        context = browser.new_context(base_url=address, locale="da-DK")
        page = sign_in(context, email)
        for path in dict.fromkeys(paths):
            text = page.request.get(path).text()
            of_page = scripts_of(text)
            for source in of_page:
                if source not in sizes:
                    sizes[source] = len(gzip.compress(page.request.get(source).body(), 9))
            most = max(most, sum(sizes[each] for each in of_page))
        context.close()
    return most


def scripts_of(text: str) -> list[str]:
    """List the addresses of a page's scripts, and of those that one fetches when it has run."""
    tags = re.findall(r"<script[^>]*>", text)
    named = [re.findall(r'(?:src|data-then)="([^"]+)"', each) for each in tags]
    return [address for each in named for value in each for address in value.split()]


def check_headers(browser: Browser, address: str) -> list[str]:
    """Return what is not kept, or kept, as it should be."""
    context = browser.new_context(base_url=address, locale="da-DK")
    page = sign_in(context, BUYER)
    told: dict[str, dict[str, str]] = {}
    page.on("response", lambda response: told.update({response.url: response.headers}))
    page.goto("/soeg?q=gave")
    page.wait_for_load_state("networkidle")
    context.close()
    wrong = []
    for url, headers in told.items():
        kept = headers.get("cache-control", "")
        files = "/static/" in url or "/billeder/" in url
        right = "immutable" in kept if files else "no-store" in kept or "private" in kept
        if not right:
            wrong.append(f"cache: {url}: {kept}")
    return wrong


def table(seen: dict[str, Seen], typing: float, scripts: int) -> list[str]:
    """Return the table."""
    lines = [
        "| Page | Script | Without pictures | Pictures | CLS | FCP on slow 4G |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, each in seen.items():
        lines.append(
            f"| {name} | {kb(each.kinds['Script'])} | {kb(each.weight)} | "
            f"{kb(each.kinds['Image'])} | {each.shift:.3f} | {each.paint_ms / 1000:.2f} s |"
        )
    return [
        *lines,
        "",
        f"Most script on any of the {sum(len(each) for each in PAGES.values())} addresses of the "
        f"tests: {kb(scripts)} packed. INP while typing in the search: "
        f"{f'{typing:.0f} ms' if typing else 'below 16 ms, the least that is told'}.",
    ]


def kb(size: int) -> str:
    """Write bytes as kB."""
    return f"{size / 1000:.0f} kB"


def misses(seen: dict[str, Seen], typing: float, scripts: int) -> list[str]:
    """Return what is over its bound."""
    found = [problem for each in seen.values() for problem in each.problems]
    if scripts > SCRIPT_KB * 1000:
        found.append(f"script: {kb(scripts)}, at most {SCRIPT_KB} kB")
    if seen["Search"].weight > WEIGHT_KB * 1000:
        found.append(f"search: {kb(seen['Search'].weight)}, at most {WEIGHT_KB} kB")
    if typing >= INTERACTION_MS:
        found.append(f"INP: {typing:.0f} ms, below {INTERACTION_MS} ms")
    for name, each in seen.items():
        if each.shift >= SHIFT:
            found.append(f"{name}: CLS {each.shift:.3f}, below {SHIFT}")
        if each.paint_ms > PAINT_MS:
            found.append(f"{name}: FCP {each.paint_ms:.0f} ms, at most {PAINT_MS} ms")
    return found


def write(lines: list[str]) -> None:
    """Put the table in its place in the document."""
    begin, end = "<!-- scripts/bench/face.py -->\n", "\n<!-- end -->"
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(begin)
    _old, after = rest.split(end, 1)
    DOCUMENT.write_text(before + begin + "\n".join(lines) + end + after, encoding="utf-8")


if __name__ == "__main__":
    main()
