"""Price lists by the API: sent, seen before anything changes, imported once, stopped."""

from __future__ import annotations

import io
from typing import Any

from api.callers import problem_of
from api.conftest import Town
from conftest import on_sqlite
from products.test_sent_lists import pack
from products.world import encoded

pytestmark = on_sqlite
HEAD = "Varenummer;Titel;Pris;Billeder;Billedtekster\n"
GOOD = HEAD + "V-1;Bord;100;;\n"
MIXED = HEAD + "V-1;Bord;100;;\nV-2;Stol;dyr;;\n"


def send(town: Town, text: str, *, key: str = "", **files: Any) -> Any:
    """Send a list by the program of the workshop."""
    content = {"price_list": (io.BytesIO(text.encode()), "priser.csv")} | files
    headers = {"Idempotency-Key": key} if key else {}
    return town.shop.send("POST", "/price-lists", data=content, headers=headers)


def numbers(town: Town) -> set[str]:
    """Return the item numbers of all products."""
    return {each["item_number"] for each in town.shop.get("/products").get_json()["items"]}


def test_list_is_tried_before_it_is_imported(town: Town) -> None:
    sent = send(town, MIXED)
    assert (sent.status_code, sent.get_json()["state"]) == (202, "checking"), sent.text
    here = sent.headers["Location"].removeprefix("/api/v1")
    told = town.shop.get(here).get_json()
    assert (told["state"], told["rows"], told["taken"]) == ("checked", 2, None)
    assert told["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "refused": 1}
    good, bad = told["lines"]
    assert (good["row"], good["outcome"], good["item_number"]) == (2, "created", "V-1")
    assert (bad["outcome"], bad["problems"][0]["cell"], bad["problems"][0]["said"]) == (
        "refused", "C3", "dyr",
    )  # fmt: skip
    assert "V-1" not in numbers(town)
    assert problem_of(town.shop.post(f"{here}/import", {"rows": "all"})) == "conflict"
    assert town.shop.post(f"{here}/import", {"rows": "good"}).status_code == 202
    done = town.shop.get(here).get_json()
    assert (done["state"], done["taken"]["created"]) == ("taken", 1)
    assert numbers(town) & {"V-1", "V-2"} == {"V-1"}
    assert problem_of(town.shop.post(f"{here}/import", {"rows": "good"})) == "conflict"
    (listed,) = town.shop.get("/price-lists").get_json()["items"]
    assert (listed["file_name"], listed["state"]) == ("priser.csv", "taken")


def test_same_list_under_the_same_key_is_one_list_and_one_import(town: Town) -> None:
    first, again = (send(town, GOOD, key="price-list-0000001") for _each in range(2))
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json() == first.get_json()
    here = f"/price-lists/{first.get_json()['id']}/import"
    taken = [
        town.shop.post(here, {"rows": "all"}, Idempotency_Key="import-000000001").status_code
        for _each in range(2)
    ]
    assert taken == [202, 202]
    assert len(town.shop.get("/price-lists").get_json()["items"]) == 1
    assert problem_of(send(town, MIXED, key="price-list-0000001")) == "key-reused"


def test_pictures_come_as_a_zip_file_and_are_received_aside(town: Town) -> None:
    text = HEAD + "V-1;Bord;100;bord.png;Et bord\n"
    pictures = (io.BytesIO(pack({"bord.png": encoded("blue")})), "billeder.zip")
    here = f"/price-lists/{send(town, text, pictures=pictures).get_json()['id']}"
    assert town.shop.get(here).get_json()["state"] == "checking"  # the worker's work
    stopped = town.shop.post(f"{here}/stop").get_json()
    assert stopped["state"] == "stopped"
    assert problem_of(town.shop.post(f"{here}/stop")) == "conflict"


def test_what_is_no_price_list_is_refused_with_the_reason(town: Town) -> None:
    wrong = send(town, "ingen;tabel\n")
    assert problem_of(wrong) == "invalid"
    assert wrong.get_json()["errors"][0]["pointer"] == "#/price_list"
    words = town.shop.send("POST", "/price-lists", data={"price_list": "ord"},
                           content_type="multipart/form-data")  # fmt: skip
    assert problem_of(words) == "unreadable"
    zipped = send(town, GOOD, pictures=(io.BytesIO(b"PK ikke"), "billeder.zip"))
    assert problem_of(zipped) == "invalid"
    assert zipped.get_json()["errors"][0]["pointer"] == "#/pictures"
    assert town.shop.get("/price-lists").get_json()["items"] == []


def test_lists_are_their_own_enterprises_alone(town: Town) -> None:
    assert problem_of(town.shop.get("/price-lists/999")) == "missing"
    assert problem_of(town.staff.get("/price-lists")) == "not-allowed"
