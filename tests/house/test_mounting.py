"""Application and plugin are one: mounted in a foreign host, under a prefix, twice in a process."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from catalogue import Catalogue, create_app


def _host(folder: Path) -> Flask:
    host = Flask("host")
    host.config.update(
        SECRET_KEY="of the host",
        CATALOGUE_DATA_FOLDER=str(folder),
        CATALOGUE_DATABASE_URL=f"sqlite:///{folder}/host.sqlite",
    )
    host.add_url_rule("/", "home", lambda: "the host's own page")
    return host


def test_host_keeps_its_pages_and_its_not_found(tmp_path: Path) -> None:
    host = _host(tmp_path)
    Catalogue(host, url_prefix="/indkob")
    client = host.test_client()
    assert client.get("/").text == "the host's own page"
    missing = client.get("/nothing")
    assert missing.status_code == 404
    assert "Catalogue" not in missing.text
    assert "Content-Security-Policy" not in missing.headers
    assert not any("catalogue" in str(name) for name in host.jinja_env.filters)


def test_addresses_carry_the_prefix(tmp_path: Path) -> None:
    host = _host(tmp_path)
    Catalogue(host, url_prefix="/indkob")
    page = host.test_client().get("/indkob/was")
    assert page.status_code == 200
    assert "/indkob/static/catalogue.css" in page.text
    assert 'href="/log-ind' not in page.text


def test_mounting_twice_in_one_application_is_refused(tmp_path: Path) -> None:
    host = _host(tmp_path)
    Catalogue(host, url_prefix="/a")
    with pytest.raises(RuntimeError, match="mounted in this application already"):
        Catalogue(host, url_prefix="/b")


def test_two_applications_in_one_process_keep_apart(tmp_path: Path) -> None:
    first, second = (
        create_app(
            {"CATALOGUE_DATA_FOLDER": str(tmp_path / name), "CATALOGUE_URL_PREFIX": f"/{name}"}
        )
        for name in ("a", "b")
    )
    assert first.extensions["catalogue"] is not second.extensions["catalogue"]
    assert first.test_client().get("/a/was").status_code == 200
    assert second.test_client().get("/a/was").status_code == 404
