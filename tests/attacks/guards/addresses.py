"""Where people and our own requests are led to."""

from __future__ import annotations

from .guard import Guard

APP = "app.py"
AT_BORDER = "attacks/test_border.py"
AT_FORMS = "attacks/test_forms.py"
FETCHING = "core/test_fetching.py"
OIDC = "accounts/test_oidc_trust.py"
HOOKS = "exchange/webhooks/rules.py"
HOOK_ADDRESSES = "exchange/test_webhook_rules.py::test_webhook_leads_to_the_open_internet_by_https"

GUARDS = [
    Guard("open redirect", "core/http/drawing.py",
          'safe = path.startswith("/") and not', "safe = True or not",
          f"{AT_BORDER}::test_way_back_is_a_path_of_this_site"),
    Guard("open redirect after signing in", "accounts/pages.py",
          'return go_to(back) if back else go("catalogue.front")',
          'return make_response(redirect(back, 303)) if back else go("catalogue.front")',
          "house/test_access.py::test_return_address_after_sign_in_stays_on_this_site"),
    Guard("open redirect after signing in at the municipality", "accounts/outside_screens.py",
          'return go_to(back) if back else go("catalogue.front")',
          'return Response(status=303, headers={"Location": back or "/"})',
          f"{OIDC}::test_way_back_stays_on_this_site"),
    Guard("open redirect by a host that signs in", "accounts/pages.py",
          'lead(path_here(request.values.get("next", "")))',
          'lead(request.values.get("next", ""))', "house/test_host.py"
          "::test_person_of_the_host_acts_in_her_role_and_keeps_what_is_hers"),
    Guard("open redirect by where one came from", "ordering/pages.py",
          """    if came_from.netloc != request.host:
        return go("catalogue.ordering.basket")
    return go_to(""",
          """    if came_from.netloc != request.host:
        return Response(status=303, headers={"Location": came_from.geturl()})
    return go_to(""",
          "ordering/test_pages.py::test_refused_product_never_leads_to_another_site"),
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
    Guard("an id of a request that a visitor makes up", "core/logs.py",
          "is_id = sent and _WELL_FORMED.fullmatch(sent) and not", "is_id = sent and not",
          "operating/test_health.py"
          "::test_id_of_a_request_is_taken_over_only_if_well_formed"),
    Guard("a host header that names another site", "core/http/drawing.py",
          "redirect(url_for(endpoint, **values), code",
          "redirect(url_for(endpoint, **values, _external=True), code",
          f"{AT_BORDER}::test_name_in_the_host_header_leads_nobody_away"),
    Guard("a host header that names where a purchase is opened", "exchange/punchout_api.py",
          'address = state().settings.address("punchout", "start", token)',
          'address = f"{request.host_url}punchout/start/{token}"',
          "exchange/test_punchout_cxml.py"
          "::test_start_page_lies_where_we_are_and_not_where_a_host_header_says"),
    Guard("a host header that names where a provider answers", "accounts/outside_screens.py",
          "return state().settings.address(*path)", 'return request.host_url + "/".join(path)',
          f"{OIDC}::test_provider_is_told_where_we_are_and_not_what_a_host_header_says"),
    Guard("a host header that names where a problem is told of", "core/http/refusing.py",
          'public_address("catalogue.api.problem", name=name)',
          'f"{request.host_url}api/v1/problems/{name}"',
          f"{AT_BORDER}::test_addresses_that_machines_keep_lie_where_we_are"),
    Guard("a host header that names where people of a directory lie", "accounts/scim_serving.py",
          'public_address("catalogue.scim.serve_root")', 'f"{request.host_url}api/scim/v2"',
          f"{AT_BORDER}::test_addresses_that_machines_keep_lie_where_we_are"),
    Guard("a visitor who says where she comes from", APP, "if settings.trusted_proxies:",
          "settings = replace(settings, trusted_proxies=1)\n    if True:",
          f"{AT_BORDER}::test_guessing_is_counted_by_the_address_that_the_proxy_tells"),
    Guard("being sent into our own network (SSRF)", "core/fetching.py",
          "if not allowed and not all(", "if not all(True or ",
          "core/test_fetching.py"
          "::test_own_network_is_refused_by_default_and_asked_where_it_is_allowed"),
    Guard("being sent into our own network among others (SSRF)", "core/fetching.py",
          "if not allowed and not all(", "if not allowed and not any(",
          f"{FETCHING}::test_name_that_leads_into_our_own_network_among_others_is_refused"),
    Guard("a name that leads elsewhere once it is checked (DNS rebinding)", "core/fetching.py",
          "sock.connect(where)", "sock.connect(socket.getaddrinfo(host, port)[0][4])",
          f"{FETCHING}::test_name_is_looked_up_once_and_the_connection_goes_to_what_was_checked"),
    Guard("being led on into our own network (SSRF)", "core/fetching.py",
          "        address = urljoin(address, leads_to)\n",
          """        address = urljoin(address, leads_to)
        own = bounds.allowed_hosts | {urlsplit(address).hostname or ""}
        bounds = Bounds(bounds.max_bytes, bounds.seconds, own)
""",
          f"{FETCHING}::test_redirects_are_checked_anew_and_few"),
    Guard("being led on for ever", "core/fetching.py", "range(MOST_REDIRECTS + 1)", "range(99)",
          f"{FETCHING}::test_redirects_are_checked_anew_and_few"),
    Guard("an answer without end", "core/fetching.py",
          "        if len(content) > bounds.max_bytes:\n            raise _too_large(bounds)\n", "",
          f"{FETCHING}::test_bad_answers_end_with_a_reason"),
    Guard("an answer that drips", "core/fetching.py", "with secured, Watch(secured, end):",
          "with secured:", f"{FETCHING}::test_bad_answers_end_with_a_reason"),
    Guard("a webhook into our own network (SSRF)", "core/fetching.py",
          "if not allowed and not all(", "if not all(True or ",
          "exchange/test_webhooks.py::test_nothing_is_sent_into_private_networks"),
    Guard("a webhook that is registered into our own network (SSRF)", HOOKS,
          "if not _is_open(host):", "if False:", HOOK_ADDRESSES),
    Guard("a webhook that is told over http", HOOKS,
          """    if parts.scheme != "https":
        return _("Write a web address that begins with https://")
    if not _is_open""", "    if not _is_open", HOOK_ADDRESSES),
    Guard("a webhook that leads on elsewhere (SSRF)", "exchange/webhooks/sending.py",
          "        return Outcome(fetching.ask(call.request, bounds).status)\n",
          """        told, asked = fetching.ask(call.request, bounds), call.request
        if leads_to := told.headers.get("location"):
            onward = fetching.urljoin(asked.address, leads_to)
            told = fetching.ask(Request(onward, "POST", asked.headers, asked.body), bounds)
        return Outcome(told.status)
""",
          "exchange/test_webhooks.py"
          "::test_message_that_fails_comes_again_later_under_the_same_id"),
    Guard("a provider that publishes addresses which are none (SSRF)", "accounts/oidc_published.py",
          "if name in facts and not is_safe(facts[name], bounds):", "if False:",
          "accounts/test_id_tokens.py::test_description_of_another_shape_is_refused_in_words"),
    Guard("an encrypted message that leads to a file", "accounts/saml_signatures.py",
          'if any(not uri.startswith("#") for uri in _led_to(encrypted)):', "if False:",
          "accounts/test_saml_setup.py::test_encrypted_part_never_leads_to_a_file"),
    Guard("a basket that goes back to another site", "exchange/punchout_sessions.py",
          "if not rules.may_return_to(address, connection.return_hosts):", "if False:",
          "exchange/test_punchout_oci.py::test_call_that_is_not_as_agreed_begins_no_session"),
]  # fmt: skip
