"""Where requests for care are kept, and finding them.

    TRIAGE#<t>#<id> / REQUEST            state and patient in clear, the rest sealed
    TRIAGE#<t>#<id> / TRANSCRIPT         sealed, for 90 days
    TRIAGE_EVENT#<t>#<channel> / <hash>  which request a message of a channel became
    TRIAGE_OPEN#<t> / <rank>#<id>        the inbox, the most pressing first
    TRIAGE_DONE#<t> / <id>               what is over
    TRIAGE_BOOKED#<t> / <appointment>    whose appointment it is
    TRIAGE_OF#<t>#<patient> / <id>       what is matched to a patient, for the end of their record

Until somebody has established who the citizen is, a request is sealed with the institution's key;
from then on with the patient's, so that it ends with the record.
"""

from datetime import timedelta
from typing import Final

from schemas.triage import TriageState, Urgency
from telesalud.interop.stored import StoredTriage
from telesalud.platform.errors import NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import (
    ABSENT,
    Delete,
    Item,
    Key,
    Operation,
    Put,
    Store,
    Value,
    at_version,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services

OPEN: Final = frozenset(
    {TriageState.RECEIVED, TriageState.ASSIGNED, TriageState.BOOKED, TriageState.MISSED}
)
"""States in which somebody has still something to do, or something is still to happen."""
TRANSCRIPTS_KEPT: Final = timedelta(days=90)
_RANKS: Final = {
    Urgency.EMERGENCY: 0,
    Urgency.URGENT: 1,
    Urgency.SOON: 2,
    Urgency.UNKNOWN: 2,
    Urgency.ROUTINE: 3,
}


def request_key(tenant: str, which: str) -> Key:
    """Where a request is."""
    return Key(f"TRIAGE#{tenant}#{which}", "REQUEST")


def transcript_key(tenant: str, which: str) -> Key:
    """Where its transcript is."""
    return Key(f"TRIAGE#{tenant}#{which}", "TRANSCRIPT")


def event_key(tenant: str, channel: str, hashed: str) -> Key:
    """What tells that a message was here before."""
    return Key(f"TRIAGE_EVENT#{tenant}#{channel}", hashed)


def open_pk(tenant: str) -> str:
    """The inbox."""
    return f"TRIAGE_OPEN#{tenant}"


def done_pk(tenant: str) -> str:
    """What is over."""
    return f"TRIAGE_DONE#{tenant}"


def booked_key(tenant: str, appointment: str) -> Key:
    """Whose appointment it is."""
    return Key(f"TRIAGE_BOOKED#{tenant}", appointment)


def patient_pk(tenant: str, patient: str) -> str:
    """What is matched to a patient."""
    return f"TRIAGE_OF#{tenant}#{patient}"


def scope_of(tenant: str, patient: str | None) -> Scope:
    """Whose key seals a request."""
    return Scope(tenant, patient or "")


def rank(request: StoredTriage) -> int:
    """How early it stands in the inbox: 0 is first."""
    return 0 if request.flagged else _RANKS[request.urgency]


def listed_key(tenant: str, request: StoredTriage) -> Key:
    """Its line: in the inbox while it is open."""
    if request.state not in OPEN:
        return Key(done_pk(tenant), request.id)
    # What waits for an appointment stands below what waits for a person.
    waits = request.state is not TriageState.BOOKED
    return Key(open_pk(tenant), f"{rank(request) if waits else 9}#{request.id}")


def put(services: Services, tenant: str, request: StoredTriage, version: int) -> list[Operation]:
    """The writes that keep a request, and its line; `version` is that which was read, or 0."""
    key = request_key(tenant, request.id)
    scope = scope_of(tenant, request.patient)
    attributes: dict[str, Value] = {
        ATTRIBUTE: seal_model(services.vault, scope, key, request),
        "patient": request.patient or "",
        "channel": request.channel,
    }
    when = at_version(version) if version else ABSENT
    return [
        Put(key, attributes, when=when),
        Put(listed_key(tenant, request), {"request": request.id}),
    ]


def moved(
    services: Services, tenant: str, before: StoredTriage, after: StoredTriage, version: int
) -> list[Operation]:
    """The writes that change a request."""
    writes = put(services, tenant, after, version)
    old, new = listed_key(tenant, before), listed_key(tenant, after)
    if old != new:
        writes.append(Delete(old))
    if after.patient and after.patient != before.patient:
        writes.append(Put(Key(patient_pk(tenant, after.patient), after.id), {}))
        if before.patient:
            writes.append(Delete(Key(patient_pk(tenant, before.patient), before.id)))
    return writes


def load(services: Services, tenant: str, which: str) -> tuple[StoredTriage, int]:
    """A request and its version. Raises NotFound, and Gone when its patient's record was
    destroyed."""
    item = services.store.get(request_key(tenant, which))
    if item is None:
        raise NotFound
    return opened(services, tenant, item), item.version


def opened(services: Services, tenant: str, item: Item) -> StoredTriage:
    """What an item holds. Raises Gone."""
    scope = scope_of(tenant, item.text("patient"))
    if scope.patient:  # it may have been destroyed since its key came into memory
        services.vault.learn(scope, services.store.get(scope.key))
    return open_model(services.vault, scope, item, StoredTriage)


def of_appointment(store: Store, tenant: str, appointment: str) -> str | None:
    """The request that an appointment was made for."""
    item = store.get(booked_key(tenant, appointment))
    return item.text("request") if item else None
