"""Invoices of orders: their arithmetic is that of EN 16931, and nothing of the order is lost."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import cast
import pytest
from exchange import peppol_kit
from exchange.orders import one_order, orders
from flask import Flask
from hypothesis import given, settings
from lxml import etree
from ordering.test_pages import add, browser, key_of, place
from ordering.world import make

from catalogue.core.errors import Invalid
from catalogue.exchange import documents, invoice_drawing, invoice_form, invoice_rules, ubl_shapes
from catalogue.exchange.invoice_document import Account, Invoice
from catalogue.exchange.invoice_form import Terms
from catalogue.exchange.order_drawing import Told

TIMES = int(os.environ.get("CATALOGUE_TEST_PEPPOL_TIMES", "30"))
TERMS = Terms("2026-17", cast.TODAY, cast.TODAY + timedelta(days=30), Account("1234567", "0123"))
NUMBER = "0330-2026-00001"
FORM = "number=2026-17&issued_on=2026-11-24&due_on=2026-12-24"


def invoice(told: Told) -> Invoice:
    """Draw an invoice whose lines without VAT say why."""
    return invoice_drawing.invoice(told, TERMS, {1: "Undervisning"})


@settings(max_examples=TIMES, deadline=None)
@given(orders())
def test_generated_invoices_keep_the_rules_and_read_back_as_they_were(told: Told) -> None:
    drawn = invoice(told)
    assert drawn.sums.payable * 100 == told.order.net_ore + told.order.vat_ore
    assert {each.category for each in drawn.groups} == {
        "S" if each.vat_rate else "E" for each in told.order.lines
    }
    written = documents.write(drawn, documents.INVOICE)
    assert ubl_shapes.read_from(etree.fromstring(written), documents.INVOICE.shape) == drawn
    if peppol_kit.BILLING_IS_THERE:
        assert peppol_kit.fatal_in_invoice(written) == []


def spoilt(**changes: Decimal) -> Invoice:
    """Return the invoice of one order with sums that are not its own."""
    found = invoice(one_order())
    return replace(found, sums=replace(found.sums, **changes))


_GOOD = invoice(one_order())
_GROUP, _LINE = _GOOD.groups[0], _GOOD.lines[0]


@pytest.mark.parametrize(
    ("bad", "rules"),
    [
        (_GOOD, []),
        (spoilt(net=Decimal(1)), ["BR-CO-10", "BR-CO-13"]),
        (spoilt(inclusive=Decimal(1)), ["BR-CO-15", "BR-CO-16"]),
        (spoilt(payable=Decimal(1)), ["BR-CO-16"]),
        (replace(_GOOD, vat=Decimal(1)), ["BR-CO-14", "BR-CO-15"]),
        (replace(_GOOD, groups=(replace(_GROUP, vat=Decimal(1)),)), ["BR-CO-14", "BR-CO-17"]),
        (
            replace(_GOOD, groups=(replace(_GROUP, taxable=Decimal(3125)),)),
            ["BR-CO-17", "BR-S-08"],
        ),
        (replace(_GOOD, lines=(replace(_LINE, price=Decimal(12501)),)), ["PEPPOL-EN16931-R120"]),
        (
            replace(_GOOD, groups=(replace(_GROUP, category="E", percent=Decimal(0)),)),
            ["BR-CO-17", "BR-E-08", "BR-E-10"],
        ),
    ],
)
def test_wrong_sums_are_told_by_rule(bad: Invoice, rules: list[str]) -> None:
    assert invoice_rules.broken(bad) == rules
    if peppol_kit.BILLING_IS_THERE:
        found = peppol_kit.fatal_in_invoice(documents.write(bad, documents.INVOICE))
        assert set(rules) <= {each.partition(":")[0] for each in found}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "number"),
        ({"due_on": "2026-11-01"}, "due_on"),
        ({"account": "1234567"}, "branch"),
        ({"branch": "0123"}, "account"),
        ({"branch": "0123", "account": "12a"}, "account"),
    ],
)
def test_form_names_the_field_that_is_wrong(changes: dict[str, str], field: str) -> None:
    form = dict(each.split("=") for each in FORM.split("&")) | changes
    with pytest.raises(Invalid) as caught:
        invoice_form.read_terms(form)
    assert list(caught.value.problems) == [field]


def test_order_answer_and_invoice_are_fetched_by_those_who_may_see_the_order(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session)
        stranger = cast.worker(session, cast.enterprise(session, "Grennessminde"))
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    add(buyer, world.product, "2,5")
    assert place(buyer, key_of(buyer)).status_code == 303
    theirs, ours = f"/ordrer/{NUMBER}", f"/indkomne-ordrer/{NUMBER}"
    sent = buyer.get(f"{theirs}/ordre.xml")
    assert (sent.status_code, sent.data) == (200, worker.get(f"{ours}/ordre.xml").data)
    order = documents.read(sent.data, documents.ORDER)
    assert (order.number, order.reference, order.contract) == (
        NUMBER,
        "MEHO",
        world.agreement.number,
    )
    assert f'href="{theirs}/svar.xml"' in buyer.get(theirs).text
    assert documents.read(buyer.get(f"{theirs}/svar.xml").data, documents.ANSWER).answer == "AB"
    assert buyer.get(f"{theirs}/annullering.xml").status_code == 409
    assert worker.get(f"{ours}/faktura.xml?{FORM}&account=1").status_code == 422
    assert f'href="{ours}/faktura"' in worker.get(f"{ours}/fakturadata").text
    drawn = documents.read(worker.get(f"{ours}/faktura.xml?{FORM}").data, documents.INVOICE)
    assert (drawn.number, drawn.due_on, drawn.order) == ("2026-17", date(2026, 12, 24), NUMBER)
    for address in ("ordre.xml", "svar.xml", "annullering.xml", "faktura", f"faktura.xml?{FORM}"):
        assert browser(app, stranger).get(f"{ours}/{address}").status_code == 404, address
    buyer.post(f"{theirs}/annuller")
    cancelled = documents.read(worker.get(f"{ours}/annullering.xml").data, documents.CANCELLATION)
    assert cancelled.order == NUMBER
    assert worker.get(f"{ours}/faktura.xml?{FORM}").status_code == 409
