"""Why a product may not be ordered, in words: the same on every page. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .rules import Judgement, Reason


@dataclass(frozen=True)
class Refusal:
    """Why a product may not be ordered, and for a mandatory agreement where to buy instead."""

    title: Text
    detail: Text
    where_to_buy: Text | str | None = None
    agreement_number: str | None = None


def explain(judgement: Judgement) -> Refusal:
    """Return the texts of a refusal, the same on every page. Only for what is not orderable."""
    if judgement.mandatory is not None:
        mandatory = judgement.mandatory
        return Refusal(
            _("You must buy this on a mandatory agreement."),
            _(
                "Your municipality's agreement %(number)s, %(title)s, with %(supplier)s covers"
                " this category.",
                number=mandatory.number,
                title=mandatory.title,
                supplier=mandatory.supplier_name,
            ),
            mandatory.where_to_buy or _("Ask your procurement staff where to buy."),
            mandatory.number,
        )
    if judgement.reason is None:
        raise ValueError("the product is orderable; there is no refusal to explain")
    return Refusal(*(_LAPSED if judgement.lapsed else _REFUSALS[judgement.reason]))


_LAPSED = (
    _("The verification of the enterprise has lapsed."),
    _(
        "There is an agreement, but it cannot be used until the enterprise is verified anew."
        " Orders already placed go on."
    ),
)
_REFUSALS = {
    Reason.NOT_PUBLISHED: (
        _("This is not for sale now."),
        _("The enterprise has withdrawn it or not published it yet."),
    ),
    Reason.NO_AGREEMENT: (
        _("Your municipality has no agreement for this."),
        _(
            "No voluntary agreement with the enterprise covers this category today. Ask your"
            " procurement staff whether one can be made."
        ),
    ),
    Reason.NOT_VERIFIED: (
        _("The enterprise is not verified in your municipality."),
        _("There is an agreement, but it cannot be used until the enterprise is verified."),
    ),
    Reason.ON_REQUEST: (
        _("The price is told on request."),
        _("Ask the enterprise for a quote on the product's page."),
    ),
}


def in_one_text(judgement: Judgement) -> str:
    """Return all that a refusal says, as one text. Only for what is not orderable."""
    found = explain(judgement)
    said = (found.title, found.detail, found.where_to_buy)
    return " ".join(str(each) for each in said if each)
