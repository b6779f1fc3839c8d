"""Fields for numbers and codes that people copy and others gave: phones, goods, parcels, accounts.

Such numbers may have ten digits, so that a `fields.Line` would refuse good ones. Refused is what is
written as no such number is, and as CPR numbers are.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from . import fields
from .personal import has_checked_cpr_number, has_written_cpr_number
from .text import gettext
from .text import lazy as _

REFUSED = _(
    "This is written as a CPR number is, and none may be kept here. If it is another number, write"
    " its digits in one."
)


class Phone(fields.Written, fields.Verbatim):
    """The number of a phone, as it is typed."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if has_written_cpr_number(text):
            raise ma.ValidationError(gettext(REFUSED.message))
        return text


class Code(fields.Written, fields.Verbatim):
    """What goods, parcels, accounts and agreements are called by; such codes are of any form, so
    that a CPR number is known by its check digit too.
    """

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if has_checked_cpr_number(text):
            raise ma.ValidationError(gettext(REFUSED.message))
        return text


class Postcode(fields.Verbatim):
    """A Danish postcode: four digits."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if len(text) != 4 or not (text.isascii() and text.isdecimal()):
            raise ma.ValidationError(gettext("A postcode has four digits, such as 4200"))
        return text
