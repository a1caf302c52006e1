"""Appointments of patients who turn out to be one person, and who are two again.

    PATIENTS#<t>         / <patient>       `merged_into`, and the sequence of the event that said so
    MERGED#<t>#<patient> / <appointment>   an appointment that went to the survivor

The patients context says who was merged into whom; `follow` writes that down and then moves one
appointment after the other, each in a transaction, until the agenda of the patient who is gone is
empty. It works from what is stored, so a repetition goes on where it broke off. From the first
moment on, nobody can book for the one who is gone.

If both had an appointment at the same time, the survivor's time is taken once and the moved
appointment keeps the lock that it had (`locked_as`): nothing is cancelled by itself.
"""

from schemas.patients import PatientFact
from telesalud.appointments.booking import repository, transactions
from telesalud.appointments.booking.repository import Found
from telesalud.appointments.booking.statuses import CALLED_OFF
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.errors import PatientBusy
from telesalud.appointments.policy import GRANTS, WRITE
from telesalud.platform.access import require
from telesalud.platform.errors import NotFound
from telesalud.platform.store import (
    ConditionFailed,
    Delete,
    Key,
    Operation,
    Update,
    When,
    at_version,
    every,
)
from telesalud.platform.work import Call, Services, Work, retrying


def follow(services: Services, call: Call, fact: PatientFact, sequence: int) -> int:
    """Bring the patient's appointments to whom they belong now; how many moved.

    Events may repeat and come in any order. Raises StoreBusy when others keep changing an
    appointment; what was moved stays moved.
    """
    require(call.caller, WRITE, GRANTS)
    tenant, patient = call.caller.tenant, fact.patient_id
    _note(services, tenant, fact, sequence)
    item = services.store.get(repository.patient_key(tenant, patient))
    survivor = str(item.attributes.get("merged_into", "")) if item else ""
    if survivor:
        return _all_to(services, call, patient, survivor)
    return _all_back(services, call, patient)


def _note(services: Services, tenant: str, fact: PatientFact, sequence: int) -> None:
    """Remember the newest word on whether the patient was merged."""
    key = repository.patient_key(tenant, fact.patient_id)
    merged: dict[str, str | int] = {"known": True, "heard": sequence}
    remove: tuple[str, ...] = ("merged_into",)
    if fact.merged_into:
        merged, remove = {**merged, "merged_into": fact.merged_into}, ()
    for when in (When(lacks=("heard",)), When(below={"heard": sequence})):
        try:
            services.store.transact([Update(key, set=merged, remove=remove, when=when)])
        except ConditionFailed:
            continue
        return


def _all_to(services: Services, call: Call, patient: str, survivor: str) -> int:
    partition = repository.agenda_partition(call.caller.tenant, "PATIENT", patient)
    ids = (item.key.sk.rpartition("#")[2] for item in every(services.store, partition))
    return sum(_move(services, call, each, patient, survivor, merge=True) for each in ids)


def _all_back(services: Services, call: Call, patient: str) -> int:
    partition = repository.merged_partition(call.caller.tenant, patient)
    ids = (item.key.sk for item in every(services.store, partition))
    return sum(_back(services, call, each, patient) for each in ids)


def _back(services: Services, call: Call, appointment: str, patient: str) -> bool:
    try:
        held = repository.load(services, call, appointment, WRITE).booking.patient.id
    except NotFound:
        return False
    return _move(services, call, appointment, held, patient, merge=False)


def _move(
    services: Services, call: Call, appointment: str, source: str, target: str, *, merge: bool
) -> bool:
    """Give one appointment to another patient; False when it is theirs already."""

    def step() -> bool:
        present = repository.load(services, call, appointment, WRITE)
        if present.booking.patient.id != source or source == target:
            return False
        try:
            _hand_over(services, call, present, target, merge=merge)
        except PatientBusy:
            _hand_over(services, call, present, target, merge=merge, keep_lock=True)
        return True

    return retrying(step)


def _hand_over(
    services: Services,
    call: Call,
    present: Found,
    target: str,
    *,
    merge: bool,
    keep_lock: bool = False,
) -> None:
    tenant, old = call.caller.tenant, present.booking
    version = present.version + 1
    locked = old.locked_as or old.patient.id
    reference = old.patient.model_copy(update={"id": target})
    lock = locked if keep_lock and locked != target else None
    new = old.model_copy(update={"patient": reference, "locked_as": lock})
    work = Work(services, call)
    work.add(repository.appointment_put(services.vault, tenant, new, at_version(present.version)))
    work.add(*_copies(services, tenant, present, new))
    if old.status not in CALLED_OFF:
        work.add(*transactions.lock_moves(tenant, old, new))
    if merge:
        work.add(repository.merged_put(tenant, old.patient.id, old.id))
    else:
        work.add(Delete(Key(repository.merged_partition(tenant, target), old.id)))
    # Whoever follows appointments learns whom it is with now; the time is the same.
    transactions.announce(work, "rescheduled", new, version)
    try:
        work.commit()
    except ConditionFailed as failed:
        clash = transactions.clash_of(failed, new, tenant)
        if isinstance(clash, PatientBusy) and not keep_lock:
            raise clash from failed
        raise


def _copies(services: Services, tenant: str, present: Found, new: Booking) -> list[Operation]:
    link = present.view
    kept = new.copies(tenant)
    gone = [key for key in present.booking.copies(tenant) if key not in kept]
    puts = [
        repository.copy_put(
            services.vault,
            tenant,
            key,
            new,
            version=present.version + 1,
            link=link.link_status,
            consult=link.consult or "",
        )
        for key in kept
    ]
    return [*(Delete(key) for key in gone), *puts]
