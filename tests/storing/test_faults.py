"""A bucket that is dead: the answer says so, and no row is without its file."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import cast
import pytest
from conftest import on_sqlite
from flask import Flask
from operating.check_world import SHA256, SHEET
from ordering import world
from sqlalchemy import func, select

from catalogue.core.db import Database
from catalogue.core.waiting import FilesUnavailable
from catalogue.enterprises.models import Evidence
from catalogue.ordering import service
from catalogue.ordering.message_models import OrderMessage
from catalogue.privacy import retention
from catalogue.products.list_models import SentList

pytestmark = on_sqlite
SAID = "Billeder og dokumenter kan ikke hentes lige nu"


@pytest.fixture
def app_settings(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A bucket at a port that no server may have."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    return {
        "CATALOGUE_MEDIA_BUCKET": "catalogue", "CATALOGUE_MEDIA_ENDPOINT": "http://127.0.0.1:1",
    }  # fmt: skip


def test_what_is_sent_is_taken_in_whole_or_not_at_all(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        made = world.make(session)
        world.put(session, made)
        (order,) = service.place(session, made.who, world.DELIVERY, "form", cast.NOW)
        number = order.number
        session.add(
            Evidence(enterprise_id=made.enterprise.id, sha256=SHA256, name="a.pdf",
                     file_type="pdf", size_bytes=len(SHEET), added_at=cast.NOW)
        )  # fmt: skip
    client: Any = app.test_client()
    cast.sign_in_as(client, made.worker)
    forms = {
        "/virksomhed/bilag": {"evidence": (io.BytesIO(SHEET), "b.pdf")},
        f"/indkomne-ordrer/{number}/besked": {
            "message": "Hej", "files": (io.BytesIO(SHEET), "b.pdf"),
        },
        "/varer-hos-os/import": {"price_list": (io.BytesIO(b"Varenummer;Titel\n"), "p.csv")},
    }  # fmt: skip
    answers = [client.post(path, data=form) for path, form in forms.items()]
    answers.append(client.get("/bilag/1"))
    for answer in answers:
        assert (answer.status_code, SAID in answer.text) == (503, True)
    with database.reading() as session:
        assert session.scalars(select(Evidence.name)).all() == ["a.pdf"]
        for model in (OrderMessage, SentList):
            assert session.scalar(select(func.count()).select_from(model)) == 0


def test_night_that_cannot_look_into_the_bucket_is_tried_again(
    app: Flask, database: Database
) -> None:
    settings = app.extensions["catalogue"].settings
    with pytest.raises(FilesUnavailable), database.transaction() as session:
        retention.work(session, settings, datetime.now(UTC))
