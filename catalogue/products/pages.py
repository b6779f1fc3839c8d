"""The enterprise's pages: its products, their form, publishing and withdrawing."""

from __future__ import annotations

from flask import Response, request

from catalogue.core import listing
from catalogue.core.errors import Conflict, Invalid
from catalogue.core.http import (
    DRAFTERS,
    ENTERPRISES,
    Page,
    flash,
    go,
    here_with,
    now,
    once,
    reading,
    render,
    route,
    send_csv,
    today,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _
from catalogue.enterprises import reverification

from . import (
    attachment_pages,
    check_pages,
    copy_pages,
    drafts,
    import_pages,
    own_lists,
    picture_pages,
    prices,
    proposal_pages,
    queries,
    rules,
    service,
    sheet_pages,
    step_pages,
    stock_pages,
    variant_pages,
    version_pages,
)
from . import form as forms
from .models import ProductState
from .queries import Portion
from .screens import NAMES, blueprint, draw_edit, draw_form
from .step_pages import candidates_of, find_candidates, keep_typed, read_typed, store

# The views of pictures, price lists and new prices stand in modules of their own, on the same
# blueprint.
__all__ = [
    "attachment_pages", "blueprint", "check_pages", "copy_pages", "import_pages", "picture_pages",
    "proposal_pages", "sheet_pages", "step_pages", "stock_pages", "variant_pages", "version_pages",
]  # fmt: skip
PRODUCTS_PER_PAGE = 50


# Words of values, for all templates of products.
class OwnPage(Page):
    """A page of the enterprise's own list: its number travels as `side`."""

    def url(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return here_with(side=str(number))


@route(blueprint, "/varer-hos-os", access=DRAFTERS)
def products() -> Response:
    """List the products of the enterprise with their states and what they lack."""
    chosen = _state()
    sought = listing.read(request.args, own_lists.SORTS)
    with reading() as session:
        counts = queries.count_own(session, who().enterprise_id, sought.words)
        total = counts[chosen] if chosen else sum(counts.values())
        page = OwnPage(request.args.get("side", 1, type=whole), total, PRODUCTS_PER_PAGE)
        rows = queries.list_own(
            session, who().enterprise_id, _portion(chosen, sought, page.offset, page.size)
        )
        standing = reverification.status(session, who().enterprise_id, today())
    return render(
        "products/products.html", rows=rows, counts=counts, chosen=chosen, page=page,
        standing=standing, sought=sought,
        sorts=[(name, label) for name, (label, _order) in own_lists.SORTS.items()], **NAMES,
    )  # fmt: skip


@route(blueprint, "/varer-hos-os.csv", access=DRAFTERS)
def products_csv() -> Response:
    """Send the same products, all of them, as a file for spreadsheets."""
    portion = _portion(_state(), listing.read(request.args, own_lists.SORTS), 0, listing.MOST_ROWS)
    with reading() as session:
        rows = queries.list_own(session, who().enterprise_id, portion)
    return send_csv(own_lists.as_csv(rows), "varer")


@route(blueprint, "/varer-hos-os/ny", access=DRAFTERS)
def new() -> Response:
    """Show the empty form of a product."""
    return draw_form()


@route(blueprint, "/varer-hos-os/ny", access=DRAFTERS, methods=["POST"])
@once
def create() -> Response:
    """Make a draft, and lead on to the next step; sent with all fields, to its pictures."""
    typed = read_typed()
    if "find_category" in request.form:
        return draw_form(forms.show(typed), candidates=find_candidates(typed))
    try:
        with transaction() as session:
            facts = forms.read_facts(session, typed)
            product = service.create_draft(session, who(), facts, now())
            drafts.drop(session, who(), "ny")
    except Invalid as error:
        keep_typed("ny", typed)
        return draw_form(forms.show(typed), error.problems, candidates_of(error))
    if "step" in request.form:
        flash(_("Your draft is saved. You can stop at any step and come back."))
        return go("catalogue.products.step", product_id=product.id, key="pris")
    flash(_("Your draft is saved. Add pictures, then publish it."))
    return go("catalogue.products.edit", product_id=product.id, _anchor="pictures")


@route(blueprint, "/varer-hos-os/<int:product_id>", access=DRAFTERS)
def edit(product_id: int) -> Response:
    """Show the form of a product with its pictures and what it lacks."""
    return draw_edit(product_id)


@route(blueprint, "/varer-hos-os/<int:product_id>", access=DRAFTERS, methods=["POST"])
def save(product_id: int) -> Response:
    """Save what is said of a product; a published one shows it to buyers at once."""
    typed = read_typed()
    if "find_category" in request.form:
        return draw_edit(product_id, forms.show(typed), candidates=find_candidates(typed))
    try:
        product = store(product_id, typed, str(product_id))
    except Invalid as error:
        return draw_edit(product_id, forms.show(typed), error.problems, candidates_of(error))
    except Conflict as error:  # it waits, or is another by now: what was typed is not lost
        flash(error.detail, "warning")
        return draw_edit(product_id, forms.show(typed) | {"seen": ""})
    if product.id != product_id:
        flash(_("Your change is kept as a draft. Buyers see it when it has been approved."))
        return go("catalogue.products.edit", product_id=product.id)
    published = product.state == ProductState.PUBLISHED
    flash(_("Saved. Buyers see it now.") if published else _("Saved."))
    return go("catalogue.products.edit", product_id=product_id)


@route(
    blueprint, "/varer-hos-os/<int:product_id>/offentliggoer", access=ENTERPRISES, methods=["POST"]
)
def publish(product_id: int) -> Response:
    """Show the product to buyers."""
    try:
        with transaction() as session:
            shown = service.publish(session, who(), product_id, now())
    except Invalid as error:
        return draw_edit(product_id, problems=error.problems)
    except service.NotVerified as error:
        flash(error.detail, "warning")
        return go("catalogue.products.edit", product_id=product_id)
    flash(_("The product is published. Buyers can find it now."))
    return go("catalogue.products.edit", product_id=shown.id)


@route(
    blueprint, "/varer-hos-os/<int:product_id>/traek-tilbage", access=ENTERPRISES, methods=["POST"]
)
def withdraw(product_id: int) -> Response:
    """Take the product from the shelf."""
    with transaction() as session:
        service.withdraw(session, who(), product_id, now())
    flash(_("The product is withdrawn. Buyers can no longer order it."))
    return go("catalogue.products.edit", product_id=product_id)


@route(blueprint, "/varer-hos-os/<int:product_id>/forhaandsvisning", access=DRAFTERS)
def preview(product_id: int) -> Response:
    """Show the product as buyers see it."""
    with reading() as session:
        product = service.get_own(session, who().enterprise_id, product_id)
        pictures = queries.list_pictures(session, product_id)
        category = queries.find_category(session, product.category_code)
        delivers_to = queries.list_delivery_names(session, product_id)
    return render(
        "products/preview.html",
        product=product,
        facts=service.facts_of(product),
        own=rules.as_variant(service.facts_of(product)),
        tiers=prices.list_tiers(prices.listed(product), prices.tiers_of(product)),
        images=pictures,
        category=category,
        delivers_to=delivers_to,
        lacking=service.problems_of(product),
        pause=rules.pause_on(service.facts_of(product), today()),
        next_season=rules.next_season(service.facts_of(product), today()),
        **NAMES,
    )


def _state() -> ProductState | None:
    asked = request.args.get("tilstand", "")
    return ProductState(asked) if asked in list(ProductState) else None


def _portion(
    chosen: ProductState | None, sought: listing.Sought, offset: int, limit: int
) -> Portion:
    _label, order = own_lists.SORTS[sought.sort]
    return Portion(chosen, offset, limit, sought.words, order)
