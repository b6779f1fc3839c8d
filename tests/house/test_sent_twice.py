"""Forms that make something are marked `once`; all others stand here, each with why it need not."""

from __future__ import annotations

from flask import Flask
from house.deeds import QUIET

# Forms whose deed is not marked `once`, by why one that is sent twice makes nothing twice.
SENT_TWICE = {
    "its state lets it happen once": """
        agreements.end_carve_out agreements.put_in_force agreements.end approvals.approve
        approvals.decline approvals.send_back changes.accept changes.close changes.propose
        changes.refuse changes.resubmit changes.withdraw connections.close connections.drop_old
        coverage.take_ledger enterprises.lift enterprises.renew enterprises.return_confirmation
        enterprises.send_back enterprises.suspend enterprises.verify life.accept_work
        life.confirm_part life.finish limits.end links.confirm links.confirm_on links.confirm_part
        links.propose_day links.reject links.see ordering.cancel ordering.confirm ordering.dispatch
        ordering.receive ordering.reject people.accept policy.end policy.hand_over policy.reroute
        products.accept_proposal products.apply_import products.approve products.approve_own
        products.begin_change products.publish products.refuse_proposal products.reopen_products
        products.send_back products.send_back_own products.stop_import products.submit
        products.take_back products.withdraw products.withdraw_proposal quotes.close
        quotes.end_frame search.close_demand shipments.receive shipments.send shipments.stop
        standing.end standing.go_on standing.pause webhooks.pause webhooks.resume
        agreements.apply_import""",
    "it carries a key of its own": """
        costs.place_free ordering.place quotes.call_off quotes.place standing.make""",
    "what is saved again is the same": """
        agreements.answer_words buyer.keep_address
        colleagues.require_factor contacts.name_contact
        costs.keep_coding costs.make_default costs.permit_free costs.recode coverage.map_accounts
        document_routes.choose embed.close_shelf embed.open_shelf
        enterprises.state_effect life.save media.upload_logo
        notices.choose products.count_stock products.describe_attachments products.describe_images
        products.revert products.save products.save_cut products.save_proposal products.save_step
        products.set_checked products.upload_images provider.map_roles
        provider.save saml_setup.save standing.accept_prices
        standing.set_quantities standing_changes.save unsubscribe.stop unsubscribe.undo
        """,
    "what is taken out is gone": """
        agreements.forget_word approvals.be_back buyer.remove_address colleagues.reset_any
        colleagues.reset_factor colleagues.reset_member costs.remove_budget costs.remove_coding
        coverage.remove_ledger embed.delete_frame enterprises.take_effect_back feeds.delete
        limits.delete notices.try_again people.take_out people.withdraw policy.end_absence
        privacy.erase products.detach products.discard_change products.discard_proposal
        products.remove_image search.delete_word sessions.end_any sessions.end_colleague
        sessions.end_member sessions.end_one sessions.end_others tokens.revoke_key
        webhooks.delete""",
    "there is one of its number": "enterprises.apply",
    "it hands out, shows or asks, and makes nothing that stays": """
        privacy.fetch privacy.fetch_own provider.test""",
    "what it shows is shown once: the last one counts": "tokens.create_key",
    "it asks for a password or a code": """
        factor.give_code factor.move factor.renew_codes factor.set_up_first factor.turn_off
        factor.turn_on passwords.change passwords.choose""",
    "a program sends it, not a form of ours": """
        api.nowhere outside.end punchout.call_up punchout.cancel punchout.give_back
        punchout_api.message saml.take_answer saml_ending.end_by_form saml_ending.end_by_soap
        saml_shared.end_by_form saml_shared.end_by_soap saml_shared.take_answer scim.serve
        scim.serve_root""",
}


def test_form_that_makes_something_makes_it_once(app: Flask) -> None:
    """A new form that makes a row or sends a mail is marked `once`, below its route."""
    told = [name for names in SENT_TWICE.values() for name in names.split()]
    forms = {
        rule.endpoint.removeprefix("catalogue.")
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith("catalogue.")
        and "operation" not in app.view_functions[rule.endpoint].__dict__
    }  # fmt: skip
    once = {each for each in forms if "once" in app.view_functions[f"catalogue.{each}"].__dict__}
    assert sorted(told) == sorted(forms - once - set(QUIET)), "see SENT_TWICE"
