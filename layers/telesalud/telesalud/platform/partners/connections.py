"""A tenant's credentials for calling another context, kept sealed in the caller's own table."""

from schemas.connections import Connection, ConnectionBody
from telesalud.platform.access import Grants, require
from telesalud.platform.errors import StaleVersion, Unavailable
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


def is_set(services: Services, tenant: str) -> bool:
    """Whether an administrator has set the tenant's credentials."""
    return services.store.get(_key(tenant)) is not None


def credentials(services: Services, tenant: str) -> ConnectionBody:
    """The tenant's credentials. Raises Unavailable while none have been set."""
    item = _fetch(services, tenant)
    if item is None:
        raise Unavailable("this institution's connection has not been set up")
    return open_model(services.vault, Scope(tenant), item, ConnectionBody)


def read_connection(services: Services, call: Call, right: str, grants: Grants) -> Connection:
    """The connection without its secrets, for who has the context's right to set it."""
    require(call.caller, right, grants)
    tenant = call.caller.tenant
    item = _fetch(services, tenant)
    if item is None:
        return Connection(client_id=None, notification_target=None, version=0)
    return _view(open_model(services.vault, Scope(tenant), item, ConnectionBody), item.version)


def put_connection(
    services: Services,
    call: Call,
    body: ConnectionBody,
    version: int,
    *,
    right: str,
    grants: Grants,
) -> Connection:
    """Set (version 0) or replace the credentials. Raises StaleVersion.

    The trail names the act as the right does (`patients.connect`).
    """
    require(call.caller, right, grants)
    tenant = call.caller.tenant
    key = _key(tenant)
    work = Work(services, call)
    sealed = seal_model(services.vault, Scope(tenant), key, body)
    work.add(Put(key, {ATTRIBUTE: sealed}, when=at_version(version) if version else ABSENT))
    work.audit(right, tenant, "connection/partner")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return _view(body, version + 1)


def _key(tenant: str) -> Key:
    return Key(f"CONNECTION#{tenant}", "PARTNER")


def _fetch(services: Services, tenant: str) -> Item | None:
    return services.fetch([_key(tenant)], Scope(tenant)).get(_key(tenant))


def _view(body: ConnectionBody, version: int) -> Connection:
    return Connection(
        client_id=body.client_id, notification_target=body.notification_target, version=version
    )
