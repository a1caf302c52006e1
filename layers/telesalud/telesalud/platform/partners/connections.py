"""A tenant's credentials for calling another context, kept sealed in the caller's own table."""

from schemas.connections import Connection, ConnectionBody
from telesalud.platform.errors import StaleVersion, Unavailable
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


def _key(tenant: str) -> Key:
    return Key(f"CONNECTION#{tenant}", "PARTNER")


def _fetch(services: Services, tenant: str) -> Item | None:
    scope = Scope(tenant)
    found = services.store.get_many([_key(tenant), *services.vault.needs(scope)])
    services.vault.learn(scope, found.get(scope.key))
    return found.get(_key(tenant))


def credentials(services: Services, tenant: str) -> ConnectionBody:
    """The tenant's credentials. Raises Unavailable while none have been set."""
    item = _fetch(services, tenant)
    if item is None:
        raise Unavailable("this institution's connection has not been set up")
    return open_model(services.vault, Scope(tenant), item, ConnectionBody)


def show(services: Services, tenant: str) -> Connection:
    """What may be shown of the connection."""
    item = _fetch(services, tenant)
    if item is None:
        return Connection(client_id=None, notification_target=None, version=0)
    return _view(open_model(services.vault, Scope(tenant), item, ConnectionBody), item.version)


def put(
    services: Services, call: Call, body: ConnectionBody, version: int, action: str
) -> Connection:
    """Set (version 0) or replace the connection. Raises StaleVersion."""
    tenant = call.caller.tenant
    key = _key(tenant)
    work = Work(services, call)
    sealed = seal_model(services.vault, Scope(tenant), key, body)
    work.add(Put(key, {ATTRIBUTE: sealed}, when=at_version(version) if version else ABSENT))
    work.audit(action, tenant, "connection/partner")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return _view(body, version + 1)


def _view(body: ConnectionBody, version: int) -> Connection:
    return Connection(
        client_id=body.client_id, notification_target=body.notification_target, version=version
    )
