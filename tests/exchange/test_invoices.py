"""Invoices of orders: their arithmetic is that of EN 16931, and nothing of the order is lost."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import cast
import pytest
from exchange import peppol_kit
from exchange.orders import delivered, one_order, orders
from flask import Flask
from hypothesis import assume, given, settings
from lxml import etree
from ordering.test_pages import add, browser, key_of, place
from ordering.world import make

from catalogue.core.errors import Invalid
from catalogue.core.money import line_net_ore, vat_ore
from catalogue.exchange import documents, invoice_drawing, invoice_form, invoice_rules, ubl_shapes
from catalogue.exchange.invoice_document import Account, Invoice
from catalogue.exchange.invoice_form import Terms
from catalogue.exchange.told import Told
from catalogue.ordering.models import OrderLine

TIMES = int(os.environ.get("CATALOGUE_TEST_PEPPOL_TIMES", "30"))
TERMS = Terms("2026-17", cast.TODAY, cast.TODAY + timedelta(days=30), Account("1234567", "0123"))
NUMBER = "0330-2026-00001"
FORM = "number=2026-17&issued_on=2026-11-24&due_on=2026-12-24"


def invoice(told: Told) -> Invoice:
    """Draw an invoice whose lines without VAT say why."""
    return invoice_drawing.invoice(told, TERMS, {1: "Undervisning"})


@settings(max_examples=TIMES, deadline=None)
@given(orders() | delivered())
def test_generated_invoices_keep_the_rules_and_read_back_as_they_were(told: Told) -> None:
    reckoned = {each.position: many for each in told.order.lines if (many := came(told, each))}
    assume(reckoned)
    drawn = invoice(told)
    many, net = Counter[str](), Counter[str]()
    for each in drawn.lines:
        many[each.order_line] += each.quantity.number  # type: ignore[assignment]
        net[each.order_line] += int(each.net * 100)
    assert many == {str(position): quantity for position, quantity in reckoned.items()}
    billed = [each for each in told.order.lines if each.position in reckoned]
    nets = {
        line.position: line_net_ore(
            line.price_ore, reckoned[line.position], line.price_base_quantity
        )
        for line in billed
    }
    assert net == {str(position): ore for position, ore in nets.items()}
    whole = [(nets[each.position], each.vat_rate) for each in billed]
    assert drawn.sums.payable * 100 == sum(ore for ore, _rate in whole) + vat_ore(whole)
    assert {each.category for each in drawn.groups} == {
        "S" if each.vat_rate else "E" for each in billed
    }
    assert len({each.number for each in drawn.lines}) == len(drawn.lines)
    held(drawn)


def came(told: Told, line: OrderLine) -> Decimal:
    """Return how many of a line are to be paid, reckoned apart from the code."""
    known = [line.received_quantity]
    if told.order.shipments and line.kind != "service":
        held = [each for one in told.order.shipments for each in one.lines]
        own = [each for each in held if each.position == line.position]
        gone = (
            each.quantity if each.received_quantity is None else each.received_quantity
            for each in own
        )
        known.append(sum(gone, Decimal(0)))
    found = [each for each in known if each is not None] or [line.quantity]
    return min(found[0], line.quantity)


def held(drawn: Invoice) -> None:
    """Write an invoice, read it back as it was, and hold it against schema and published rules."""
    written = documents.write(drawn, documents.INVOICE)
    assert ubl_shapes.read_from(etree.fromstring(written), documents.INVOICE.shape) == drawn
    assert peppol_kit.keeps_invoice_schema(written)
    by = "schema of UBL 2.1"
    if peppol_kit.BILLING_IS_THERE:
        assert peppol_kit.fatal_in_invoice(written) == []
        by += ", Schematron of CEN (EN 16931) and of Peppol BIS Billing 3"
    peppol_kit.HELD[f"invoices: {by}"] += 1


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


def test_invoice_is_of_what_came_by_coding_with_the_day_of_delivery(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session)
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    add(buyer, world.product, "4")
    field = f"_{world.product.id}_"
    split = {f"coding{field}1": "3.22.01-4", f"part{field}1": "40 %", f"coding{field}2": "99-1"}
    assert place(buyer, key_of(buyer), **split).status_code == 303
    theirs, ours = f"/ordrer/{NUMBER}", f"/indkomne-ordrer/{NUMBER}"

    def drawn() -> Invoice:
        content = worker.get(f"{ours}/faktura.xml?{FORM}").data
        found: Invoice = documents.read(content, documents.INVOICE)
        if peppol_kit.BILLING_IS_THERE:
            assert peppol_kit.fatal_in_invoice(content) == []
        return found

    def lines() -> list[tuple[str, str, str, str]]:
        return [(e.number, str(e.quantity.number), str(e.net), e.account) for e in drawn().lines]

    assert drawn().delivered_on is None
    assert lines() == [
        ("1.1", "1.6", "20000.00", "3.22.01-4"), ("1.2", "2.4", "30000.00", "99-1"),
    ]  # fmt: skip
    for address, form in ((f"{ours}/bekraeft", {}), (f"{ours}/forsendelser", {"sent_1": "3"})):
        assert worker.post(address, data=form).status_code == 303
    assert drawn().delivered_on == cast.TODAY
    assert [each[1] for each in lines()] == ["1.2", "1.8"]  # of the three that were sent
    assert worker.post(f"{ours}/forsendelser", data={"sent_1": "1"}).status_code == 303
    app.extensions["catalogue"].clock = lambda: cast.NOW + timedelta(days=2)
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    came = {"received_1": "2", "deviation_1": "To manglede"}
    assert buyer.post(f"{theirs}/modtag", data=came).status_code == 303
    assert drawn().delivered_on == cast.TODAY + timedelta(days=2)
    assert lines() == [
        ("1.1", "0.8", "10000.00", "3.22.01-4"), ("1.2", "1.2", "15000.00", "99-1"),
    ]  # fmt: skip
    assert drawn().sums.payable == Decimal("31250.00")
    sheet = worker.get(f"{ours}/fakturadata").text.replace("\xa0", " ")
    for said in ("31.250,00 kr.", "0,8 stk.", "26. nov. 2026", "mindre end bestilt"):
        assert said in sheet, said
    assert "31.250,00 kr." in worker.get(f"{ours}/faktura").text.replace("\xa0", " ")


def test_order_of_which_nothing_came_is_not_invoiced(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session)
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    add(buyer, world.product)
    assert place(buyer, key_of(buyer)).status_code == 303
    for step in ("bekraeft", "afsend"):
        worker.post(f"/indkomne-ordrer/{NUMBER}/{step}")
    came = {"received_1": "0", "deviation_1": "Intet kom"}
    assert buyer.post(f"/ordrer/{NUMBER}/modtag", data=came).status_code == 303
    answer = worker.get(f"/indkomne-ordrer/{NUMBER}/faktura.xml?{FORM}")
    assert answer.status_code == 409
    assert "intet at fakturere" in answer.text
