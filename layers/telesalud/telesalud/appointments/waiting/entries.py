"""The waiting list: entries, and the queue of each site in which they wait.

WAITING#<t>      / <id>                         the entry, sealed; its version is the ETag
QUEUE#<t>#<site> / <urgency>#<since>#<id>       copy of an open entry, most urgent and oldest first
"""

from collections.abc import Sequence
from datetime import datetime

from schemas.waiting import (
    ChangeWaiting,
    Urgency,
    WaitingBody,
    WaitingEntry,
    WaitingFact,
    WaitingList,
    WaitingQuery,
    WaitingStatus,
)
from telesalud.appointments.agendas import repository as agendas
from telesalud.appointments.booking import registered_patients
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.errors import NoOffer
from telesalud.appointments.neighbours.patients import Patients
from telesalud.appointments.policy import GRANTS, READ, WRITE
from telesalud.appointments.waiting import offer_notices
from telesalud.appointments.waiting.stored import Entry, Wish
from telesalud.platform.access import require
from telesalud.platform.clock import to_text
from telesalud.platform.errors import FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Delete,
    Item,
    Key,
    Operation,
    Put,
    When,
    at_version,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_RANK = {Urgency.URGENT: 0, Urgency.SOON: 1, Urgency.ROUTINE: 2}
OPEN = frozenset({WaitingStatus.WAITING, WaitingStatus.OFFERED})


def queue_key(tenant: str, entry: Entry) -> Key:
    """An entry's place in the queue of its site."""
    place = f"{_RANK[entry.body.urgency]}#{to_text(entry.created_at)}#{entry.id}"
    return Key(queue_of(tenant, entry.body.site), place)


def queue_of(tenant: str, site: str) -> str:
    """The partition of a site's open entries."""
    return f"QUEUE#{tenant}#{site}"


def entry_key(tenant: str, waiting: str) -> Key:
    """Where an entry is."""
    return Key(f"WAITING#{tenant}", waiting)


def slot_name(practitioner: str, start: datetime) -> str:
    """The name by which a slot is remembered that was offered in vain."""
    return f"{practitioner}@{to_text(start)}"


def add(services: Services, call: Call, body: WaitingBody, patients: Patients) -> WaitingEntry:
    """Put a patient on the list. Raises Invalid, PatientMerged, Unavailable."""
    require(call.caller, WRITE, GRANTS)
    tenant = call.caller.tenant
    known = bookings.patient_key(tenant, body.patient.id)
    found = _check_named(services, tenant, body, known)
    patient, not_merged = registered_patients.admitted(
        services, tenant, body.patient, found.get(known), patients
    )
    body = body.model_copy(update={"patient": patient})
    entry = Entry(
        id=services.new_id(),
        body=Wish.of(body),
        status=WaitingStatus.WAITING,
        created_at=services.clock(),
    )
    work = Work(services, call)
    work.add(*save(services, tenant, None, entry, 0), not_merged)
    announce(work, "waiting_added", entry, 1)
    answer = entry.view(1)
    work.commit(answer, 1)
    return answer


def change(
    services: Services, call: Call, waiting: str, body: ChangeWaiting, version: int
) -> WaitingEntry:
    """Replace what would suit, or withdraw. An offer has to be settled first.

    Raises NotFound, StaleVersion, NoOffer, Invalid.
    """
    tenant = call.caller.tenant
    entry, found = load(services, call, waiting, WRITE)
    if found != version:
        raise StaleVersion
    if entry.status is not WaitingStatus.WAITING:
        detail = "accept or decline the offer first" if entry.offer else "it is closed"
        raise NoOffer(detail, state=entry.status.value)
    if body.patient.id != entry.body.patient.id:
        fault = FieldError("/patient/id", "changed", "put the other patient on the list")
        raise Invalid("an entry stays with its patient", [fault])
    _check_named(services, tenant, body)
    status = WaitingStatus.WITHDRAWN if body.withdrawn else WaitingStatus.WAITING
    changed = entry.model_copy(update={"body": entry.body.replaced(body), "status": status})
    work = Work(services, call)
    work.add(*save(services, tenant, entry, changed, version))
    if body.withdrawn:
        announce(work, "waiting_withdrawn", changed, version + 1)
    else:
        work.audit("appointments.change_waiting", body.patient.id, f"waiting/{waiting}")
    commit(work, entry_key(tenant, waiting))
    return changed.view(version + 1)


def read(services: Services, call: Call, waiting: str) -> WaitingEntry:
    """One entry; the access is audited. Raises NotFound."""
    entry, version = load(services, call, waiting, READ)
    work = Work(services, call)
    work.audit("appointments.read_waiting", entry.body.patient.id, f"waiting/{waiting}")
    work.commit()
    return _views(services, call.caller.tenant, [(entry, version)])[0]


def list_open(services: Services, call: Call, query: WaitingQuery) -> WaitingList:
    """Who waits at a site: one query, one read more while offers stand; the access is audited."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    page = services.store.query(
        queue_of(tenant, query.site), after=from_cursor(query.cursor), limit=query.limit
    )
    items = [
        (open_model(services.vault, Scope(tenant), item, Entry), item.number("of_version"))
        for item in page.items
    ]
    work = Work(services, call)
    work.audit("appointments.read_waiting_list", query.site, f"site/{query.site}")
    work.commit()
    views = _views(services, tenant, items)
    return WaitingList(items=views, cursor=to_cursor(page.next_after))


def _views(
    services: Services, tenant: str, entries: Sequence[tuple[Entry, int]]
) -> tuple[WaitingEntry, ...]:
    """What callers see, with what their patients were told of the offers that stand."""
    standing = [entry.offer.appointment for entry, _ in entries if entry.offer]
    notices = offer_notices.read(services, tenant, standing)
    return tuple(
        entry.view(version, notices.get(entry.offer.appointment) if entry.offer else None)
        for entry, version in entries
    )


def load(services: Services, call: Call, waiting: str, right: str) -> tuple[Entry, int]:
    """The entry and its version, for a caller who has the right. Raises Forbidden, NotFound."""
    require(call.caller, right, GRANTS)
    tenant = call.caller.tenant
    key = entry_key(tenant, waiting)
    item = services.fetch([key], Scope(tenant)).get(key)
    if item is None:
        raise NotFound("there is no such entry of the waiting list")
    return open_model(services.vault, Scope(tenant), item, Entry), item.version


def save(
    services: Services, tenant: str, old: Entry | None, new: Entry, version: int
) -> list[Operation]:
    """The writes of an entry and its place in the queue; `version` is that which was read."""
    key = entry_key(tenant, new.id)
    when: When = at_version(version) if old else ABSENT
    sealed = seal_model(services.vault, Scope(tenant), key, new)
    made: list[Operation] = [Put(key, {ATTRIBUTE: sealed}, when=when)]
    place = queue_key(tenant, new)
    if old is not None and (queue_key(tenant, old) != place or new.status not in OPEN):
        made.append(Delete(queue_key(tenant, old)))
    if new.status in OPEN:
        copy = seal_model(services.vault, Scope(tenant), place, new)
        made.append(Put(place, {ATTRIBUTE: copy, "of_version": version + 1}))
    return made


def announce(work: Work, verb: str, entry: Entry, version: int) -> None:
    """Collect the event and the audit entry of a change of an entry."""
    offer = entry.offer
    fact = WaitingFact(
        waiting_id=entry.id,
        patient_id=entry.body.patient.id,
        site_id=entry.body.site,
        category=entry.body.category,
        practitioner_id=offer.practitioner if offer else None,
        start=offer.start if offer else None,
        minutes=offer.minutes if offer else None,
        expires_at=offer.expires_at if offer else None,
        appointment_id=entry.appointment,
    )
    work.event(f"appointments.{verb}", entry.id, version, fact.model_dump(mode="json"))
    work.audit(f"appointments.{verb}", entry.body.patient.id, f"waiting/{entry.id}")


def commit(work: Work, entry: Key) -> None:
    """Commit; a lost race on the entry becomes StaleVersion."""
    try:
        work.commit()
    except ConditionFailed as failed:
        if failed.at(entry):
            raise StaleVersion from failed
        raise


def _check_named(services: Services, tenant: str, body: WaitingBody, *also: Key) -> dict[Key, Item]:
    """What the entry names exists. Raises Invalid; returns what was read, `also` among it."""
    keys = {
        "/site": agendas.site_key(tenant, body.site),
        "/category": agendas.category_key(tenant, body.category),
    } | {
        f"/practitioners/{n}": agendas.practitioner_key(tenant, one)
        for n, one in enumerate(body.practitioners)
    }
    found = services.fetch(list(dict.fromkeys([*keys.values(), *also])), Scope(tenant))
    faults = [
        FieldError(pointer, "unknown", "there is no such thing")
        for pointer, key in keys.items()
        if key not in found
    ]
    if faults:
        raise Invalid("the entry names something that does not exist", faults)
    return found
