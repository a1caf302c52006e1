"""What the operator's commands do before anybody can log in (`telesalud admin ...`).

    services = services_from(IdentitySettings.load())
    create_tenant(services, NewTenant(id="hospital-demo", name="Hospital Demostración"))
    created = first_administrator(services, "hospital-demo", NewUser(...))

The one-time code of the answer is for the administrator's hands: with it they set their password at
`POST /identity/password-resets`.
"""

from schemas.identity import (
    ClientCreated,
    NewClient,
    NewTenant,
    NewUser,
    OneTimeCode,
    ResetUser,
    UserCreated,
)
from telesalud.identity import clients, tenants, users
from telesalud.identity.model import IdentityServices, Tenant
from telesalud.platform.access import Caller
from telesalud.platform.work import Call

OPERATOR = "operator"
"""The actor in the audit trail."""


def _call(tenant: str) -> Call:
    return Call(Caller.system(tenant, OPERATOR))


def create_tenant(services: IdentityServices, command: NewTenant) -> Tenant:
    """A new institution. Raises Conflict when its id is taken."""
    return tenants.create(services, _call(command.id), command)


def first_administrator(services: IdentityServices, tenant: str, command: NewUser) -> UserCreated:
    """The institution's first user, and the one-time code for their password.

    Raises NotFound, Invalid, Conflict when the institution has had one.
    """
    return tenants.first_administrator(services, _call(tenant), command)


def register_client(services: IdentityServices, tenant: str, command: NewClient) -> ClientCreated:
    """A partner system, such as our own record module towards the teleconsultation module."""
    return clients.register(services, _call(tenant), command)


def reset_user(
    services: IdentityServices, tenant: str, user: str, *, second_factor: bool
) -> OneTimeCode:
    """The way back when an institution's last administrator lost their password or device."""
    return users.reset(services, _call(tenant), user, ResetUser(second_factor=second_factor))
