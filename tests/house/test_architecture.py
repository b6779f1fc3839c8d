"""The architecture, held by tests: sizes, settings in their page, purity of services."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from catalogue.settings import PREFIX, Settings, WrongSetting, read

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted((ROOT / "catalogue").rglob("*.py"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
PARTS = {"models.py", "rules.py", "schema.py", "service.py", "queries.py", "pages.py", "api.py"}


def test_there_are_sources_to_look_at() -> None:
    assert len(SOURCES) > 30


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_its_functions_are_short_and_documented(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert source.count("\n") <= LONGEST_FILE, "split the file"
    assert ast.get_docstring(tree), "say what the module is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_functions_say_what_they_do(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rules_and_services_read_no_clock_and_never_commit(path: Path) -> None:
    if path.name not in PARTS - {"pages.py", "api.py"}:
        return
    source = path.read_text(encoding="utf-8")
    found = re.findall(r"datetime\.now\(|date\.today\(|time\.time\(|\.commit\(\)", source)
    assert found == []


def test_page_of_settings_tells_every_setting_and_no_other() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    told = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", page))
    known = {PREFIX + each.name.upper() for each in fields(Settings)}
    assert told - {"CATALOGUE_TEST_POSTGRES_URL"} == known


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CATALOGUE_SMPT_HOST": "x"}, "CATALOGUE_SMPT_HOST is not a setting"),
        ({"CATALOGUE_SMTP_PORT": "many"}, "must be a whole number"),
        ({"CATALOGUE_COOKIE_SECURE": "perhaps"}, "must be true or false"),
        ({"CATALOGUE_SEARCH_LANGUAGE": "sv"}, "must be one of da, en"),
        ({"CATALOGUE_SEARCH_ENGINE": "postgresql"}, "needs a CATALOGUE_DATABASE_URL of PostgreSQL"),
        ({"CATALOGUE_WEB_THREADS": "0"}, "CATALOGUE_WEB_THREADS='0' must be a whole number, 1 or"),
        ({"CATALOGUE_SMTP_PORT": "70000"}, "CATALOGUE_SMTP_PORT='70000' must be 65535 at most"),
        ({"CATALOGUE_MAIL_LOG_DAYS": "999999"}, "CATALOGUE_MAIL_LOG_DAYS='999999' must be 365000"),
        ({"CATALOGUE_PUBLIC_URL": "indkob.kommune.dk"}, "CATALOGUE_PUBLIC_URL must be an address"),
        ({"CATALOGUE_PUBLIC_URL": "https://a:b"}, "CATALOGUE_PUBLIC_URL must be an address"),
        ({"CATALOGUE_MEDIA_ENDPOINT": "s3.kommune.dk"}, "CATALOGUE_MEDIA_ENDPOINT must be an addr"),
        ({"CATALOGUE_MAIL_FROM": "indkob"}, "CATALOGUE_MAIL_FROM must be an address of mail"),
        ({"CATALOGUE_URL_PREFIX": "indkob"}, "CATALOGUE_URL_PREFIX must be a path that begins"),
        ({"CATALOGUE_CLAMAV_SOCKET": "clamd"}, "CATALOGUE_CLAMAV_SOCKET must be the whole path"),
        ({"CATALOGUE_DATABASE_URL": "catalogue"}, "CATALOGUE_DATABASE_URL must be postgresql"),
        ({"CATALOGUE_DATABASE_URL": "mysql://a@b/c"}, "CATALOGUE_DATABASE_URL must be postgresql"),
        ({"CATALOGUE_DATA_FOLDER": ""}, "CATALOGUE_DATA_FOLDER must be a folder"),
        ({"CATALOGUE_SMTP_HOST": "mail..x"}, "CATALOGUE_SMTP_HOST must be a host alone"),
        ({"CATALOGUE_SMTP_HOST": "m" * 64 + ".dk"}, "CATALOGUE_SMTP_HOST must be a host alone"),
        ({"CATALOGUE_SMTP_HOST": "mail:25"}, "CATALOGUE_SMTP_HOST must be a host alone"),
        ({"CATALOGUE_SMTP_HOST": "mail\udcff"}, "CATALOGUE_SMTP_HOST must be a host alone"),
        ({"CATALOGUE_PUBLIC_URL": "https://indkob..dk"}, "CATALOGUE_PUBLIC_URL must be an address"),
        ({"CATALOGUE_ACCESS_POINT_URL": "http://a..b"}, "ACCESS_POINT_URL must be an address"),
        ({"CATALOGUE_CLAMAV_SOCKET": "a..b:3310"}, "CATALOGUE_CLAMAV_SOCKET must be the whole"),
        ({"CATALOGUE_SMTP_PASSWORD": "indkøb"}, "CATALOGUE_SMTP_PASSWORD must be letters and"),
        ({"CATALOGUE_METRICS_TOKEN": "a\nb"}, "CATALOGUE_METRICS_TOKEN must be letters and"),
    ],
)
def test_wrong_setting_is_refused_by_name(given: dict[str, str], said: str) -> None:
    with pytest.raises(WrongSetting, match=said):
        read(given)


def test_refusal_of_an_address_does_not_repeat_the_password_in_it() -> None:
    with pytest.raises(WrongSetting) as refused:
        read({"CATALOGUE_DATABASE_URL": "mysql://catalogue:hemmelig@db/catalogue"})
    assert "hemmelig" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql+psycopg://catalogue@/catalogue?host=/run/postgresql"),
        ("DATABASE_URL", "postgresql://a:b%23c@db:5432/catalogue"),
        ("MAIL_FROM", "Indkøbskatalog <katalog@kommune.dk>"),
        ("CLAMAV_SOCKET", "127.0.0.1:3310"),
        ("SMTP_HOST", "mail.kommune.dk."),
        ("SMTP_HOST", "post.brønderslev.dk"),
        ("SMTP_HOST", "::1"),
        ("PUBLIC_URL", "https://[::1]:8443/indkob/"),
        ("SESSION_IDLE_MINUTES", "0"),
        ("DATA_FOLDER", "."),
    ],
)
def test_setting_that_is_right_is_taken(name: str, value: str) -> None:
    assert str(getattr(read({PREFIX + name: value}), name.lower())) == value


def test_no_template_holds_inline_script_or_style() -> None:
    pages = sorted((ROOT / "catalogue" / "templates").rglob("*.html"))
    faults = [
        str(page.relative_to(ROOT))
        for page in pages
        if "mail" not in page.name
        and re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", page.read_text())
    ]
    assert pages
    assert faults == []
