"""Who may enter, and what is hers."""

from __future__ import annotations

from .guard import OBJECTS, PAGES, Guard

BORDER = "core/http/border.py"
ACCESS = "house/test_access.py"

GUARDS = [
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
]  # fmt: skip
