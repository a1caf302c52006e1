"""Warehouses: where stock is kept, and to which site a place is leased."""

from schemas.pharmacy import (
    LeaseBody,
    Warehouse,
    WarehouseBody,
    WarehouseList,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.policy import GRANTS, LEASE, MANAGE, READ
from telesalud.pharmacy.stored import StoredWarehouse
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict, StaleVersion
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.store import MAX_PAGE, ConditionFailed, every
from telesalud.platform.work import Call, Services, Work


def add(services: Services, call: Call, body: WarehouseBody) -> Warehouse:
    """A new warehouse. Raises Forbidden, Invalid."""
    require(call.caller, MANAGE, GRANTS)
    refuse_unprintable(("/name", body.name))
    made = StoredWarehouse(id=services.new_id(), **dict(body))
    return _keep(Work(services, call), made, 0, "add_warehouse")


def change(
    services: Services, call: Call, which: str, body: WarehouseBody, version: int
) -> Warehouse:
    """What a warehouse is called, and whether it is open. Raises Forbidden, NotFound, StaleVersion,
    Conflict for one that closes while it is leased or holds stock."""
    require(call.caller, MANAGE, GRANTS)
    refuse_unprintable(("/name", body.name))
    found = _load(services, call, which, version)
    if body.closed and (found.lease or _holds_something(services, call.caller.tenant, which)):
        raise Conflict("a warehouse closes when it is empty and not leased")
    made = found.model_copy(update=dict(body))
    return _keep(Work(services, call), made, version, "change_warehouse")


def lease(services: Services, call: Call, which: str, body: LeaseBody, version: int) -> Warehouse:
    """Lease it, change the mode of its site, or (None) take it back.

    Raises Forbidden, NotFound, StaleVersion, Conflict for an epoch that does not rise.
    """
    require(call.caller, LEASE, GRANTS)
    found = _load(services, call, which, version)
    wanted, old = body.lease, found.lease
    if wanted and old and (wanted.site != old.site or wanted.epoch < old.epoch):
        raise Conflict("take it back first; the epoch of a site only rises")
    made = found.model_copy(update={"lease": wanted})
    return _keep(Work(services, call), made, version, "lease_warehouse")


def listed(services: Services, call: Call) -> WarehouseList:
    """Every warehouse, by name. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    found = [
        repository.opened(services, tenant, item, StoredWarehouse).view(item.version)
        for item in every(services.store, f"WAREHOUSE#{tenant}", page_size=MAX_PAGE)
    ]
    return WarehouseList(items=tuple(sorted(found, key=lambda one: (one.closed, one.name))))


def _load(services: Services, call: Call, which: str, version: int) -> StoredWarehouse:
    tenant = call.caller.tenant
    key = repository.warehouse_key(tenant, which)
    found, present = repository.load(services, tenant, key, StoredWarehouse)
    if present != version:
        raise StaleVersion
    return found


def _holds_something(services: Services, tenant: str, which: str) -> bool:
    """Whether there is stock, or goods are on their way to it. Two queries."""
    held = services.store.query(f"EXPIRY#{tenant}#{which}", limit=1).items
    way = services.store.query(f"TRANSFERS#{tenant}#{which}", "WAY#", limit=1).items
    return bool(held or way)


def _keep(work: Work, made: StoredWarehouse, version: int, action: str) -> Warehouse:
    key = repository.warehouse_key(work.call.caller.tenant, made.id)
    repository.put(work, key, made, version, {"gate": made.gate})
    work.audit(f"pharmacy.{action}", made.id, f"warehouse/{made.id}")
    answer = made.view(version + 1)
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        if failed.at(key):
            raise StaleVersion from failed
        raise
    return answer
