"""A day on which files come in that name people where they should not: the logs do not."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cast
import ledger_world
import pytest
from agreements.importing import HEAD as AGREEMENTS
from agreements.importing import SOUND
from click.testing import CliRunner
from conftest import on_sqlite
from flask import Flask
from privacy.days import CPR, EMAIL, NAME, PHONE, WORDS, signed_in, work_off
from privacy.watcher import Watcher
from products.test_sent_lists import HEAD, pack
from products.world import encoded, seller

from catalogue.accounts.models import Person
from catalogue.agreements import categories
from catalogue.cli import main
from catalogue.core.errors import CatalogueError

PEOPLE = f"E-mail;Navn;Rolle\n{EMAIL};{NAME};kejser\n{CPR};{NAME};indkøber\n"


def sent(browser: Any, path: str, field: str, files: list[tuple[bytes, str]]) -> list[int]:
    """Send files one by one, look at what is shown, and take it; return how each was answered."""
    statuses = []
    for content, name in files:
        answer = browser.post(path, data={field: (io.BytesIO(content), name)})
        statuses.append(answer.status_code)
        if answer.status_code in (302, 303):
            browser.get(answer.location)
            browser.post(answer.location, data={"which": "good", "do": "save"})
    return statuses


@on_sqlite
def test_price_lists_and_pictures_that_name_people(app: Flask, watcher: Watcher) -> None:
    watcher.hide_words(NAME, EMAIL)
    with app.extensions["catalogue"].database.transaction() as session:
        person = seller(session).person
    browser = signed_in(app, person)
    rows = (
        f"V-1;{WORDS};{NAME};;\nV-2;Bord fra {NAME};100;{EMAIL}.jpg;{NAME}\n{CPR};{EMAIL};dyr;;\n"
    )
    files = [
        ((HEAD + rows).encode(), f"{NAME}.csv"), (NAME.encode("utf-16"), f"{EMAIL}.csv"),
        (b"PK\x03\x04" + NAME.encode(), f"{NAME}.xlsx"), (f"<{NAME}>".encode(), f"{CPR}.xml"),
        (pack({f"{NAME}.csv": (HEAD + rows).encode(), f"../{EMAIL}.jpg": encoded("red")}),
         f"{NAME}.zip"),
    ]  # fmt: skip
    assert len(set(sent(browser, "/varer-hos-os/import", "price_list", files))) > 1
    work_off(app.extensions["catalogue"])
    sent(browser, "/varer-hos-os/peppol", "catalogue", files)
    sent(browser, "/virksomhed/bilag", "evidence", [(NAME.encode(), f"{NAME}.pdf")])
    work_off(app.extensions["catalogue"])
    watcher.prove("request")


@on_sqlite
def test_ledgers_and_agreements_that_name_people(app: Flask, watcher: Watcher) -> None:
    watcher.hide_words(NAME, EMAIL)
    with app.extensions["catalogue"].database.transaction() as session:
        categories.import_categories(session)
        world = ledger_world.make(session)
        person = session.get_one(Person, world.staff.person_id)
    browser = signed_in(app, person)
    first, second = ledger_world.lines(world)[:2]
    ledger = [first, second.replace("Legehytten ApS", NAME), second.replace("1.000,00", NAME),
              second.replace(world.legehytten.cvr, CPR), f"{NAME};{EMAIL};{PHONE}"]  # fmt: skip
    files = [("\r\n".join(ledger).encode(), f"{NAME}.csv"), (NAME.encode(), f"{EMAIL}.xlsx")]
    assert sent(browser, "/regnskab/indlaes", "ledger", files)[0] == 303
    browser.get("/regnskab/poster", query_string={"q": NAME, "leverandoer": EMAIL})
    listed = [AGREEMENTS, SOUND.replace("Storlegeren A/S", NAME), SOUND.replace("37535200", WORDS),
              SOUND.replace("01-01-2026", CPR), f"{EMAIL};{NAME}"]  # fmt: skip
    files = [("\n".join(listed).encode(), f"{NAME}.csv"), (b"PK" + NAME.encode(), f"{NAME}.xlsx")]
    sent(browser, "/aftaler/import", "list", files)
    work_off(app.extensions["catalogue"])
    watcher.prove("request")


@pytest.mark.parametrize(
    ("arguments", "content"),
    [
        (["import", "ledger", "{}", "--municipality", "0330"], f"{NAME};{EMAIL}\n{CPR};x\n"),
        (["import", "agreements", "{}", "--municipality", "0330"], f"{NAME};{EMAIL}\n{CPR};x\n"),
        (["import", "products", "{}", "--enterprise", "13748136"], f"{HEAD}V-1;{NAME};{CPR};;\n"),
        (["people", "import", "{}", "--municipality", "0330"], PEOPLE),
    ],
)
@on_sqlite
def test_commands_that_read_files_with_people_in_them_log_nobody(
    app: Flask, watcher: Watcher, tmp_path: Path, arguments: list[str], content: str
) -> None:
    state = app.extensions["catalogue"]
    watcher.hide_words(NAME, EMAIL)
    with state.database.transaction() as session:
        cast.staff(session)
        cast.worker(session, cast.enterprise(session))
    file = tmp_path / f"{NAME}.csv"
    file.write_text(content, encoding="utf-8")
    around = {
        "CATALOGUE_DATA_FOLDER": str(state.settings.data_folder),
        "CATALOGUE_DATABASE_URL": state.database.url.render_as_string(hide_password=False),
        "CATALOGUE_TEST_POSTGRES_URL": None,
    }  # fmt: skip
    done = CliRunner().invoke(main, [each.format(file) for each in arguments], env=around)
    assert done.exit_code in (0, 1, 2), done.output
    assert done.output or isinstance(done.exception, CatalogueError)
    assert watcher.found() == []
