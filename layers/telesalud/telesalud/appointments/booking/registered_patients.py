"""What this context knows of patients: that they exist.

The patients context announces registrations; remembering them spares booking a question over the
network. Until an announcement arrives, booking asks the patients service.
"""

from telesalud.appointments.booking import repository
from telesalud.appointments.errors import PatientMerged
from telesalud.appointments.neighbours.patients import Patients
from telesalud.appointments.policy import GRANTS, WRITE
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict, FieldError, Invalid
from telesalud.platform.store import Check, Item, Update, When
from telesalud.platform.work import Call, Services


def remember(services: Services, call: Call, patient: str) -> None:
    """Note that a patient was registered; repeating it changes nothing."""
    require(call.caller, WRITE, GRANTS)
    key = repository.patient_key(call.caller.tenant, patient)
    services.store.transact([Update(key, {"known": True})])


def check_not_merged(tenant: str, patient: str, item: Item | None) -> Check:
    """A transaction's check that the patient stays unmerged.

    Raises PatientMerged, which names the registration that survived: bookings go there.
    """
    if item is not None and (survivor := item.attributes.get("merged_into")):
        raise PatientMerged(survivor=str(survivor))
    return Check(repository.patient_key(tenant, patient), When(lacks=("merged_into",)))


def check_registered(tenant: str, patient: str, item: Item | None, patients: Patients) -> Check:
    """The same check for a patient who has to exist, too.

    `item` is what this context remembers of them; `patients` is asked when that says nothing.
    Raises PatientMerged, Invalid, Unavailable.
    """
    check = check_not_merged(tenant, patient, item)
    if (item is None or "known" not in item.attributes) and not patients.exists(tenant, patient):
        fault = FieldError("/patient/id", "unknown", "there is no such patient")
        raise Invalid("the patient does not exist", [fault])
    return check


def refusal(services: Services, tenant: str, patient: str) -> Conflict:
    """The refusal for a patient who was merged while being booked."""
    item = services.store.get(repository.patient_key(tenant, patient))
    try:
        check_not_merged(tenant, patient, item)
    except Conflict as merged:
        return merged
    return Conflict("the patient's registration is being changed; try again")
