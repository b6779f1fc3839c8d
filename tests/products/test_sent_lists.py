"""Sent price lists: good rows, the worker, a kill on the way, stopping, and pictures in a ZIP."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import cast
import pytest
from flask import Flask
from products.test_pages import work_off
from products.world import encoded, seller
from sqlalchemy import func, select

from catalogue.core.jobs import Job
from catalogue.products import import_pages, list_report, list_steps, plan, sent_lists, zipped
from catalogue.products.list_models import ListState, SentList
from catalogue.products.models import Product, ProductVersion
from catalogue.products.zipped import UnusableZip

HEAD = "Varenummer;Titel;Pris;Billeder;Billedtekster\n"
MIXED = HEAD + "V-1;Bord;100;;\nV-2;Stol;dyr;;\n"
LONG = HEAD + "".join(f"V-{number};Bord {number};{number};;\n" for number in range(1, 1101))


@pytest.fixture
def browser(app: Flask) -> Any:
    """A browser in which a person of Legehytten is signed in."""
    with state(app).database.transaction() as session:
        person = seller(session).person
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def state(app: Flask) -> Any:
    """Return the Catalogue of the application."""
    return app.extensions["catalogue"]


def send(browser: Any, text: str, *pictures: tuple[bytes, str]) -> str:
    """Send a list with pictures; return the address of its page."""
    files = {
        "price_list": (io.BytesIO(text.encode()), "priser.csv"),
        "images": [(io.BytesIO(content), name) for content, name in pictures],
    }
    answer = browser.post("/varer-hos-os/import", data=files, content_type="multipart/form-data")
    assert answer.status_code in (302, 303), answer.text
    return str(answer.location)


def pack(files: dict[str, bytes]) -> bytes:
    """Return a ZIP file of files by name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as parts:
        for name, each in files.items():
            parts.writestr(name, each)
    return content.getvalue()


def count(app: Flask) -> int:
    """Return how many products there are."""
    with state(app).database.reading() as session:
        return session.scalar(select(func.count()).select_from(Product)) or 0


def latest(app: Flask) -> SentList:
    """Return the list that was sent last."""
    with state(app).database.reading() as session:
        return session.scalars(select(SentList).order_by(SentList.id.desc())).first()  # type: ignore[return-value] - there is one


def test_refused_row_is_told_by_its_cell_and_the_good_ones_can_be_imported(
    app: Flask, browser: Any
) -> None:
    address = send(browser, MIXED)
    page = browser.get(address).text
    assert "(celle C3)" in page
    assert "”dyr”" in page
    browser.post(address, data={"which": "all"})
    assert count(app) == 0
    browser.post(address, data={"which": "good"})
    assert count(app) == 1
    assert "1 ny vare, 0 ændrede" in browser.get("/varer-hos-os").text


def test_change_is_shown_as_it_was_and_as_it_will_be(browser: Any) -> None:
    browser.post(send(browser, HEAD + "V-1;Bord;100;;\n"))
    page = browser.get(send(browser, HEAD + "V-1;Bord;95,50;;\n")).text
    shown = re.sub(r"<[^>]+>|\s+", " ", page).replace("\xa0", " ")
    assert re.search(r"før: +100,00 kr\. +→ +efter: +95,50 kr\.", shown)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Kort", "Kortere", ("Kort", "Kortere")),
        ("a" * 200, "a" * 100 + "b", ("… " + "a" * 120 + " …", "… " + "a" * 30 + "b")),
    ],
)
def test_long_values_are_shown_around_what_differs(
    old: str, new: str, shown: tuple[str, str]
) -> None:
    found = list_report.shorten(old, new)
    assert (found[0][:20], found[1]) == (shown[0][:20], shown[1])


def test_long_list_is_checked_and_imported_by_the_worker(app: Flask, browser: Any) -> None:
    address = send(browser, LONG)
    assert "data-progress" in browser.get(address).text
    work_off(app, "price lists")
    assert "1.100" in browser.get(address).text
    browser.post(address, data={"which": "all"})
    assert "Varerne importeres" in browser.get(address).text
    work_off(app, "price lists")
    assert (latest(app).state, latest(app).rows_done, count(app)) == ("taken", 1100, 1100)


def test_import_goes_on_after_a_kill_and_writes_nothing_twice(
    app: Flask, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = send(browser, LONG)
    work_off(app, "price lists")
    browser.post(address, data={"which": "all"})
    shop, sent = import_pages.workshop(state(app)), latest(app)
    real, left = list_steps.taking.take_part, [1]

    def die(*given: Any) -> Any:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return real(*given)

    monkeypatch.setattr(list_steps.taking, "take_part", die)
    with pytest.raises(KeyboardInterrupt):
        list_steps.run(shop, sent_lists.TAKE, sent.id)
    monkeypatch.undo()
    assert (latest(app).rows_done, count(app)) == (plan.PART_ROWS, plan.PART_ROWS)
    work_off(app, "price lists")
    assert count(app) == 1100
    assert latest(app).facts["taken"] == {"created": 1100, "changed": 0, "moved": 0, "rows": []}


def test_stopped_list_ends_after_its_part_and_leaves_no_work(
    app: Flask, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = send(browser, LONG)
    work_off(app, "price lists")
    browser.post(address, data={"which": "all"})
    shop, real = import_pages.workshop(state(app)), list_steps._take_next

    def one_part(*given: Any) -> bool:
        going = real(*given)
        browser.post(f"{address}/stop")
        return going

    monkeypatch.setattr(list_steps, "_take_next", one_part)
    list_steps.run(shop, sent_lists.TAKE, latest(app).id)
    monkeypatch.undo()
    assert (latest(app).state, count(app)) == ("stopped", plan.PART_ROWS)
    assert "500 af 1.100 rækker" in browser.get(address).text
    work_off(app, "price lists")
    assert count(app) == plan.PART_ROWS
    with state(app).database.reading() as session:
        assert session.scalar(select(Job.id).where(Job.topic == sent_lists.TAKE)) is None
    assert not any((state(app).settings.data_folder / "imports").iterdir())


def test_check_that_is_stopped_keeps_nothing(app: Flask, browser: Any) -> None:
    address = send(browser, LONG)
    browser.post(f"{address}/stop")
    work_off(app, "price lists")
    assert (latest(app).state, latest(app).rows) == (ListState.STOPPED, 0)
    answer = browser.post(address, data={"which": "all"}, follow_redirects=True)
    assert "allerede importeret" in answer.text


def test_row_whose_product_has_moved_since_the_preview_is_left_out(
    app: Flask, browser: Any
) -> None:
    browser.post(send(browser, HEAD + "V-1;Bord;100;;\nV-2;Stol;50;;\n"))
    address = send(browser, HEAD + "V-1;Bord;110;;\nV-2;Stol;60;;\n")
    browser.post(send(browser, HEAD + "V-2;Stol;55;;\n"))
    answer = browser.post(address, data={"which": "all"}, follow_redirects=True)
    assert "1 række er sprunget over" in answer.text
    with state(app).database.reading() as session:
        prices = session.scalars(select(Product.price_ore).order_by(Product.id)).all()
    assert prices == [11000, 5500]


def test_list_of_another_enterprise_is_not_found(app: Flask, browser: Any) -> None:
    address = send(browser, MIXED)
    with state(app).database.transaction() as session:
        other = seller(session, "Sumak", cvr="20342462").person
    stranger = app.test_client()
    cast.sign_in_as(stranger, other)
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/stop").status_code == 404


def test_pictures_come_in_a_zip_and_those_of_the_catalogue_by_name(
    app: Flask, browser: Any
) -> None:
    packed = pack(
        {"billeder/Bord.jpg": encoded("red"), "__MACOSX/._Bord.jpg": b"x", "andet.jpg": b"y"}
    )
    text = HEAD + "V-1;Bord;100;bord.JPG;Et rødt bord\n"
    address = send(browser, text, (packed, "billeder.zip"))
    work_off(app, "price lists")
    browser.post(address, data={"which": "all"})
    listed = browser.get("/varer-hos-os/prisliste.csv").get_data(as_text=True)
    assert "katalog-1;Et rødt bord" in listed
    page = browser.get(send(browser, listed.removeprefix("\ufeff"))).text
    assert "der er intet at importere" in page
    browser.post(send(browser, HEAD + "V-2;Bænk;90;katalog-1;Bænken\n"))
    with state(app).database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProductVersion)) == 0
    page = browser.get(send(browser, HEAD + "V-3;Stol;90;katalog-2;\n")).text
    assert "katalog-2" in page
    assert "kan ikke bruges" in page


def test_list_of_families_goes_on_after_a_kill_where_a_family_begins(
    app: Flask, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Varenummer;Titel;Variant af;Størrelse;Pris\n" + "".join(
        f"V-{n};Bord {n};;S;1\nV-{n}-M;;V-{n};M;1\nV-{n}-L;;V-{n};L;1\n" for n in range(168)
    )
    address = send(browser, text)
    work_off(app, "price lists")
    browser.post(address, data={"which": "all"})
    shop, real = import_pages.workshop(state(app)), list_steps._take_next

    def killed_then(*given: Any) -> bool:
        real(*given)
        raise SystemExit

    monkeypatch.setattr(list_steps, "_take_next", killed_then)
    with pytest.raises(SystemExit):
        list_steps.run(shop, sent_lists.TAKE, latest(app).id)
    monkeypatch.undo()
    assert (latest(app).rows_done, count(app)) == (498, 166)
    work_off(app, "price lists")
    assert count(app) == 168
    assert latest(app).facts["taken"] == {"created": 168, "changed": 0, "moved": 0, "rows": []}


def bomb() -> bytes:
    """Return an archive of a file that unpacks to a thousand times its size."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("bord.jpg", bytes(20_000_000))
    return content.getvalue()


def locked() -> bytes:
    """Return an archive that says its file is encrypted."""
    content = bytearray(pack({"bord.jpg": b"x"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pack({"../../bord.jpg": b"x"}), "fører ud af den"),
        (pack({"/etc/passwd": b"x"}), "fører ud af den"),
        (pack({"C:/bord.jpg": b"x"}), "fører ud af den"),
        (pack({"a/bord.jpg": b"x", "b/bord.jpg": b"y"}), "To filer"),
        (pack({"bord.jpg": b"x"})[:-8], "beskadiget"),
        (bomb(), "mere udpakket"),
        (locked(), "adgangskode"),
    ],
    ids=["slip", "absolute", "drive", "twins", "torn", "bomb", "locked"],
)
def test_zip_that_means_harm_is_refused_with_the_remedy(
    browser: Any, app: Flask, content: bytes, said: str
) -> None:
    files = {
        "price_list": (io.BytesIO(MIXED.encode()), "priser.csv"),
        "images": (io.BytesIO(content), "billeder.zip"),
    }
    answer = browser.post("/varer-hos-os/import", data=files, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in answer.text
    assert not any((state(app).settings.data_folder / "imports").glob("*"))


def test_zip_of_too_many_files_is_refused_by_its_list_of_names(tmp_path: Any) -> None:
    path = tmp_path / "x.zip"
    names = [f"{number}.jpg" for number in range(zipped.MOST_FILES + 1)]
    for tried in (names, [f"{name * 60}.jpg" for name in names[1:]]):
        path.write_bytes(pack(dict.fromkeys(tried, b"")))
        with pytest.raises(UnusableZip) as refused:
            zipped.list_pictures(path)
        assert "10000" in str(refused.value.detail)


def test_file_that_is_larger_than_it_says_is_read_no_further(tmp_path: Any) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(pack({"bord.jpg": bytes(5000)}))
    assert "MB" in str(zipped.read(path, "bord.jpg", 4000))
    assert zipped.read(path, "bord.jpg", 5000) == bytes(5000)
    path.write_bytes(path.read_bytes().replace(bytes(100), b"x" * 100, 1))
    assert "beskadiget" in str(zipped.read(path, "bord.jpg", 5000))
    path.write_bytes(b"PK nothing")
    with pytest.raises(UnusableZip):
        zipped.list_pictures(path)


def test_downloads_are_files_in_the_language_asked_for(browser: Any) -> None:
    browser.post(send(browser, HEAD + "V-1;=1+1;100;;\n"))
    danish = browser.get("/varer-hos-os/prisliste.csv?sprog=da").get_data(as_text=True)
    english = browser.get("/varer-hos-os/prisliste.csv?sprog=en")
    assert danish.startswith("\ufeffVarenummer;Titel;")
    assert ";'=1+1;" in danish
    assert english.get_data(as_text=True).startswith("\ufeffItem number;Title;")
    assert 'filename="products-' in english.headers["Content-Disposition"]
    assert browser.get("/varer-hos-os/skabelon.xlsx").data.startswith(b"PK")
    assert browser.get("/varer-hos-os/prisliste.exe").status_code == 404
