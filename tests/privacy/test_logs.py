"""A day's journey with all loggers read: nothing of people stands in what they wrote."""

from __future__ import annotations

import base64
import io
import logging
import re
from email import policy
from email.parser import BytesParser
from typing import Any

import cast
import pytest
import sqlalchemy
from accounts.test_scim import Directory
from click.testing import CliRunner
from conftest import on_sqlite
from drawn import placing_key
from exchange import punchouts
from exchange.test_bounces import report
from flask import Flask
from ordering.approving import rule, town
from ordering.world import FORM, make
from sqlalchemy import select

from catalogue.accounts import tokens
from catalogue.accounts.tokens import Wanted
from catalogue.cli import main
from catalogue.core import jobs
from catalogue.core.who import Role
from catalogue.exchange.mail_models import MailRecord
from catalogue.exchange.webhooks import service as webhooks
from catalogue.exchange.webhooks.schema import Terms
from catalogue.lanes import lanes
from catalogue.ordering import standing_work

NAME, EMAIL, PHONE = "Åse Ørnskov", "aase.oernskov@slagelse.example", "58573600"
WORDS, CPR, PASSWORD = "glutenfri bryllupskage", "211062-5629", "hemmeligt kodeord 7"
CONTACT = {"contact_name": NAME, "contact_email": EMAIL, "contact_phone": PHONE}


def written(records: list[logging.LogRecord]) -> str:
    """Return all that a handler could write of the records: message, trace and facts beside."""
    plain = logging.Formatter()
    return "\n".join(f"{plain.format(each)} {vars(each)}" for each in records)


def break_down(state: Any, client: Any) -> None:
    """Have a page and a piece of work fail, each with something of a person in hand."""
    with state.database.transaction() as session:
        session.execute(sqlalchemy.text("ALTER TABLE catalogue_orders RENAME TO gone"))
    assert client.get(f"/ordrer/{NAME}").status_code == 500
    with state.database.transaction() as session:
        session.execute(sqlalchemy.text("ALTER TABLE gone RENAME TO catalogue_orders"))
        jobs.put(session, standing_work.PLACE, {"planned_on": NAME}, now=cast.NOW)


def work(state: Any) -> None:
    """Let the worker do what is due: orders are mailed, and one piece fails."""
    for lane in lanes(state):
        if lane.name in ("mail", "standing orders"):
            while jobs.run_once(state.database, lane.handlers, clock=state.clock):
                pass


@on_sqlite
def test_day_with_faults_leaves_no_name_address_token_or_words_in_the_logs(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        world = make(session)
        world.buyer.name, world.buyer.email = NAME, EMAIL
        world.buyer.email_folded = EMAIL
    caplog.set_level(logging.INFO)
    client = app.test_client()
    client.post("/log-ind", data={"email": EMAIL, "password": PASSWORD})
    assert client.post("/log-ind", data={"email": EMAIL, "password": cast.PASSWORD}).location == "/"
    client.get("/soeg", query_string={"q": WORDS})
    client.post("/kurv/tilfoej", data={"product_id": world.product.id, "quantity": 1})
    key = placing_key(client.get("/kurv/bestil").text)
    order = FORM | CONTACT | {"placing_key": key}
    refused = client.post("/kurv/bestil", data=order | {"note": f"Til {CPR}"})
    assert "ligner et CPR-nummer" in refused.text
    assert client.post("/kurv/bestil", data=order).status_code == 303
    client.get("/api/v1/products", headers={"Authorization": f"Bearer {CPR}-secret"})
    break_down(state, client)
    work(state)
    text = written([each for each in caplog.records if not each.name.startswith("asyncio")])
    assert "request failed" in text
    assert "job failed" in text
    for each in (NAME, EMAIL, PHONE, WORDS, CPR, PASSWORD, cast.PASSWORD, FORM["street"], "secret"):
        assert each not in text, each


USER = "urn:ietf:params:scim:schemas:core:2.0:User"
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
LINK = re.compile(r"/ordrelink/[\w.~-]+")


def people_of(here: Any) -> dict[str, Any]:
    """Give everybody of a town a name, an address and so on that nothing else is like."""
    told: dict[str, Any] = {
        "buyer": here.world.buyer, "approver": here.anne, "other": here.bo, "staff": here.staff,
        "worker": here.world.worker,
    }  # fmt: skip
    for number, (role, person) in enumerate(told.items()):
        person.name = f"Ørnhild Åkjær{role}"
        person.email = person.email_folded = f"oernhild.{number}@{role}.example"
    return told


def signed_in(app: Flask, person: Any) -> Any:
    """Return the browser of somebody who is signed in."""
    made = app.test_client()
    cast.sign_in_as(made, person)
    return made


def order_for(buyer: Any, product_id: int, note: str) -> None:
    """Order something by the pages, with a contact and a note."""
    buyer.post("/kurv/tilfoej", data={"product_id": product_id, "quantity": 1})
    key = placing_key(buyer.get("/kurv/bestil").text)
    form = FORM | CONTACT | {"placing_key": key, "note": note}
    assert buyer.post("/kurv/bestil", data=form).status_code == 303


def from_outside(app: Flask, here: Any) -> None:
    """Have systems and strangers send what names people: well, half, and badly."""
    stranger, named = app.test_client(), {"USERNAME": NAME, "PASSWORD": PASSWORD, "q": EMAIL}
    code, garbage = here.world.home.code, base64.b64encode(f"<x>{NAME} {EMAIL}</x>".encode())
    for path in (
        f"/log-ind/kommune/{code}/saml/svar",
        "/log-ind/saml/svar",
        f"/log-ind/kommune/{code}/saml/log-ud",
        "/log-ind/saml/log-ud/soap",
        "/punchout/oci/unknown",
        "/punchout/cxml/unknown",
        "/adgangskode",
        "/invitation/unknown",
        "/ordrelink/unknown/bekraeft",
        "/afmeld/unknown",
    ):
        stranger.post(path, data=named | {"SAMLResponse": garbage, "RelayState": EMAIL})
        stranger.post(path, data=f"<cXML><Name>{NAME}</Name>", content_type="text/xml")
        stranger.get(path, query_string={"code": NAME, "state": EMAIL, "SAMLRequest": garbage})
    for method in ("post", "put", "patch", "delete", "get"):
        for path in ("/api/scim/v2/Users", f"/api/v1/orders/{NAME}", f"/api/v1/{EMAIL}"):
            getattr(stranger, method)(path, json={"userName": EMAIL, "displayName": NAME},
                                      headers={"Authorization": f"Bearer {CPR}"})  # fmt: skip


def from_systems(app: Flask, key: str, called: punchouts.Connected) -> None:
    """Have a directory keep somebody, and a purchasing system send her over."""
    directory = Directory(app, key)
    person = {
        "schemas": [USER], "userName": EMAIL, "displayName": NAME, "name": {"formatted": NAME},
        "emails": [{"value": EMAIL}], "phoneNumbers": [{"value": PHONE}],
        "roles": [{"value": "buyer"}],
    }  # fmt: skip
    made = directory.post(person)
    assert made.status_code == 201, made.text
    assert directory.post(person).status_code == 409
    directory.find(f'userName eq "{EMAIL}"')
    directory.patch(made.json["id"], {"op": "replace", "path": "active", "value": False})
    directory.patch(made.json["id"], {"op": "replace", "path": EMAIL, "value": NAME})
    for secret in (called.secret, PASSWORD):
        punchouts.call(app.test_client(), called, PASSWORD=secret, USERNAME=NAME, EMAIL=EMAIL)


def send_back(state: Any, address: str) -> None:
    """Have a mail come back from somebody's address, and a report that names nobody's mail."""
    with state.database.reading() as session:
        query = select(MailRecord.message_id).where(MailRecord.recipient == address)
        message_id = session.scalars(query).first()
    environment = {
        "CATALOGUE_DATA_FOLDER": str(state.settings.data_folder),
        "CATALOGUE_DATABASE_URL": state.database.url.render_as_string(hide_password=False),
        "CATALOGUE_TEST_POSTGRES_URL": None,
    }  # fmt: skip
    for each in (message_id, f"<{EMAIL}>"):
        told = report(message_id=each, to=EMAIL)
        CliRunner().invoke(main, ["bounce"], input=told, env=environment)


def read_about(reader: Any, person_id: int) -> None:
    """Look at the pages on which people are named, and search them by name."""
    for path in ("/personer", "/sendte-mails", "/haendelser", "/ordrer", "/indkomne-ordrer",
                 "/godkendelser", "/soeg", f"/personer/{person_id}/oplysninger", "/beskeder",
                 "/personer.csv", "/mine-oplysninger"):  # fmt: skip
        reader.get(path, query_string={"q": NAME, "ord": EMAIL, "sider": CPR})


@on_sqlite
def test_day_of_everybody_leaves_nothing_of_anybody_in_the_logs(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        here = town(session)
        told = people_of(here)
        rule(session, here)
        webhook = Terms("ERP", "https://127.0.0.1:9/hook?for=oernhild", ["order.placed"])
        webhooks.create(session, here.staff_who, webhook, cast.NOW)
        wanted = Wanted("Brugerkatalog", ["persons:write"], 90, Role.STAFF, EMAIL)
        key = tokens.create(session, here.staff_who, wanted, cast.NOW)[1]
        called = punchouts.connect(session)
        small = cast.product(session, here.world.enterprise, "Gynge", price_ore=10_000).id
        secrets_of = [each for person in told.values() for each in (person.name, person.email)]
    caplog.set_level(logging.DEBUG, "catalogue")
    browsers = {role: signed_in(app, person) for role, person in told.items()}
    order_for(browsers["buyer"], small, WORDS)
    order_for(browsers["buyer"], here.world.product.id, WORDS)
    placed, waiting = "0330-2026-00001", "0330-2026-00002"
    page = browsers["approver"].get(f"/godkendelser/{waiting}").text
    approved = browsers["approver"].post(
        f"/godkendelser/{waiting}/godkend", data=dict(HIDDEN.findall(page))
    )
    assert approved.status_code == 303
    sheet = (io.BytesIO(b"%PDF-1.7 " + NAME.encode() + b"%%EOF"), f"{NAME}.pdf")
    no_sheet = (io.BytesIO(b"no sheet at all"), f"{NAME}.exe")
    for path, file, status in ((f"/ordrer/{placed}/besked", sheet, 303),
                               (f"/indkomne-ordrer/{placed}/besked", no_sheet, 422)):  # fmt: skip
        role = "buyer" if path.startswith("/ordrer") else "worker"
        message = {"message": f"{NAME}, {WORDS}", "files": [file]}
        assert browsers[role].post(path, data=message).status_code == status
    browsers["worker"].post(f"/indkomne-ordrer/{waiting}/afvis", data={"reason": WORDS})
    from_outside(app, here)
    from_systems(app, key, called)
    work_all(state)
    send_back(state, told["buyer"].email)
    links = {each for path in state.settings.mail_folder.rglob("*")
              if path.is_file() for each in LINK.findall(_plain(path))}  # fmt: skip
    for each in links:
        app.test_client().get(each)
        app.test_client().post(f"{each}/bekraeft", data={"delivery_on": NAME})
    for browser in browsers.values():
        read_about(browser, told["buyer"].id)
    browsers["staff"].post(f"/personer/{told['other'].id}/slet", data={"sure": "1"})
    work_all(state)
    text = written([each for each in caplog.records if not each.name.startswith("asyncio")])
    assert links
    assert len(caplog.records) > 50
    typed = (NAME, EMAIL, PHONE, WORDS, CPR, PASSWORD, FORM["street"], "oernhild", "Åkjær")
    for each in (
        *secrets_of,
        *typed,
        *(each.rpartition("/")[2] for each in links),
        key,
        called.secret,
    ):
        assert each not in text, each


def work_all(state: Any) -> None:
    """Let the worker do all that is due in every lane, once."""
    for lane in lanes(state):
        for _batch in range(20):
            if not jobs.run_once(state.database, lane.handlers, clock=state.clock):
                break


def _plain(path: Any) -> str:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""
