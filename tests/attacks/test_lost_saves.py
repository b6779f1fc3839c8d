"""Who would undo unseen what another saved is told first, and nothing she typed is lost."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import cast
import pytest
from conftest import CatalogueClient, on_sqlite
from enterprises.test_review import application
from exchange.test_connection_pages import FORM as CONNECTION
from exchange.test_webhook_pages import FORM as WEBHOOK
from flask import Flask
from ordering import world as ordering
from ordering.test_form_advice import ADDRESS

from catalogue.core.who import Role

WORD = {"word": "rutsjebane", "relation": "also", "means": "legehus", "categories": ""}
TOLD = "siden du åbnede formularen"

# Who makes it, where, and of what; where its form stands; the fields that two people change.
FORMS: list[tuple[Role, tuple[str, dict[str, Any]], str, tuple[str, str]]] = [
    (Role.ENTERPRISE, ("/virksomhed", application()), "/virksomhed", ("phone", "street")),
    (Role.STAFF, ("/webhooks/ny", WEBHOOK), "/webhooks/1/ret", ("name", "url")),
    (Role.STAFF, ("/indkoebssystemer/ny", CONNECTION), "/indkoebssystemer/1/ret",
     ("name", "return_hosts")),
    (Role.STAFF, ("/ord/ny", WORD), "/ord/1", ("means", "word")),
    (Role.BUYER, ("/leveringsadresser/ny", dict(ADDRESS)), "/leveringsadresser/1",
     ("contact_name", "street")),
    (Role.ENTERPRISE, ("/indlejringer", {"origins": "www.legehytten.example"}), "/indlejringer/1",
     ("origins", "origins")),
]  # fmt: skip
NEW = {
    "phone": "87654321", "street": "Nygade 7", "name": "Nyt navn", "means": "vippe",
    "url": "https://erp.slagelse.example/ny", "return_hosts": "erp3.slagelse.example",
    "word": "rutschebane", "contact_name": "Ida Lund", "origins": "https://www.andre.example",
}  # fmt: skip


class Fields(HTMLParser):
    """What the form of a page that carries `seen` is sent with as it stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.area = self.select = ""
        forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
        (form,) = [each for each in forms if 'name="seen"' in each]
        self.feed(form)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "textarea":
            self.area = name
            self.fields[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in told:
            self.fields[self.select] = [told["value"]]
        elif tag == "input" and (
            told.get("type") not in ("checkbox", "radio") or "checked" in told
        ):
            self.fields.setdefault(name, []).append(told.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self.area][0] = self.fields[self.area][0].removeprefix("\n")
            self.area = ""


def fields_of(client: CatalogueClient, address: str) -> dict[str, list[str]]:
    """Read a form as it is shown now."""
    return Fields(client.get(address).text).fields


@on_sqlite
@pytest.mark.parametrize(("role", "made", "address", "names"), FORMS, ids=[f[2] for f in FORMS])
def test_who_would_undo_what_another_saved_is_told_and_keeps_what_she_typed(
    app: Flask, client: CatalogueClient, role: Role, made: tuple[str, dict[str, Any]],
    address: str, names: tuple[str, str],
) -> None:  # fmt: skip
    with app.extensions["catalogue"].database.transaction() as session:
        world = ordering.make(session)
        person = {
            Role.ENTERPRISE: world.worker, Role.BUYER: world.buyer,
            Role.STAFF: cast.staff(session, world.home),
        }[role]  # fmt: skip
        places = {"municipality_id": world.home.id, "reviewer_id": world.home.id}
    cast.sign_in_as(client, person)
    form = made[1] | places if made[0] == "/virksomhed" else made[1]
    assert client.post(made[0], data=form).status_code == 303
    quicker, mine = fields_of(client, address), fields_of(client, address)
    quicker[names[0]], mine[names[1]] = [NEW[names[0]]], [NEW[names[1]] + "x"]
    assert client.post(address, data=quicker).status_code == 303
    assert client.post(address, data=quicker).status_code == 303  # sent twice: nothing to tell
    told = client.post(address, data=mine)
    assert TOLD in told.text
    kept = Fields(told.text).fields
    assert kept[names[1]] == mine[names[1]]
    assert fields_of(client, address)[names[0]] == quicker[names[0]]
    assert client.post(address, data=kept).status_code == 303
    assert fields_of(client, address)[names[1]] == mine[names[1]]
