"""What scripts/accessible looks at on one page, and at the answer to a form that is sent wrongly.

Nothing is looked at twice that cannot differ: names, roles and order are asked in both languages,
colours in both schemes, sizes in all windows, and each of them once.
"""

import json
from typing import Any

from accessible_findings import Findings
from journeys.keys import AT_FOCUS
from journeys.persons import DESKTOP, PHONE
from journeys.test_every_page import AXE, RULER
from playwright.sync_api import Error, Page, Response

MOST_STOPS = 400
WINDOWS = {"200 %": {"width": 640, "height": 450}, "400 %": {"width": 320, "height": 256},
    "phone": PHONE}  # fmt: skip
COLOURS = ["color-contrast", "link-in-text-block"]
ASK = """([place, asked]) => axe.run(place, {resultTypes: ["violations"], preload: false, ...asked})
  .then(found => found.violations.flatMap(each =>
    each.nodes.map(node => [each.id, node.html.slice(0, 160)])))"""
EVERY_RULE = {"rules": {"target-size": {"enabled": True}}}
BUT_COLOURS = {"rules": {"target-size": {"enabled": True}} | {each: {"enabled": False}
    for each in COLOURS}}  # fmt: skip
COLOURS_ONLY = {"runOnly": COLOURS}
MORE_CONTRAST = {"runOnly": ["color-contrast-enhanced"]}
# But for the menu of the account, which lies over the page: it is opened by itself.
OPEN_ALL = """() => {
  const closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach(each => each.open = !each.matches(".account"));
  return closed.length;
}"""
OPEN_ACCOUNT = """document.querySelectorAll("details").forEach(
  each => each.open = each.matches(".account"))"""
STAND_STILL = "document.getAnimations().forEach(each => each.finish())"  # colours on their way
# A reader's own distances (WCAG 1.4.12), and letters twice as large in a window as it was (1.4.4).
# By the object model, for the content policy lets no element have a style.
SPACED = """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; }
  * { word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet]; }"""
LARGE = """() => { const sheet = new CSSStyleSheet(), html = document.documentElement;
  const twice = 2 * parseFloat(getComputedStyle(html).fontSize);
  sheet.replaceSync(`html { font-size: ${twice}px !important; }`);
  document.adoptedStyleSheets = [sheet]; }"""
AS_IT_WAS = "document.adoptedStyleSheets = []"
# Text that is cut off where it stands: what a reader who zooms would lose (WCAG 1.4.4).
CUT_OFF = """() => [...document.querySelectorAll("main *, header *, footer *")].filter(each => {
  if (!each.checkVisibility()) return false;
  const style = getComputedStyle(each);
  if (!["hidden", "clip"].includes(style.overflowX) || each.clientWidth < 3) return false;
  if (!each.textContent.trim() || each.matches("svg *")) return false;
  const over = each.scrollHeight > each.clientHeight + 2 && style.webkitLineClamp === "none";
  return each.scrollWidth > each.clientWidth + 1 || over;
}).map(each => each.outerHTML.slice(0, 160))"""
SEARCHES = "Søg efter varer og ydelser"  # the field that offers what one may mean
NAMED = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "spinbutton",
    "slider", "listbox", "DisclosureTriangle"}  # fmt: skip
# Without script: what would do nothing, and forms that could not be sent.
DEAD = """() => [...document.querySelectorAll("button[type=button], [role=button]:not(summary)")]
  .filter(each => each.checkVisibility({visibilityProperty: true}))
  .map(each => ["does nothing", each.outerHTML.slice(0, 160)])
  .concat([...document.querySelectorAll("main form")]
    .filter(each => each.checkVisibility()
      && ![...each.elements].some(one => one.type === "submit" && one.checkVisibility()))
    .map(each => ["cannot be sent", each.outerHTML.slice(0, 160)]))"""
# Forms in which something must be written, and those with a number or a day in them.
ASKING = """() => [...document.querySelectorAll("main form[method=post]")].map((form, place) => {
  const fields = [...form.elements].filter(each => each.checkVisibility());
  const must = fields.some(each => each.required
    && (each.value || each.matches("input:not([type=radio], [type=checkbox]), textarea")));
  const exact = "[type=date], [type=number], [inputmode=decimal], [inputmode=numeric]";
  return {place, empty: must, wrong: fields.some(each => each.matches(exact))};
})"""
SEND = """([place, how]) => {
  const form = document.querySelectorAll("main form[method=post]")[place];
  const exact = "[type=date], [type=number], [inputmode=decimal], [inputmode=numeric]";
  for (const each of form.elements) {
    if (!each.checkVisibility() || each.matches("button, fieldset, output")) continue;
    if (how === "wrong") {
      if (!each.matches(exact)) continue;
      each.type = "text";
      each.value = "på tirsdag";
    } else if (each.matches("[type=checkbox], [type=radio]")) each.checked = false;
    else if (!each.matches("select") || [...each.options].some(one => !one.value)) each.value = "";
  }
  form.noValidate = true;
  const [first] = [".button-primary:not([formaction])", "button:not([type=button], [formaction])"]
    .map(each => [...form.elements].find(one => one.matches(each))).filter(Boolean);
  form.requestSubmit(first);
}"""
# What is wrong with how an answer tells of errors (WCAG 3.3.1).
TOLD = """() => {
  const summary = document.querySelector(".error-summary");
  if (!summary) return [["no error summary", document.title]];
  const found = [];
  if (document.activeElement !== summary) found.push(["summary without focus", document.title]);
  for (const link of summary.querySelectorAll("a")) {
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) { found.push(["leads nowhere", link.outerHTML]); continue; }
    const group = field.closest("fieldset") ?? field;
    const marked = [field, group].some(each => each.getAttribute("aria-invalid") === "true");
    const words = [field, group].flatMap(
      each => (each.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (field.matches("input, select, textarea")) {
      const oneOfMany = field.matches("[type=radio], [type=checkbox]") && group !== field;
      if (!marked && !oneOfMany) found.push(["field not marked", link.outerHTML]);
      if (!words.some(id => document.getElementById(id)?.textContent.trim()
          && id.includes("error"))) found.push(["field without its error", link.outerHTML]);
    } else if (!field.matches("[tabindex], a, button, details, summary")
        && !field.querySelector("input, select, textarea, a, button"))
      found.push(["leads to what takes no focus", link.outerHTML]);
  }
  if (!/^(fejl|error)/i.test(document.title)) found.push(["title without error", document.title]);
  return found;
}"""


def look(page: Page, where: str, findings: Findings) -> None:
    """Look at a page in all its forms."""
    ready(page)
    findings.note("names in the accessibility tree", nameless(page), where)
    findings.note("axe, all rules, wide", ask(page, EVERY_RULE), where)
    findings.note("keyboard: each stop seen, in order, not covered", stops(page), where)
    page.evaluate("document.activeElement.blur()")  # or the skip link would lie over the page
    page.emulate_media(contrast="more")
    findings.note("more contrast: 7 to 1", ask(page, MORE_CONTRAST), where)
    page.emulate_media(contrast="no-preference")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    findings.note("axe, all rules, phone", ask(page, EVERY_RULE), where)
    findings.note("axe, colours, phone and dark", dark(page), where)
    opened = page.evaluate(OPEN_ALL)
    if opened:
        found = ask(page, EVERY_RULE) + dark(page)
        findings.note("axe, phone, all that opens opened", found, where)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    if opened:
        findings.note("axe, all rules, all that opens opened", ask(page, EVERY_RULE), where)
    findings.note("axe, colours, opened and dark", dark(page), where)
    measure(page, where, findings)


def look_in_english(page: Page, where: str, findings: Findings) -> None:
    """Look at what other words can change."""
    ready(page)
    page.evaluate(OPEN_ALL)
    findings.note("names in the accessibility tree", nameless(page), where)
    findings.note("axe, all rules but colours, English", ask(page, BUT_COLOURS), where)
    measure(page, where, findings)


def look_at_menus(page: Page, where: str, findings: Findings) -> None:
    """Look at the menus, which are of all pages, opened one after the other."""
    ready(page)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for opening in (OPEN_ALL, OPEN_ACCOUNT):
            page.evaluate(opening)
            found = ask(page, EVERY_RULE, "header") + dark(page, "header")
            findings.note("axe, menus opened", found, f"{where} {size['width']}")


def look_at_suggestions(page: Page, where: str, findings: Findings) -> None:
    """Look at the list that opens while one types in the field of searches, where there is one."""
    for size in (DESKTOP, PHONE):
        ready(page)
        page.set_viewport_size(size)  # type: ignore[arg-type]
        field = page.get_by_role("combobox", name=SEARCHES)
        if not field.count():
            return
        field.first.fill("")
        field.first.press_sequentially("gave", delay=30)
        page.get_by_role("option").first.wait_for()
        for _chosen in (False, True):
            found = ask(page, EVERY_RULE) + dark(page) + sizes(page)
            findings.note("axe and sizes, suggestions open", found, f"{where} {size['width']}")
            field.first.press("ArrowDown")


def look_at_errors(page: Page, address: str, where: str, findings: Findings) -> None:
    """Send each form of the page empty, then with what is no number and no day; look at answers."""
    for form in page.evaluate(ASKING):
        for how in ("empty", "wrong"):
            if not form[how]:
                continue
            page.goto(address)
            told = f"{where} form {form['place'] + 1} {how}"
            try:
                with page.expect_navigation(timeout=15_000) as coming:
                    page.evaluate(SEND, [form["place"], how])
            except Error as error:
                findings.note("forms sent empty or wrong", [("not sent", str(error)[:160])], told)
                continue
            look_at_answer(page, coming.value, told, findings)


def look_at_answer(page: Page, answer: Response | None, where: str, findings: Findings) -> None:
    """Look at what is answered to a form that should be refused."""
    check = "forms sent empty or wrong"
    if page.locator(".messages .alert-error").count():  # told on the page one came from
        findings.note(check, [], where)
        return
    if answer is None or answer.status < 400:
        findings.note(check, [("taken", page.locator("h1").first.inner_text())], where)
        return
    findings.keep(answer)
    page.wait_for_load_state()
    unexpected = [] if answer.status == 422 else [(str(answer.status), "instead of 422")]
    findings.note(check, unexpected + page.evaluate(TOLD), where)
    ready(page)
    found = ask(page, EVERY_RULE) + dark(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found += [(each.split(":")[0], each) for each in page.evaluate(RULER)]
    findings.note("axe and sizes on the answers", found, where)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def look_without_script(page: Page, where: str, findings: Findings) -> None:
    """Look for what needs script."""
    empty = [] if page.locator("main h1").count() else [("no heading", page.title())]
    findings.note("without script", page.evaluate(DEAD) + empty, where)


def ready(page: Page) -> None:
    """Have the page wide and light, with axe in it."""
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.evaluate(AXE)


def ask(page: Page, asked: dict[str, Any], place: str = "html") -> list[Any]:
    """Return what axe finds: rule and what breaks it."""
    page.evaluate(STAND_STILL)
    found: list[Any] = page.evaluate(ASK, [place, asked])
    return found


def dark(page: Page, place: str = "html") -> list[Any]:
    """Return what axe finds of colours in the dark."""
    page.emulate_media(color_scheme="dark")
    found = ask(page, COLOURS_ONLY, place)
    page.emulate_media(color_scheme="light")
    return found


def measure(page: Page, where: str, findings: Findings) -> None:
    """Measure the page with all opened: zoomed, with larger letters, with a reader's distances."""
    for zoom, shape in WINDOWS.items():
        page.set_viewport_size(shape)  # type: ignore[arg-type]
        findings.note("reflow and size of targets", sizes(page), f"{where} {zoom}")
    page.evaluate(SPACED)
    findings.note("reader's distances, phone", sizes(page), where)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.evaluate(LARGE)
    findings.note("letters twice as large", sizes(page), where)
    page.evaluate(AS_IT_WAS)


def sizes(page: Page) -> list[Any]:
    """Return what runs over the side, is cut off, or is too small to hit."""
    told = [(each.split(":")[0].split(" of ")[0], each) for each in page.evaluate(RULER)]
    return told + [("cut off", each) for each in page.evaluate(CUT_OFF)]


def stops(page: Page) -> list[Any]:
    """Return what is wrong on the way of the keyboard through the page."""
    found: list[Any] = []
    first = ""  # after the last stop Chromium begins anew, or is at its own buttons
    page.evaluate("() => { window.lastStop = null; document.activeElement?.blur(); }")
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop: dict[str, Any] | None = page.evaluate(AT_FOCUS)
        if stop is None or stop["html"] == first:
            return found
        first = first or stop["html"]
        wrong = {"not seen": not stop["seen"], "goes back": not stop["after"],
            "covered": stop["covered"]}  # fmt: skip
        found += [(rule, stop["html"]) for rule, broken in wrong.items() if broken]
    return [*found, ("does not end", stop["html"])]


def nameless(page: Page) -> list[Any]:
    """Return what can be reached by the keyboard and says nothing to a screen reader."""
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        (f"no name: {each['role']['value']}", json.dumps(each.get("properties", []))[:120])
        for each in nodes
        if not each.get("ignored")
        and each.get("role", {}).get("value") in NAMED
        and not each.get("name", {}).get("value", "").strip()
    ]
