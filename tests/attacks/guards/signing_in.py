"""Passwords, codes, links and sessions."""

from __future__ import annotations

from .guard import Guard

AT_BORDER = "attacks/test_border.py"
AT_FORMS = "attacks/test_forms.py"
SIGN_IN = "accounts/test_sign_in.py"
OWN_PASSWORD = "accounts/own_password.py"

GUARDS = [
    Guard("brute force of a password", "accounts/service.py",
          "if throttling.is_throttled(session, subjects, now):", "if False:",
          f"{SIGN_IN}::test_guessing_is_throttled_for_a_quarter_of_an_hour"),
    Guard("brute force of many passwords from one address", "accounts/service.py",
          '        throttling.subject("address", typed.address): limits.per_address,\n', "",
          f"{SIGN_IN}::test_one_address_cannot_try_many_persons"),
    Guard("keeping somebody out by failing on purpose", "accounts/service.py",
          '("known", typed.known) if typed.known else ("email", typed.email.casefold())',
          '"email", typed.email.casefold()', "accounts/test_known_browsers.py"
          "::test_who_fails_on_purpose_elsewhere_does_not_keep_her_out"),
    Guard("brute force by a mark that one made oneself", "core/http/lasting.py",
          "return _signing(name).loads(sent, max_age=int(age.total_seconds()))",
          "return _signing(name).loads_unsafe(sent)[1]", "accounts/test_known_browsers.py"
          "::test_mark_that_is_not_hers_counts_for_nothing"),
    Guard("brute force from the many addresses of one line (IPv6)", "accounts/throttling.py",
          "hash_of(_had_by_one(value))", "hash_of(value)",
          f"{SIGN_IN}::test_addresses_of_one_line_are_one"),
    Guard("brute force of the password one has", OWN_PASSWORD,
          "if throttling.is_throttled(session, subjects, gate.now):", "if False:",
          "accounts/test_own_password.py"
          "::test_old_password_is_asked_for_and_guessing_it_is_throttled"),
    Guard("brute force of many passwords that people have, from one address", OWN_PASSWORD,
          '        throttling.subject("address", gate.address): gate.per_address,\n', "",
          "accounts/test_own_password.py"
          "::test_one_address_cannot_try_the_old_passwords_of_many_persons"),
    Guard("brute force of an order link", "exchange/link_pages.py",
          "return {subject: state().settings.sign_in_attempts_per_address}", "return {}",
          "exchange/test_link_limits.py"
          "::test_guessing_is_throttled_for_a_quarter_of_an_hour_as_sign_in_is"),
    Guard("brute force of the credentials of a system", "accounts/api.py",
          "if throttling.is_throttled(session, limits, now()):", "if False:",
          "api/test_tokens.py"
          "::test_guessing_credentials_is_throttled_by_the_address_of_the_network"),
    Guard("a program that asks without end", "core/http/entering.py", "if found.left < 0:",
          "if False:", "api/test_border.py::test_requests_are_counted_and_the_limit_is_told"),
    Guard("a directory that asks without end", "accounts/scim_serving.py", "if found.left < 0:",
          "if False:", "accounts/test_scim.py"
          "::test_requests_of_a_directory_are_counted_as_those_of_programs_are"),
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
    Guard("brute force of many one-time codes from one address", "accounts/second_factor.py",
          '        throttling.subject("address", gate.address): gate.per_address,\n', "",
          "accounts/test_second_factor.py"
          "::test_one_address_cannot_try_codes_of_many_persons"),
    Guard("a one-time code used again", "accounts/factor_rules.py",
          " and step > used:", ":",
          "accounts/test_second_factor.py::test_code_counts_within_one_step_and_never_again"),
    Guard("a recovery code used again", "accounts/second_factor.py",
          "select(RecoveryCode).where(_own_codes(person_id), RecoveryCode.used_at.is_(None))",
          "select(RecoveryCode).where(_own_codes(person_id))",
          "accounts/test_second_factor.py"
          "::test_recovery_code_works_once_however_it_is_typed"),
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
    Guard("a session that outlives signing out", "accounts/outside.py",
          "    session.execute(delete(SignIn).where(SignIn.token_hash == hash_of(token)))\n", "",
          f"{SIGN_IN}::test_signing_out_ends_the_session_on_the_server"),
    Guard("a sign-in that stays half done", "accounts/half_sign_ins.py",
          ".where(HalfSignIn.token_hash == hash_of(token), HalfSignIn.expires_at > now)",
          ".where(HalfSignIn.token_hash == hash_of(token))",
          "accounts/test_second_factor_pages.py::test_half_sign_in_ends_after_its_minutes"),
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
    Guard("a thief who stays in after a link for a password", "accounts/password_links.py",
          "    sessions.end_all(session, person.id)\n", "",
          "accounts/test_password_links.py"
          "::test_password_that_is_chosen_by_a_link_ends_every_session"),
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
    Guard("a person who was shut out", "accounts/queries.py",
          ".where(Person.disabled_at.is_(None), used_at", ".where(used_at",
          f"{SIGN_IN}::test_disabled_person_is_out_at_once"),
    Guard("a link for a password used again", "accounts/password_links.py",
          "if found.used_at is not None or found.expires_at <= now:",
          "if found.expires_at <= now:",
          "attacks/test_races.py::test_link_that_is_used_many_times_at_once_works_once"),
    Guard("mails to anybody by way of invitations", "accounts/invitations.py",
          ">= MOST_A_DAY:", "< 0:",
          "accounts/test_people.py::test_enterprise_mails_few_invitations_a_day"),
    Guard("an invitation used again", "accounts/invitations.py",
          "if stage_of(found, now) != Stage.OPEN:\n        raise", "if False:\n        raise",
          "accounts/test_people.py::test_link_that_does_not_count_opens_nothing"),
    Guard("an invitation of another", "accounts/invitations.py",
          "if who.person_id is None or who.email.casefold() != found.email.casefold():",
          "if who.person_id is None:",
          "accounts/test_people.py::test_only_the_invited_person_can_accept"),
    Guard("a start page of a purchase opened again", "exchange/punchout_sessions.py",
          "visit is None or visit.state != SessionState.WAITING or now", "visit is None or now",
          "exchange/test_punchout_cxml.py::test_start_page_opens_once_and_not_for_long"),
]  # fmt: skip
