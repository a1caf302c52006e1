"""A record was shredded: what others wrote about the patient opens no more.

The patient's key in this context is destroyed, and with it every version of every resource that
belongs to them. Rows that say where they were stay, and lead to what counts as deleted.
"""

from telesalud.platform.access import Caller
from telesalud.platform.consumer import seen, was_seen
from telesalud.platform.events import Event
from telesalud.platform.store import ConditionFailed
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_CONSUMER = "interop-shredding"


def erase(services: Services, event: Event, members: tuple[str, ...]) -> None:
    """Destroy the keys of these patients. May be called again with the same event."""
    for member in members:
        services.vault.shred(Scope(event.tenant, member))
    work = Work(services, Call(Caller.system(event.tenant, "record-shredding"), event.id))
    work.add(seen(_CONSUMER, event))
    for member in members:
        work.audit("interop.shredded", member, f"patient/{member}")
    try:
        work.commit()
    except ConditionFailed as failed:
        if not was_seen(failed, _CONSUMER, event):
            raise
