"""People and groups as SCIM 2.0 tells them (RFC 7643): what of a User and a Group we keep.

Attributes that we have no use for are taken and let go, as directories send all they know.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Filter,
    InvalidValueException,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

from . import directory_rules as rules
from .directory_rules import Entry

MOST_RESULTS = 200
LONGEST_NAME, LONGEST = 120, 254


class Name(ComplexAttribute):
    """The parts of a name."""

    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class Email(ComplexAttribute):
    """An e-mail address; the primary one is where she signs in and gets her mail."""

    value: Annotated[str | None, Required.true] = None
    type: str | None = Field(None, examples=["work", "home", "other"])
    primary: bool | None = None


class HeldRole(ComplexAttribute):
    """A role in the municipality: buyer, approver or staff."""

    value: Annotated[str | None, Required.true] = Field(
        None, examples=["buyer", "approver", "staff"]
    )
    display: str | None = None
    type: str | None = None
    primary: bool | None = None


class User(Resource[Any]):
    """A person of the municipality."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    active: bool | None = None
    emails: Annotated[list[Email] | None, Required.true] = None
    roles: list[HeldRole] | None = None


class Member(ComplexAttribute):
    """Somebody in a group, by the id of her User."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """A group; one whose name means a role gives it to who is in it."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    members: list[Member] | None = None


@cache  # says the same to everybody, and takes a tenth of a second to put together
def provider() -> ScimProvider:
    """Return the description of the service, and what it bears from directories."""
    scheme = AuthenticationScheme(
        type=AuthenticationScheme.Type.oauthbearertoken,
        name="OAuth Bearer Token",
        description="An access key of the municipality with the scope persons:write",
        primary=True,
    )
    config = ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        authentication_schemes=[scheme],
    )
    policy = ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,  # as Entra ID takes roles away
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,  # and gives them
    )
    return ScimProvider([User, Group], config=config, policy=policy)


def read_entry(user: User) -> Entry:
    """Read what a directory says of a person; raises InvalidValueException with what is right."""
    user_name = (user.user_name or "").strip()
    if not user_name or len(user_name) > LONGEST:
        raise _refusal(_("userName is owed, of at most %(limit)s characters", limit=LONGEST))
    if len(user.external_id or "") > LONGEST:
        raise _refusal(_("externalId has at most %(limit)s characters", limit=LONGEST))
    return Entry(
        user_name=user_name,
        email=_email(user),
        name=_name(user, user_name)[:LONGEST_NAME],
        roles=_roles(user),
        active=user.active is not False,
        external_id=user.external_id or None,
        said=_said(user),
    )


def fill(user: User, said: dict[str, Any], email: str, name: str) -> None:
    """Tell a directory what it said of a person, and what is so here whatever it said."""
    kept = User.model_validate({"schemas": [User.__schema__], "userName": "x"} | said)
    user.display_name, user.name = kept.display_name, kept.name
    user.emails = kept.emails or [Email(value=email, type=None, primary=True)]
    user.roles = kept.roles
    if not said:
        user.display_name = name


def held_roles(said: list[HeldRole] | None, held: list[Role]) -> list[HeldRole] | None:
    """Return the roles that a person has, in the words in which her directory gave them."""
    kept = [each for each in said or [] if rules.find_role(each.value or "") in held]
    named = {rules.find_role(each.value or "") for each in kept}
    found = kept + [HeldRole(value=str(role)) for role in held if role not in named]
    return found or None


def _email(user: User) -> str:
    emails = [each for each in user.emails or [] if each.value]
    primary = next((each for each in emails if each.primary), emails[0] if emails else None)
    text = ((primary.value if primary else user.user_name) or "").strip()
    if len(text) > LONGEST or not rules.is_email(text):
        raise _refusal(_("emails has no address; send a value such as navn@kommune.dk"))
    return text


def _name(user: User, user_name: str) -> str:
    parts = user.name or Name()
    joined = " ".join(each for each in (parts.given_name, parts.family_name) if each)
    return user.display_name or parts.formatted or joined or user_name


def _roles(user: User) -> frozenset[Role]:
    found = set()
    for each in user.roles or []:
        role = rules.find_role(each.value or "")
        if role is None:
            word = each.value or ""
            raise _refusal(
                _("roles knows buyer, approver and staff; it does not know %(word)s", word=word)
            )
        found.add(role)
    return frozenset(found)


def _said(user: User) -> dict[str, Any]:
    told = user.model_dump()
    kept = ("displayName", "name", "emails", "roles")
    return {name: told[name] for name in kept if told.get(name) is not None}


def _refusal(text: Text) -> InvalidValueException:
    return InvalidValueException(detail=str(text))
