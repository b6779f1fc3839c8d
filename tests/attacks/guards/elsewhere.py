"""What providers and systems elsewhere say."""

from __future__ import annotations

from .guard import Guard

OIDC = "accounts/test_oidc.py"
OIDC_TRUST = "accounts/test_oidc_trust.py"

GUARDS = [
    Guard("a weak sign-in at the provider", "accounts/outside_pages.py",
          "if not is_strong(provider.acr_values, provider.amr_values, claims):", "if False:",
          f"{OIDC}::test_weaker_sign_in_than_is_asked_for_at_the_provider_is_refused"),
    Guard("an answer of a provider in another browser", "accounts/outside.py",
          "found.browser_hash == hash_of(browser) and ", "",
          f"{OIDC_TRUST}::test_an_answer_counts_once_and_in_its_own_browser"),
    Guard("an answer of a provider used again", "accounts/outside.py",
          "    session.delete(found)\n", "",
          f"{OIDC_TRUST}::test_an_answer_counts_once_and_in_its_own_browser"),
    Guard("an answer of SAML used again", "accounts/saml_pages.py",
          "if not outside.is_new(session, place.provider.id, said.assertion_id, until, now()):",
          "if False:", "accounts/test_saml.py"
          "::test_answer_counts_once_and_in_the_browser_that_asked"),
    Guard("a token of a provider for another sign-in", "accounts/oidc.py",
          '{"nonce": expected.nonce, "client_id"', '{"client_id"',
          "accounts/test_id_tokens.py::test_token_with_a_wrong_claim_is_refused"),
    Guard("a message of signing out played again", "accounts/outside_pages.py",
          "if not outside.is_new(session, provider.id, farewell.jti, farewell.until, now()):",
          "if False:", f"{OIDC}::test_provider_ends_sessions_and_no_message_counts_twice"),
    Guard("a cXML message played again", "exchange/punchout_messages.py",
          'raise Replayed(_("This message came before; a new one needs a payloadID of its own."))',
          "pass", "exchange/test_punchout_cxml.py::test_set_up_that_is_played_again_is_refused"),
    Guard("a mail that comes back, made up by a stranger", "exchange/bounces.py",
          "if compare_digest(signed, mail_log.signature(secret, number)):", "if True:",
          "exchange/test_bounces.py"
          "::test_return_address_names_the_mail_and_no_stranger_can_make_it_up"),
    Guard("the number of a mail that a stranger reckons", "exchange/posting.py",
          "hmac.new(settings.secret().encode(), told, hashlib.sha256)", "hashlib.sha256(told)",
          "exchange/test_bounces.py::test_no_stranger_reckons_the_number_of_a_mail"),
    Guard("a report with heads without end", "exchange/bounce_rules.py",
          "or _ENDLESS.search(heads) or heads.count(_PART) > MOST_PARTS", "",
          "exchange/test_bounces.py::test_head_without_end_is_let_be_at_once"),
    Guard("an order in the name of another municipality", "exchange/order_intake.py",
          "if named and home.cvr not in named:", "if False:", "exchange/test_order_intake.py"
          "::test_order_that_cannot_be_taken_says_why_and_orders_nothing"),
    Guard("a provider's metadata by a stranger, at night", "accounts/saml_renewal.py",
          "if not is_signed:", "if False:", "accounts/test_saml_setup.py"
          "::test_metadata_is_renewed_at_night_by_who_signed_it_and_else_the_old_stays"),
    Guard("a sign-in for another municipality of the same provider", "accounts/saml_schema.py",
          'if form.get("shared") and not typed["cvr_claim"]:', "if False:",
          "accounts/test_saml_shared.py"
          "::test_each_municipality_signs_in_by_the_one_service_and_nobody_in_another"),
]  # fmt: skip
