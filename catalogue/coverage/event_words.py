"""What actions, objects, fields and values of the audit are called on screen.

A name that is not here is shown as it was written: events outlive the words for them.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises import effect_words
from catalogue.enterprises import words as enterprises
from catalogue.ordering import rules as ordering
from catalogue.products import rules as products

OBJECTS: dict[str, Text] = {
    "agreement": _("Agreement"),
    "category_word": _("Word of a list"),
    "choice_record": _("Record of a choice"),
    "delivery_address": _("Delivery address"),
    "demand": _("Request"),
    "enterprise": _("Enterprise"),
    "inquiry": _("Inquiry"),
    "ledger_import": _("Ledger file"),
    "limit": _("Limit"),
    "municipality": _("Municipality"),
    "order": _("Order"),
    "person": _("The person"),
    "price_proposal": _("Price proposal"),
    "product": _("Product"),
    "quote_request": _("Request for quotes"),
    "word": _("Word or phrase"),
}
ACTIONS: dict[str, Text] = {
    "agreement.created": _("Agreement made"),
    "agreement.amended": _("Agreement changed"),
    "agreement.ended": _("Agreement ended before its time"),
    "agreement.put_in_force": _("Draft put in force"),
    "agreement.carved_out": _("Carved out of an agreement"),
    "agreement.carve_out_ended": _("Carve-out ended"),
    "category_word.remembered": _("Categories of words kept"),
    "category_word.forgotten": _("Categories of words forgotten"),
    "choice_record.kept": _("Record of a choice kept"),
    "delivery_address.changed": _("Delivery address changed"),
    "delivery_address.kept": _("Delivery address kept"),
    "delivery_address.removed": _("Delivery address taken out"),
    "demand.asked": _("Request sent"),
    "demand.answered": _("Request answered"),
    "demand.closed": _("Request closed"),
    "enterprise.applied": _("Enterprise applied"),
    "enterprise.confirmation_returned": _("Confirmation sent back"),
    "enterprise.confirmed": _("Five points confirmed"),
    "enterprise.effect_stated": _("Effect of a year stated"),
    "enterprise.effect_taken_back": _("Statement of effect taken back"),
    "enterprise.evidence_added": _("Evidence added"),
    "enterprise.renewed": _("Verification renewed"),
    "enterprise.suspension_lifted": _("Suspension lifted"),
    "enterprise.decided": _("Municipality decided about the enterprise"),
    "enterprise.logo_set": _("Logo changed"),
    "enterprise.profile_saved": _("Profile changed"),
    "enterprise.register_checked": _("Register looked up"),
    "enterprise.returned": _("Application sent back"),
    "enterprise.suspended": _("Enterprise suspended"),
    "enterprise.verified": _("Enterprise verified"),
    "inquiry.asked": _("Enterprises asked"),
    "inquiry.accepted": _("Inquiry answered with a draft"),
    "inquiry.declined": _("Inquiry declined"),
    "ledger.take": _("Ledger read in"),
    "ledger.remove": _("Rows of a ledger deleted"),
    "ledger.map": _("Accounts given categories"),
    "limit.created": _("Limit entered"),
    "limit.ended": _("Limit ended"),
    "limit.deleted": _("Limit taken out"),
    "order.placed": _("Order placed"),
    "order.confirmed": _("Order confirmed"),
    "order.rejected": _("Order rejected"),
    "order.cancelled": _("Order cancelled"),
    "order.dispatched": _("Order dispatched"),
    "order.received": _("Order received"),
    "person.registered": _("Person registered"),
    "role.granted": _("Role granted"),
    "prices.drafted": _("New prices drafted"),
    "prices.changed": _("Draft of new prices changed"),
    "prices.discarded": _("Draft of new prices discarded"),
    "prices.sent": _("New prices proposed"),
    "prices.withdrawn": _("Proposal of new prices withdrawn"),
    "prices.accepted": _("New prices accepted"),
    "prices.refused": _("New prices refused"),
    "prices.listed": _("New prices in force"),
    "product.created": _("Product described"),
    "product.changed": _("Product changed"),
    "product.published": _("Product published"),
    "product.withdrawn": _("Product withdrawn"),
    "quote.asked": _("Quotes asked for"),
    "quote.extended": _("More time given for quotes"),
    "quote.widened": _("Others asked for quotes"),
    "quote.questioned": _("Question asked about a quote"),
    "quote.question_answered": _("Question answered to all"),
    "quote.sent": _("Quote sent"),
    "quote.declined": _("Quote declined"),
    "quote.chosen": _("Quote chosen and ordered"),
    "quote.closed": _("Request for quotes closed"),
    "word.created": _("Word explained"),
    "word.amended": _("Explanation of a word changed"),
    "word.deleted": _("Explanation of a word taken out"),
}
FIELDS: dict[str, Text] = {
    **{name: text for name, text in enterprises.LABELS.items() if name != "password"},
    **products.FIELD_NAMES,
    **effect_words.LABELS,
    "effect_year": _("Year of the effect"),
    "account_coding": _("Account coding"),
    "accounts": _("Accounts"),
    "enterprise_ids": _("Enterprises"),
    "answer": _("Answer"),
    "capacity": _("Capacity"),
    "file": _("File"),
    "options": _("Options to prolong"),
    "prices": _("Prices"),
    "supplier_cvr": _("CVR number of the supplier"),
    "rows": _("Rows"),
    "turnover_ore": _("Yearly turnover"),
    "turnover_year": _("Year of the turnover"),
    "valid_from": _("From"),
    "valid_until": _("Until"),
    "value": _("Value"),
    "categories": _("Categories"),
    "category_code": _("Category code"),
    "ceiling_months": _("Months the ceiling is counted over"),
    "deadline_on": _("Deadline for quotes"),
    "draft": _("Draft"),
    "digest": _("Fingerprint"),
    "effective_on": _("The changes apply from"),
    "lot": _("Reserved lot"),
    "notice_days": _("Days of notice"),
    "ceiling_ore": _("Ceiling excluding VAT"),
    "checked_on": _("Looked up on"),
    "contact_email": _("E-mail"),
    "contact_name": _("Contact"),
    "contact_phone": _("Phone"),
    "currency": _("Currency"),
    "delivers_everywhere": _("Delivered in the whole country"),
    "ends_on": _("Last day"),
    "enterprise_id": _("Enterprise"),
    "gln": _("GLN/EAN number"),
    "hits": _("Products found"),
    "institution": _("Institution"),
    "locale": _("Language"),
    "logo_image_id": _("Logo"),
    "means": _("What it means"),
    "municipality_id": _("Municipality"),
    "needed_on": _("Needed by"),
    "net_ore": _("Total excl. VAT"),
    "number": _("Number"),
    "open": _("Open"),
    "product_id": _("Product"),
    "reason": _("Reason"),
    "recognition": _("Recognition"),
    "reference": _("Reference"),
    "relation": _("Relation"),
    "reverification": _("Confirmation of the five points"),
    "role": _("Role"),
    "says_registered": _("Declares to be on the register (RSV)"),
    "source": _("Source"),
    "starts_on": _("First day"),
    "status": _("What the register says"),
    "story": _("The enterprise's story"),
    "supplier_name": _("Supplier"),
    "vat_ore": _("VAT"),
    "version": _("Version"),
    "where_to_buy": _("Where to buy"),
    "word": _("Word or phrase"),
}
KIND_LABELS = {"agreement": _("Kind of agreement")}
# What a value means: by its field, or by type of object and field where types differ.
VALUES: dict[str, Mapping[str, Text]] = {
    "agreement.kind": {"voluntary": _("Voluntary"), "mandatory": _("Mandatory")},
    "product.kind": products.KIND_NAMES,
    "enterprise.state": {str(key): text for key, text in enterprises.STATES.items()},
    "order.state": ordering.STATE_NAMES,
    "product.state": products.STATE_NAMES,
    "locale": {"da": _("Danish"), "en": _("English")},
    "recognition": {str(key): text for key, text in enterprises.RECOGNITIONS.items()},
    "relation": {
        "same": _("is the same as"),
        "also": _("also means"),
        "near": _("is near to"),
        "nothing": _("means nothing special"),
    },
    "reverification": {str(key): text for key, text in enterprises.CONFIRMATIONS.items()},
    "role": {
        Role.BUYER: _("Buyer"),
        Role.APPROVER: _("Approver"),
        Role.STAFF: _("Procurement staff"),
        Role.ENTERPRISE: _("Enterprise"),
        Role.ADMINISTRATOR: _("Administrator"),
    },
    "status": {str(key): text for key, text in enterprises.REGISTER.items()},
    "unit": products.UNIT_NAMES,
}
# Fields that hold the number of a row, and what kind of row.
REFERENCES = {
    "enterprise_id": "enterprise",
    "municipality_id": "municipality",
    "municipality_ids": "municipality",
    "product_id": "product",
    "reviewer_id": "municipality",
}


def action_name(action: str) -> Text | str:
    """Return what an action is called."""
    return ACTIONS.get(action, action)


def object_name(kind: str) -> Text | str:
    """Return what an object of that type is called."""
    return OBJECTS.get(kind, kind)


def field_name(kind: str, name: str) -> Text | str:
    """Return what a field of an object of that type is called."""
    if name == "kind" and kind in KIND_LABELS:
        return KIND_LABELS[kind]
    return FIELDS.get(name, name.replace("_", " "))
