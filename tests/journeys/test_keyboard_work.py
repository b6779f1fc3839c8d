"""The errands of enterprises, and a list of agreements, by the keyboard alone."""

from __future__ import annotations

import re
from typing import Any

from journeys.keys import Keys
from journeys.persons import Persons, press
from playwright.sync_api import expect

from catalogue.demo import pictures

TITLE = "Dukkehjørne i birk til vuggestuen"
LIST = (
    "Nummer;Titel;Leverandør;Kategorier;Første dag;Sidste dag;Hvor købes der\n"
    "K-71;Tavlekridt;Skolevarer A/S;tavlekridt;01-01-2031;31-12-2032;I indkøbssystemet\n"
    "K-72;Papir;Papirhuset A/S;30197000;01-01-2031;31-12-2032;I indkøbssystemet\n"
)


def test_product_with_three_pictures_is_published_by_the_keyboard_alone(
    persons: Persons, tmp_path: Any
) -> None:
    page = persons.sign_in("legehytten@legehytten.example")
    keys = Keys(page)
    page.goto("/varer-hos-os")
    keys.to("Ny vare")
    keys.go()
    for name, text in (
        ("title", TITLE),
        ("summary", "Et hjørne med komfur og vask til de mindste."),
        ("description", "Bygget af dansk birk på vores værksted. 90 × 40 cm."),
    ):
        keys.to(name=name)
        keys.write(text)
    keys.to("Find kategori")
    keys.go()
    keys.to(name="category_choice")
    page.keyboard.press("Space")
    keys.to("Gem kladde")
    keys.go()
    for name, text, button in (
        ("price", "1.450", "Gem og fortsæt"),
        ("delivery_days", "10", "Gem og stop her"),
    ):
        keys.to(name=name)
        keys.write(text)
        keys.to(button)
        keys.go()

    files = [str(tmp_path / f"IMG_{number}.jpg") for number in range(3)]
    for number, file in enumerate(files):
        pictures.draw("playhouse", 60 + number, (800, 600)).save(file, quality=85)
    keys.to(name="images")
    keys.hand_over(*files)
    for words in ("Hjørnet forfra", "Hjørnet fra siden", "Vasken tæt på"):
        keys.to(name="alt")
        keys.write(words)
    keys.to("Send billederne")
    page.keyboard.press("Enter")
    expect(page.locator(".picture-row img")).to_have_count(3)
    page.reload()  # where the way begins anew
    keys.to("Offentliggør")
    keys.go()
    expect(page.locator("main")).to_contain_text("offentliggjort")
    press(page, "Træk tilbage")  # other journeys look among what was there


def test_order_is_confirmed_from_its_mail_by_the_keyboard_alone(
    persons: Persons, post: Any
) -> None:
    buyer = persons.sign_in("buyer@slagelse.example")
    buyer.goto("/varer/3")
    press(buyer, "Læg i kurven")
    buyer.goto("/kurv/bestil")
    buyer.fill("[name=gln]", "5790000000005")
    press(buyer, "Afgiv ordren")
    (number,) = set(re.findall(r"0330-[0-9]{4}-[0-9]{5}", buyer.inner_text("main")))
    told = post.wait_for("legehytten", number).get_body(("plain",)).get_content()
    page = persons.visitor()
    keys = Keys(page)
    page.goto(re.search(r"/ordrelink/\S+", told)[0])  # type: ignore[index]  # or it fails here
    keys.to("Bekræft ordren")
    keys.go()
    expect(page.locator("main")).to_contain_text("bekræftet")


def test_list_of_agreements_is_imported_by_the_keyboard_alone(
    persons: Persons, tmp_path: Any
) -> None:
    page = persons.sign_in("staff@slagelse.example")
    keys = Keys(page)
    page.goto("/aftaler")
    keys.to("Importér aftaler")
    keys.go()
    keys.to(name="list")
    keys.hand_over({"name": "liste.csv", "mimeType": "text/csv", "buffer": LIST.encode()})
    keys.to("Vis, hvad den vil gøre")
    keys.go()
    keys.to(name="codes-0")
    page.keyboard.press("Space")
    keys.to("Husk svarene, og fortsæt")
    keys.go()
    keys.to("Importér aftaler")  # the way back, at the top
    keys.to("Importér")
    keys.go()
    expect(page.locator("main")).to_contain_text("Tavlekridt")
