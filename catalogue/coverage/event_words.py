"""What actions, objects, fields and values of the audit are called on screen.

A name that is not here is shown as it was written: events outlive the words for them.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.accounts import directory_rules, factor_rules, outside_words, token_rules
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises import words as enterprises
from catalogue.exchange import link_rules, mail_words, punchout_words
from catalogue.exchange.embed import words as embed_words
from catalogue.exchange.feeds import words as feed_words
from catalogue.exchange.webhooks import words as webhook_words
from catalogue.ordering import cost_words, standing_words
from catalogue.ordering import rules as ordering
from catalogue.products import details
from catalogue.products import rules as products

from .event_fields import FIELDS

OBJECTS: dict[str, Text] = {
    **cost_words.OBJECTS,
    **standing_words.OBJECTS,
    **punchout_words.OBJECTS,
    **webhook_words.OBJECTS,
    **outside_words.OBJECTS,
    **feed_words.OBJECTS,
    **embed_words.OBJECTS,
    "agreement": _("Agreement"),
    "absence": _("Absence"),
    "approval_rule": _("Rule of approval"),
    "category_word": _("Word of a list"),
    "choice_record": _("Record of a choice"),
    "delivery_address": _("Delivery address"),
    "demand": _("Request"),
    "enterprise": _("Enterprise"),
    "inquiry": _("Inquiry"),
    "invitation": _("Invitation"),
    "ledger_import": _("Ledger file"),
    "price_list": _("Price list"),
    "limit": _("Limit"),
    "municipality": _("Municipality"),
    "order": _("Order"),
    "person": _("The person"),
    "directory_group": _("The group"),
    "price_proposal": _("Price proposal"),
    "retention_run": _("Report of retention"),
    "product": _("Product"),
    "quote_request": _("Request for quotes"),
    "token": _("Access key"),
    "word": _("Word or phrase"),
    **mail_words.OBJECTS,
}
ACTIONS: dict[str, Text] = {
    "person.erased": _("Person taken out"),
    "person.handed_out": _("Data of a person handed out"),
    "retention.worked": _("Old data taken out"),
    **cost_words.ACTIONS,
    **standing_words.ACTIONS,
    **punchout_words.ACTIONS,
    **webhook_words.ACTIONS,
    **outside_words.ACTIONS,
    **feed_words.ACTIONS,
    **embed_words.ACTIONS,
    "absence.created": _("Absence entered"),
    "absence.ended": _("Absence taken out"),
    "approval_rule.created": _("Rule of approval made"),
    "approval_rule.ended": _("Rule of approval ended"),
    "agreement.created": _("Agreement made"),
    "agreement.amended": _("Agreement changed"),
    "agreement.ended": _("Agreement ended before its time"),
    "agreement.put_in_force": _("Draft put in force"),
    "agreement.carved_out": _("Carved out of an agreement"),
    "agreement.carve_out_ended": _("Carve-out ended"),
    "category_word.remembered": _("Categories of words kept"),
    "category_word.forgotten": _("Categories of words forgotten"),
    "checking.set": _("Checking of products set"),
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
    "invitation.accepted": _("Invitation accepted"),
    "invitation.sent": _("Somebody invited"),
    "invitation.withdrawn": _("Invitation withdrawn"),
    "ledger.take": _("Ledger read in"),
    "ledger.remove": _("Rows of a ledger deleted"),
    "ledger.map": _("Accounts given categories"),
    "limit.created": _("Limit entered"),
    "limit.ended": _("Limit ended"),
    "limit.deleted": _("Limit taken out"),
    "order.awaiting": _("Order awaits approval"),
    "order.approved": _("Order approved"),
    "order.declined": _("Order not approved"),
    "order.returned": _("Order sent back to the buyer"),
    "order.resubmitted": _("Order sent for approval again"),
    "order.rerouted": _("Another approver chosen"),
    "order.escalated": _("Approval passed on"),
    "order.handed_over": _("Order handed over to another buyer"),
    "order.proposed": _("Change of an order proposed"),
    "order.change_accepted": _("Change of an order accepted"),
    "order.change_refused": _("Change of an order refused"),
    "order.change_withdrawn": _("Proposal of a change taken back"),
    "order.edited": _("Order changed by the buyer"),
    "order.seen": _("Order seen by the enterprise"),
    "order.partly": _("Order confirmed in part"),
    "order.done": _("Work of an order done"),
    "order.accepted": _("Work of an order accepted"),
    "order.closed": _("Order closed"),
    "order.link_refused": _("Link in an order mail refused"),
    "documents.routed": _("Way of documents of orders chosen"),
    "documents.order_taken": _("Order of the municipality's system taken"),
    "order.link_used": _("Order answered by the link in its mail"),
    "order.placed": _("Order placed"),
    "order.confirmed": _("Order confirmed"),
    "order.rejected": _("Order rejected"),
    "order.cancelled": _("Order cancelled"),
    "order.sending": _("Order dispatched in part"),
    "order.dispatched": _("Order dispatched"),
    "order.rest_stopped": _("The rest of an order taken off"),
    "order.shipment_received": _("Shipment of an order received"),
    "order.received": _("Order received"),
    "person.registered": _("Person registered"),
    "role.withdrawn": _("Role taken away"),
    "role.granted": _("Role granted"),
    "price_list.begun": _("Price list imported"),
    "price_list.stopped": _("Import of a price list stopped"),
    "prices.drafted": _("New prices drafted"),
    "prices.changed": _("Draft of new prices changed"),
    "prices.discarded": _("Draft of new prices discarded"),
    "prices.sent": _("New prices proposed"),
    "prices.withdrawn": _("Proposal of new prices withdrawn"),
    "prices.accepted": _("New prices accepted"),
    "prices.refused": _("New prices refused"),
    "prices.listed": _("New prices in force"),
    "product.created": _("Product described"),
    "product.counted": _("Stock of a product counted"),
    "product.approved": _("Product approved"),
    "product.change_discarded": _("Change of a product thrown away"),
    "product.sent_back": _("Product sent back"),
    "product.submitted": _("Product sent in"),
    "product.taken_back": _("Product taken back"),
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
    **token_rules.ACTION_NAMES,
    "municipality.contact_named": _("Whom people ask named"),
    **factor_rules.ACTION_NAMES,
    **directory_rules.ACTION_NAMES,
    "word.created": _("Word explained"),
    "word.amended": _("Explanation of a word changed"),
    "word.deleted": _("Explanation of a word taken out"),
    **mail_words.ACTIONS,
}
KIND_LABELS = {"agreement": _("Kind of agreement")}
# What a value means: by its field, or by type of object and field where types differ.
VALUES: dict[str, Mapping[str, Text]] = {
    **punchout_words.VALUES,
    **webhook_words.VALUES,
    **outside_words.VALUES,
    **standing_words.VALUES,
    **feed_words.VALUES,
    "enterprise.shelf": embed_words.SHELF_STATES,
    "agreement.kind": {"voluntary": _("Voluntary"), "mandatory": _("Mandatory")},
    "product.kind": products.KIND_NAMES,
    "product.labels": details.LABEL_NAMES,
    "product.place": details.PLACES,
    "enterprise.state": {str(key): text for key, text in enterprises.STATES.items()},
    "order.state": ordering.STATE_NAMES,
    "product.state": products.STATE_NAMES,
    "link": link_rules.STANDING_NAMES,
    "locale": {"da": _("Danish"), "en": _("English")},
    "recognition": {str(key): text for key, text in enterprises.RECOGNITIONS.items()},
    "must_have": {str(key): text for key, text in factor_rules.REQUIRED_NAMES.items()},
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
        Role.FACILITATOR: _("Facilitator"),
    },
    "check": {
        "waiting": _("Waits for an answer"),
        "taken_back": _("Taken back"),
        "returned": _("Sent back"),
        "approved": _("Approved"),
    },
    "checked": {"none": _("None"), "first": _("The first products"), "all": _("All products")},
    "status": {str(key): text for key, text in enterprises.REGISTER.items()},
    "unit": products.UNIT_NAMES,
    "wanted": {str(key): text for key, text in ordering.STEP_NAMES.items()},
}
# Fields that hold the number of a row, and what kind of row.
REFERENCES = {
    "approver_id": "person",
    "approver_ids": "person",
    "buyer_id": "person",
    "deputy_id": "person",
    "enterprise_id": "enterprise",
    "escalate_to_id": "person",
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
