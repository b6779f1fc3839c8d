"""Variants of a product for the systems of its enterprise: read all, save all at once."""

from __future__ import annotations

from flask import Response, url_for

from catalogue.core.http import DRAFTERS, contract, now, reading, who
from catalogue.core.http.answering import deed, need_match, show
from catalogue.core.http.operations import Operation, Trait, serve

from . import api_form, api_variant_form, service, variants
from .api_answers import KEYED, ONE, READ, TAGGED, WRITE, blueprint
from .api_variant_form import VariantsBodySchema, VariantsShownSchema


@serve(
    blueprint, "GET", f"{ONE}/variants",
    Operation(
        "Get the variants of a product of our own", DRAFTERS, READ, answer=VariantsShownSchema,
        traits=TAGGED,
    ),
)  # fmt: skip
def get_variants(product_id: int) -> Response:
    """Show in what a product comes."""
    with reading() as session:
        found = service.get_own(session, who().enterprise_id, product_id)
        return show(api_variant_form.show(session, found))


@serve(
    blueprint, "PUT", f"{ONE}/variants",
    Operation(
        "Save all variants of a product: those that are left out leave the shelf", DRAFTERS, WRITE,
        body=VariantsBodySchema, answer=VariantsShownSchema, traits=KEYED | {Trait.MATCH},
        example={
            "size": "M", "colour": "blå",
            "variants": [{"size": "L", "colour": "blå", "price_ore": 12_000}],
        },
    ),
)  # fmt: skip
def put_variants(product_id: int) -> Response:
    """Save the variants of a product; the answer may be of a draft with another id."""
    body = contract.read_body()
    with contract.named(api_variant_form.NAMES), deed() as doing:
        session = doing.session
        api_form.lock_own(session, who().enterprise_id, product_id)
        found = service.get_own(session, who().enterprise_id, product_id)
        need_match(api_variant_form.show(session, found))
        table = api_variant_form.table_of(session, body, found)
        saved = variants.save(session, who(), product_id, table, now())
        address = url_for("catalogue.products_api.get_variants", product_id=saved.id)
        return doing.answer(api_variant_form.show(session, saved), location=address)
