"""What torture takes for a letter that is accounted for, and what it complains of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cast import NOW

from catalogue.core.db import Database
from catalogue.exchange import mail_log
from catalogue.exchange.mail_models import Outcome

LETTER = "<a-letter@catalogue>"
FACTS = {
    "kind": "order", "event": "placed", "about": "K-1", "municipality_id": None,
    "recipient": "shop@example.dk", "recipient_folded": "shop@example.dk", "audience": None,
    "subject": "Ny ordre", "message_id": LETTER,
}  # fmt: skip


@pytest.fixture
def torture(scripts_at_hand: None) -> Any:
    """The audit, and the mail server that it reads."""
    import audit
    import ground

    return audit, ground.Post()


@pytest.mark.parametrize(
    ("tries", "is_accounted_for"),
    [
        ([], False),
        ([None], True),  # killed on its way; then its order was rejected, and nobody needs it
        ([Outcome.UNSURE], True),
        ([None, Outcome.UNREACHED], True),  # the first may have arrived
        ([Outcome.UNREACHED], False),
        ([Outcome.REFUSED], False),
        ([Outcome.SENT], False),  # an order's is noted in the same transaction
    ],
)
def test_letter_that_arrived_unnoted_is_one_that_the_log_calls_perhaps_sent(
    torture: Any, database: Database, tries: list[Outcome | None], is_accounted_for: bool
) -> None:
    audit, post = torture
    post.letters[LETTER] = ["it arrived"]
    with database.transaction() as session:
        for number, outcome in enumerate(tries):
            now = NOW + timedelta(minutes=number)
            lines = [each.id for each in mail_log.begin(session, [FACTS], now)]
            if outcome is not None:
                mail_log.end(session, lines, outcome, now)
    with database.reading() as session:
        found = list(audit._of_mail(session, post))
    assert found == ([] if is_accounted_for else [f"mail {LETTER} has arrived and is not noted"])
