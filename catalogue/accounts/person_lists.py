"""The list of all persons of the installation as it is looked through."""

from __future__ import annotations

from catalogue.core.listing import Listing
from catalogue.core.text import lazy as _

from .models import Person
from .queries import Held
from .rules import ROLE_NAMES

PERSONS = Listing[tuple[Person, list[Held]]](
    columns=(
        (_("Name"), lambda each: each[0].name),
        (_("E-mail"), lambda each: each[0].email),
        (_("Role"), lambda each: "; ".join(map(_role, each[1]))),
    ),
    texts=lambda each: (each[0].name, each[0].email, *map(_role, each[1])),
    sorts={
        "navn": (_("Name"), None),
        "mail": (_("E-mail"), lambda each: each[0].email_folded),
        "rolle": (_("Role"), lambda each: sorted(map(_role, each[1]))),
        "nyeste": (_("Newest first"), lambda each: -each[0].id),
    },
)


def _role(held: Held) -> str:
    return f"{ROLE_NAMES[held.role]} ({held.place})" if held.place else str(ROLE_NAMES[held.role])
