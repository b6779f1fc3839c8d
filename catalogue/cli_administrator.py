"""`catalogue administrator`: the first person of an installation, who registers the others."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from catalogue.accounts import new_passwords, service
from catalogue.accounts.schema import PersonSchema
from catalogue.cli_mounted import lack_of_tables, opened
from catalogue.cli_mounted import settings as in_force
from catalogue.core.errors import Invalid, told
from catalogue.core.fields import load
from catalogue.core.text import reading_in
from catalogue.core.who import Role


@click.command()
@click.argument("email")
@click.argument("name")
@click.option("--password", help="Left out, it is asked for; so no history of commands has it.")
def administrator(email: str, name: str, password: str | None) -> None:
    """Register an administrator, who signs in with EMAIL and registers others under Persons.

    Whoever may run this may read the database anyway; the audit tells of it.
    """
    settings, now = in_force(), datetime.now(UTC)
    with opened(settings) as database, reading_in("en"):  # faults are told where they arise
        if lack := lack_of_tables(database):  # before somebody thinks of a password in vain
            raise click.ClickException(lack)
        if password is None:
            password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        try:
            values = load(
                PersonSchema(),
                {"email": email, "name": name, "password": password, "role": Role.ADMINISTRATOR},
            )
            new_passwords.check(password, (name, email), settings.leaked_passwords)
            newcomer = service.Newcomer(values["name"], values["email"], values["password"])
            with database.transaction() as session:
                made = service.register_person(session, newcomer, now)
                service.grant(session, made.id, Role.ADMINISTRATOR, now=now)
        except Invalid as error:
            raise click.ClickException(told(error)) from error
    click.echo(f"{values['name']} can now sign in at {settings.address('log-ind')}")
