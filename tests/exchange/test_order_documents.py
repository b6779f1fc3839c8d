"""Documents of orders: what we write is valid, what is read is kept, bad ones are told by line."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import cast
import pytest
from exchange import peppol_kit
from exchange.orders import one_order, orders, proposed
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from catalogue.core.money import line_net_ore
from catalogue.exchange import (
    change_drawing,
    documents,
    oioubl_drawing,
    order_drawing,
    order_rules,
    ubl_shapes,
)
from catalogue.exchange.documents import Dialect
from catalogue.exchange.order_document import Answer
from catalogue.exchange.told import Told
from catalogue.exchange.ubl import UnreadableDocument
from catalogue.ordering import approval
from catalogue.ordering.models import OrderEvent, OrderState

TIMES = int(os.environ.get("CATALOGUE_TEST_PEPPOL_TIMES", "100"))
DIALECTS = {
    "order": documents.ORDER,
    "order-response": documents.ANSWER,
    "order-change": documents.CHANGE,
    "order-cancellation": documents.CANCELLATION,
    "order-response-advanced": documents.ADVANCED_ANSWER,
}
# Rules that only warn, and those of elements that our orders have no place for: who ordered for
# whom, the price before its allowance, numbers of VAT, codes of reasons.
NOT_ASKED = {"R002", "R013", "R014", "R019", "R026", "R027", "R033", "CL001", "CL002"}
WARNS_NOW = {"PEPPOL-T114-R008"}
EXAMPLES = [
    (dialect, path)
    for dialect in DIALECTS.values()
    for path in sorted((peppol_kit.FOLDER / "examples" / dialect.name).glob("*.xml"))
]
UNIT_TESTS = [
    (dialect, path)
    for folder, dialect in DIALECTS.items()
    for path in sorted((peppol_kit.FOLDER / "unit" / folder).glob("*.xml"))
    if path.stem.rpartition("-")[2] not in NOT_ASKED and path.stem not in WARNS_NOW
]


def held(document: object, dialect: Dialect) -> bytes:
    """Write a document, read it back as it was, and hold it against the published rules.

    The schema, which costs a tenth of a second to load, is asked by the published validator.
    """
    written = documents.write(document, dialect)
    root = etree.fromstring(written)
    assert ubl_shapes.read_from(root, dialect.shape) == document
    assert order_rules.findings(root, dialect.name) == []
    if peppol_kit.IS_THERE:
        assert peppol_kit.fatal(written, dialect.name) == []
        by = "schema of UBL, Schematron of Peppol BIS 3"
        peppol_kit.HELD[f"{dialect.name} ({dialect.root}): {by}"] += 1
    return written


@settings(max_examples=TIMES, deadline=None)
@given(orders())
def test_generated_orders_are_valid_and_read_back_as_they_were(told: Told) -> None:
    document = order_drawing.order_document(told)
    held(document, documents.ORDER)
    assert document.sums is not None
    assert document.sums.payable * 100 == told.order.net_ore + told.order.vat_ore


@settings(max_examples=TIMES // 2, deadline=None)
@given(proposed(), st.sampled_from(Answer))
def test_generated_answers_are_valid_and_read_back_as_they_were(told: Told, answer: Answer) -> None:
    held(order_drawing.answer_document(told, answer), documents.ANSWER)


@settings(max_examples=TIMES // 2, deadline=None)
@given(proposed(), st.sampled_from(Answer))
def test_generated_changes_and_their_answers_are_valid_and_read_back_as_they_were(
    told: Told, answer: Answer
) -> None:
    assert told.change is not None
    for line in told.order.lines:  # as the buyer's yes leaves them
        quantity = told.change.lines.get(str(line.position), {}).get("quantity")
        line.quantity = line.quantity if quantity is None else Decimal(quantity)
        line.net_ore = line_net_ore(line.price_ore, line.quantity, line.price_base_quantity)
    approval.sum_up(told.order, told.order.lines)
    gone = {"99": {"quantity": "0", "ordered": "2.5", "title": "Kasse", "unit": "piece"}}
    told.change.lines = {**told.change.lines, **gone}  # a line that the enterprise said no to
    agreed = replace(told, agreed=(told.change, told.change))
    held(change_drawing.change_document(agreed), documents.CHANGE)
    drawn = change_drawing.in_advanced(order_drawing.answer_document(told, answer))
    held(replace(drawn, change="0330-2026-00017-T1"), documents.ADVANCED_ANSWER)


@settings(max_examples=TIMES // 4, deadline=None)
@given(orders(2))
def test_generated_cancellations_are_valid_and_read_back_as_they_were(told: Told) -> None:
    held(order_drawing.cancellation_document(told, "Annulleret"), documents.CANCELLATION)


@settings(max_examples=TIMES // 4, deadline=None)
@given(orders(4), st.sampled_from(["confirmed", "rejected"]))
def test_generated_documents_of_oioubl_are_valid_and_read_back_as_they_were(
    told: Told, state: str
) -> None:
    told.order.state = OrderState(state)
    told.order.events[-1].reason = "Lukket" if state == "rejected" else None  # it is owed
    drawn = (
        (documents.OIOUBL_ORDER, oioubl_drawing.order_document(told)),
        (documents.OIOUBL_ANSWER, oioubl_drawing.answer_document(told)),
    )
    for dialect, document in drawn:
        written = documents.write(document, dialect)
        assert ubl_shapes.read_from(etree.fromstring(written), dialect.shape) == document
        if peppol_kit.OIOUBL_IS_THERE:
            assert peppol_kit.fatal_in_oioubl(written, dialect.root) == []
            peppol_kit.HELD[f"OIOUBL {dialect.root}: Schematron of OIOUBL 1.17.2"] += 1


@pytest.mark.parametrize("dialect", [documents.OIOUBL_ORDER, documents.OIOUBL_ANSWER],
                         ids=lambda each: each.root)  # fmt: skip
def test_documents_of_oioubl_keep_the_schema(dialect: Dialect) -> None:
    told = one_order()
    told.order.state = OrderState.CONFIRMED
    is_order = dialect == documents.OIOUBL_ORDER
    draw = oioubl_drawing.order_document if is_order else oioubl_drawing.answer_document
    assert documents.read(documents.write(draw(told), dialect), dialect) == draw(told)


@peppol_kit.needed
@pytest.mark.parametrize(("dialect", "path"), EXAMPLES, ids=lambda each: getattr(each, "stem", ""))
def test_published_examples_keep_their_facts_when_written_anew(
    dialect: Dialect, path: Path
) -> None:
    held(documents.read(path.read_bytes(), dialect), dialect)


@peppol_kit.needed
@pytest.mark.parametrize(
    ("dialect", "path"), UNIT_TESTS, ids=lambda each: getattr(each, "stem", "")
)
def test_our_rules_say_what_the_published_tests_want(dialect: Dialect, path: Path) -> None:
    for root, rule, times in peppol_kit.tests_of(path):
        found = [each.rule for each in order_rules.findings(root, dialect.name)]
        assert found.count(rule) == times


def test_document_is_recognised_by_what_it_says_it_is() -> None:
    dialects = tuple(DIALECTS.values())
    heads = [(each.root, each.customization, each.name) for each in dialects]
    for root, customization, name in heads:
        cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
        said = f"<c:CustomizationID>{customization}</c:CustomizationID>"
        text = f'<{root} xmlns:c="{cbc}">{said}</{root}>'
        found = documents.recognise(text.encode(), dialects)
        assert found is not None
        assert found.name == name
    assert documents.recognise(b"<Invoice/>", dialects) is None


SPOILT = [
    ("CustomerReference>MEHO</cbc:CustomerReference", "Customer>MEHO</cbc:Customer", "XSD",
     "Customer>"),
    ("<cbc:CustomerReference>MEHO", "<cbc:CustomerReference>", "PEPPOL-COMMON-R001", "CustomerRef"),
    (cast.GLN, cast.GLN[:-1] + "7", "PEPPOL-COMMON-R040", "EndpointID"),
    ("2026-11-24", "2026-11-24Z", "PEPPOL-COMMON-R030", "IssueDate"),
    ("bis:ordering:3", "bis:punch_out:3", "PEPPOL-T01-R031", "punch_out"),
    (">31250.00<", ">31250.03<", "PEPPOL-T01-R008", "AnticipatedMonetaryTotal"),
    (">39062.50<", ">39062.5<", "", ""),
    (">39062.50<", ">39062.51<", "PEPPOL-T01-R017", "AnticipatedMonetaryTotal"),
    (">2.5<", ">2.6<", "PEPPOL-T01-R024", "LineItem>"),
    (">12500.00<", ">-12500.00<", "PEPPOL-T01-R005", "<cac:Price>"),
    ('<cbc:PriceAmount currencyID="DKK"', '<cbc:PriceAmount currencyID="SEK"', "PEPPOL-T01-R003",
     "SEK"),
    (">25<", ">0<", "PEPPOL-T01-R030", "ClassifiedTaxCategory"),
    ("<cbc:Name>Legehus i lærk</cbc:Name>", "", "PEPPOL-T01-B29301", "<cac:Item>"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "rule", "mark"), SPOILT)
def test_bad_order_is_answered_with_line_and_rule(
    good: str, bad: str, rule: str, mark: str
) -> None:
    written = documents.write(order_drawing.order_document(one_order()), documents.ORDER).decode()
    assert good in written
    text = written.replace(good, bad, 1)
    if not rule:
        assert documents.read(text.encode(), documents.ORDER)
        return
    with pytest.raises(UnreadableDocument) as caught:
        documents.read(text.encode(), documents.ORDER)
    at = [each.line for each in caught.value.findings if each.rule == rule]
    assert at
    assert mark in text.splitlines()[at[0] - 1]
    if peppol_kit.IS_THERE:
        assert rule in {each.rule for each in peppol_kit.fatal(text.encode(), "T01")}


@pytest.mark.parametrize("number", ["9" * 40, "0." + "1" * 40, "9" * 27])
def test_number_that_nobody_means_is_told_by_its_line(number: str) -> None:
    written = documents.write(order_drawing.order_document(one_order()), documents.ORDER)
    spoilt = re.sub(rb'(Amount currencyID="DKK">)[^<]*', rb"\g<1>" + number.encode(), written)
    with pytest.raises(UnreadableDocument) as caught:
        documents.read(spoilt, documents.ORDER)
    assert "LIMIT" in {each.rule for each in caught.value.findings}


def test_encoding_of_many_bytes_is_refused_in_words() -> None:
    written = documents.write(order_drawing.order_document(one_order()), documents.ORDER)
    with pytest.raises(UnreadableDocument):
        documents.recognise(written.replace(b"UTF-8", b"shift_jis"), (documents.ORDER,))


@pytest.mark.parametrize(
    ("after", "number"),
    [
        (OrderEvent(id=9, state="confirmed", step="hand_over", reason="Bo → Hans: Sygdom"), 8),
        (OrderEvent(id=9, state="confirmed", step="recode", reason="Konto 12 → 13"), 8),
        (OrderEvent(id=9, state="confirmed", step="approve", reason="Kun denne gang"), 9),
        (OrderEvent(id=9, state="dispatched", step="receive_part", reason="Én er ridset"), 9),
        (OrderEvent(id=9, state="received", reason="2 / 3: én er ridset"), 9),
    ],
)
def test_words_of_the_buyers_side_are_no_answer_of_the_enterprise(
    after: OrderEvent, number: int
) -> None:
    told = one_order()
    yes = OrderEvent(id=8, state="confirmed", at=cast.NOW, reason="Vi ringer først")
    told.order.state = OrderState("confirmed")
    told.order.events.append(yes)
    said = order_drawing.answer_document(told, Answer.ACCEPTED)
    assert (said.number, said.note) == (f"{told.order.number}-8", "Vi ringer først")
    after.at = cast.NOW
    told.order.events.append(after)
    said = order_drawing.answer_document(told, Answer.ACCEPTED)
    assert said.number == f"{told.order.number}-{number}"
    assert said.note == ("Vi ringer først" if number == 8 else "")
