"""The data map: what is kept of people, where, why, by which right, how long, and who reads it.

Pages and docs/privacy.md are drawn from it, and a test holds it against every column there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

TASK = _("GDPR article 6(1)(e): a public authority buys what it needs")
ACCOUNTS = _("GDPR article 6(1)(c): the Danish Bookkeeping Act (bogføringsloven)")
SAFETY = _("GDPR articles 6(1)(e) and 32: safe operation")
ENTERPRISE = _("GDPR article 6(1)(f): the enterprise offers its goods and is asked about them")
_COLLEAGUES = _("Staff of her municipality, and whoever runs the catalogue")
_BOTH = _("Buyer, approvers and staff of the municipality, and the enterprise")


@dataclass(frozen=True)
class Entry:
    """Something that is kept of people.

    `rules` are codes of retention_rules; without one it is kept as `how_long` says. `columns` are
    names of columns by table, the table without its prefix.
    """

    code: str
    what: Text
    whose: Text
    why: Text
    basis: Text
    readers: Text
    rules: tuple[str, ...]
    how_long: Text | None
    columns: Mapping[str, str]

    def names(self) -> Iterator[str]:
        """Tell the columns as `table.column`."""
        for table, columns in self.columns.items():
            for column in columns.split():
                yield f"catalogue_{table}.{column}"


ENTRIES: tuple[Entry, ...] = (
    Entry("people", _("Name, e-mail, language, roles, and what a directory says of her"),
          _("People with a log-in"), _("To know who is asking and what she may do"), TASK,
          _COLLEAGUES, ("closed_people",), None,
          {"persons": "name email email_folded", "person_roles": "person_id",
           "memberships": "person_id user_name user_name_folded external_id said",
           "directory_groups": "name name_folded external_id",
           "directory_group_members": "person_id",
           "outside_identities": "person_id subject institutions",
           "municipalities": "contact_name contact_email",
           "buyer_institutions": "person_id", "absences": "person_id deputy_id"}),
    Entry("sign_in", _("Marks of passwords, second factors, links and access keys"),
          _("People with a log-in"), _("So that nobody signs in as another"), SAFETY,
          _("Nobody reads marks back; whom one invited and what a key is called, her colleagues"),
          ("failed_sign_ins", "half_sign_ins", "passes", "password_links",
           "invitations", "closed_people"), None,
          {"persons": "password_hash", "failed_sign_ins": "subject", "half_sign_ins": "person_id",
           "password_links": "person_id put_by", "second_factors": "person_id sealed",
           "factor_uses": "person_id", "recovery_codes": "person_id",
           "factor_news": "person_id done_by recipient", "factor_rules": "decided_by",
           "outside_sessions": "id_token", "outside_tries": "back answer",
           "api_tokens": "name person_id created_by",
           "invitations": "email invited_by accepted_by"}),
    Entry("sessions",
          _("Sessions: when begun and last used, in which role, and the kind of browser"),
          _("People with a log-in"), _("So that she sees where she is signed in, and ends it"),
          SAFETY, _("Herself alone; who answers for her can end them unseen"), ("sign_ins",), None,
          {"sign_ins": "person_id role_id created_at used_at device"}),
    Entry("orders", _("Orders: who ordered, the contact, notes, steps, approvals and receipts"),
          _("Buyers, approvers and people of enterprises"), _("To buy, deliver and account for it"),
          ACCOUNTS, _BOTH, ("orders",), None,
          {"orders": "buyer_id institution street contact_name contact_email contact_phone"
                     " account_coding reference note seen_by",
           "order_events": "person_id person_name reason", "order_changes": "reason lines",
           "order_lines": "deviation", "approvals": "person_id person_name",
           "order_sides": "enterprise_name enterprise_street enterprise_email enterprise_phone"
                          " buyer_name buyer_email",
           "approval_steps": "approver_id escalate_to_id",
           "approval_rules": "name escalate_to_id", "approval_rule_steps": "approver_id",
           "shipments": "note received_by recipient", "shipment_lines": "deviation",
           "standing_orders": "buyer_id name delivery", "standing_runs": "problem recipient",
           "sent_mails": "recipient subject", "received_documents": "name"}),
    Entry("messages", _("Messages between buyer and enterprise, and their files"),
          _("Buyers and people of enterprises"), _("To agree on what is delivered"), TASK, _BOTH,
          ("orders",), None,
          {"order_messages": "person_id person_name text", "message_files": "name",
           "message_reads": "person_id"}),
    Entry("addresses", _("Delivery addresses with a contact"), _("Contacts of institutions"),
          _("So that goods find the door"), TASK, _COLLEAGUES, (),
          _("Until a colleague deletes the address"),
          {"delivery_addresses": "institution street contact_name contact_email contact_phone"
                                 " account_coding"}),
    Entry("unsent", _("Baskets, lists, and what is typed and not sent"), _("Buyers, enterprises"),
          _("So that work can be gone on with"), TASK, _("Herself; shared lists her colleagues"),
          ("baskets", "drafts", "held_forms", "form_keys"), None,
          {"baskets": "person_id", "product_lists": "person_id name",
           "typed_drafts": "person_id typed", "held_forms": "person_id path fields",
           "api_answers": "body headers", "form_keys": "messages path"}),
    Entry("asked", _("Requests for quotes, requests and inquiries, and their answers"),
          _("Buyers and people of enterprises"), _("To ask for a price or for what is lacking"),
          TASK, _BOTH, (), _("As long as the installation: they show how prices came about"),
          {"quote_requests": "buyer_id title description details close_reason choice_reason",
           "quote_recipients": "decline_reason", "quotes": "text sent_by",
           "quote_questions": "text answer", "quote_files": "name",
           "demands": "person_id text details closed_reason", "demand_answers": "text",
           "inquiries": "person_id words text", "inquiry_recipients": "reason"}),
    Entry("choices", _("Records of choices, with the name of who chose"), _("Buyers"),
          _("To tell later why something was bought (the duty to keep notes)"), TASK,
          _COLLEAGUES, (), _("As long as the case file: the record cannot be changed"),
          {"choice_records": "person_id person_name title case_number reason found"}),
    Entry("decisions", _("Who decided, changed or brought in what"),
          _("Staff, administrators, people of enterprises"),
          _("To know who answers for a decision"), TASK, _COLLEAGUES, (),
          _("As long as the thing decided on; by number once she is taken out"),
          {"carve_outs": "made_by reason", "category_words": "updated_by",
           "checked_by": "decided_by", "former_terms": "amended_by reason",
           "ledger_imports": "person_id file_name facts", "limits": "entered_by",
           "municipal_decisions": "decided_by reason", "open_shelves": "opened_by",
           "price_decisions": "person_id reason", "price_lists": "person_id file_name facts",
           "price_proposals": "text", "product_checks": "submitted_by decided_by reason",
           "product_versions": "person_id", "register_facts": "checked_by",
           "reverifications": "sent_by decided_by reason", "evidence": "added_by name",
           "effect_statements": "stated_by",
           "agreements": "contact_name contact_email ended_reason"}),
    Entry("enterprises", _("Profiles, proof and products of enterprises"),
          _("Owners and workers of small enterprises, where they are named"),
          _("So that buyers find and trust an enterprise"), ENTERPRISE,
          _("Everybody what is published; staff and administrators the proof"), (),
          _("As long as the enterprise is in the catalogue"),
          {"enterprises": "name name_folded street email phone website social_purpose story"
                          " capacity decided_by decision_reason",
           "enterprise_criteria": "explanation",
           "products": "title summary description details attachments",
           "product_images": "alt", "product_revisions": "base", "product_versions": "facts"}),
    Entry("mail", _("The log of mail, what was sent when, and what one wants no mail about"),
          _("Whoever gets mail"), _("To find mail that did not arrive"), SAFETY, _COLLEAGUES,
          ("mail_log", "closed_people"), None,
          {"mail_log": "recipient recipient_folded audience subject about detail",
           "mail_choices": "address_folded", "failing_addresses": "address address_folded detail",
           "sent_price_mails": "recipient", "reminders": "recipient",
           "ceiling_notices": "recipient", "verification_reminders": "recipient",
           "enterprise_news": "recipient",
           "order_reminders": "recipient"}),
    Entry("notices", _("Notices in the application, and that one has read them"),
          _("People with a log-in"), _("So that one sees what is new"), TASK, _("Herself"),
          ("notices",), None,
          {"notices": "audience values", "notice_reads": "person_id"}),
    Entry("audit", _("Who did what when, by number and without names"),
          _("People with a log-in"), _("To prove what happened"), SAFETY, _COLLEAGUES, (),
          _("As long as the installation: the chain must be whole"),
          {"audit": "person_id facts", "punchout_messages": "facts"}),
    Entry("work", _("Work that waits, such as mail, and why it failed"),
          _("Whoever gets mail"), _("So that nothing is lost when a server is out"), SAFETY,
          _("Whoever runs the catalogue"), (), _("Until it is done"), {"outbox": "payload error"}),
    Entry("searches", _("Words that were searched for, without whom; nothing personal among them"),
          _("Nobody that can be told"), _("To see what buyers lack"), TASK, _COLLEAGUES,
          ("search_words", "found_words"), None,
          {"asked": "text text_folded", "found_by": "text text_folded"}),
    Entry("systems", _("Contacts of purchasing systems, and what they sent of their users"),
          _("People who look after systems, and who come from one"),
          _("To buy from within another system"), TASK, _COLLEAGUES, ("webhooks",), None,
          {"punchout_connections": "person_id contact_email name",
           "document_routes": "person_id contact_email",
           "punchout_sessions": "parties given_back buyer_cookie",
           "webhook_deliveries": "body problem"}),
    Entry("ledger", _("Suppliers in the accounts; none without a CVR number is named"),
          _("Owners of enterprises"), _("To see how much is bought from whom"), TASK, _COLLEAGUES,
          (), _("Until staff delete the file"),
          {"ledger_rows": "supplier_name department", "ledger_sums": "name"}),
)  # fmt: skip
