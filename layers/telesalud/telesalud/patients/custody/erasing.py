"""Deleting what is left of a record whose key was destroyed.

Nothing of it opens any more; this removes it from lists and searches, deletes files with all their
versions, and frees the room. Each step may be repeated: a worker that dies goes on with what is
still there. What is deleted first is what names the rest: encounters before their lines in the
chart, the patient's own files before the request is marked as done.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from schemas.custody import RecordShredded, ShreddingStatus
from telesalud.patients.access.opening import chart_partition
from telesalud.patients.custody.exporting import part_key
from telesalud.patients.custody.holds import hold_key
from telesalud.patients.custody.shredding import shred_key, shredding_of, shredding_put
from telesalud.patients.encounters.repository import encounter_key, encounter_partition
from telesalud.patients.encounters.stored import Attended
from telesalud.patients.encounters.tasks import todo_partition, unsigned_partition
from telesalud.patients.people import repository
from telesalud.patients.people.stored import StoredPatient
from telesalud.platform.access import Caller
from telesalud.platform.consumer import Handler
from telesalud.platform.events import Event, data_of
from telesalud.platform.ports.blobs import Blobs
from telesalud.platform.sealed import ATTRIBUTE, open_model
from telesalud.platform.store import Delete, Key, Operation, Put, at_version, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_AT_ONCE: Final = 50


def handlers(services: Callable[[], Services], blobs: Callable[[], Blobs]) -> Mapping[str, Handler]:
    """Event type to handler. It may be called again with the same event."""

    def work_on(event: Event) -> None:
        fact = data_of(event, RecordShredded)
        erase(services(), blobs(), event.tenant, fact)

    return {"patients.record_shredded": work_on}


def erase(services: Services, blobs: Blobs, tenant: str, fact: RecordShredded) -> None:
    """Delete what is left, then say that it is done; nothing when that has been done.

    Raises ConditionFailed when another worker finished at the same moment.
    """
    item = services.store.get(shred_key(tenant, fact.patient_id))
    if item is None:
        return
    stored = shredding_of(services.vault, tenant, item)
    if stored.status is not ShreddingStatus.SHREDDING:
        return
    for member in stored.members:
        _forget_person(services, tenant, member, stored.members)
        _erase_chart(services, blobs, tenant, member)
        _erase_exports(services, blobs, tenant, member)
        _delete(services, (Delete(i.key) for i in every(services.store, f"CARE#{tenant}#{member}")))
        blobs.purge(tenant, member)
    done = stored.model_copy(update={"status": ShreddingStatus.DONE})
    work = Work(services, Call(Caller.system(tenant, "record-shredding")))
    work.add(shredding_put(services.vault, tenant, fact.patient_id, done, item.version))
    work.audit("patients.shredded", fact.patient_id, f"patient/{fact.patient_id}")
    work.commit()


def _forget_person(services: Services, tenant: str, patient: str, members: Sequence[str]) -> None:
    """Take a person out of every search and leave a stub, in one transaction."""
    key = repository.patient_key(tenant, patient)
    item = services.store.get(key)
    if item is None or ATTRIBUTE not in item.attributes:
        return
    vault = services.vault
    stored = open_model(vault, Scope(tenant), item, StoredPatient)
    puts = repository.lookups(vault, tenant, patient, stored.body)
    unique = [put.key for put in puts if "patient" in put.attributes]
    unique.append(repository.record_key(vault, tenant, stored.record_number))
    # A document may have been given to somebody else since; that one's lookup stays.
    held = services.store.get_many(unique).values()
    mine = [one for one in held if one.text("patient") in members]
    services.store.transact(
        [
            Put(key, {repository.SHREDDED: True}, when=at_version(item.version)),
            Delete(hold_key(tenant, patient)),
            *(Delete(one.key, when=at_version(one.version)) for one in mine),
            *(Delete(put.key) for put in puts if put.key not in unique),
        ]
    )


def _erase_chart(services: Services, blobs: Blobs, tenant: str, patient: str) -> None:
    partition = chart_partition(tenant, patient)
    for line in every(services.store, partition, "ENCOUNTER#"):
        _, started, encounter = line.key.sk.split("#")
        blobs.purge(tenant, encounter)
        listed = f"{started}#{encounter}"
        _erase_tasks(services, tenant, encounter_key(tenant, encounter), listed)
        parts = every(services.store, encounter_partition(tenant, encounter))
        _delete(services, (Delete(part.key) for part in parts))
        _delete(services, [Delete(line.key)])
    _delete(services, (Delete(item.key) for item in every(services.store, partition)))


def _erase_tasks(services: Services, tenant: str, encounter: Key, listed: str) -> None:
    """Take an encounter off the lists of those for whom it waited, before it goes itself."""
    unsigned = Key(unsigned_partition(tenant), listed)
    found = services.store.get_many([encounter, unsigned])
    users: set[str] = set()
    if encounter in found:
        awaited = found[encounter].attributes.get("awaits", ())
        users |= set(awaited) if isinstance(awaited, tuple) else set()
    if unsigned in found:
        users |= set(open_model(services.vault, Scope(tenant), found[unsigned], Attended).users)
    tasks = (Delete(Key(todo_partition(tenant, user), listed)) for user in sorted(users))
    _delete(services, [*tasks, Delete(unsigned)])


def _erase_exports(services: Services, blobs: Blobs, tenant: str, patient: str) -> None:
    for job in every(services.store, f"EXPORT#{tenant}#{patient}"):
        blobs.purge(tenant, part_key(tenant, job.key.sk, 0).owner)
        _delete(services, [Delete(job.key)])


def _delete(services: Services, operations: Iterator[Operation] | Sequence[Operation]) -> None:
    batch: list[Operation] = []
    for operation in operations:
        batch.append(operation)
        if len(batch) == _AT_ONCE:
            services.store.transact(batch)
            batch = []
    if batch:
        services.store.transact(batch)
