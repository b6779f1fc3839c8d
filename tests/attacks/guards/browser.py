"""What the browser is told, and what it sends."""

from __future__ import annotations

from .guard import PAGES, Guard

BORDER = "core/http/border.py"
FRAMING = "core/http/framing.py"
APP = "app.py"
ACCESS = "house/test_access.py"
AT_BORDER = "attacks/test_border.py"
BOUGHT = (
    "exchange/test_punchout_oci.py::test_basket_is_bought_and_goes_back_to_the_purchasing_system"
)

GUARDS = [
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
    Guard("a file that browsers take for what it is not", BORDER,
          'headers.setdefault("X-Content-Type-Options", "nosniff")', "pass",
          f"{ACCESS}::test_every_answer_carries_the_security_headers"),
    Guard("telling other sites our addresses", BORDER,
          'headers.setdefault("Referrer-Policy", "same-origin")', "pass",
          f"{ACCESS}::test_every_answer_carries_the_security_headers"),
    Guard("a page that is kept on the way", BORDER,
          'headers["Cache-Control"] = "no-store"', "pass",
          f"{ACCESS}::test_every_answer_carries_the_security_headers"),
    Guard("being framed by a site of another's shelf", "exchange/embed/service.py",
          "if frame is None or frame.enterprise_id != enterprise_id:", "if frame is None:",
          "exchange/test_embed.py::test_enterprise_opens_its_shelf_and_shows_it_on_its_own_site"),
    Guard("reading answers from another site (CORS)", BORDER,
          'headers.setdefault("X-Content-Type-Options", "nosniff")',
          'headers["Access-Control-Allow-Origin"] = "*"',
          f"{AT_BORDER}::test_no_other_site_may_read_what_we_answer"),
    Guard("a cookie that goes over http", APP, "SESSION_COOKIE_SECURE=settings.cookie_secure",
          "SESSION_COOKIE_SECURE=False",
          f"{ACCESS}::test_session_cookie_is_secure_http_only_and_same_site"),
    Guard("a cookie that scripts read", APP, "SESSION_COOKIE_HTTPONLY=True",
          "SESSION_COOKIE_HTTPONLY=False",
          f"{ACCESS}::test_session_cookie_is_secure_http_only_and_same_site"),
    Guard("a cookie that other sites send", APP, 'SESSION_COOKIE_SAMESITE="Lax"',
          "SESSION_COOKIE_SAMESITE=None",
          f"{ACCESS}::test_session_cookie_is_secure_http_only_and_same_site"),
    Guard("a cookie that a neighbouring host sets", FRAMING,
          'f"__Host-{name}" if path == "/" else f"__Secure-{name}"', "name",
          f"{AT_BORDER}::test_cookie_is_taken_from_this_host_alone"),
    # Werkzeug makes one that is partitioned secure, so that either of the two holds.
    Guard("a cookie of a purchasing system that goes over http", FRAMING,
          """secure=True,
        httponly=True, samesite="None", partitioned=True,""",
          'httponly=True, samesite="None",', BOUGHT),
    Guard("a cookie of a purchasing system that scripts read", FRAMING,
          'httponly=True, samesite="None"', 'samesite="None"', BOUGHT),
    Guard("a cookie of a purchasing system that other sites' frames share", FRAMING,
          'samesite="None", partitioned=True', 'samesite="None"', BOUGHT),
    Guard("a cookie of one purchase that opens another", "exchange/punchout_sessions.py",
          ".where(PunchOutSession.id == number, PunchOutSession.token_hash == hash_of(token))",
          ".where(PunchOutSession.id == number)",
          "exchange/test_punchout_oci.py::test_cookie_of_one_session_opens_no_other"),
    Guard("a form of another site (CSRF)", BORDER, "        check_csrf()\n", "        pass\n",
          f"{ACCESS}::test_every_post_without_token_is_refused"),
    Guard("a form with the token of another browser (CSRF)", "core/http/access.py",
          "return _CSRF in cookie and hmac.compare_digest(str(drawn), cookie[_CSRF])",
          "return bool(drawn)",
          f"{AT_BORDER}::test_token_of_one_browser_opens_no_form_in_another"),
    Guard("script in a text (stored XSS)", "core/http/drawing.py", "autoescape=True",
          "autoescape=False", PAGES),
    Guard("script in the data of a page (stored XSS)", "search/public/rules.py",
          "for sign, escaped in _OUTSIDE.items():",
          "for sign, escaped in dict[str, str]().items():",
          "search/test_public.py::test_no_text_ends_the_element_around_the_data"),
    Guard("script in an address (stored XSS)", "core/fields.py",
          r"""not re.fullmatch(r"https?://[^\s\"'<>]+\.[^\s\"'<>]+", text)""", "False",
          "enterprises/test_review.py"
          "::test_faulty_application_keeps_what_was_typed_and_says_what_to_mend"),
    Guard("a file of a stranger that is shown in the browser", "core/http/handing.py",
          "as_attachment=True", "as_attachment=False",
          "ordering/test_messages.py::test_both_sides_write_and_read_with_files"),
]  # fmt: skip
