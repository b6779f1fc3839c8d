"""What is told of, where webhooks may lead, how they are signed, and how often they are tried."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import cast
import pytest
from standardwebhooks import Webhook as Judge
from standardwebhooks.webhooks import WebhookVerificationError

from catalogue.core.who import Role
from catalogue.exchange.webhooks import rules, signing
from catalogue.exchange.webhooks.models import Webhook
from catalogue.exchange.webhooks.rules import Verdict

PAGE = Path(__file__).parent.parent.parent / "docs" / "webhooks.md"
HTTPS = "Write a web address that begins with https://"
NOT_OPEN = "The address is not on the open internet"


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("https://erp.slagelse.example/hooks?key=1", None),
        ("https://erp.slagelse.example:8443/", None),
        ("https://93.184.216.34/", None),
        ("http://inside.example/", None),  # the settings allow this host
        ("http://erp.slagelse.example/", HTTPS),
        ("ftp://erp.slagelse.example/", HTTPS),
        ("https:///nothing", HTTPS),
        ("https://erp.slagelse.example:99999/", HTTPS),
        ("https://erp.slagelse.example\\@127.0.0.1/", HTTPS),
        ("https://a:b@erp.slagelse.example/", "Write the address without user name, password"),
        ("https://127.0.0.1/", NOT_OPEN),
        ("https://10.1.2.3/", NOT_OPEN),
        ("https://192.168.1.1/", NOT_OPEN),
        ("https://169.254.169.254/latest/meta-data", NOT_OPEN),
        ("https://[::1]/", NOT_OPEN),
        ("https://[fd00::1]/", NOT_OPEN),
        ("https://[::ffff:10.0.0.1]/", NOT_OPEN),
        ("https://localhost/", NOT_OPEN),
        ("https://localhost./", NOT_OPEN),
        ("https://intranet/", NOT_OPEN),
    ],
)
def test_webhook_leads_to_the_open_internet_by_https(url: str, wrong: str | None) -> None:
    said = rules.address_problem(url, {"inside.example"})
    assert (said is None) == (wrong is None), said
    assert said is None or said.message.startswith(wrong or "")


@pytest.mark.parametrize(
    ("action", "state", "kind"),
    [
        ("order.placed", "placed", "order.placed"),
        ("order.awaiting", "awaiting", None),
        ("order.approved", "awaiting", None),  # others must approve too
        ("order.approved", "placed", "order.placed"),
        ("order.approved", "confirmed", "order.confirmed"),
        ("order.declined", "declined", "order.cancelled"),  # placed once, and changed
        ("order.edited", "returned", None),
        ("order.partly", "partly", "order.changed"),
        ("order.change_accepted", "confirmed", "order.confirmed"),
        ("order.change_accepted", "awaiting", "order.changed"),
        ("order.rest_stopped", "dispatched", "order.dispatched"),
        ("order.seen", None, None),
        ("product.changed", None, None),
        ("product.withdrawn", None, "product.withdrawn"),
        ("agreement.put_in_force", None, "agreement.agreed"),
        ("quote.declined", None, "quote.answered"),
        ("person.registered", None, None),
    ],
)
def test_deeds_are_events_by_themselves_or_by_the_state_they_led_to(
    action: str, state: str | None, kind: str | None
) -> None:
    after = {} if state is None else {"state": state}
    assert rules.news_of(action, {"before": {}, "after": after}) == kind


def test_message_is_tried_ten_times_over_three_days() -> None:
    due = [rules.next_due("order.placed", each, cast.NOW) for each in range(1, 11)]
    pauses = [each - cast.NOW for each in due if each is not None]
    assert pauses[:3] == [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)]
    assert (len(pauses), due[-1]) == (9, None)
    assert timedelta(days=3) < list(accumulate(pauses))[-1] < timedelta(days=4)
    assert rules.next_due(rules.TEST, 1, cast.NOW) is None


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.TAKEN), (204, Verdict.TAKEN), (301, Verdict.AGAIN), (400, Verdict.AGAIN),
        (410, Verdict.GONE), (429, Verdict.AGAIN), (503, Verdict.AGAIN), (None, Verdict.AGAIN),
    ],
)  # fmt: skip
def test_only_a_status_of_success_takes_a_message(status: int | None, verdict: Verdict) -> None:
    assert rules.verdict(status) == verdict


def test_signature_convinces_the_judge_by_the_new_secret_and_for_a_day_by_the_old() -> None:
    now = datetime.now(UTC)  # the judge has no other clock
    hook = Webhook(key="new", old_key="old", old_until=now + timedelta(seconds=1))
    old, new = (signing.secret_of("ours", each) for each in ("old", "new"))
    body = '{"type": "webhook.test", "data": {"æ": 1}}'.encode()
    signed = signing.headers(signing.secrets_of("ours", hook, now), "msg_1", body, now)
    for each in (old, new):
        assert Judge(each).verify(body, signed)["data"] == {"æ": 1}
    later = signing.headers(
        signing.secrets_of("ours", hook, now + timedelta(seconds=1)), "msg_1", body, now
    )
    Judge(new).verify(body, later)
    wrong: list[Any] = [(old, body, later), (new, body + b" ", later)]
    wrong.append((signing.secret_of("others", "new"), body, later))
    for secret, sent, headers in wrong:
        with pytest.raises(WebhookVerificationError):
            Judge(secret).verify(sent, headers)


def test_lines_of_the_page_verify_what_is_ours_and_no_other() -> None:
    (lines,) = re.findall(r"```python\n(import base64.*?)```", PAGE.read_text(), re.DOTALL)
    told: dict[str, Any] = {}
    exec(lines, told)
    now = datetime.now(UTC)
    secret = signing.secret_of("ours", "key")
    signed = signing.headers([secret], "msg_1", b"{}", now)
    assert told["is_ours"](secret, signed, b"{}")
    assert not told["is_ours"](secret, signed, b"[]")
    assert not told["is_ours"](signing.secret_of("ours", "other"), signed, b"{}")
    old = signing.headers([secret], "msg_1", b"{}", now - timedelta(minutes=6))
    assert not told["is_ours"](secret, old, b"{}")


def test_page_tells_every_type_and_whose_webhooks_may_ask_for_it() -> None:
    rows = re.findall(r"^\| `([a-z.]+)` \| ([a-z, ]+) \|", PAGE.read_text(), re.MULTILINE)
    names = {Role.STAFF: "municipality", Role.ENTERPRISE: "enterprise"}
    assert rows == [
        (each.name, ", ".join(name for role, name in names.items() if role in each.readers))
        for each in rules.TYPES
    ]
