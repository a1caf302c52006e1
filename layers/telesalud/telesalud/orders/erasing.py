"""A record was shredded: what was ordered for the patient goes too.

The patient's key in this context is destroyed first; from there nothing that was ordered opens.
Then their files are deleted with all versions, and their orders leave the work lists, where their
name is under the tenant's key. What cannot be opened any more stays where it is, ids only.
"""

from collections.abc import Iterator

from telesalud.orders import repository
from telesalud.orders.alarms import raising as alarms
from telesalud.orders.requests.open_orders import erase_open
from telesalud.orders.requests.worklist import erase_work
from telesalud.platform.access import Caller
from telesalud.platform.consumer import seen, was_seen
from telesalud.platform.events import Event
from telesalud.platform.ports.blobs import Blobs
from telesalud.platform.store import ConditionFailed, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_CONSUMER = "orders-shredding"


def erase(services: Services, blobs: Blobs, event: Event, members: tuple[str, ...]) -> None:
    """Destroy the keys of these patients, their files, and what shows them on lists.

    May be called again with the same event; what a handler that died has left is done then.
    """
    tenant, orders = event.tenant, set[str]()
    for member in members:
        services.vault.shred(Scope(tenant, member))
        for order in _ordered(services, tenant, member):
            blobs.purge(tenant, order)
            orders.add(order)
    erase_work(services, tenant, orders)
    erase_open(services, tenant, orders)
    alarms.erase(services, tenant, frozenset(members))
    work = Work(services, Call(Caller.system(tenant, "record-shredding"), event.id))
    work.add(seen(_CONSUMER, event))
    for member in members:
        work.audit("orders.shredded", member, f"patient/{member}")
    try:
        work.commit()
    except ConditionFailed as failed:
        if not was_seen(failed, _CONSUMER, event):
            raise


def _ordered(services: Services, tenant: str, patient: str) -> Iterator[str]:
    """Ids of everything that was ordered for a patient."""
    partition = repository.patient_partition(tenant, patient)
    for item in every(services.store, partition, "LIST#"):
        yield item.key.sk.rpartition("#")[2]
