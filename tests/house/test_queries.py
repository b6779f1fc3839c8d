"""How many queries each page takes: the number written here, however much there is to show."""

from __future__ import annotations

import cast
import pytest
from flask import Flask
from house.grown import Town, build

from catalogue.core.who import Role

# Who she is, and for buyers the lines in her basket, are counted too.
PAGES: dict[Role | None, dict[str, int]] = {
    None: {
        "/": 4, "/udvalg?q=legehus": 4, "/virksomheder?kommune=0330": 4, "/log-ind": 1,
        "/virksomheder/ansoeg": 1, "/virksomheder/{shop}/legehytten": 8,
        "/was": 0, "/feed.jsonld": 1, "/sitemap.xml": 2, "/indlejr/{shop}": 3,
        "/virksomheder/{shop}/legehytten/varer": 2,
        "/virksomheder/{shop}/legehytten/varer/{product}/legehus-i-laerk": 2,
        "/api/v1/": 0, "/api/v1/problems/changed": 0,
    },
    Role.BUYER: {
        "/": 9, "/rundvisning": 3,
        "/soeg": 7, "/soeg?q=aftalen&vis=alle": 7, "/varer/{product}/legehus-i-laerk": 6,
        "/kurv": 10, "/kurv/bestil": 10, "/kurv?som={order}": 11,
        "/kurv/bestil?som={order}": 11, "/ordrer": 5, "/ordrer/{order}": 6, "/roller": 3,
        "/adgangsnoegler": 3,
        "/efterlysninger": 3, "/efterlysninger/{demand}": 4,
        "/efterlysninger/ny?kategori=37535200": 4,
        "/tilbud": 3, "/tilbud/{request}": 9, "/tilbud/ny": 5,
        "/tilbud/ny?kategori=37535200": 5, "/tilbud/{request}/vaelg/{quote}": 8,
        "/sammenlign?{held}": 6, "/valgnotater": 4, "/valgnotater/{record}": 4,
        "/valgnotater/nyt?q=legehus": 8, "/leveringsadresser": 3, "/leveringsadresser/ny": 2,
        "/lister": 3, "/lister/{list}": 6, "/lister/tilfoej?vare={product}": 4,
        "/ordrer/{order}/igen": 5, "/ordrer/{order}/kontering": 5, "/kontostrenge": 3,
        "/kontostrenge.csv?q=3.22&sortering=formaal": 2,
        "/budgetter": 5, "/budgetter/{budget}": 7,
        "/budgetter/{budget}/ordrer.csv": 5, "/fritekstordre": 4,
        "/fritekstordre/{agreement}": 10, "/loebende-bestillinger": 3,
        "/loebende-bestillinger/{standing}": 10, "/loebende-bestillinger/{standing}/ret": 10,
        "/ordrer/{sent}": 7, "/ordrer/{sent}/forsendelser/1": 6,
        "/loebende-bestillinger/ny?liste={list}": 10,
        "/rammer": 3, "/rammer/{frame}": 10, "/beskeder": 4, "/beskeder/mail": 4,
        "/valgnotater.csv?q=legehus&sortering=sag": 2, "/loebende-bestillinger.csv": 2,
        "/rammer.csv": 2, "/mine-oplysninger": 4,
        "/logget-ind": 3, "/adgangskode": 3, "/totrin": 6, "/totrin/opsaet": 6,
    },
    Role.APPROVER: {"/godkendelser": 7, "/godkendelser.csv": 5, "/godkendelser/{waiting}": 10},
    Role.STAFF: {
        "/personer/{person}/oplysninger": 7,
        "/medarbejdere": 7, "/medarbejdere.csv?sortering=uden-totrin": 3, "/verificering.csv": 2,
        "/efterlysninger.csv": 2, "/tilbud.csv": 2, "/budgetter.csv": 3, "/ord.csv": 2,
        "/gennemsyn.csv": 2, "/prisforslag.csv": 2, "/sendte-mails.csv": 2,
        "/daekning/ordrer.csv?q=legehus&sortering=beloeb": 2, "/daekning/graenser.csv": 4,
        "/daekning/graenser/{shop}/375.csv": 2,
        "/daekning/varer.csv?q=legehus&sortering=pris": 2, "/daekning/virksomheder.csv": 2,
        "/daekning/efterspoergsel.csv": 7,
        "/adgangsnoegler": 2, "/kommunens-log-ind": 3, "/kommunens-log-ind/roller": 2,
        "/kommunens-log-ind/saml": 4,
        "/daekning": 9, "/daekning/ordrer": 4, "/daekning/varer": 4,
        "/daekning/virksomheder": 2, "/daekning/diagrammer": 8,
        "/daekning/konflikter": 6, "/daekning/graenser": 4,
        "/daekning/graenser/{shop}/375": 4, "/daekning/mulighed": 2,
        "/daekning/mulighed?{plan}": 8, "/beloebsgraenser": 2, "/beloebsgraenser/ny": 1,
        "/aftaler": 6, "/aftaler/ny": 3, "/aftaler/{agreement}": 9, "/aftaler/{agreement}/ret": 7,
        "/aftaler/import": 1, "/aftaler/import/kategorier": 3,
        "/aftaler/{agreement}/katalog.xml": 8,
        "/gennemsyn": 3,
        "/verificering": 2, "/verificering?vis=alle": 2, "/ansoegninger/{shop}": 6, "/ordrer": 9,
        "/ordrer?mangler=godkender": 9, "/ordrer?mangler=indkoeber": 9, "/ordrer/{order}": 6,
        "/dokumenter": 2, "/ordrer/{order}/ordre.xml": 4, "/ordrer/{order}/svar.xml": 4,
        "/efterlysninger": 2, "/efterlysninger/{demand}": 3,
        "/tilbud": 2, "/tilbud/{request}": 8, "/valgnotater": 3, "/valgnotater/{record}": 3,
        "/daekning/efterspoergsel": 8, "/daekning/efterspoergsel/rumraket-w0": 8,
        "/prisforslag": 3, "/prisforslag/{proposal}": 6,
        "/ord?q=legeplads": 4, "/ord/ny": 1, "/ord/ny?ord=legehus": 2, "/ord/{word}": 2,
        "/haendelser": 3, "/haendelser?hvem=jens&objekt=w0": 5,
        "/regnskab": 7, "/regnskab/poster": 5, "/regnskab/indlaes": 2, "/regnskab/konti": 4,
        "/regnskab/konti.csv?sortering=konto": 4,
        "/aarsrapport/2026": 10, "/aarsrapport/2026/effekt.csv": 3,
        "/godkendelsesregler": 7, "/godkendelsesregler/ny": 4, "/budgetter/nyt": 3,
        "/aftaler/{agreement}/fritekst": 4,
        "/beskeder": 3, "/beskeder/mail": 4, "/sendte-mails": 4,
        "/indkoebssystemer": 2, "/indkoebssystemer/{connection}": 4, "/indkoebssystemer/ny": 1,
        "/webhooks": 2, "/webhooks/{webhook}": 4, "/webhooks/{webhook}/ret": 2, "/webhooks/ny": 1,
        "/katalogfiler": 2, "/katalogfiler/ny": 2, "/katalogfiler/{file}": 7,
        "/katalogfiler/{file}/ret": 3, "/indlejringer": 4, "/indlejringer/{frame_line}": 2,
        "/regnskab/indlaesninger/{ledger}": 3, "/regnskab/konti?indlaesning={ledger}": 4,
    },
    Role.ENTERPRISE: {
        "/varer-hos-os": 7, "/varer-hos-os.csv?q=legehytte&sortering=pris": 5,
        "/varer-hos-os/lager.csv": 2, "/varer-hos-os/tal.csv": 7,
        "/tilbudsforespoergsler.csv": 2, "/varer-hos-os/ny": 3, "/varer-hos-os/{product}": 10,
        "/varer-hos-os/{product}/trin/hvad": 7, "/varer-hos-os/{product}/trin/historie": 7,
        "/varer-hos-os/{product}/forhaandsvisning": 6, "/varer-hos-os/import": 2,
        "/varer-hos-os/peppol": 2, "/varer-hos-os/peppol/{agreement}.xml": 8,
        "/varer-hos-os/tal": 7, "/varer-hos-os/kopier": 5, "/varer-hos-os/{product}/versioner": 4,
        "/varer-hos-os/{product}/varianter": 4, "/varer-hos-os/lager": 2,
        "/varer-hos-os/prisforslag": 4, "/varer-hos-os/prisforslag/nyt": 2,
        "/varer-hos-os/prisforslag/{proposal}": 6,
        "/indkomne-ordrer": 4, "/indkomne-ordrer/{order}": 5,
        "/indkomne-ordrer/{order}/fakturadata": 4, "/dokumenter": 2,
        "/indkomne-ordrer/{order}/faktura": 4, "/virksomhed": 4,
        "/virksomhed/verificering": 5, "/virksomhed/personer": 4, "/virksomhed/effekt/2025": 2,
        "/efterlysninger/modtagne": 5, "/efterlysninger/modtagne?svar={demand}": 7,
        "/efterlysninger/kan-i-lave/{inquiry}": 2,
        "/beskeder": 3, "/beskeder/mail": 4,
        "/tilbudsforespoergsler": 2, "/tilbudsforespoergsler/{request}": 5,
    },
    Role.ADMINISTRATOR: {
        "/personer": 5, "/personer.csv": 3, "/virksomheder/alle": 2,
        "/virksomheder/alle.csv": 2, "/haendelser": 3, "/opbevaring": 7,
    },
}  # fmt: skip
MOST = 12
CASES = [(role, page, count) for role, pages in PAGES.items() for page, count in pages.items()]


def count(app: Flask, town: Town) -> dict[tuple[Role | None, str], int]:
    """Return the queries of every page; each is opened twice, for the first fills caches."""
    found = {}
    database = app.extensions["catalogue"].database
    for role, page, _count in CASES:
        client = app.test_client()
        if town.people[role] is not None:
            cast.sign_in_as(client, town.people[role])
        address = page.format(**town.names)
        assert client.get(address).status_code == 200, address
        with cast.counted_queries(database) as seen:
            client.get(address)
        found[role, page] = len(seen)
    return found


@pytest.mark.parametrize("size", [1, 4])
def test_page_takes_its_number_of_queries_however_much_there_is(app: Flask, size: int) -> None:
    found = count(app, build(app, size))
    assert found == {(role, page): number + _bell(role, page) for role, page, number in CASES}
    app.extensions["catalogue"].parts["search"].close()


def test_no_page_takes_more_than_twelve_queries() -> None:
    above = {(role, page) for role, page, number in CASES if number + _bell(role, page) > MOST}
    assert above == set()


def _bell(role: Role | None, page: str) -> bool:
    """Tell whether what she has not read is counted, by one more query for all who have a role."""
    return bool(role) and not page.split("?", maxsplit=1)[0].endswith((".xml", ".csv"))
