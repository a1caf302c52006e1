"""Institutions: creation, rules for logging in, and the first administrator."""

from dataclasses import replace

from schemas import identity as contract
from telesalud.identity import repository
from telesalud.identity.model import IdentityServices, Tenant
from telesalud.identity.policy import ADMINISTER, GRANTS
from telesalud.identity.users import add_user, still_administrator
from telesalud.platform.access import CallerKind, Role, require
from telesalud.platform.errors import Conflict, Forbidden, StaleVersion
from telesalud.platform.store import ABSENT, ConditionFailed, Put
from telesalud.platform.work import Call, Work


def create(services: IdentityServices, call: Call, command: contract.NewTenant) -> Tenant:
    """A new institution. Only our own commands may do this. Raises Forbidden, Conflict."""
    if call.caller.kind is not CallerKind.SYSTEM or call.caller.tenant != command.id:
        raise Forbidden("institutions are created by the operator")
    tenant = _tenant(command, command.id, services)
    work = Work(services.core, call)
    work.add(repository.put_tenant(tenant))
    work.audit("identity.create_tenant", command.id, f"tenant/{command.id}")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise Conflict("there is an institution with this id") from failed
    return replace(tenant, version=1)


def _tenant(command: contract.TenantUpdate, id_: str, services: IdentityServices) -> Tenant:
    return Tenant(
        id=id_,
        name=command.name,
        password_days=command.password_days,
        second_factor_roles=frozenset(Role(role) for role in command.second_factor_roles),
        created_at=services.core.clock(),
        version=0,
    )


def first_administrator(
    services: IdentityServices, call: Call, command: contract.NewUser
) -> contract.UserCreated:
    """The user who will create all others; works once per institution.

    Raises Forbidden, NotFound, Invalid, Conflict when there was a first administrator.
    """
    if call.caller.kind is not CallerKind.SYSTEM:
        raise Forbidden("the first administrator is created by the operator")
    tenant = repository.load_tenant(services.core, call.caller.tenant)
    work = Work(services.core, call)
    answer = add_user(services, work, command)
    mark = repository.first_administrator_key(tenant.id)
    work.add(Put(mark, {"user": answer.user.id}, when=ABSENT))
    try:
        work.commit(answer)
    except ConditionFailed as failed:
        raise Conflict("this institution has had its first administrator") from failed
    return answer


def read(services: IdentityServices, call: Call) -> Tenant:
    """The caller's institution. Raises Forbidden, NotFound."""
    require(call.caller, ADMINISTER, GRANTS)
    return repository.load_tenant(services.core, call.caller.tenant)


def update(
    services: IdentityServices, call: Call, version: int, command: contract.TenantUpdate
) -> Tenant:
    """Replace name and rules. Raises Forbidden, NotFound, StaleVersion."""
    before = read(services, call)
    after = replace(
        _tenant(command, before.id, services), created_at=before.created_at, version=version
    )
    work = Work(services.core, call)
    work.add(repository.put_tenant(after), *still_administrator(services, call))
    work.audit("identity.update_tenant", before.id, f"tenant/{before.id}")
    try:
        work.commit()
    except ConditionFailed as failed:
        if failed.at(repository.tenant_key(before.id)):
            raise StaleVersion from failed
        raise
    return replace(after, version=version + 1)


def view(tenant: Tenant) -> contract.TenantView:
    """The institution as its administrators see it."""
    return contract.TenantView(
        id=tenant.id,
        name=tenant.name,
        password_days=tenant.password_days,
        second_factor_roles=tuple(sorted(role.value for role in tenant.second_factor_roles)),
        created_at=tenant.created_at,
    )
