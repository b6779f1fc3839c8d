"""Whole pieces that the searches begin from: written by our own writers, or by hand in the tests.

The folder `tests` must be on the path before this is imported.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import signing_in
from accounts import saml_provider, test_id_tokens
from exchange.catalogues import catalogue, line
from exchange.orders import one_order
from exchange.test_bounces import report
from PIL import Image

from catalogue.exchange import order_documents, peppol_writing

DATA = Path(__file__).resolve().parents[2] / "tests" / "data"
_HEAD = {"alg": "ES256", "kid": "searched"}
MOST_BYTES = 40_000  # of a file that is begun from: a search takes what is short further


def of_data(folder: str, pattern: str) -> list[bytes]:
    """Return the files of the tests' data that are not too long."""
    found = [path.read_bytes() for path in sorted((DATA / folder).glob(pattern))]
    return [each for each in found if len(each) <= MOST_BYTES]


def texts() -> list[bytes]:
    """Return what people and systems write into addresses and searches."""
    written = [
        "legehus -plast \"til haven\" 37535200", "https://erp.kommune.dk:8443/hook?a=b#c",
        "rengøring af 200 m²", "-\"x\"", "Årsrapport 2026 (endelig).pdf", "13748136", "DK 13748136",
        "5798009811578", "1.250,50 kr", "2,5", "31-12-2026", "2026-12-31", "070761-4285",
        "bo@slagelse.example", "https://slagelse.example/a", "2 uger", "25 %", "ja",
    ]  # fmt: skip
    return [each.encode() for each in written]


def price_lists() -> list[bytes]:
    """Return the tests' price lists, and short tables."""
    return [*sheets_of_rows(), *of_data("price_lists", "*.csv")]


def agreements() -> list[bytes]:
    """Return the tests' lists of agreements, and short tables."""
    return [*sheets_of_rows(), *of_data("agreement_lists", "*.csv")]


def sheets_of_rows() -> list[bytes]:
    """Return short tables with the headings of price lists, agreements and ledgers."""
    return [
        ("Varenummer;Variant af;Størrelse;Titel;Kort beskrivelse;Kategori;Enhed;Pris;Moms;"
         "Minimum;Leveringstid;Leveringsområde;Mængderabat;Sæson fra;GTIN;Lager\n"
         "V-1;;;Legehus i lærk;Et hus;37535200-7;stk;kr. 12.500,00;25;1;3 uger;Slagelse, Kolding;"
         "10: 11.000;1. maj;5701234567899;bestilling\nV-1-L;V-1;Stor;Legehus, stort;;;;14500;;;"
         ";;;;;\n").encode(),
        ("Nummer;Emne;Leverandør;CVR;Kategorier;Periode;Optioner;Kontakt;E-mail;Hvor købes der\n"
         "A-7;Legepladser;Legehytten;13748136;37535200-7, 37416000;01-01-2026 - 31-12-2027;2 x 12;"
         "Mette Holm;mette@slagelse.example;Ring\nA-8;Trøjer;Syeriet;;18100000;46023;46387;;;\n"
         ).encode(),
        ("Bogført;CVR;Leverandør;Beløb;Konto;Afdeling\n01-11-2026;10000009;Hus;1.234,50;4012;Skole\n"
         "2026-11-02;DK10000009;Hus;-12,5;4012;\n").encode(),
    ]  # fmt: skip


def workbooks() -> list[bytes]:
    """Return sheets of a workbook as XML, which `targets.workbook` packs."""
    cells = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Varenummer</t></is></c><c r="B1" t="s"><v>0</v>'
        '</c><c r="C1" t="str"><v>Pris</v></c></row><row r="2"><c r="A2"><v>7</v></c><c r="B2" '
        't="b"><v>1</v></c><c r="C2" s="1"><v>46023.5</v></c><c r="D2" t="e"><v>#N/A</v></c></row>'
    )
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="A1:D2"/><sheetData>{cells}</sheetData></worksheet>'
    )
    return [sheet.encode()]


def peppol() -> list[bytes]:
    """Return catalogues that we write."""
    return [peppol_writing.write(catalogue(line()))]


def orders() -> list[bytes]:
    """Return the documents of an order that we write, in the states that have them."""
    confirmed, cancelled = one_order(), one_order()
    confirmed.order.state, cancelled.order.state = "confirmed", "cancelled"
    return [
        order_documents.order(one_order()), order_documents.answer(confirmed),
        order_documents.advanced_answer(confirmed), order_documents.cancellation(cancelled),
    ]  # fmt: skip


def cxml() -> list[bytes]:
    """Return a set-up and an order of cXML."""
    head = ('<?xml version="1.0"?><!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2/'
            'cXML.dtd"><cXML payloadID="1@a" timestamp="2026-11-24T09:30:00+01:00"><Header><From>'
            '<Credential domain="DK:CVR"><Identity>29188505</Identity></Credential></From><Sender>'
            '<Credential domain="NetworkId"><Identity>slagelse</Identity><SharedSecret>s'
            "</SharedSecret></Credential></Sender></Header><Request>")  # fmt: skip
    item = ('<ItemOut quantity="2.5" lineNumber="10"><ItemID><SupplierPartID>V-1</SupplierPartID>'
            "<SupplierPartAuxiliaryID>7</SupplierPartAuxiliaryID></ItemID><ItemDetail><UnitPrice>"
            '<Money currency="DKK">12500.00</Money></UnitPrice><PriceBasisQuantity quantity="10"/>'
            "<UnitOfMeasure>EA</UnitOfMeasure></ItemDetail><Distribution><Accounting>"
            '<AccountingSegment id="1234"/></Accounting></Distribution></ItemOut>')  # fmt: skip
    address = (
        '<Address addressID="5798009811578"><Name>Regnbuen</Name><PostalAddress><DeliverTo>'
        "Bo</DeliverTo><Street>Skovvej 3</Street><City>Slagelse</City><PostalCode>4200"
        "</PostalCode></PostalAddress><Phone><TelephoneNumber><AreaOrCityCode>58"
        "</AreaOrCityCode><Number>57</Number></TelephoneNumber></Phone></Address>"
    )
    set_up = ('<PunchOutSetupRequest operation="edit"><BuyerCookie>kage</BuyerCookie>'
              "<BrowserFormPost><URL>https://erp.example/c?x=1</URL></BrowserFormPost>"
              f"{item}</PunchOutSetupRequest>")  # fmt: skip
    order = ('<OrderRequest><OrderRequestHeader orderID="RK-77" orderDate="2026-11-24"><Total>'
             f'<Money currency="DKK">12500</Money></Total><ShipTo>{address}</ShipTo><BillTo>'
             f'{address}</BillTo><Extrinsic name="gln">5798009811578</Extrinsic>'
             f"</OrderRequestHeader>{item}</OrderRequest>")  # fmt: skip
    end = "</Request></cXML>"
    return [(head + each + end).encode() for each in (set_up, order)]


def saml() -> list[bytes]:
    """Return an answer of a provider, a request to sign out, and a list of privileges."""
    names = ('xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" '
             'xmlns="urn:oasis:names:tc:SAML:2.0:assertion"')  # fmt: skip
    said = "".join(
        f'<Attribute Name="{name}"><AttributeValue>{value}</AttributeValue></Attribute>'
        for name, values in (saml_provider.METTE | saml_provider.privileges("a")).items()
        for value in values
    )
    signature = (
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><SignatureMethod '
        'Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI="#_b">'
        '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/></Reference>'
        "</SignedInfo></Signature>"
    )
    answer = (
        f'<p:Response {names} ID="_a" InResponseTo="_r" Destination="{saml_provider.ANSWERS_AT}">'
        "<Issuer>https://idp.slagelse.example/saml</Issuer><p:Status><p:StatusCode Value="
        '"urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><Assertion ID="_b"><Issuer>i'
        f'</Issuer>{signature}<Subject><NameID Format="f">mette</NameID><SubjectConfirmation '
        'Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData Recipient="x" '
        'NotOnOrAfter="2026-11-24T10:00:00Z"/></SubjectConfirmation></Subject><Conditions '
        'NotBefore="2026-11-24T09:00:00.123Z" NotOnOrAfter="2026-11-24T10:00:00+01:00"><Audience'
        "Restriction><Audience>us</Audience></AudienceRestriction></Conditions><AuthnStatement "
        'SessionIndex="s" SessionNotOnOrAfter="2026-11-24T18:00:00Z"/><AttributeStatement>'
        f"{said}</AttributeStatement></Assertion></p:Response>"
    )
    ending = (
        f'<p:LogoutRequest {names} ID="_c" IssueInstant="2026-11-24T09:00:00Z" NotOnOrAfter='
        '"2026-11-24T10:00:00Z"><Issuer>i</Issuer><NameID>mette</NameID><p:SessionIndex>s'
        "</p:SessionIndex></p:LogoutRequest>"
    )
    listed = next(iter(saml_provider.privileges("a", "b").values()))[0]
    return [answer.encode(), ending.encode(), base64.b64decode(listed)]


def metadata() -> list[bytes]:
    """Return the metadata of a provider, plain and signed."""
    with TemporaryDirectory() as folder:
        idp = saml_provider.SamlProvider(Path(folder), saml_provider.pair("ours"))
        return [idp.metadata.encode(), idp.signed().encode()]


def providers() -> list[bytes]:
    """Return what a provider of OpenID Connect publishes and sends, a line for each."""
    published = _published() | {"authorization_response_iss_parameter_supported": True}
    keys = {"keys": [{**signing_in.KEY.as_dict(private=False), "use": "sig", "alg": "ES256"},
                     {**test_id_tokens.PUBLIC.as_dict(private=False), "use": "sig"}]}  # fmt: skip
    said = test_id_tokens.ID_TOKEN | {"acr": "loa4", "amr": ["pwd", "mfa"], "sid": "s"}
    told = {"sub": "42", "name": "Mette Holm", "given_name": "Mette", "family_name": "Holm",
            "email": "mette@slagelse.example", "email_verified": True, "cvr": 29188505,
            "groups": ["Indkøb", "Alle"], "realm_access": {"roles": ["chef"]}}  # fmt: skip
    parts = (published, keys, _HEAD, said, told)
    return [b"\n".join(json.dumps(each).encode() for each in parts)]


def farewells() -> list[bytes]:
    """Return logout tokens as their head and their claims, and whole ones as the form they are in.

    One ends a session, one all of somebody, and one is what is sent in another form.
    """
    one = test_id_tokens.LOGOUT
    all_ = {name: told for name, told in one.items() if name != "sid"} | {"sub": "42", "jti": "2"}
    texts = [json.dumps(each).encode() for each in (one, all_)]
    head = json.dumps(_HEAD | {"typ": "logout+jwt"}).encode()
    whole = signing_in.token(head, texts[0]).encode()
    return [*(head + b"\n" + each for each in texts), b"logout_token=" + whole,
            b"logout_token=" + test_id_tokens.by_hand("none").encode()]  # fmt: skip


def people() -> list[bytes]:
    """Return short lists of people, in both languages."""
    head = "Medarbejdernummer;Brugernavn;Fornavn;Efternavn;E-mail;Roller;Aktiv\n"
    danish = (f"{head}17;idlu;Ida;Lund;ida@slagelse.example;Indkøber;ja\n"
              "18;bobe;Bo;Berg;bo@slagelse.example;Indkøber, godkender;\n"
              "19;;Anne;Bak;anne@slagelse.example;indkøbskonsulent;nej\n")  # fmt: skip
    english = ("Employee number,User name,Name,E-mail,Roles,Active\n"
               '7,ann,"Holm, Ann",ann@slagelse.example,"buyer\napprover",yes\n')  # fmt: skip
    return [danish.encode(), danish.encode("cp1252"), english.encode()]


def calls() -> list[bytes]:
    """Return calls of OCI as their query or form."""
    return [
        b"USERNAME=slagelse&PASSWORD=x&HOOK_URL=https%3A%2F%2Ferp.example%2Fh%3Fa%3Db&~TARGET=_top"
        b"&~CALLER=CTLG&OCI_VERSION=4.0&HTTP_CONTENT_CHARSET=iso-8859-1",
        b"FUNCTION=BACKGROUND_SEARCH&SEARCHSTRING=b%F8rn&VENDOR=1&returntarget=_parent",
        b"FUNCTION=VALIDATE&PRODUCTID=7&QUANTITY=2.5&hook_url=http://localhost:8080/",
    ]


def reports() -> list[bytes]:
    """Return reports of mails that came back."""
    named = report(to="retur+12.0123456789abcdef@katalog.example", action="delayed")
    return [report(), report(whole=True), named]


def pictures() -> list[bytes]:
    """Return a small picture in each format that is taken in."""
    image = Image.radial_gradient("L").resize((24, 20)).convert("RGB")
    found = []
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF"):
        content = io.BytesIO()
        image.save(content, kind)
        found.append(content.getvalue())
    return found


def packed() -> list[bytes]:
    """Return a ZIP file of what could be pictures."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        for number in range(5):
            parts.writestr(f"mappe/bord {number}.jpg", json.dumps(list(range(200))))
    return [content.getvalue()]


def documents() -> list[bytes]:
    """Return what is taken in as evidence: a PDF and pictures."""
    return [b"%PDF-1.7\n1 0 obj\n%%EOF\n", *of_data("price_lists/images", "*.*")[:2], *pictures()]


def _published() -> dict[str, object]:
    at = signing_in.ISSUER
    return {
        "issuer": at, "authorization_endpoint": f"{at}/a?x=1", "token_endpoint": f"{at}/t",
        "jwks_uri": f"{at}/k", "userinfo_endpoint": f"{at}/u", "end_session_endpoint": f"{at}/e",
        "code_challenge_methods_supported": ["S256"], "response_types_supported": ["code"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }  # fmt: skip
