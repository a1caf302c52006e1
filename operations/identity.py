"""Institutions, their first users, and partner systems."""

from __future__ import annotations

from infra.running import settings_of
from infra.stages import Stage
from operations.commands import Arguments, Commands
from schemas.identity import NewClient, NewTenant, NewUser, OneTimeCode
from telesalud.identity import bootstrap
from telesalud.identity.model import IdentityServices
from telesalud.identity.settings import IdentitySettings
from telesalud.identity.wiring import services_from


def services_on(stage: Stage) -> IdentityServices:
    """The identity context's services, on the stage's tables and keys."""
    return services_from(IdentitySettings.load(settings_of(stage, "identity")))


def create_tenant(stage: Stage, arguments: Arguments) -> None:
    command = NewTenant(id=arguments.tenant, name=arguments.name)
    tenant = bootstrap.create_tenant(services_on(stage), command)
    print(f"created {tenant.id}")


def create_admin(stage: Stage, arguments: Arguments) -> None:
    command = NewUser(
        user_name=arguments.user_name,
        display_name=arguments.name,
        roles=("administrator",),
        language=arguments.language,
    )
    created = bootstrap.first_administrator(services_on(stage), arguments.tenant, command)
    _show_code(created.user.id, created.one_time_code)


def reset_user(stage: Stage, arguments: Arguments) -> None:
    code = bootstrap.reset_user(
        services_on(stage),
        arguments.tenant,
        arguments.user_id,
        second_factor=arguments.second_factor,
    )
    _show_code(arguments.user_id, code)


def _show_code(user_id: str, code: OneTimeCode) -> None:
    print(f"user           {user_id}")
    print(f"one-time code  {code.code}")
    print(f"valid until    {code.expires_at.isoformat()}")
    print("With it the password is set: POST /api/identity/password-resets")


def register_client(stage: Stage, arguments: Arguments) -> None:
    command = NewClient(name=arguments.name, scopes=tuple(arguments.scope))
    created = bootstrap.register_client(services_on(stage), arguments.tenant, command)
    print(f"client id      {created.client.client_id}")
    print(f"client secret  {created.secret.secret}")
    print("The secret is shown this one time.")


def add(admin: Commands) -> None:
    """`telesalud admin`: create-tenant, create-admin, reset-user, register-client."""
    command = admin.add("create-tenant", create_tenant, "a new institution")
    command.add_argument("tenant", help="its id, such as hospital-norte")
    command.add_argument("--name", required=True)

    command = admin.add("create-admin", create_admin, "an institution's first user")
    command.add_argument("tenant")
    command.add_argument("user_name")
    command.add_argument("--name", required=True, help="as others see it")
    command.add_argument("--language", default="es", choices=("es", "pt", "en"))

    command = admin.add("reset-user", reset_user, "a lost password or device")
    command.add_argument("tenant")
    command.add_argument("user_id")
    command.add_argument("--second-factor", action="store_true", help="forget the device too")

    command = admin.add("register-client", register_client, "a partner system")
    command.add_argument("tenant")
    command.add_argument("--name", required=True)
    command.add_argument("--scope", required=True, action="append", help="may be repeated")
