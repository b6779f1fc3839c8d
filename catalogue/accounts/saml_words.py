"""What sign-in by SAML is called on screen, for pages and for the audit."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

LEVELS: dict[str, Text] = {
    "Low": _("Low (NSIS)"),
    "Substantial": _("Substantial (NSIS)"),
    "High": _("High (NSIS)"),
}
LABELS: dict[str, Text] = {
    "metadata_address": _("Address of the metadata"),
    "metadata_file": _("File with the metadata"),
    "metadata": _("Text of the metadata"),
    "loa": _("Least level of assurance"),
    "certificate": _("Certificate with its key (.p12)"),
    "certificate_password": _("Password of the certificate"),
}
FIELDS: dict[str, Text] = {
    "protocol": _("Protocol"),
    "loa": LABELS["loa"],
    "metadata_address": LABELS["metadata_address"],
    "certificate": LABELS["certificate"],
    "signs_in_at": _("People sign in at"),
    "signing_certificates": _("Certificates it signs by"),
}
VALUES: dict[str, Mapping[str, Text]] = {
    "protocol": {"openid": _("OpenID Connect"), "saml": _("SAML (OIOSAML 3)")},
    "loa": LEVELS,
}
