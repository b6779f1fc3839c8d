"""Guards against attacks: where each stands, how it is taken out, and which test misses it.

`scripts/attacks` takes them out one by one, in a copy of the tree, and sees the test fail. Here
stands what is cheap to hold: that the text of each guard is still there, once.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    """A guard: against what, its file below `catalogue/`, its text, and the text without it.

    `test` is what must fail then: a file below `tests/` and the name of a test. `on`: the database
    that shows it; SQLite has one writer at a time, so that locks of rows show on PostgreSQL alone.
    """

    against: str
    file: str
    text: str
    without: str
    test: str
    on: str = "sqlite"


BORDER, FRAMING, APP = "core/http/border.py", "core/http/framing.py", "app.py"
ACCESS, TOWNS = "house/test_access.py", "attacks/test_two_towns.py"
AT_BORDER, AT_FORMS = "attacks/test_border.py", "attacks/test_forms.py"
SIGN_IN, OIDC = "accounts/test_sign_in.py", "accounts/test_oidc.py"
POSTGRES = "postgresql"
OBJECTS = f"{TOWNS}::test_an_object_is_there_for_its_own_people_alone"
PAGES = f"{TOWNS}::test_no_page_tells_what_is_anothers_or_takes_text_for_more_than_text"

GUARDS = [
    # Who may enter, and what is hers
    Guard("entering without the role", BORDER, "if not may_enter(access, asking):", "if False:",
          f"{ACCESS}::test_every_endpoint_lets_in_whom_it_declares_and_no_other"),
    Guard("calling the API without the role", "core/http/entering.py",
          "if not may_enter(operation.access, found.who):", "if False:",
          f"{ACCESS}::test_every_operation_lets_in_whose_token_it_declares_and_no_other"),
    Guard("calling the API without the scope", "core/http/entering.py",
          "if operation.scope not in found.scopes:", "if False:",
          "api/test_tokens.py::test_scope_narrows_what_the_role_may"),
    Guard("an order of another municipality", "ordering/models.py",
          "Role.STAFF:\n            return cls.municipality_id == who.municipality_id",
          "Role.STAFF:\n            return cls.id > 0", OBJECTS),
    Guard("an order of another enterprise", "ordering/models.py",
          "and_(cls.enterprise_id == who.enterprise_id, cls.withheld.is_(False))",
          "cls.withheld.is_(False)", OBJECTS),
    Guard("a product of another enterprise", "products/service.py",
          ".where(Product.id == product_id, Product.enterprise_id == enterprise_id)",
          ".where(Product.id == product_id)", OBJECTS),
    Guard("a catalogue file of another municipality", "exchange/feeds/service.py",
          "if found is None or found.municipality_id != who.municipality_id:",
          "if found is None:", OBJECTS),
    Guard("a decision about an application of another municipality", "enterprises/service.py",
          "if not may_see(found, who.municipality_id):", "if False:", OBJECTS),
    Guard("a list with rows of another municipality", "exchange/punchout_connections.py",
          "        .where(PunchOutConnection.municipality_id == who.municipality_id)\n", "", PAGES),
    # The browser
    Guard("a page without a content policy", BORDER,
          'headers.setdefault("Content-Security-Policy", CONTENT_POLICY)', "pass",
          f"{ACCESS}::test_every_answer_carries_the_security_headers"),
    Guard("inline script and style", BORDER, '"default-src \'self\'; img-src',
          '"default-src \'self\' \'unsafe-inline\'; img-src',
          f"{AT_BORDER}::test_policy_lets_nothing_run_but_our_own_files"),
    Guard("going on without https", BORDER,
          'headers.setdefault("Strict-Transport-Security", ONLY_HTTPS)', "pass",
          f"{AT_BORDER}::test_site_over_https_is_asked_over_https_alone"),
    Guard("being framed", BORDER, 'headers.setdefault("X-Frame-Options", "DENY")', "pass",
          f"{ACCESS}::test_every_answer_carries_the_security_headers"),
    Guard("being framed by a site that staff did not name", FRAMING,
          'f"frame-ancestors {who_frames}")', '"frame-ancestors *")',
          "exchange/test_punchout_oci.py"
          "::test_basket_is_bought_and_goes_back_to_the_purchasing_system"),
    Guard("reading answers from another site (CORS)", BORDER,
          'headers.setdefault("X-Content-Type-Options", "nosniff")',
          'headers["Access-Control-Allow-Origin"] = "*"',
          f"{AT_BORDER}::test_no_other_site_may_read_what_we_answer"),
    Guard("a cookie that scripts read", APP, "SESSION_COOKIE_HTTPONLY=True",
          "SESSION_COOKIE_HTTPONLY=False",
          f"{ACCESS}::test_session_cookie_is_secure_http_only_and_same_site"),
    Guard("a cookie that other sites send", APP, 'SESSION_COOKIE_SAMESITE="Lax"',
          "SESSION_COOKIE_SAMESITE=None",
          f"{ACCESS}::test_session_cookie_is_secure_http_only_and_same_site"),
    Guard("a cookie that a neighbouring host sets", FRAMING,
          'f"__Host-{name}" if path == "/" else f"__Secure-{name}"', "name",
          f"{AT_BORDER}::test_cookie_is_taken_from_this_host_alone"),
    Guard("a form of another site (CSRF)", BORDER, "        check_csrf()\n", "        pass\n",
          f"{ACCESS}::test_every_post_without_token_is_refused"),
    Guard("script in a text (stored XSS)", "core/http/drawing.py", "autoescape=True",
          "autoescape=False", PAGES),
    # Addresses
    Guard("open redirect", "core/http/drawing.py",
          'safe = path.startswith("/") and not', "safe = True or not",
          f"{AT_BORDER}::test_way_back_is_a_path_of_this_site"),
    Guard("header injection by an address", "core/http/drawing.py",
          "any(ord(sign) < 32 for sign in path)", "False",
          f"{AT_BORDER}::test_line_ends_in_an_address_add_no_header"),
    Guard("header injection by a name in a mail", "exchange/posting.py",
          'return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())',
          "return text", "exchange/test_mail.py::test_line_breaks_in_names_add_no_header"),
    Guard("header injection by the name of a file", "core/receiving.py",
          'for sign in name.replace("\\\\", "/") if sign.isprintable())',
          'for sign in name.replace("\\\\", "/"))',
          f"{AT_FORMS}::test_name_of_a_file_keeps_no_path_and_no_line_end"),
    Guard("a host header that names another site", "core/http/drawing.py",
          "redirect(url_for(endpoint, **values), code",
          "redirect(url_for(endpoint, **values, _external=True), code",
          f"{AT_BORDER}::test_name_in_the_host_header_leads_nobody_away"),
    Guard("a visitor who says where she comes from", APP, "if settings.trusted_proxies:",
          "settings = replace(settings, trusted_proxies=1)\n    if True:",
          f"{AT_BORDER}::test_guessing_is_counted_by_the_address_that_the_proxy_tells"),
    Guard("being sent into our own network (SSRF)", "core/fetching.py",
          "if not allowed and not all(", "if not all(True or ",
          "core/test_fetching.py"
          "::test_own_network_is_refused_by_default_and_asked_where_it_is_allowed"),
    Guard("a basket that goes back to another site", "exchange/punchout_sessions.py",
          "if not rules.may_return_to(address, connection.return_hosts):", "if False:",
          "exchange/test_punchout_oci.py::test_call_that_is_not_as_agreed_begins_no_session"),
    # Files and texts
    Guard("path traversal by a hash", "core/kept_files.py",
          "if not _SHA256.fullmatch(sha256):", "if False:",
          f"{AT_FORMS}::test_no_name_that_was_sent_is_a_path"),
    Guard("path traversal by a token", "core/uploads.py", "if not _TOKEN.fullmatch(token):",
          "if False:", f"{AT_FORMS}::test_no_name_that_was_sent_is_a_path"),
    Guard("ZIP slip", "products/zipped.py", "if _LEADS_OUT.search(part.orig_filename):",
          "if False:",
          "products/test_sent_lists.py::test_zip_that_means_harm_is_refused_with_the_remedy"),
    Guard("ZIP bomb", "products/zipped.py",
          "if part.file_size > MOST_FACTOR * max(part.compress_size, 1_000):", "if False:",
          "products/test_sent_lists.py::test_zip_that_means_harm_is_refused_with_the_remedy"),
    Guard("a workbook that spans a world of cells", "core/sheets.py", "> MOST_CELLS\n", "< 0\n",
          "core/test_sheets.py"
          "::test_small_file_with_a_cell_in_the_last_corner_does_not_end_the_process"),
    Guard("a document type in a Peppol document (XXE)", "exchange/ubl.py",
          """    _refuse_document_type(content)
    try:
        root = parse(content)
    except etree.XMLSyntaxError as error:
        _refuse(error.lineno or 1, "XML", _not_xml(error.msg or ""))
    if root.getroottree().docinfo.doctype:
""",
          """    root = parse(content)
    if False:
""",
          "exchange/test_catalogue_pages.py::test_entities_are_refused_on_the_page"),
    Guard("a document type in an answer of SAML (entity bomb)", "accounts/saml_signatures.py",
          "if root.getroottree().docinfo.doctype:", "if False:",
          "accounts/test_saml_trust.py::test_answer_that_is_not_to_be_trusted_lets_nobody_in"),
    Guard("a document type in metadata of SAML", "accounts/saml_metadata.py",
          "if root.getroottree().docinfo.doctype:", "if False:",
          "accounts/test_saml_setup.py::test_metadata_that_names_no_usable_provider_is_refused"),
    Guard("an entity that leads to a file (XXE)", "core/plain_xml.py",
          "resolve_entities=False", "resolve_entities=True",
          "attacks/test_foundations.py::test_entity_leads_to_no_file_and_grows_to_nothing"),
    Guard("a reference to an entity among privileges of SAML", "core/plain_xml.py",
          "if typed and _REFERENCE.search(", "if False and _REFERENCE.search(",
          "accounts/test_saml.py::test_privileges_with_a_reference_to_an_entity_are_none"),
    Guard("a document type inside of a workbook", "core/sheets.py",
          "if any(_TYPED.search(piece) for piece in _pieces(file)):", "if False:",
          "core/test_sheets.py::test_workbook_that_declares_entities_is_refused"),
    Guard("entities in a cXML message (entity bomb)", "exchange/cxml.py",
          "if declared is not None and any(declared.iterentities()):", "if False:",
          "exchange/test_punchout_rules.py::test_message_made_to_harm_is_refused"),
    Guard("a picture that unpacks to gigabytes", "media/refusing.py",
          "if short * long > limits.max_pixels:", "if False:",
          "media/test_decoding.py::test_unusable_file_is_refused_with_its_remedy"),
    Guard("a decoder without bounds of memory", "media/sandbox.py",
          "resource.setrlimit(resource.RLIMIT_AS, (most, most))", "pass",
          "media/test_hostile.py"
          "::test_picture_that_wants_more_memory_than_allowed_is_refused"),
    Guard("a formula in a file for spreadsheets", "core/sheets.py",
          'return "\'" + text if text[:1] in RISKY else text', "return text", PAGES),
    Guard("mass assignment", "core/fields.py", "unknown=ma.EXCLUDE", "unknown=ma.INCLUDE",
          f"{AT_FORMS}::test_a_form_sets_nothing_that_it_does_not_show"),
    Guard("a CPR number in a text", "core/fields.py", "if has_cpr_number(text):", "if False:",
          "core/test_personal.py::test_field_of_own_words_says_what_to_do"),
    Guard("a CPR number in the number of a phone", "core/codes.py",
          "if has_written_cpr_number(text):", "if False:", "core/test_personal.py"
          "::test_copied_number_is_refused_when_it_is_written_as_that_of_a_person"),
    Guard("a CPR number in a code", "core/codes.py",
          "if has_checked_cpr_number(text):", "if False:", "core/test_personal.py"
          "::test_copied_number_is_refused_when_it_is_written_as_that_of_a_person"),
    Guard("a CPR number in a form that waits", "accounts/held_rules.py",
          "return not any(map(has_cpr_number,", "return True or not any(map(has_cpr_number,",
          "accounts/test_held_forms.py::test_form_without_secrets_and_of_some_size_is_held"),
    # Passwords, links and sessions
    Guard("brute force of a password", "accounts/service.py",
          "if throttling.is_throttled(session, subjects, now):", "if False:",
          f"{SIGN_IN}::test_guessing_is_throttled_for_a_quarter_of_an_hour"),
    Guard("telling by the answer who has a log-in", "accounts/service.py",
          "if not passwords.matches(person, typed.password) or person is None:",
          'if person is None:\n        return Outcome.TOO_MANY, ""\n'
          "    if not passwords.matches(person, typed.password):",
          f"{SIGN_IN}::test_wrong_password_and_unknown_address_look_alike"),
    Guard("asking for many addresses who has a log-in", "enterprises/pages.py",
          "        _take_turn()\n", "",
          f"{AT_FORMS}::test_applying_tells_of_few_addresses_who_has_a_log_in"),
    Guard("brute force of a one-time code", "accounts/second_factor.py",
          "if throttling.is_throttled(session, subjects, gate.now):", "if False:",
          "accounts/test_second_factor.py::test_guessing_codes_is_throttled"),
    Guard("a one-time code used again", "accounts/factor_rules.py",
          " and step > used:", ":",
          "accounts/test_second_factor.py::test_code_counts_within_one_step_and_never_again"),
    Guard("telling by time who has a log-in", "accounts/passwords.py",
          "hasher.hash(password)  #", "pass  #",
          f"{AT_BORDER}::test_time_tells_nobody_who_has_a_password"),
    Guard("telling by time who has a password", "accounts/passwords.py",
          "if person is None or not has_one(person):", "if person is None:",
          f"{AT_BORDER}::test_time_tells_nobody_who_has_a_password"),
    Guard("session fixation", "accounts/browser.py", "    _begin_anew()\n    cookie[TOKEN]",
          "    cookie[TOKEN]",
          f"{SIGN_IN}::test_signing_in_gives_a_new_session_and_leads_to_the_role_s_page"),
    Guard("a session that never ends", "accounts/queries.py",
          ', SignIn.expires_at > bindparam("now"))', ")",
          f"{SIGN_IN}::test_session_ends_after_its_hours"),
    Guard("a session that somebody left open", "accounts/queries.py",
          ', used_at > bindparam("since"))', ")",
          "accounts/test_own_sessions.py::test_session_that_nobody_uses_ends"),
    Guard("ending another's session", "accounts/own_sessions.py",
          "SignIn.id == sign_in_id, SignIn.person_id == who.person_id", "SignIn.id == sign_in_id",
          "accounts/test_own_sessions.py"
          "::test_person_sees_where_she_is_signed_in_and_ends_the_others"),
    Guard("signing out another municipality's people", "accounts/own_sessions.py",
          "if person is None or person.is_system or not knows(who, places):",
          "if person is None:",
          "accounts/test_own_sessions.py"
          "::test_nobody_signs_out_whom_she_does_not_answer_for"),
    Guard("a new password without the old one", "accounts/own_password.py",
          "if not passwords.matches(person, wanted.old):", "if False:",
          "accounts/test_own_password.py"
          "::test_old_password_is_asked_for_and_guessing_it_is_throttled"),
    Guard("a thief who stays in after the password is changed", "accounts/own_password.py",
          "    session.execute(delete(SignIn).where(SignIn.person_id == person_id, others))\n", "",
          "accounts/test_own_password.py"
          "::test_new_password_ends_other_sessions_and_is_told_by_mail"),
    Guard("a password that many use", "accounts/new_passwords.py",
          "if guesses(password, own) < FEWEST_GUESSES:", "if False:",
          "accounts/test_own_password.py::test_password_that_is_soon_guessed_is_refused"),
    Guard("a password that leaked", "accounts/new_passwords.py",
          "if leaked and _is_listed(password, Path(leaked)):", "if False:",
          "accounts/test_own_password.py"
          "::test_leaked_password_is_refused_by_the_list_that_is_handed_over"),
    Guard("a form of another site that waits for her", "accounts/held_pages.py",
          "        check_csrf()\n", "        pass\n",
          "accounts/test_held_forms.py"
          "::test_form_that_is_not_hers_or_not_to_be_kept_is_not_held"),
    Guard("a form that waits for another", "accounts/held_forms.py",
          "own = HeldForm.person_id == who.person_id, HeldForm",
          "own = HeldForm.person_id > 0, HeldForm",
          "accounts/test_held_forms.py"
          "::test_another_person_is_shown_nothing_of_it_and_hers_is_thrown_away"),
    Guard("a weak sign-in at the provider", "accounts/outside_pages.py",
          "if not is_strong(provider.acr_values, provider.amr_values, claims):", "if False:",
          f"{OIDC}::test_weaker_sign_in_than_is_asked_for_at_the_provider_is_refused"),
    Guard("a statement that never ends (SQLite)", "core/db.py",
          "            limit(self.engine, seconds)\n", "            pass\n",
          "core/test_db.py::test_statement_that_takes_too_long_is_broken_off_and_undone"),
    Guard("a person who was shut out", "accounts/queries.py",
          ".where(Person.disabled_at.is_(None), used_at", ".where(used_at",
          f"{SIGN_IN}::test_disabled_person_is_out_at_once"),
    Guard("a link for a password used again", "accounts/password_links.py",
          "if found.used_at is not None or found.expires_at <= now:",
          "if found.expires_at <= now:",
          "attacks/test_races.py::test_link_that_is_used_many_times_at_once_works_once"),
    Guard("a link for a password used many times at once", "accounts/password_links.py",
          "query.with_for_update(of=PasswordLink)", "query",
          "attacks/test_races.py::test_link_that_is_used_many_times_at_once_works_once", POSTGRES),
    Guard("an order link answered many times at once", "exchange/links.py",
          """_by(token).with_for_update()).first()
    if link is None:
        return None
    order = session.scalars(
        select(Order)
        .where(Order.id == link.order_id)
        .with_for_update()
""",
          """_by(token)).first()
    if link is None:
        return None
    order = session.scalars(
        select(Order)
        .where(Order.id == link.order_id)
""",
          "attacks/test_races.py::test_order_link_that_is_answered_many_times_at_once_counts_once"
          "_and_tells_the_others", POSTGRES),
    Guard("steps of an order at once", "ordering/steps.py",
          "query = query.with_for_update(of=Order).execution", "query = query.execution",
          "attacks/test_races.py::test_who_leads_an_order_on_holds_up_whoever_would_too",
          POSTGRES),
    Guard("a ceiling that orders at once go beyond", "ordering/items.py",
          ".with_for_update()\n", "\n",
          "ordering/test_crowd.py::test_ceiling_holds_when_eight_order_at_once", POSTGRES),
    Guard("more ordered at once than there is", "products/stock.py",
          ".with_for_update()\n", "\n", "ordering/test_stock.py"
          "::test_the_last_three_are_ordered_three_times_when_eight_order_at_once", POSTGRES),
    Guard("writers at once (SQLite)", "core/db.py",
          'if not options.get("catalogue_writing", False):', "if True:",
          "core/test_db.py"
          "::test_who_will_write_holds_up_writers_of_other_processes_from_her_first_reading"),
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
