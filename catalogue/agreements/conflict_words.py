"""What conflicts are called on screen, why they matter, and what to do about them."""

from __future__ import annotations

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .conflict_facts import MANDATORY, Conflict, ConflictKind, Severity

NAMES: dict[ConflictKind, Text] = {
    ConflictKind.TWO_MANDATORY: _("Two mandatory agreements on one category"),
    ConflictKind.UNDER_MANDATORY: _("Voluntary agreement wholly under a mandatory one"),
    ConflictKind.SUSPENDED: _("Agreement with a suspended enterprise"),
    ConflictKind.NOT_VERIFIED: _("Agreement with an enterprise that is not verified"),
    ConflictKind.GAP: _("Gap between an agreement and the next"),
    ConflictKind.OVERLAP: _("An agreement and the next overlap"),
    ConflictKind.PRODUCTS_OUTSIDE: _("Products outside the agreement"),
}
SEVERITIES: dict[Severity, Text] = {
    Severity.SEVERE: _("To be solved"),
    Severity.NOTICE: _("Worth a look"),
}
_WHY: dict[ConflictKind, Text] = {
    ConflictKind.UNDER_MANDATORY: _(
        "Nothing can be ordered on the voluntary agreement, for the mandatory ones take precedence."
    ),
    ConflictKind.SUSPENDED: _("Nothing can be ordered while the enterprise is suspended."),
    ConflictKind.NOT_VERIFIED: _(
        "Nothing can be ordered while the enterprise does not count as verified in your"
        " municipality."
    ),
    ConflictKind.PRODUCTS_OUTSIDE: _(
        "Buyers cannot order the products, for their categories are not in the agreement."
    ),
}
_TODO: dict[ConflictKind, Text] = {
    ConflictKind.UNDER_MANDATORY: _(
        "End the voluntary agreement, or take its categories out of the mandatory one."
    ),
    ConflictKind.SUSPENDED: _("Settle the matter with the enterprise, or end the agreement."),
    ConflictKind.NOT_VERIFIED: _(
        "Finish the review, or change your own decision, or end the agreement."
    ),
    ConflictKind.GAP: _("Let the first agreement last longer, or the next begin earlier."),
    ConflictKind.OVERLAP: _("End the first agreement the day before the next begins."),
    ConflictKind.PRODUCTS_OUTSIDE: _(
        "Add the categories to the agreement, or ask the enterprise to choose others."
    ),
}


def why(conflict: Conflict) -> Text:
    """Return what the conflict does to buyers."""
    first = conflict.agreements[0]
    if conflict.kind == ConflictKind.GAP:
        if first.kind == MANDATORY:
            return _("On these days buyers are not told where to buy.")
        return _("On these days nothing can be ordered on either agreement.")
    if conflict.kind == ConflictKind.OVERLAP:
        if first.kind == MANDATORY:
            return _("Both lead to the same supplier, but buyers read only one of the texts.")
        return _("Orders are spread over two agreements and two ceilings.")
    if conflict.kind == ConflictKind.TWO_MANDATORY:
        if conflict.severity == Severity.SEVERE:
            return _("Buyers are led to one supplier only: that of the lower agreement number.")
        return _("Below the closer category buyers are led to its supplier, not to the other's.")
    return _WHY[conflict.kind]


def what_to_do(conflict: Conflict) -> Text:
    """Return what staff can do about the conflict."""
    if conflict.kind == ConflictKind.TWO_MANDATORY:
        if conflict.severity == Severity.SEVERE:
            return _(
                "Let only one agreement keep the category, or end one before the other begins."
            )
        return _("If it is not meant so, take the closer category out of one of the agreements.")
    return _TODO[conflict.kind]
