"""Puts what webhooks are told, in the transaction of the deed: each leaves an event of the audit.

So no feature has to know of webhooks, and none can forget them. Where nobody asks for an event,
nothing is put.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement
from catalogue.core import audit, jobs
from catalogue.core.db import Database, ask

from . import rules
from .models import Webhook

NEWS = "webhook.news"


def follow(database: Database) -> None:
    """Have the transactions of a database put the news of their deeds."""
    database.before_commit.append(put)


def put(session: Session) -> None:
    """Put the news of what this transaction has recorded so far, for those who want it."""
    found = [(each, kind) for each in audit.recorded_here(session) if (kind := _kind(each))]
    if not found:
        return
    wanted = {name for types in ask(session, _types()).scalars() for name in types}
    for deed, kind in found:
        if kind in wanted and not _is_draft(session, deed):
            jobs.put(session, NEWS, _payload(deed, kind), now=deed["at"])


@cache  # asked by each deed: to write it takes longer than to answer it
def _types() -> Any:
    return select(Webhook.types)


def _kind(deed: Mapping[str, Any]) -> str | None:
    return rules.news_of(deed["action"], deed["facts"])


def _is_draft(session: Session, deed: Mapping[str, Any]) -> bool:
    """Tell whether the deed concerns a draft of an agreement, which binds and tells nobody."""
    if deed["object_type"] != "agreement":
        return False
    return session.get_one(Agreement, deed["object_id"]).is_draft


def _payload(deed: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {
        "key": f"msg_{secrets.token_hex(12)}",  # by which receivers know what comes twice
        "type": kind,
        "at": deed["at"].isoformat(),
        "object_id": deed["object_id"],
        "facts": rules.kept_facts(deed["action"], deed["facts"]),
    }
