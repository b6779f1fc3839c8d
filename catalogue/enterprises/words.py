"""What states, facts and fields of enterprises are called on screen."""

from __future__ import annotations

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .desk import Lacking, Section
from .models import (
    Criterion,
    EnterpriseState,
    Recognition,
    RegisterStatus,
    ReverificationState,
)
from .rules import Because

STATES: dict[EnterpriseState, Text] = {
    EnterpriseState.APPLIED: _("Waiting for review"),
    EnterpriseState.RETURNED: _("Sent back"),
    EnterpriseState.VERIFIED: _("Verified"),
    EnterpriseState.SUSPENDED: _("Suspended"),
}
BECAUSE: dict[Because, Text] = {
    Because.VERIFIED: _("Counts as verified here"),
    Because.NOT_REVIEWED: _("Not verified: the review is not finished"),
    Because.LAPSED: _("Not verified: the verification has lapsed"),
    Because.SUSPENDED: _("Not verified: suspended"),
    Because.NOT_RECOGNISED: _("Not verified: your municipality decided not to recognise it"),
    Because.NOT_ON_REGISTER: _("Not verified: your municipality requires the register"),
}
LAPSED = _("Lapsed")
SECTIONS: dict[Section, Text] = {
    Section.NEW: _("New applications"),
    Section.DUE: _("Due within 60 days"),
    Section.LAPSED: LAPSED,
    Section.SUSPENDED: _("Suspended"),
    Section.ALL: _("All"),
}
LACKING: dict[Lacking, Text] = {
    Lacking.DECISION: _("Our decision"),
    Lacking.CONFIRMATION: _("The enterprise's confirmation of the five points"),
    Lacking.MENDING: _("The enterprise's answer to what was sent back"),
    Lacking.REGISTER: _("A look-up in the register"),
    Lacking.REGISTER_OLD: _("A new look-up: the last one is over a year old"),
    Lacking.EVIDENCE: _("Evidence"),
}
REGISTER: dict[RegisterStatus, Text] = {
    RegisterStatus.NOT_CHECKED: _("The register has not been looked up"),
    RegisterStatus.REGISTERED: _("On the register (RSV)"),
    RegisterStatus.NOT_REGISTERED: _("Not on the register (RSV)"),
}
RECOGNITIONS: dict[Recognition, Text] = {
    Recognition.RECOGNISED: _("Recognised by us"),
    Recognition.NOT_RECOGNISED: _("Not recognised by us"),
}
CONFIRMATIONS: dict[ReverificationState, Text] = {
    ReverificationState.SENT: _("Confirmed by the enterprise"),
    ReverificationState.RETURNED: _("Confirmation sent back"),
    ReverificationState.RENEWED: _("Verification renewed"),
}
CRITERIA: dict[Criterion, Text] = {
    Criterion.SOCIAL_PURPOSE: _("It has a social, health or environmental purpose"),
    Criterion.SALES: _("It sells products or services"),
    Criterion.REINVESTS: _("It puts its surplus back into the enterprise and the purpose"),
    Criterion.INDEPENDENT: _("It is organised independently of the public sector"),
    Criterion.CVR: _("It has a CVR number of its own"),
}
LABELS: dict[str, Text] = {
    "cvr": _("CVR number"),
    "name": _("Name of the enterprise"),
    "legal_form": _("Legal form"),
    "street": _("Street and number"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "municipality_id": _("Municipality where you are"),
    "reviewer_id": _("Municipality that shall review you"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "website": _("Web site"),
    "social_purpose": _("Social purpose"),
    "story": _("Your story"),
    "says_registered": _("We are on the register of social enterprises (RSV)"),
    "turnover": _("Yearly turnover"),
    "turnover_year": _("Accounting year"),
    "capacity": _("What you can take on"),
    "person_name": _("Your name"),
    "person_email": _("Your e-mail, to sign in with"),
    "password": _("Password"),
    "verified_until": _("Verified until"),
    "suspended_until": _("Suspended until, as expected"),
    "evidence": _("Evidence"),
    "confirmed": _("We confirm that the five points hold"),
    **{f"{each}_how": text for each, text in CRITERIA.items()},
}
