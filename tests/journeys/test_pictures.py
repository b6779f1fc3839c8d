"""Pictures in a real browser: put in order by keys, buttons and dragging; the part that is seen."""

from __future__ import annotations

from typing import Any

from journeys.persons import PHONE, Persons, press
from playwright.sync_api import Page, expect

SELLER = "legehytten@legehytten.example"
PRODUCT = "/varer-hos-os/4"  # three pictures; a copy is taken of it, so that it stays as it was


def copied(persons: Persons, **options: Any) -> Page:
    """Open a draft of one's own with three pictures."""
    page = persons.sign_in(SELLER, **options)
    page.goto(PRODUCT)
    press(page, "Kopiér som ny kladde")
    expect(page.locator("[data-picture]")).to_have_count(3)
    return page


def order(page: Page) -> list[str]:
    """Return what the pictures show, in their order."""
    texts = page.locator("[data-picture] [name^=alt_]")
    return [each.input_value() for each in texts.all()]


def test_pictures_are_put_in_order_by_keyboard_button_and_dragging(persons: Persons) -> None:
    page = copied(persons)
    first, second, third = order(page)
    later = page.get_by_role("button", name="Flyt billede 1 tilbage")
    later.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the focus has gone along
    assert order(page) == [second, third, first]
    expect(page.locator("[data-picture-said]")).to_have_text("Billedet er flyttet til plads 3")
    assert page.evaluate("document.activeElement.dataset.move") == "-1", "it cannot go further"
    page.keyboard.press("Space")
    assert order(page) == [second, first, third]

    handle = page.locator("[data-picture-handle]").last
    handle.scroll_into_view_if_needed()
    box, target = handle.bounding_box(), page.locator("[data-picture]").first.bounding_box()
    assert box and target
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, target["y"] + 5, steps=20)
    page.mouse.up()
    assert order(page) == [third, second, first]
    press(page, "Gem tekster og rækkefølge")
    assert order(page) == [third, second, first], "kept"


def test_finger_scrolls_past_a_picture_and_drags_one_that_it_holds(persons: Persons) -> None:
    page = copied(persons, viewport=PHONE, has_touch=True, is_mobile=True)
    touch = page.context.new_cdp_session(page)

    def move(kind: str, *points: tuple[float, float]) -> None:
        found = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})

    def swipe(start: float, end: float) -> None:
        for step in range(1, 11):
            move("touchMove", (80, start + (end - start) * step / 10))

    first, second, third = order(page)
    page.evaluate("document.getElementById('pictures').scrollIntoView()")
    box = page.locator("[data-picture-handle]").first.bounding_box()
    assert box
    move("touchStart", (80, box["y"] + 60))
    page.locator(".picture-dragged").wait_for()
    swipe(box["y"] + 60, PHONE["height"] - 20)  # the page goes along until it is the last
    expect(page.locator("[data-picture] [name^=alt_]").last).to_have_value(first)
    move("touchEnd")
    expect(page.locator("[data-picture-said]")).to_have_text("Billedet er flyttet til plads 3")
    assert order(page) == [second, third, first]

    page.evaluate("document.getElementById('pictures').scrollIntoView()")
    before = page.evaluate("scrollY")
    move("touchStart", (80, box["y"] + 60))
    swipe(box["y"] + 60, box["y"] - 60)
    move("touchEnd")
    page.wait_for_function("before => scrollY > before", arg=before)
    assert order(page) == [second, third, first]


def test_part_of_a_picture_is_chosen_with_the_keys_alone(persons: Persons) -> None:
    page = copied(persons)
    page.get_by_role("link", name="Beskær og drej").first.click()
    frame, size = page.locator("[data-cut-frame]"), page.locator("#cut-size")
    expect(frame).to_be_visible()
    whole = frame.bounding_box()
    size.focus()
    for _ in range(5):
        page.keyboard.press("PageDown")
    page.locator("#cut-x").press("Home")
    small = frame.bounding_box()
    assert whole and small
    assert small["width"] < whole["width"]
    assert abs(small["width"] / small["height"] - 4 / 3) < 0.02, "the common shape stays"
    share, picture = int(size.input_value()), page.locator("[data-cut-picture]").bounding_box()
    assert picture and abs(small["x"] - picture["x"]) < 2, "at the left"
    press(page, "Vis dette udsnit")
    shown = page.locator("[data-picture] img").first
    wide, high = (int(shown.get_attribute(side) or 0) for side in ("width", "height"))
    assert abs(wide / high - 4 / 3) < 0.02
    page.get_by_role("link", name="Beskær og drej").first.click()
    expect(size).to_have_value(str(share))
    press(page, "Vis hele billedet")
    expect(page.locator("[data-picture]")).to_have_count(3)
