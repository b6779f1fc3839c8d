"""What PunchOut decides on plain values: addresses, charsets, and the fields of OCI."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from exchange.punchouts import KIT
from hypothesis import given
from hypothesis import strategies as st

from catalogue.exchange import cxml, oci, punchout_rules
from catalogue.exchange.oci import Function
from catalogue.exchange.punchout_lines import Line
from catalogue.ordering.rules import Price

HOSTS = ["erp.slagelse.example", "erp.slagelse.example:8443", "127.0.0.1:5000"]
needs_kit = pytest.mark.skipif(not KIT.is_dir(), reason="the shared material is not here")


def line(**changes: Any) -> Line:
    """Return a line of a basket."""
    facts: dict[str, Any] = {
        "product_id": 7, "item_number": "LH-1", "name": "Legehus i lærk", "text": "Bygget af os.",
        "quantity": Decimal("2.500"), "price": Price(123_450, 1, "piece"), "vat_rate": 25,
        "is_service": False, "delivery_days": 21, "enterprise_name": "Legehytten",
        "enterprise_cvr": "13748136", "agreement_number": "F-2026-07", "category_code": "37535200",
        "category_name": "Legepladsudstyr", "unspsc": None,
    }  # fmt: skip
    return Line(**facts | changes)


def written(*lines: Line, charset: str = "iso-8859-1") -> dict[str, str]:
    """Return the fields of a basket by name."""
    return dict(oci.fields_of(lines, charset))


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://erp.slagelse.example/hook?a=1", True),
        ("https://ERP.Slagelse.example/hook", True),
        ("https://erp.slagelse.example:8443/", True),
        ("http://127.0.0.1:5000/hook", True),
        ("http://erp.slagelse.example/hook", False),
        ("https://erp.slagelse.example:444/", False),
        ("https://erp.slagelse.example.evil.example/", False),
        ("https://evil.example/?erp.slagelse.example", False),
        ("https://erp.slagelse.example@evil.example/", False),
        ("https://evil.example\\@erp.slagelse.example/", False),
        ("javascript:alert(1)//erp.slagelse.example", False),
        ("//erp.slagelse.example/hook", False),
        ("https://erp.slagelse.example/\n", False),
        ("https://[::1/", False),
        ("", False),
        ("https://erp.slagelse.example/" + "x" * 2000, False),
    ],
)
def test_basket_goes_back_to_hosts_named_by_staff_only(address: str, may: bool) -> None:
    assert punchout_rules.may_return_to(address, HOSTS) is may


def test_query_of_the_return_address_becomes_fields() -> None:
    hook = punchout_rules.split_hook("https://erp.example/h?~session=a%20b&tom=&x=1&x=2#del")
    assert hook.action == "https://erp.example/h"
    assert hook.fields == (("~session", "a b"), ("tom", ""), ("x", "1"), ("x", "2"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Portal.kommune.dk/", "https://portal.kommune.dk"),
        ("portal.kommune.dk", "https://portal.kommune.dk"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("http://portal.kommune.dk", None),
        ("https://*.kommune.dk", None),
        ("https://a.dk; script-src *", None),
        ("'none'", None),
        ("javascript://x", None),
    ],
)
def test_site_that_frames_is_one_origin_and_nothing_of_a_policy(
    typed: str, kept: str | None
) -> None:
    assert punchout_rules.read_origin(typed) == kept


def test_names_of_a_call_are_read_in_any_case() -> None:
    called = oci.read_call(
        [("hook_Url", "https://a"), ("userName", "u"), ("PassWord", "p"), ("~target", "_parent"),
         ("HTTP_CONTENT_CHARSET", "UTF-8"), ("Function", "validate"), ("ProductID", "7"),
         ("quantity", "2"), ("HOOK_URL", "https://second")]
    )  # fmt: skip
    assert (called.return_url, called.user, called.password) == ("https://a", "u", "p")
    assert (called.target, called.charset, called.function) == (
        "_parent", "utf-8", Function.VALIDATE,
    )  # fmt: skip
    assert (called.product_id, called.quantity) == ("7", "2")


def test_call_without_wishes_gets_what_oci_says() -> None:
    called = oci.read_call([("~TARGET", '"><script>'), ("http_content_charset", "utf-7")])
    assert (called.target, called.charset, called.function) == ("_top", "iso-8859-1", None)


def test_basket_line_is_written_as_oci_wants_it() -> None:
    found = written(line())
    assert found["NEW_ITEM-DESCRIPTION[1]"] == "Legehus i lærk"
    assert found["NEW_ITEM-QUANTITY[1]"] == "2.5"
    assert found["NEW_ITEM-UNIT[1]"] == "PCE"
    assert (found["NEW_ITEM-PRICE[1]"], found["NEW_ITEM-PRICEUNIT[1]"]) == ("1234.50", "1")
    assert found["NEW_ITEM-CONTRACT[1]"] == "F-2026-07"
    assert found["NEW_ITEM-LONGTEXT_1:132[]"].startswith("Legehus i lærk\r\nBygget af os.")
    assert "NEW_ITEM-SERVICE[1]" not in found
    assert "NEW_ITEM-MATGROUP[1]" not in found


def test_service_unspsc_and_a_long_agreement_number_have_their_fields() -> None:
    number = "2026-SLAGELSE-0012"
    found = written(line(is_service=True, unspsc="60141100", agreement_number=number))
    assert (found["NEW_ITEM-SERVICE[1]"], found["NEW_ITEM-MATGROUP[1]"]) == ("X", "60141100")
    assert "NEW_ITEM-CONTRACT[1]" not in found  # cut, it would be another agreement's
    assert found["NEW_ITEM-CUST_FIELD5[1]"] == number


def test_price_per_many_is_never_taken_for_a_price_per_one() -> None:
    found = written(line(price=Price(500, 250_000, "piece")))
    assert (found["NEW_ITEM-PRICE[1]"], found["NEW_ITEM-PRICEUNIT[1]"]) == ("0.020", "1000")


@given(
    name=st.text(max_size=150), text=st.text(max_size=400), ore=st.integers(0, 10**11),
    base=st.integers(1, 1_000_000), number=st.text(max_size=60),
    quantity=st.decimals("0.001", "999999", places=3),
    charset=st.sampled_from(["utf-8", "iso-8859-1", "windows-1252", "us-ascii"]),
)  # fmt: skip
def test_no_field_is_longer_or_stranger_than_oci_allows(
    name: str, text: str, ore: int, base: int, number: str, quantity: Decimal, charset: str
) -> None:
    made = line(
        name=name, text=text, price=Price(ore, base, "box"), quantity=quantity,
        item_number=number, category_name=name,
    )  # fmt: skip
    for field, value in oci.fields_of([made], charset):
        value.encode(charset)
        found = re.fullmatch(r"NEW_ITEM-([A-Z_0-9]+)\[1\]", field)
        assert found or field == "NEW_ITEM-LONGTEXT_1:132[]"
        if found:
            assert 0 < len(value) <= oci.LENGTHS[found[1]]
            assert value == value.strip()
        if found and found[1] in ("PRICE", "QUANTITY"):
            assert re.fullmatch(r"\d{1,11}(\.\d{1,3})?", value)


@pytest.mark.parametrize(
    ("text", "charset", "sent"),
    [
        ("Æblegrød på 50 m²", "iso-8859-1", "Æblegrød på 50 m²"),
        ("Stue – “lys” … 5 €", "iso-8859-1", 'Stue - "lys" ... 5 EUR'),
        ("Pris 5 €", "iso-8859-15", "Pris 5 €"),
        ("Grød 雪", "iso-8859-1", "Grød ?"),
        ("Grød 雪", "utf-8", "Grød 雪"),
    ],
)
def test_texts_are_sent_in_the_charset_asked_for(text: str, charset: str, sent: str) -> None:
    assert punchout_rules.in_charset(text, charset) == sent


@needs_kit
def test_shops_that_others_wrote_use_no_field_that_we_spell_otherwise() -> None:
    theirs = json.loads((KIT / "oci" / "two-items.json").read_text(encoding="utf-8"))
    known = {re.sub(r"[\[_]\d.*", "", name) for name, _value in theirs} - {"NEW_ITEM-GTIN"}
    ours = written(line(is_service=True, unspsc="60141100"))
    assert known <= {re.sub(r"[\[_]\d.*", "", name) for name in ours}


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE cXML [<!ENTITY a "b">]><cXML>&a;</cXML>',
        b'<!DOCTYPE cXML [<!ENTITY a SYSTEM "file:///etc/passwd">]><cXML>&a;</cXML>',
        b'<!DOCTYPE cXML [<!ENTITY % a SYSTEM "http://127.0.0.1/x">%a;]><cXML/>',
        b'<!DOCTYPE cXML [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'
        b'<!ENTITY c "&b;&b;&b;&b;">]><cXML>&c;</cXML>',
        b"<html/>",
        b"<cXML>",
        b"",
        b"<cXML>" + b" " * cxml.LARGEST_BYTES + b"</cXML>",
    ],
)
def test_message_made_to_harm_is_refused(content: bytes) -> None:
    with pytest.raises(cxml.UnreadableMessage):
        cxml.open_message(content)
