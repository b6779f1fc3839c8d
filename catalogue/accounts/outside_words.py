"""What sign-in at the municipality is called on screen, for pages and for the audit."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import saml_words
from .models import Municipality
from .outside_rules import Refusal

LABELS: dict[str, Text] = {
    "issuer": _("Issuer"),
    "client_id": _("Client id"),
    "client_secret": _("Client secret"),
    "scopes": _("Scopes"),
    "cvr_claim": _("Claim with the CVR number"),
    "acr_values": _("Least strength of the sign-in (acr)"),
    "amr_values": _("Ways of signing in that are enough (amr)"),
    "vouches_for_email": _("The provider answers for mail addresses"),
    "may_create": _("People who are new here get a log-in"),
    "is_open": _("Offer it on the sign-in page"),
}
REFUSALS: dict[str, Text] = {
    Refusal.NO_ROLE: _("Your municipality has not told us what you may do here."),
    Refusal.OTHER_MUNICIPALITY: _("You were signed in for another municipality."),
    Refusal.NO_EMAIL: _("Your municipality has not sent a confirmed mail address of yours."),
    Refusal.EMAIL_TAKEN: _("Your mail address belongs to a log-in that acts elsewhere too."),
    Refusal.UNKNOWN: _("You have no log-in here yet."),
    Refusal.DISABLED: _("Your log-in here is closed."),
}
OBJECTS: dict[str, Text] = {
    "identity_provider": _("Sign-in of the municipality"),
    "saml_service": _("Shared sign-in"),
}
ACTIONS: dict[str, Text] = {
    "identity_provider.created": _("Sign-in of the municipality set up"),
    "identity_provider.amended": _("Sign-in of the municipality changed"),
    "identity_provider.mapped": _("Roles by the municipality's sign-in changed"),
    "identity_provider.renewed": _("Metadata of the municipality's sign-in renewed"),
    "saml_service.set_up": _("Shared sign-in set up"),
    "saml_service.renewed": _("Metadata of the shared sign-in renewed"),
    "outside.linked": _("Joined to the municipality's sign-in"),
    "outside.signed_in": _("Signed in at the municipality"),
    "outside.signed_out": _("Signed out by the municipality"),
    "outside.refused": _("Sign-in at the municipality refused"),
}
FIELDS: dict[str, Text] = {
    **{name: text for name, text in LABELS.items() if name != "client_secret"},
    "client_secret": _("Client secret"),
    "mapping": _("What gives which role"),
    "refusal": _("Why it was refused"),
    "sessions": _("Sessions that were open"),
    **saml_words.FIELDS,
}
VALUES: dict[str, Mapping[str, Text]] = {"refusal": REFUSALS, **saml_words.VALUES}


def why_not(refusal: Refusal, place: Municipality) -> Text:
    """Return why somebody is not let in, and whom she can turn to."""
    contact = ", ".join(filter(None, (place.contact_name, place.contact_email)))
    why, name = str(REFUSALS[refusal]), place.name
    if not contact:
        return _("%(why)s Turn to the procurement staff of %(name)s.", why=why, name=name)
    return _(
        "%(why)s Turn to the procurement staff of %(name)s: %(contact)s.",
        why=why, name=name, contact=contact,
    )  # fmt: skip
