"""The shape of what the audit is searched for, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma

from catalogue.agreements.schema import SeenDay
from catalogue.core import fields
from catalogue.core.fields import load
from catalogue.core.ids import LARGEST_ID

LONGEST = 120


@dataclass(frozen=True)
class Search:
    """What a reader of the audit looks for; both days of the period count.

    `action` is one action, or all of an object's when it ends with a point; `subject` a number or
    name; `about` one object by `type:number`. `older` and `newer` are numbers of events to go on
    from.
    """

    since: date | None = None
    until: date | None = None
    person: str = ""
    action: str = ""
    subject: str = ""
    about: str = ""
    older: int | None = None
    newer: int | None = None


class _SearchSchema(ma.Schema):
    since = SeenDay(data_key="fra", load_default=None)
    until = SeenDay(data_key="til", load_default=None)
    person = fields.Verbatim(data_key="hvem", longest=LONGEST, load_default="")
    action = fields.Verbatim(data_key="handling", longest=60, load_default="")
    subject = fields.Verbatim(data_key="objekt", longest=LONGEST, load_default="")
    about = fields.Verbatim(data_key="om", longest=60, load_default="")
    older = fields.Whole(data_key="aeldre", most=LARGEST_ID, load_default=None)
    newer = fields.Whole(data_key="nyere", most=LARGEST_ID, load_default=None)


def read_search(query: Mapping[str, Any]) -> Search:
    """Read the address; raises Invalid by field."""
    return Search(**load(_SearchSchema(), query))
