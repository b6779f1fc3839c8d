"""What providers and systems elsewhere say."""

from __future__ import annotations

from .guard import Guard

OIDC = "accounts/test_oidc.py"

GUARDS = [
    Guard("a weak sign-in at the provider", "accounts/outside_pages.py",
          "if not is_strong(provider.acr_values, provider.amr_values, claims):", "if False:",
          f"{OIDC}::test_weaker_sign_in_than_is_asked_for_at_the_provider_is_refused"),
    Guard("an answer of a provider in another browser", "accounts/outside.py",
          "found.browser_hash == hash_of(browser) and ", "",
          f"{OIDC}::test_an_answer_counts_once_and_in_its_own_browser"),
    Guard("a cXML message played again", "exchange/punchout_messages.py",
          'raise Replayed(_("This message came before; a new one needs a payloadID of its own."))',
          "pass", "exchange/test_punchout_cxml.py::test_set_up_that_is_played_again_is_refused"),
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
