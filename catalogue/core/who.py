"""Who is asking: the one value that views receive and services are told about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in an enterprise, a municipality or the installation."""

    BUYER = "buyer"
    APPROVER = "approver"
    STAFF = "staff"
    ENTERPRISE = "enterprise"
    ADMINISTRATOR = "administrator"
    FACILITATOR = "facilitator"  # drafts for an enterprise; what buyers see, that one decides


MUNICIPAL = frozenset({Role.BUYER, Role.APPROVER, Role.STAFF})
OF_ENTERPRISE = frozenset({Role.ENTERPRISE, Role.FACILITATOR})


@dataclass(frozen=True)
class Who:
    """The person behind a request in the one role she acts in now; all None: nobody signed in."""

    person_id: int | None = None
    name: str = ""
    email: str = ""
    locale: str | None = None
    role: Role | None = None
    role_id: int | None = None
    toured: bool = False  # she has closed the tour of this role
    municipality_id: int | None = None
    municipality_name: str = ""
    enterprise_id: int | None = None
    enterprise_name: str = ""
    # The session of a purchasing system in which she acts (PunchOut); None: she signed in here.
    punchout_id: int | None = None
    # Names a basket apart from her own: that of a PunchOut session, or of an order sent in.
    basket_key: str = ""

    @property
    def signed_in(self) -> bool:
        """Tell whether anybody is signed in."""
        return self.person_id is not None

    @property
    def may_search(self) -> bool:
        """Tell whether the person acts for a municipality and so has products to find."""
        return self.role in MUNICIPAL

    @property
    def place(self) -> str:
        """Return the name of the municipality or enterprise the person acts for."""
        return self.municipality_name or self.enterprise_name


@dataclass(frozen=True)
class Bearer:
    """Who holds a token of the API, what it is for, and how many requests it has left."""

    who: Who
    token_id: int
    scopes: frozenset[str]
    limit: int  # requests in a minute
    left: int  # below 0: one too many
    seconds: int  # until the next minute
