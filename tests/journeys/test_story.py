"""The story of the product: three persons, from an enterprise's upload to a received order."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from journeys.persons import PHONE, Persons, press
from playwright.sync_api import Page, expect

from catalogue.demo import pictures

TITLE = "Legehus med udsigtstårn og kikkert"
FOUND_WITHIN_SECONDS = 2.0
DELIVERY = {
    "institution": "Børnehaven Solstrålen",
    "street": "Skovvej 4",
    "postcode": "4200",
    "city": "Slagelse",
    "contact_name": "Karla Bruun",
    "contact_email": "karla@slagelse.example",
    "gln": "5790000000005",
    "reference": "KBR",
    "account_coding": "4711-22",
    "note": "Ring, inden I kommer.",
}


def draw(folder: Path) -> list[str]:
    """Write two photographs as a phone would name them."""
    paths = [folder / "IMG_1.jpg", folder / "IMG_2.jpg"]
    for number, path in enumerate(paths, start=30):
        pictures.draw("playhouse", number, (1200, 900)).save(path, quality=90)
    return [str(path) for path in paths]


def publish_play_house(page: Page, folder: Path) -> None:
    """Write a draft, give it two pictures, and publish it."""
    page.get_by_role("link", name="Ny vare").click()
    page.fill("[name=title]", TITLE)
    page.fill("[name=summary]", "Legehus i to etager, hvor børnene kan holde udkig.")
    page.fill("[name=description]", "Bygget af lærk. Tårnet er 2,4 m højt og har værn hele vejen.")
    page.fill("[name=category]", "37535200")
    press(page, "Gem kladde")
    page.fill("[name=price]", "24.750,00")
    press(page, "Gem og fortsæt")
    page.fill("[name=delivery_days]", "28")
    press(page, "Gem og stop her")
    page.set_input_files("[name=images]", draw(folder))
    page.locator("#upload-alt-alt-0").fill("Legehus med tårn set forfra")
    page.locator("#upload-alt-alt-1").fill("Legehuset set fra haven")
    press(page, "Send billederne")
    expect(page.locator(".upload-preview picture img")).to_have_count(2)
    press(page, "Offentliggør")
    expect(page.get_by_role("status")).to_contain_text("offentliggjort")


def seconds_until_found(page: Page) -> float:
    """Search until the play house is found; return the seconds it took."""
    start = time.monotonic()
    while time.monotonic() < start + 20:
        page.goto("/soeg?q=udsigtstårn")
        if page.get_by_role("link", name=TITLE).count():
            return time.monotonic() - start
    raise AssertionError("the published play house was not found")


def order(page: Page) -> str:
    """Order two of them as a hasty buyer does, with a double click; return the order number."""
    page.get_by_role("link", name=TITLE).click()
    expect(page.locator(".gallery-large img").first).to_have_js_property("complete", True)
    assert page.locator(".gallery-large img").first.evaluate("image => image.naturalWidth") > 100
    page.fill("[name=quantity]", "2")
    press(page, "Læg i kurven")
    expect(page.locator("main")).to_contain_text("49.500,00 kr.")
    page.get_by_role("link", name="Gå til bestilling").click()
    for name, value in DELIVERY.items():
        page.fill(f"[name={name}]", value)
    page.locator("main").get_by_role("button", name="Afgiv ordren").dblclick()
    expect(page.locator("h1")).to_contain_text("Tak")
    numbers = re.findall(r"0330-\d{4}-\d{5}", page.inner_text("main"))
    assert len(set(numbers)) == 1
    return str(numbers[0])


def ordered_with(page: Page, category: str) -> int:
    """Return the ordered amount in whole kroner that the staff's coverage shows."""
    page.goto(f"/daekning?kategori={category}")
    row = page.locator("tr.tree-row", has_text=category)
    amounts = row.locator("td.number").all_inner_texts()
    return int(re.sub(r"\D", "", amounts[-1].split(",")[0]) or 0)


def test_play_house_goes_from_upload_to_receipt_and_into_the_coverage(
    persons: Persons, post: Any, tmp_path: Path
) -> None:
    staff = persons.sign_in("staff@slagelse.example")
    before = ordered_with(staff, "37535200")
    seller = persons.sign_in("legehytten@legehytten.example", viewport=PHONE)
    publish_play_house(seller, tmp_path)

    buyer = persons.sign_in("buyer@slagelse.example")
    assert seconds_until_found(buyer) < FOUND_WITHIN_SECONDS
    number = order(buyer)
    assert TITLE in post.wait_for("legehytten", number).get_body().get_content()

    seller.goto("/indkomne-ordrer")
    seller.get_by_role("link", name=number).click()
    expect(seller.locator("main")).to_contain_text("5790000000005")
    press(seller, "Bekræft ordren")
    expect(seller.locator("h1")).to_contain_text("Bekræftet")
    press(seller, "Markér som afsendt")
    expect(seller.locator("h1")).to_contain_text("Afsendt")
    assert post.wait_for("buyer@slagelse.example", number)

    buyer.goto("/ordrer")
    buyer.get_by_role("link", name=number).click()
    press(buyer, "Bekræft modtagelse")
    expect(buyer.locator("h1")).to_contain_text("Modtaget")
    assert ordered_with(staff, "37535200") == before + 49_500
