"""The persons of an enterprise, their invitations, and the page an invitation leads to."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import (
    ENTERPRISES,
    EVERYONE,
    flash,
    go,
    now,
    once,
    reading,
    render,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

from . import colleagues, invitations, new_passwords
from .rules import INVITATION_DAYS
from .schema import AcceptanceSchema, InvitationSchema

blueprint = Blueprint("people", __name__)
Errors = dict[str, list[Text | str]]
# What one is to an enterprise, and what that allows.
ROLES: dict[Role, tuple[Text, Text]] = {
    Role.ENTERPRISE: (_("Colleague"), _("Does all that you can do, and decides with you.")),
    Role.FACILITATOR: (
        _("Facilitator"),
        _("A job centre or a secretariat that helps: prepares products, which you publish."),
    ),
}


@route(blueprint, "/virksomhed/personer", access=ENTERPRISES)
def members() -> Response:
    """List who acts for the enterprise, and who is invited to."""
    return _draw({})


@route(blueprint, "/virksomhed/personer", access=ENTERPRISES, methods=["POST"])
@once
def invite() -> Response:
    """Invite somebody by mail."""
    try:
        typed = load(InvitationSchema(), request.form)
        with transaction() as session:
            invitations.invite(session, who(), typed["email"], Role(typed["role"]), now())
    except Invalid as error:
        return _draw(error.problems)
    flash(_("We mail an invitation to %(email)s.", email=typed["email"]))
    return go("catalogue.people.members")


@route(
    blueprint, "/virksomhed/invitationer/<int:invitation_id>/traek-tilbage", access=ENTERPRISES,
    methods=["POST"],
)  # fmt: skip
def withdraw(invitation_id: int) -> Response:
    """Take an invitation back."""
    with transaction() as session:
        invitations.withdraw(session, who(), invitation_id, now())
    flash(_("The invitation is withdrawn. Its link opens nothing any more."))
    return go("catalogue.people.members")


@route(blueprint, "/virksomhed/personer/<int:role_id>/tag-ud", access=ENTERPRISES, methods=["POST"])
def take_out(role_id: int) -> Response:
    """Take a person out of the enterprise."""
    with transaction() as session:
        gone = invitations.take_out(session, who(), role_id, now())
    flash(_("%(name)s no longer acts for your enterprise.", name=gone.name))
    if gone.person_id == who().person_id and gone.role == Role.ENTERPRISE:
        return go("catalogue.accounts.roles")
    return go("catalogue.people.members")


@route(blueprint, "/invitation/<token>", access=EVERYONE)
def invitation(token: str) -> Response:
    """Show an invitation; nothing is decided by opening its link."""
    return _invitation(token, {})


@route(blueprint, "/invitation/<token>", access=EVERYONE, methods=["POST"])
def accept(token: str) -> Response:
    """Take an invitation up, signed in or with a new log-in."""
    try:
        with transaction() as session:
            if who().signed_in:
                invitations.accept_signed_in(session, token, who(), now())
            else:
                typed = load(AcceptanceSchema(), request.form)
                name, password = typed["name"], typed["password"]
                invited = invitations.open_(session, token, now())
                own = (name, invited.invitation.email, invited.enterprise)
                new_passwords.check(password, own, state().settings.leaked_passwords)
                invitations.accept_as_new(session, token, name, password, now())
    except Invalid as error:
        return _invitation(token, error.problems)
    if who().signed_in:
        flash(_("Welcome. Choose the role to begin."))
        return go("catalogue.accounts.roles")
    flash(_("Your log-in is ready. Sign in with the e-mail address of the invitation."))
    return go("catalogue.accounts.sign_in")


def _draw(errors: Errors) -> Response:
    with reading() as session:
        acting = invitations.list_members(session, who().enterprise_id)
        waiting = invitations.list_waiting(session, who().enterprise_id)
        two_steps = colleagues.list_with_factor(session, [each.person_id for each in acting])
    return render(
        "accounts/people.html", 422 if errors else 200, members=acting, waiting=waiting,
        deciding=sum(each.decides for each in acting), roles=ROLES, days=INVITATION_DAYS,
        present=now(), values=request.form, errors=errors, two_steps=two_steps,
    )  # fmt: skip


def _invitation(token: str, errors: Errors) -> Response:
    with reading() as session:
        opened = invitations.open_(session, token, now())
    return render(
        "accounts/invitation.html", 422 if errors else 200, opened=opened, roles=ROLES,
        mine=who().email.casefold() == opened.invitation.email.casefold(), token=token,
        values=request.form, errors=errors,
    )  # fmt: skip
