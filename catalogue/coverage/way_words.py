"""What the ways to buy are called, why they stand so, and the rule and source of each.

Not legal advice: the sections were not compared with the text of the law (DOMAIN.md 1.1-1.5).
"""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.agreements.models import LimitKind
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .ways import Because, Standing, Way


@dataclass(frozen=True)
class Rule:
    """The rule behind a way, where it was read, and the limits it looks at."""

    name: Text
    rule: Text
    source: str
    kinds: tuple[LimitKind, ...] = ()


STANDING_NAMES: dict[Standing, Text] = {
    Standing.MUST: _("Must be used"),
    Standing.OPEN: _("Open"),
    Standing.CHECK: _("To be looked into"),
    Standing.CLOSED: _("Not open"),
    Standing.NONE: _("Not in question"),
    Standing.UNKNOWN: _("Cannot be told"),
}
STANDING_COLOURS: dict[Standing, str] = {
    Standing.MUST: "covered",
    Standing.OPEN: "active",
    Standing.CHECK: "expiring",
    Standing.CLOSED: "neutral",
    Standing.NONE: "neutral",
    Standing.UNKNOWN: "missing",
}
RULES: dict[Way, Rule] = {
    Way.VOLUNTARY: Rule(
        _("Voluntary agreement"),
        _(
            "The municipality's own agreement with the enterprise. Orders on it count towards the"
            " thresholds: the agreement does not do away with the rules of public procurement."
        ),
        "ski.dk, kfst.dk",
    ),
    Way.MANDATORY: Rule(
        _("Mandatory agreement"),
        _(
            "A municipality that has joined a mandatory agreement must buy on it when its range"
            " meets the need. The limits of the duty stand in the agreement itself."
        ),
        "kfst.dk: Er kommunerne forpligtede til at anvende SKI? – ski.dk: Forstå forpligtelsen",
    ),
    Way.DIRECT: Rule(
        _("Direct purchase"),
        _(
            "The municipality's own policy says up to which amount one offer is enough. Similar"
            " purchases are added together; a purchase may not be split to stay below."
        ),
        "",
        (LimitKind.DIRECT_PURCHASE,),
    ),
    Way.BELOW_THRESHOLD: Rule(
        _("Purchase below the EU threshold"),
        _(
            "Up to the line of the law only good administration is asked for: economy, objectivity,"
            " equal treatment. From the line on the purchase must be on market terms: by a survey"
            " of the market, two or more offers, or by advertising. With clear cross-border"
            " interest it must be advertised on udbud.dk."
        ),
        "Udbudsloven §§ 10-11 og 191-193; frinet.dk, uvm.dk (november 2020)",
        (LimitKind.BELOW_THRESHOLD,),
    ),
    Way.RESERVED: Rule(
        _("Reserved contract (§ 54)"),
        _(
            "A tender may be reserved for sheltered workshops and others whose main aim is to"
            " integrate disabled or disadvantaged people, when they make up the share below of"
            " those employed. To be on the register (RSV) is not enough."
        ),
        "Udbudsloven § 54; socialeentreprenorer.dk, 13. november 2015",
        (LimitKind.RESERVED_PERCENT,),
    ),
    Way.RESERVED_SOCIAL: Rule(
        _("Reserved social contract (§ 190)"),
        _(
            "Certain health, social and culture services may be reserved for organisations of"
            " public service that put their profits back and involve employees or users. The"
            " organisation may not have had such a contract of the municipality for the same"
            " within the term below before it."
        ),
        "Udbudsloven § 190, direktiv 2014/24/EU artikel 77; nvs.nu",
        (LimitKind.RESERVED_YEARS,),
    ),
    Way.TENDER: Rule(
        _("Tender"),
        _(
            "From the EU threshold on the purchase must be put out to tender. The value is the"
            " whole estimated one, with options and over the whole term."
        ),
        "Udbudsloven §§ 6 og 29-39; kfst.dk, frinet.dk",
    ),
}
BECAUSE: dict[Because, Text] = {
    Because.MANDATORY_COVERS: _(
        "A mandatory agreement covers the category. Buy there when its range meets the need."
    ),
    Because.MANDATORY_COVERS_PART: _(
        "A mandatory agreement covers a part of the category; that part must be bought there."
    ),
    Because.NO_MANDATORY: _("No mandatory agreement covers the category on the first day."),
    Because.MANDATORY_FIRST: _(
        "The mandatory agreement goes first; only what its range cannot meet may be bought so."
    ),
    Because.VOLUNTARY_COVERS: _("A voluntary agreement covers it; buyers may order now."),
    Because.VOLUNTARY_COVERS_PART: _("A voluntary agreement covers a part of the category."),
    Because.CEILING_TOO_LOW: _(
        "A voluntary agreement covers it, but none has room for the amount with an enterprise that"
        " is verified here. Look at the ceiling and the verification."
    ),
    Because.NO_VOLUNTARY: _(
        "No voluntary agreement covers the category on the first day. One can be made."
    ),
    Because.BELOW_OWN_LIMIT: _(
        "The amount, with what was ordered in the group before, is below the municipality's limit."
    ),
    Because.OVER_OWN_LIMIT: _(
        "The amount, with what was ordered in the group before, reaches the municipality's limit."
    ),
    Because.OWN_LIMIT_UNKNOWN: _(
        "The municipality's limit for direct purchase is not entered for the first day."
    ),
    Because.BELOW_LINE: _("Below the line: only good administration is asked for."),
    Because.BETWEEN_LINE_AND_THRESHOLD: _(
        "Between the line and the EU threshold: the purchase must be on market terms."
    ),
    Because.LINE_UNKNOWN: _("The line of the law is not entered for the first day."),
    Because.OVER_THRESHOLD: _("The EU threshold is reached."),
    Because.THRESHOLD_UNKNOWN: _(
        "The EU threshold in kroner is not entered for the first day. Look it up on kfst.dk and"
        " enter it under Limits."
    ),
    Because.THRESHOLD_DEPENDS: _(
        "The threshold for goods and services is reached. Services outside the list of article 77,"
        " such as canteen services, may have the higher one: look it up before you decide."
    ),
    Because.WORKS: _(
        "Construction work has rules and thresholds of its own, which are not kept here."
    ),
    Because.EMPLOYEES_TO_BE_CHECKED: _(
        "Possible where the enterprises meet the condition. Ask them: the catalogue does not know"
        " who is employed."
    ),
    Because.LISTED_SERVICE: _(
        "The category stands on the list of services that may be reserved. Check the conditions."
    ),
    Because.TERM_TOO_LONG: _("The period is longer than such a contract may be."),
    Because.NOT_LISTED: _("The category does not stand on the list of services for this."),
    Because.TENDER_OWED: _("The EU threshold is reached: the purchase must be put out to tender."),
    Because.TENDER_NOT_OWED: _(
        "Not owed, for the amount is below the threshold; it may be chosen."
    ),
}
