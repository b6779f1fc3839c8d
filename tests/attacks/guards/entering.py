"""Who may enter, and what is hers."""

from __future__ import annotations

from .guard import OBJECTS, PAGES, Guard

BORDER = "core/http/border.py"
ACCESS = "house/test_access.py"
FRAMING = "core/http/framing.py"
TOKENS = "api/test_tokens.py"

GUARDS = [
    Guard("entering without the role", BORDER, "if not may_enter(access, asking):", "if False:",
          f"{ACCESS}::test_every_endpoint_lets_in_whom_it_declares_and_no_other"),
    Guard("calling the API without the role", "core/http/entering.py",
          "if not may_enter(operation.access, found.who):", "if False:",
          f"{ACCESS}::test_every_operation_lets_in_whose_token_it_declares_and_no_other"),
    Guard("calling the API without the scope", "core/http/entering.py",
          "if operation.scope not in found.scopes:", "if False:",
          "api/test_tokens.py::test_scope_narrows_what_the_role_may"),
    Guard("calling the API of directories without scope and role", "accounts/scim_serving.py",
          "if SCOPE not in found.scopes or found.who.role != Role.STAFF:", "if False:",
          "accounts/test_scim.py::test_border_refuses_in_the_format_of_scim"),
    Guard("an access key for more than its maker may do", "accounts/tokens.py",
          "elif excess := [each for each in wanted.scopes if each not in allowed]:",
          "elif excess := list[str]():",
          f"{TOKENS}::test_nobody_gives_more_than_her_role_has"),
    Guard("a pass for more than its access key", "accounts/tokens.py",
          "if lacking := sorted(set(scopes) - set(granted)):", "if lacking := list[str]():",
          f"{TOKENS}::test_wrong_credentials_are_refused_as_oauth_wants_it"),
    Guard("an access key that was taken back", "accounts/tokens.py",
          ', ApiToken.revoked_at.is_(None))', ")",
          f"{TOKENS}::test_access_key_is_shown_once_kept_as_a_hash_and_revoked"),
    Guard("acting in another's role", "accounts/service.py",
          "if held is None or held.person_id != person_id or found is None:",
          "if held is None or found is None:",
          "accounts/test_sign_in.py::test_role_of_another_person_cannot_be_chosen"),
    Guard("a purchasing system without its key (OCI)", "exchange/punchout_pages.py",
          "            and punchout_connections.knows(session, connection, call.password, now())\n",
          "",
          "exchange/test_punchout_oci.py::test_call_that_is_not_as_agreed_begins_no_session"),
    Guard("a purchasing system without its key (cXML)", "exchange/punchout_api.py",
          "return named and punchout_connections.knows(session, connection, asking.secret, now())",
          "return named", "exchange/test_punchout_cxml.py"
          "::test_set_up_that_is_not_as_agreed_is_refused_by_its_code"),
    Guard("a purchasing system that goes beyond the shop", FRAMING,
          "return framed is None or name == _FILES or name in framed.pages", "return True",
          "exchange/test_punchout_oci.py::test_session_opens_nothing_but_the_shop"),
    Guard("an order of another municipality", "ordering/models.py",
          "Role.STAFF:\n            return cls.municipality_id == who.municipality_id",
          "Role.STAFF:\n            return cls.id > 0", OBJECTS),
    Guard("an order of another enterprise", "ordering/models.py",
          "and_(cls.enterprise_id == who.enterprise_id, cls.withheld.is_(False))",
          "cls.withheld.is_(False)", OBJECTS),
    Guard("a person who acts nowhere, taken on by another's directory", "accounts/directory.py",
          "if known is not None and found is None and not _is_somewhere(", "if False and (",
          "accounts/test_scim.py::test_whoever_acts_nowhere_is_nobody_s_to_take_on"),
    Guard("an order that is moved past its approver", "ordering/approval.py",
          "for each in asked if bearers[each.rule_name] < 2}", "for each in asked}",
          "ordering/test_rules_by_gln.py::test_rules_of_one_name_ask_each_for_her_own"),
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
]  # fmt: skip
