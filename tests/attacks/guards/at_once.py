"""What is done many times at once, or takes for ever."""

from __future__ import annotations

from .guard import POSTGRES, Guard

LINK_AT_ONCE = "attacks/test_races.py::test_link_that_is_used_many_times_at_once_works_once"

GUARDS = [
    Guard("a statement that never ends (SQLite)", "core/db.py",
          "            limit(self.engine, seconds)\n", "            pass\n",
          "core/test_db.py::test_statement_that_takes_too_long_is_broken_off_and_undone"),
    Guard("a link for a password used many times at once", "accounts/password_links.py",
          "query.with_for_update(of=PasswordLink)", "query",
          LINK_AT_ONCE, POSTGRES),
    Guard("an invitation used many times at once", "accounts/invitations.py",
          "hash_of(token)).with_for_update()\n", "hash_of(token))\n", LINK_AT_ONCE, POSTGRES),
    Guard("a start page of a purchase opened many times at once", "exchange/punchout_sessions.py",
          """hash_of(token))
    visit = session.scalars(query.with_for_update()).first()""",
          """hash_of(token))
    visit = session.scalars(query).first()""", LINK_AT_ONCE, POSTGRES),
    Guard("a one-time code typed many times at once", "accounts/second_factor.py",
          "found = session.get(SecondFactor, person_id, with_for_update=True)",
          "found = session.get(SecondFactor, person_id)",
          "attacks/test_races.py"
          "::test_who_checks_a_code_holds_up_whoever_would_too_before_it_is_looked_at", POSTGRES),
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
    Guard("what nobody found there written many times at once", "core/turns.py",
          "    if locks_rows(session):\n        key", "    if False:\n        key",
          "attacks/test_turns.py"
          "::test_limits_entered_at_once_do_not_hold_side_by_side", POSTGRES),
    Guard("a row changed or taken out many times at once", "core/turns.py",
          "    if locks_rows(session):\n        try", "    if False:\n        try",
          "attacks/test_turns.py"
          "::test_of_secrets_given_at_once_to_a_purchasing_system_one_holds_on", POSTGRES),
    Guard("tries to sign in at once beyond the limit", "accounts/service.py",
          '    take_turn(session, "sign_in", typed.email.casefold())', "    pass",
          "attacks/test_turns.py::test_tries_to_sign_in_at_once_count_each_other", POSTGRES),
    Guard("rows of a ledger taken off its sums many times at once", "coverage/ledger.py",
          "with_for_update=locked or None", "with_for_update=None", "attacks/test_turns.py"
          "::test_rows_of_a_ledger_are_taken_off_its_sums_once", POSTGRES),
    Guard("writers at once (SQLite)", "core/db.py",
          'if not options.get("catalogue_writing", False):', "if True:",
          "core/test_db.py"
          "::test_who_will_write_holds_up_writers_of_other_processes_from_her_first_reading"),
]  # fmt: skip
