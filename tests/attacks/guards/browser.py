"""What the browser is told, and what it sends."""

from __future__ import annotations

from .guard import PAGES, Guard

BORDER = "core/http/border.py"
FRAMING = "core/http/framing.py"
APP = "app.py"
ACCESS = "house/test_access.py"
AT_BORDER = "attacks/test_border.py"

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
]  # fmt: skip
