"""What this context knows of patients: that they exist, their name, and whether they have died.

The patients context announces registrations, corrections and deaths; `learn` asks it who the
patient is now, keeps that, and brings their appointments up to date. So booking spares itself a
question over the network, and an agenda never shows another name than the record. Until an
announcement arrives, booking asks the patients service.
"""

from schemas.appointments import PatientReference
from telesalud.appointments.booking import repository
from telesalud.appointments.booking.stored import KnownPatient
from telesalud.appointments.errors import PatientDeceased, PatientMerged
from telesalud.appointments.neighbours.patients import Patients, Registered
from telesalud.appointments.policy import GRANTS, WRITE
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict, FieldError, Invalid, NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import (
    Check,
    ConditionFailed,
    Item,
    Update,
    Value,
    When,
    at_version,
    every,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

DECEASED = "deceased"
"""Attribute of a patient of whom nothing can be booked any more."""


def learn(services: Services, call: Call, patient: str, sequence: int, patients: Patients) -> None:
    """Ask who the patient is now, remember it, and bring their appointments up to date.

    Events may repeat and come in any order: what a later one taught stays. Raises Unavailable.
    """
    require(call.caller, WRITE, GRANTS)
    tenant = call.caller.tenant
    key = repository.patient_key(tenant, patient)
    person = patients.person(tenant, patient)
    services.fetch([key], Scope(tenant))
    content: dict[str, Value] = {"known": True, "named": sequence}
    remove: tuple[str, ...] = (DECEASED,)
    if person is not None:
        stored = KnownPatient(display_name=person.display_name)
        content[ATTRIBUTE] = seal_model(services.vault, Scope(tenant), key, stored)
        if person.deceased:
            content[DECEASED], remove = True, ()
    for when in (When(lacks=("named",)), When(below={"named": sequence})):
        try:
            services.store.transact([Update(key, set=content, remove=remove, when=when)])
        except ConditionFailed:
            continue
        break
    bring(services, call, patient)


def bring(services: Services, call: Call, patient: str) -> None:
    """Let every appointment of the patient show what is remembered of them."""
    require(call.caller, WRITE, GRANTS)
    tenant = call.caller.tenant
    key = repository.patient_key(tenant, patient)
    item = services.fetch([key], Scope(tenant)).get(key)
    person = _remembered(services, tenant, item)
    if person is None:
        return
    partition = repository.agenda_partition(tenant, "PATIENT", patient)
    for copy in every(services.store, partition):
        _show(services, call, copy.key.sk.rpartition("#")[2], patient, person)


def _show(
    services: Services, call: Call, appointment: str, patient: str, person: Registered
) -> None:
    tenant, vault = call.caller.tenant, services.vault

    def step() -> None:
        try:
            present = repository.load(services, call, appointment, WRITE)
        except NotFound:
            return
        old = present.booking
        reference = old.patient.model_copy(update={"display_name": person.display_name})
        new = old.model_copy(update={"patient": reference, "deceased": person.deceased})
        if old.patient.id != patient or new == old:
            return
        version, work = present.version + 1, Work(services, call)
        work.add(repository.appointment_put(vault, tenant, new, at_version(present.version)))
        for key in new.copies(tenant):
            work.add(repository.copy_update(vault, tenant, key, new, version))
        work.audit("appointments.follow_patient", patient, f"appointment/{appointment}")
        work.commit()

    retrying(step)


def check_not_merged(tenant: str, patient: str, item: Item | None) -> Check:
    """A transaction's check that the patient stays alive and unmerged.

    Raises PatientMerged, which names the registration that survived: bookings go there; and
    PatientDeceased.
    """
    if item is not None and (survivor := item.attributes.get("merged_into")):
        raise PatientMerged(survivor=str(survivor))
    if item is not None and DECEASED in item.attributes:
        raise PatientDeceased
    return Check(repository.patient_key(tenant, patient), When(lacks=("merged_into", DECEASED)))


def admitted(
    services: Services,
    tenant: str,
    given: PatientReference,
    item: Item | None,
    patients: Patients,
) -> tuple[PatientReference, Check]:
    """The patient by the record's name, and the same check.

    `item` is what this context remembers of them, with the tenant's key fetched; `patients` is
    asked when that tells no name. Raises PatientMerged, PatientDeceased, Invalid, Unavailable.
    """
    check = check_not_merged(tenant, given.id, item)
    person = _remembered(services, tenant, item) or patients.person(tenant, given.id)
    if person is None:
        fault = FieldError("/patient/id", "unknown", "there is no such patient")
        raise Invalid("the patient does not exist", [fault])
    if person.deceased:
        raise PatientDeceased
    return given.model_copy(update={"display_name": person.display_name}), check


def refusal(services: Services, tenant: str, patient: str) -> Conflict:
    """The refusal for a patient who was merged, or died, while being booked."""
    item = services.store.get(repository.patient_key(tenant, patient))
    try:
        check_not_merged(tenant, patient, item)
    except Conflict as merged:
        return merged
    return Conflict("the patient's registration is being changed; try again")


def _remembered(services: Services, tenant: str, item: Item | None) -> Registered | None:
    if item is None or ATTRIBUTE not in item.attributes:
        return None
    stored = open_model(services.vault, Scope(tenant), item, KnownPatient)
    return Registered(stored.display_name, DECEASED in item.attributes)
