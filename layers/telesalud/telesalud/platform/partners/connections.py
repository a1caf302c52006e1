"""A tenant's credentials for calling another context, kept sealed in the caller's own table."""

from pydantic import BaseModel, ConfigDict

from schemas.connections import Connection, ConnectionBody
from telesalud.platform.access import Grants, require
from telesalud.platform.errors import FieldError, Invalid, StaleVersion, Unavailable
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


class StoredConnection(BaseModel):
    """A connection as it is stored."""

    model_config = ConfigDict(frozen=True)

    client_id: str
    client_secret: str
    notification_target: str | None = None
    notification_secret: str | None = None

    @classmethod
    def of(cls, body: ConnectionBody) -> "StoredConnection":
        """What an administrator set."""
        return cls(
            client_id=body.client_id,
            client_secret=body.client_secret,
            notification_target=body.notification_target,
            notification_secret=body.notification_secret,
        )

    def view(self, version: int) -> Connection:
        """What may be shown of it."""
        return Connection(
            client_id=self.client_id, notification_target=self.notification_target, version=version
        )


def is_set(services: Services, tenant: str) -> bool:
    """Whether an administrator has set the tenant's credentials."""
    return services.store.get(_key(tenant)) is not None


def credentials(services: Services, tenant: str) -> StoredConnection:
    """The tenant's credentials. Raises Unavailable while none have been set."""
    item = _fetch(services, tenant)
    if item is None:
        raise Unavailable("this institution's connection has not been set up")
    return _open(services, tenant, item)


def read_connection(services: Services, call: Call, right: str, grants: Grants) -> Connection:
    """The connection without its secrets, for who has the context's right to set it."""
    require(call.caller, right, grants)
    tenant = call.caller.tenant
    item = _fetch(services, tenant)
    if item is None:
        return Connection(client_id=None, notification_target=None, version=0)
    return _open(services, tenant, item).view(item.version)


def put_connection(
    services: Services,
    call: Call,
    body: ConnectionBody,
    version: int,
    *,
    right: str,
    grants: Grants,
) -> Connection:
    """Set (version 0) or replace the credentials. Raises StaleVersion, and Invalid for a client of
    another institution.

    The trail names the act as the right does (`patients.connect`).
    """
    require(call.caller, right, grants)
    tenant = call.caller.tenant
    institution, dot, _ = body.client_id.partition(".")
    if dot and institution != tenant:
        fault = FieldError("/client_id", "unknown", "this is no client of this institution")
        raise Invalid("the client is not known", [fault])
    key = _key(tenant)
    work = Work(services, call)
    stored = StoredConnection.of(body)
    sealed = seal_model(services.vault, Scope(tenant), key, stored)
    work.add(Put(key, {ATTRIBUTE: sealed}, when=at_version(version) if version else ABSENT))
    work.audit(right, tenant, "connection/partner")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return stored.view(version + 1)


def _key(tenant: str) -> Key:
    return Key(f"CONNECTION#{tenant}", "PARTNER")


def _fetch(services: Services, tenant: str) -> Item | None:
    return services.fetch([_key(tenant)], Scope(tenant)).get(_key(tenant))


def _open(services: Services, tenant: str, item: Item) -> StoredConnection:
    return open_model(services.vault, Scope(tenant), item, StoredConnection)
