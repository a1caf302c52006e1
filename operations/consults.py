"""Tokens for clients of PAHO's earlier teleconsultation module."""

from __future__ import annotations

from getpass import getpass

from infra.running import settings_of
from infra.stages import Stage
from operations.commands import Arguments, Commands, as_operator
from telesalud.consults.paho import tokens
from telesalud.consults.settings import ConsultsSettings
from telesalud.platform.parts import services_from
from telesalud.platform.work import Services


def services_on(stage: Stage) -> Services:
    """The consults context's services, on the stage's tables and keys."""
    return services_from(ConsultsSettings.load(settings_of(stage, "consults")))


def issue_legacy_token(stage: Stage, arguments: Arguments) -> None:
    token = tokens.issue_token(
        services_on(stage),
        as_operator(arguments.tenant),
        partner=arguments.partner,
        name=arguments.name,
        time_zone=arguments.time_zone,
        language=arguments.language,
        target=arguments.target,
    )
    print(f"token          {token}")
    print("It is shown this one time and works until `revoke-legacy-token`.")


def revoke_legacy_token(stage: Stage, arguments: Arguments) -> None:
    token = getpass("token: ")  # never an argument: those are seen by other users of the machine
    tokens.revoke_token(services_on(stage), as_operator(arguments.tenant), token.strip())
    print("revoked")


def add(admin: Commands) -> None:
    """`telesalud admin`: issue-legacy-token, revoke-legacy-token."""
    command = admin.add(
        "issue-legacy-token", issue_legacy_token, "for a client of PAHO's earlier module"
    )
    command.add_argument("tenant")
    command.add_argument("--partner", required=True, help="the partner system's id")
    command.add_argument("--name", required=True, help="as the partner sees itself")
    command.add_argument("--time-zone", required=True, help="of its dates, such as America/Bogota")
    command.add_argument("--language", default="es", choices=("es", "pt", "en"))
    command.add_argument("--target", default="", help="id of its notification target")

    command = admin.add(
        "revoke-legacy-token", revoke_legacy_token, "asks for the token, ends it at once"
    )
    command.add_argument("tenant")
