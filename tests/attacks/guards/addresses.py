"""Where people and our own requests are led to."""

from __future__ import annotations

from .guard import Guard

APP = "app.py"
AT_BORDER = "attacks/test_border.py"
AT_FORMS = "attacks/test_forms.py"

GUARDS = [
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
]  # fmt: skip
