"""Messages on an order: from either side, with files, and read by nobody else."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import cast
import pytest
from cast import NOW
from flask import Flask
from ordering.approving import order as awaiting
from ordering.approving import rule, town
from ordering.test_pages import browser
from ordering.world import DELIVERY, World, make, put
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.core.scanning import PART as SCAN
from catalogue.core.who import Role
from catalogue.ordering import approval, messages, service
from catalogue.ordering.messages import CannotBeWritten, Written
from catalogue.ordering.models import Order

ORDER = "0330-2026-00001"
PDF = b"%PDF-1.7\nA drawing.\n%%EOF\n"


@dataclass
class Talkers:
    """The two sides of an order, each in a browser of her own."""

    world: World
    buyer: Any
    worker: Any


@pytest.fixture
def talkers(app: Flask) -> Talkers:
    """An order that is placed, and both its sides."""
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session)
        put(session, world)
        service.place(session, world.who, DELIVERY, "one-drawn-form", cast.NOW)
    return Talkers(world, browser(app, world.buyer), browser(app, world.worker))


def write(client: Any, place: str, text: str, *files: tuple[bytes, str]) -> Any:
    """Send a message from the page of an order."""
    sent = [(io.BytesIO(content), name) for content, name in files]
    return client.post(f"/{place}/{ORDER}/besked", data={"message": text, "files": sent})


def say(session: Session, who: Any, text: str = "Hej", *, number: str = ORDER) -> Any:
    """Write a message without a browser."""
    written = Written(text)
    return messages.send(session, who, number, written, now=cast.NOW, mail_at=cast.NOW)


def test_both_sides_write_and_read_with_files(talkers: Talkers) -> None:
    sent = write(talkers.buyer, "ordrer", "Kan I komme\n<før> kl. 9?", (PDF, "tegning.exe"))
    assert sent.status_code == 303
    page = talkers.worker.get(f"/indkomne-ordrer/{ORDER}").text
    assert '<p lang="da">&lt;før&gt; kl. 9?</p>' in page
    assert "tegning.pdf" in page  # by what it is, not by what it is called
    address = re.search(r'href="(/ordrer/beskeder/filer/\d+)"', page)
    assert address
    for each in (talkers.buyer, talkers.worker):
        with each.get(address[1]) as file:
            assert file.data == PDF
            assert file.headers["Content-Disposition"].startswith("attachment")
            assert file.headers["Cache-Control"] == "private, no-store"
    write(talkers.worker, "indkomne-ordrer", "Ja, kl. 8.")
    page = talkers.buyer.get(f"/ordrer/{ORDER}").text
    assert "Ja, kl. 8." in page
    assert talkers.world.worker.name in page


def test_no_other_municipality_or_enterprise_reads_or_writes(app: Flask, talkers: Talkers) -> None:
    write(talkers.buyer, "ordrer", "Fortroligt", (PDF, "a.pdf"))
    with app.extensions["catalogue"].database.transaction() as session:
        kolding = cast.municipality(session, "Kolding")
        others = {
            "ordrer": [cast.staff(session, kolding), cast.buyer(session, kolding),
                       cast.buyer(session, talkers.world.home)],
            "indkomne-ordrer": [cast.worker(session, cast.enterprise(session, "En anden"))],
        }  # fmt: skip
        staff = cast.staff(session, talkers.world.home)
    for place, people in others.items():
        for client in (browser(app, each) for each in people):
            assert client.get(f"/{place}/{ORDER}").status_code == 404
            assert client.get("/ordrer/beskeder/filer/1").status_code == 404
            assert write(client, place, "Hej").status_code == 404
    assert "Fortroligt" in browser(app, staff).get(f"/ordrer/{ORDER}").text
    with browser(app, staff).get("/ordrer/beskeder/filer/1") as file:
        assert file.data == PDF


def test_approver_reads_no_files_of_messages(session: Session) -> None:
    people = town(session)
    rule(session, people)
    found = awaiting(session, people)
    with pytest.raises(CannotBeWritten, match="ser først ordren, når den er godkendt"):
        say(session, people.world.who, number=found.number)
    anne = people.anne_who
    assert anne.role == Role.APPROVER
    with pytest.raises(Missing):
        say(session, anne, number=found.number)
    with pytest.raises(Missing):
        messages.get_file(session, anne, 1)
    approval.decline(session, anne, found.number, "Vi har nok", NOW)
    with pytest.raises(CannotBeWritten, match="aldrig fået denne ordre"):
        say(session, people.world.who, number=found.number)


def test_message_of_nothing_and_files_that_are_refused_are_told_at_the_field(
    app: Flask, talkers: Talkers
) -> None:
    app.extensions["catalogue"].parts[SCAN] = lambda content: (
        "Eicar" if b"EICAR" in content else None
    )
    cases = {
        "Skriv en besked, eller vælg en fil": ("", ()),
        "CPR-nummer": ("010203-1234", ()),
        "Kun PDF, PNG og JPEG": ("Se her", ((b"MZ\x90", "faktura.pdf"),)),
        "fandt Eicar": ("Se her", ((PDF + b"EICAR%%EOF", "a.pdf"),)),
        "højst følge 5 filer": ("Se her", tuple((PDF, f"{n}.pdf") for n in range(6))),
    }
    for said, (text, files) in cases.items():
        answer = write(talkers.buyer, "ordrer", text, *files)
        assert answer.status_code == 422, said
        assert said in answer.text
        assert text in answer.text
    assert "Se her" not in talkers.worker.get(f"/indkomne-ordrer/{ORDER}").text


def test_list_marks_orders_with_something_new_until_they_are_opened(
    app: Flask, talkers: Talkers
) -> None:
    write(talkers.buyer, "ordrer", "Hej")
    assert "Ny besked" not in talkers.buyer.get("/ordrer").text
    assert "Ny besked" in talkers.worker.get("/indkomne-ordrer").text
    assert "1 ny" in talkers.worker.get(f"/indkomne-ordrer/{ORDER}").text
    assert "1 ny" not in talkers.worker.get(f"/indkomne-ordrer/{ORDER}").text
    assert "Ny besked" not in talkers.worker.get("/indkomne-ordrer").text
    with app.extensions["catalogue"].database.transaction() as session:
        colleague = cast.worker(session, talkers.world.enterprise)
    assert "Ny besked" in browser(app, colleague).get("/indkomne-ordrer").text


def test_number_of_messages_has_an_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make(session)
    put(session, world)
    (found,) = service.place(session, world.who, DELIVERY, "one-drawn-form", cast.NOW)
    assert isinstance(found, Order)
    monkeypatch.setattr(messages, "MOST_MESSAGES", 1)
    say(session, world.who)
    with pytest.raises(CannotBeWritten, match="for mange"):
        say(session, world.worker_who)
    with pytest.raises(Invalid):
        say(session, world.who, "")
