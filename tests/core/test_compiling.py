"""Templates that are compiled for each language, and addresses that are made from one."""

from __future__ import annotations

from flask import Flask

from catalogue.core import http, text
from catalogue.core.http import address_start
from catalogue.core.http.addresses import address

PRODUCT = "catalogue.search.product"


def test_templates_speak_the_language_of_the_moment() -> None:
    templates = http.environment()
    said = []
    for locale in ("da", "en", "da"):
        with text.reading_in(locale):
            macros = templates.get_template("catalogue/_macros.html").module
            said.append(str(macros.price(None)))  # type: ignore[attr-defined]  # a macro
    assert "Price on request" in said[1]
    assert "Price on request" not in said[0]
    assert said[0] == said[2]


def test_what_is_put_in_is_escaped_as_what_is_asked_for() -> None:
    templates = http.environment()
    with text.reading_in("en"):
        put = templates.speaking("en").from_string('{{ _("a < b") }}{{ draw_icon("search") }}')
        asked = templates.from_string('{{ _("a < b") }}{{ draw_icon("search") }}')
        assert put.render() == asked.render()
    assert put.render().startswith("a &lt; b<svg")


def test_address_starts_once_for_each_place_an_application_is_mounted_at(app: Flask) -> None:
    starts = {}
    for root in ("", "/under", ""):
        with app.test_request_context("/soeg", environ_overrides={"SCRIPT_NAME": root}):
            starts[root] = address_start(PRODUCT, "0/-", product_id=0, slug="-")
            assert address("catalogue.search.results") == f"{root}/soeg"
    assert starts == {"": "/varer/", "/under": "/under/varer/"}


def test_where_a_host_adds_values_no_address_starts_for_others(app: Flask) -> None:
    app.url_default_functions.setdefault(None, []).append(
        lambda _endpoint, values: values.setdefault("lang", "da")
    )
    with app.test_request_context("/soeg"):
        assert address_start(PRODUCT, "0/-", product_id=0, slug="-") is None
        assert address("catalogue.search.results") == "/soeg?lang=da"
