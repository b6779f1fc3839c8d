"""Products for the systems of their enterprise: list, describe, publish, withdraw, count."""

from __future__ import annotations

from decimal import Decimal

from flask import Response

from catalogue.core.http import DRAFTERS, ENTERPRISES, contract, now, reading, who
from catalogue.core.http.answering import deed, read_asked, show, show_page
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.text import current_locale

from . import (
    api_attachments,
    api_form,
    api_pictures,
    api_schema,
    api_variants,
    service,
    stock,
)
from . import form as forms
from .api_answers import (
    KEYED,
    ONE,
    READ,
    SHOWN,
    TAGGED,
    WRITE,
    answer_product,
    blueprint,
    dump_left,
    get_seen,
)

# The views of pictures, documents and variants stand on the same blueprint.
__all__ = ["api_attachments", "api_pictures", "api_variants", "blueprint"]


@serve(
    blueprint, "GET", "/products",
    Operation(
        "List our own products by id", DRAFTERS, READ, query=api_schema.OwnListQuerySchema,
        answer=api_schema.ProductListedSchema, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_products() -> Response:
    """List the products of the enterprise."""
    query = contract.read_query()
    asked = read_asked(query)
    with reading() as session:
        rows = api_form.list_own(
            session, who().enterprise_id, query.get("state"), asked.after, asked.limit + 1
        )
    return show_page(rows, asked, api_form.show_listed, lambda row: row.id)


@serve(
    blueprint, "POST", "/products",
    Operation(
        "Describe a new product, as a draft", DRAFTERS, WRITE, answer=SHOWN, status=201,
        body=api_schema.ProductBodySchema, traits=KEYED,
    ),
)  # fmt: skip
def create_product() -> Response:
    """Make a draft."""
    body = contract.read_body()
    with contract.named(api_form.NAMES), deed() as doing:
        typed = api_form.typed_of(doing.session, body, current_locale())
        facts = forms.read_facts(doing.session, typed)
        made = service.create_draft(doing.session, who(), facts, now())
        return answer_product(doing, made, 201)


@serve(
    blueprint, "GET", ONE,
    Operation("Get a product of our own", DRAFTERS, READ, answer=SHOWN, traits=TAGGED),
)  # fmt: skip
def get_product(product_id: int) -> Response:
    """Show all that is said of a product."""
    with reading() as session:
        found = service.get_own(session, who().enterprise_id, product_id)
        return show(api_form.show(session, found))


@serve(
    blueprint, "PATCH", ONE,
    Operation(
        "Change a product; one that must be checked first is changed in a draft beside it",
        DRAFTERS, WRITE, answer=SHOWN, body=api_schema.ProductChangeSchema,
        traits=KEYED | {Trait.MATCH},
    ),
)  # fmt: skip
def change_product(product_id: int) -> Response:
    """Save what is said of a product; the answer may be of a draft with another id."""
    body = contract.read_body()
    with contract.named(api_form.NAMES), deed() as doing:
        session = doing.session
        found = get_seen(doing, product_id)
        typed = api_form.typed_of(session, body, current_locale())
        facts = forms.read_facts(session, typed, service.facts_of(found))
        return answer_product(doing, service.save_beside(session, who(), product_id, facts, now()))


@serve(
    blueprint, "POST", f"{ONE}/publish",
    Operation("Show a product to buyers", ENTERPRISES, WRITE, answer=SHOWN, traits=KEYED),
)  # fmt: skip
def publish_product(product_id: int) -> Response:
    """Publish a product, or put in place what a change of one says."""
    with contract.named(api_form.NAMES), deed() as doing:
        return answer_product(doing, service.publish(doing.session, who(), product_id, now()))


@serve(
    blueprint, "POST", f"{ONE}/withdraw",
    Operation("Take a product from the shelf", ENTERPRISES, WRITE, answer=SHOWN, traits=KEYED),
)  # fmt: skip
def withdraw_product(product_id: int) -> Response:
    """Withdraw a product."""
    with deed() as doing:
        return answer_product(doing, service.withdraw(doing.session, who(), product_id, now()))


@serve(
    blueprint, "GET", f"{ONE}/stock",
    Operation(
        "How many are left", ENTERPRISES, READ, answer=api_schema.StockSchema, traits=TAGGED
    ),
)  # fmt: skip
def get_stock(product_id: int) -> Response:
    """Tell how many of a product are left."""
    with reading() as session:
        service.get_own(session, who().enterprise_id, product_id)
        return show(dump_left(stock.find_left(session, product_id)))


@serve(
    blueprint, "PUT", f"{ONE}/stock",
    Operation(
        "Tell how many are left to be ordered", ENTERPRISES, WRITE, body=api_schema.StockSchema,
        answer=api_schema.StockSchema, traits=KEYED,
    ),
)  # fmt: skip
def put_stock(product_id: int) -> Response:
    """Count a product."""
    told = contract.read_body()["left"]
    left = None if told is None else round(Decimal(str(told)), 3)
    with deed() as doing:
        service.get_own(doing.session, who().enterprise_id, product_id)
        stock.count(doing.session, who(), {product_id: left}, now())
        return doing.answer(dump_left(left))
