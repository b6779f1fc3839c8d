"""Every page: axe finds nothing, nothing runs over the side, no script fails.

The quick look. scripts/accessible asks every rule in both languages, both widths, light and dark.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from journeys.persons import DESKTOP, PHONE, Persons, press
from playwright.sync_api import Page

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULER = (Path(__file__).parent / "ruler.js").read_text(encoding="utf-8")
BUYER, STAFF = "buyer@slagelse.example", "staff@slagelse.example"
APPROVER, OTHER_STAFF = "approver@kolding.example", "staff@kolding.example"
ENTERPRISE, ADMINISTRATOR = "legehytten@legehytten.example", "admin@catalogue.example"
PAGES: dict[str | None, list[str]] = {
    None: ["/", "/udvalg?q=gave", "/virksomheder?kommune=0330", "/log-ind",
        "/virksomheder/ansoeg", "/virksomheder/1", "/was", "/privatliv", "/findes-ikke",
        "/virksomheder/1/legehytten/varer", "/virksomheder/1/x/varer/1/x",
        "/ordrelink/kendes-ikke", "/afmeld/kendes-ikke", "/api/v1/",
        "/api/v1/problems/out-of-turn"],
    BUYER: [
        "/", "/rundvisning",
        "/totrin", "/totrin/opsaet", "/logget-ind", "/adgangskode",
        "/soeg", "/soeg?q=gave", "/soeg?q=rengøring&vis=alle", "/soeg?q=findesikke", "/varer/1",
        "/varer/17", "/mine-oplysninger",
        "/adgangsnoegler", "/kurv", "/ordrer", "/virksomheder/1", "/roller", "/indkomne-ordrer",
        "/efterlysninger", "/efterlysninger/1", "/efterlysninger/2",
        "/efterlysninger/ny?q=vandrepokal&kategori=18530000",
        "/tilbud", "/tilbud/1", "/tilbud/2", "/tilbud/ny", "/tilbud/ny?vare=4",
        "/tilbud/ny?kategori=77310000", "/tilbud/1/vaelg/1",
        "/sammenlign?vare=1&vare=2&vare=9", "/sammenlign", "/valgnotater", "/valgnotater/1",
        "/valgnotater/nyt?q=legehus&vare=1", "/leveringsadresser", "/leveringsadresser/ny",
        "/leveringsadresser/1", "/lister", "/lister/1", "/lister/2", "/lister/ny",
        "/lister/tilfoej?vare=1", "/ordrer/0330-2026-00001/igen",
        "/ordrer/0330-2026-00001/kontering", "/kontostrenge", "/budgetter", "/budgetter/1",
        "/fritekstordre", "/fritekstordre/1", "/loebende-bestillinger", "/loebende-bestillinger/1",
        "/loebende-bestillinger/1/ret",
        "/loebende-bestillinger/ny?liste=1", "/rammer", "/rammer/3",
        "/ordrer/0330-2026-00012", "/beskeder", "/beskeder/mail",
    ],
    STAFF: [
        "/adgangsnoegler", "/kommunens-log-ind", "/kommunens-log-ind/roller",
        "/kommunens-log-ind/saml",
        "/medarbejdere", "/medarbejdere?q=findesikke", "/personer/1/oplysninger",
        "/daekning", "/daekning?kategori=37000000&dag=2027-02-01", "/daekning?vis=huller",
        "/daekning/diagrammer", "/daekning/diagrammer?dag=2001-01-01",
        "/daekning/ordrer", "/daekning/ordrer?kategori=37000000&fra=2026-01-01&til=2026-12-31",
        "/daekning/varer?kategori=37000000", "/daekning/varer?bestilles=1&dag=2099-01-01",
        "/daekning/virksomheder?kategori=37000000", "/daekning/virksomheder?kategori=99000000",
        "/daekning/konflikter", "/daekning/konflikter?dag=2099-01-01",
        "/aftaler", "/aftaler/ny", "/aftaler/1", "/aftaler/1/ret", "/verificering",
        "/verificering?vis=forfalder", "/verificering?vis=alle", "/ansoegninger/3",
        "/aftaler/import", "/aftaler/import/kategorier",
        "/ansoegninger/1", "/gennemsyn",
        "/ordrer", "/roller", "/efterlysninger", "/efterlysninger/1",
        "/ord", "/ord?q=findesikke", "/ord/ny",
        "/ord/ny?ord=legehus", "/beloebsgraenser", "/beloebsgraenser/ny", "/daekning/graenser",
        "/daekning/graenser?dag=2025-12-31", "/daekning/graenser/1/375", "/daekning/mulighed",
        "/daekning/mulighed?kategori=37535200&beloeb=900.000&sted=1&fra=2026-12-01&til=2027-11-30",
        "/haendelser", "/haendelser?handling=agreement.&fra=2026-01-01",
        "/haendelser?hvem=findesikke", "/sendte-mails", "/sendte-mails?udfald=bounced",
        "/daekning/efterspoergsel", "/daekning/efterspoergsel?aarsag=fast-aftale&periode=3",
        "/daekning/efterspoergsel?kategori=ingen&aarsag=leveres-ikke",
        "/daekning/efterspoergsel/garagehylde", "/daekning/efterspoergsel/rengoering",
        "/ord", "/ord?q=findesikke", "/ord/ny", "/prisforslag",
        "/ord/ny?ord=legehus",
        "/aarsrapport/2026", "/aarsrapport/2025",
        "/valgnotater", "/valgnotater/1", "/sammenlign?vare=1&vare=2",
        "/tilbud", "/tilbud/3", "/daekning/efterspoergsel/reparation-af-200-sengetaepper",
        "/budgetter/nyt", "/budgetter/1/ret", "/aftaler/1/fritekst",
        "/regnskab", "/regnskab/poster", "/regnskab/indlaes", "/regnskab/konti",
        "/indkoebssystemer", "/indkoebssystemer/1", "/indkoebssystemer/1/ret",
        "/indkoebssystemer/ny", "/webhooks", "/webhooks/ny", "/webhooks/1", "/webhooks/1/ret",
        "/katalogfiler", "/katalogfiler/1", "/katalogfiler/1/ret",
        "/indlejringer", "/indlejringer/1",
    ],
    ENTERPRISE: [
        "/varer-hos-os", "/varer-hos-os/ny", "/varer-hos-os/1", "/varer-hos-os/1/forhaandsvisning",
        "/varer-hos-os/1/billeder/1/beskaer", "/varer-hos-os/1/varianter", "/varer-hos-os/lager",
        *(f"/varer-hos-os/1/trin/{each}"
          for each in ("hvad", "pris", "levering", "fakta", "historie")),
        "/varer-hos-os/1/versioner?dag=2001-01-01", "/varer-hos-os/1/versioner/1",
        "/varer-hos-os/kopier", "/varer-hos-os/tal", "/varer-hos-os/tal?periode=24",
        "/varer-hos-os/import", "/varer-hos-os/peppol",
        "/varer-hos-os/prisforslag", "/varer-hos-os/prisforslag/nyt",
        "/indkomne-ordrer", "/indkomne-ordrer/0621-2026-00003", "/dokumenter",
        "/virksomhed", "/virksomhed/verificering",
        "/virksomhed/personer",
        "/virksomhed/effekt/2025", "/indlejringer",
        "/efterlysninger/modtagne", "/efterlysninger/modtagne?svar=2",
        "/efterlysninger/kan-i-lave/1", "/tilbudsforespoergsler", "/tilbudsforespoergsler/2",
    ],
    APPROVER: ["/godkendelser"],
    OTHER_STAFF: ["/godkendelsesregler", "/godkendelsesregler/ny", "/ordrer",
        "/ordrer/0621-2026-00003/forsendelser/1"],
    ADMINISTRATOR: ["/personer", "/opbevaring", "/virksomheder/alle", "/roller", "/haendelser"],
}  # fmt: skip

REFUSALS = {
    (None, "/findes-ikke"): 404,
    (None, "/ordrelink/kendes-ikke"): 404,
    (None, "/afmeld/kendes-ikke"): 404,
    (BUYER, "/indkomne-ordrer"): 403,
}


# The only rule of axe that a narrow page can break when the wide one kept it, besides those the
# ruler asks: names, roles, order and colours come from the same page and the same style sheet.
BY_WIDTH = "scrollable-region-focusable"


def ask_axe(page: Page, *rules: str) -> list[str]:
    """Return what axe finds on the page as it stands, by all its rules or by these alone."""
    if not page.evaluate("'axe' in window"):  # half a megabyte, sent once for both widths
        page.evaluate(AXE)
    asked = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    # What it passed is a multiple of what it found, and nobody reads it.
    run = "asked => axe.run(document, asked).then(result => result.violations)"
    violations: list[dict[str, Any]] = page.evaluate(run, asked)
    return [
        f"{page.url} {page.viewport_size}: {each['id']} ({each['impact']}) {node['html'][:120]}"
        for each in violations
        for node in each["nodes"]
    ]


def measure(page: Page) -> list[str]:
    """Return that the page runs over the side, and which targets are too small."""
    found: list[str] = page.evaluate(RULER)
    return [f"{page.url} {page.viewport_size}: {each}" for each in found]


def look_in_both_widths(page: Page) -> list[str]:
    """Look at the page as it stands: wide by all rules, narrow by what depends on width."""
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    found = ask_axe(page) + measure(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return found + ask_axe(page, BY_WIDTH) + measure(page)


@pytest.mark.parametrize("email", PAGES)
def test_page_is_clean_for_its_reader(persons: Persons, email: str | None) -> None:
    page = persons.sign_in(email) if email else persons.visitor()
    found = []
    for address in dict.fromkeys(PAGES[email]):
        response = page.goto(address)
        assert response is not None
        assert response.status == REFUSALS.get((email, address), 200), address
        assert page.locator("html").get_attribute("lang") == "da"
        found += look_in_both_widths(page)
    page.goto("/")
    found += ask_axe(page)  # by all rules on a phone once: header, menu and footer are of all pages
    assert found == []


@pytest.mark.parametrize("email", PAGES)
def test_english_page_fits_a_phone(persons: Persons, email: str | None) -> None:
    """Words decide how wide a page is; what axe asks is the same (scripts/accessible asks all)."""
    page = persons.sign_in(email) if email else persons.visitor()
    page.goto("/")
    page.locator("header").get_by_role("button", name="EN").click()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found = []
    alike = {each.partition("?")[0]: each for each in PAGES[email]}  # filters change no words
    for address in alike.values():
        page.goto(address, wait_until="domcontentloaded")
        assert page.locator("html").get_attribute("lang") == "en"
        found += measure(page)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.locator("header").get_by_role("button", name="DA").click()  # as she was
    assert found == []


def test_filled_and_faulty_forms_are_clean_too(persons: Persons) -> None:
    found = []
    visitor = persons.visitor()
    for address in ("/log-ind", "/virksomheder/ansoeg"):
        visitor.goto(address)
        visitor.locator("main form button[type=submit]").last.click()
        assert visitor.locator(".error-summary").is_visible(), address
        assert visitor.title().startswith("Fejl: "), address  # the first that is read aloud
        found += look_in_both_widths(visitor)
    staff = persons.sign_in(STAFF)
    staff.goto("/aftaler/ny")
    staff.locator("main form button[type=submit]").last.click()
    found += look_in_both_widths(staff)
    staff.goto("/ord/ny")
    press(staff, "Gem ordet")
    assert staff.locator(".error-summary").is_visible()
    found += look_in_both_widths(staff)
    staff.goto("/daekning/efterspoergsel/ladcykel")
    press(staff, "Spørg virksomhederne")
    assert staff.locator(".error-summary").is_visible()
    found += look_in_both_widths(staff)
    seller = persons.sign_in(ENTERPRISE)
    seller.goto("/varer-hos-os/1/trin/pris")
    seller.fill("[name=price]", "tolv kroner")
    press(seller, "Gem og fortsæt")
    assert seller.input_value("[name=price]") == "tolv kroner"
    found += look_in_both_widths(seller)
    seller.goto("/efterlysninger/modtagne?svar=2")
    press(seller, "Send svaret")
    assert seller.locator(".error-summary").is_visible()
    found += look_in_both_widths(seller)
    seller.goto("/efterlysninger/kan-i-lave/1")
    seller.fill("[name=title]", "")
    press(seller, "Ja, opret en kladde")
    assert seller.locator(".error-summary").is_visible()
    found += look_in_both_widths(seller)
    buyer = persons.sign_in(BUYER)
    for address, button in (
        ("/efterlysninger/ny", "Send efterlysningen"),
        ("/efterlysninger/2", "Luk efterlysningen"),
    ):
        buyer.goto(address)
        press(buyer, button)
        assert buyer.locator(".error-summary").is_visible(), address
        found += look_in_both_widths(buyer)
    assert found == []


def test_basket_checkout_and_order_are_clean(persons: Persons) -> None:
    buyer = persons.sign_in(BUYER)
    buyer.goto("/varer/1")
    press(buyer, "Læg i kurven")
    found = look_in_both_widths(buyer)
    buyer.get_by_role("link", name="Gå til bestilling").click()
    found += look_in_both_widths(buyer)
    buyer.fill("[name=gln]", "123")
    press(buyer, "Afgiv ordren")
    assert buyer.locator(".error-summary").is_visible()
    found += look_in_both_widths(buyer)
    buyer.goto("/kurv")  # leave the basket as it was: other journeys order from it
    press(buyer, "Fjern Legehus i lærk, 2 × 2 meter")
    others = {APPROVER: "/godkendelser", OTHER_STAFF: "/ordrer", ENTERPRISE: "/indkomne-ordrer"}
    opened = [(persons.sign_in(email), listed) for email, listed in others.items()]
    for person, listed in ((buyer, "/ordrer"), *opened):
        person.goto(listed)
        person.locator("main table a").first.click()
        found += look_in_both_widths(person)
    person.get_by_role("link", name="Det skal fakturaen indeholde").click()
    found += look_in_both_widths(person)
    returned = persons.sign_in("buyer@kolding.example")
    returned.goto("/ordrer?state=returned")
    returned.locator("main table a").first.click()
    returned.get_by_role("link", name="Ret ordren").click()
    found += look_in_both_widths(returned)
    assert found == []
