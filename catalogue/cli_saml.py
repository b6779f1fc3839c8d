"""`catalogue saml-service`: what the installation is at a provider of several municipalities."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from catalogue.accounts import oidc_published, saml_keys, saml_services
from catalogue.accounts.saml_providers import Place
from catalogue.cli_mounted import opened
from catalogue.cli_mounted import settings as in_force
from catalogue.core import fetching
from catalogue.core.errors import Invalid, told
from catalogue.core.fetching import NotFetched


@click.command("saml-service")
@click.argument("name")
@click.argument("metadata")
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="An organisation certificate (.p12); its password is asked for.")  # fmt: skip
def saml_service(name: str, metadata: str, certificate: Path | None) -> None:
    """Set up the shared sign-in by SAML, called NAME, or change it.

    METADATA is the provider's: an address with https://, or a file. Staff of each municipality then
    choose it on their page. Our own metadata is printed as an address, for the provider.
    """
    settings, now = in_force(), datetime.now(UTC)
    bounds = oidc_published.bounds_of(settings)
    here = settings.address("log-ind", "saml")
    is_address = metadata.startswith(("https://", "http://"))
    try:
        pair = None
        if certificate is not None:
            password = click.prompt("Password of the certificate", hide_input=True)
            pair = saml_keys.read(certificate.read_bytes(), password, now)
        content = fetching.fetch(metadata, bounds) if is_address else Path(metadata).read_bytes()
        wanted = saml_services.Wanted(name, metadata if is_address else None, content, pair)
        place = Place(here, settings.secret(), bounds)
        with opened(settings) as database, database.transaction() as session:
            made = saml_services.set_up(session, wanted, place, now)
            renews = bool(made.metadata_address and made.signed_by)
    except Invalid as error:
        raise click.ClickException(told(error)) from error
    except NotFetched as error:
        raise click.ClickException(f"{metadata}: {told(error)}") from error
    except OSError as error:
        raise click.ClickException(f"{metadata}: {error}") from error
    click.echo(f"Give the provider our metadata: {here}")
    click.echo(
        "Its metadata is fetched anew each night."
        if renews
        else "Its metadata is not fetched by night: it has no address, or is not signed."
    )
