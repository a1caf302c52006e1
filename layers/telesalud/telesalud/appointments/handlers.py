"""What this context does when it hears of events, its own and others'."""

from collections.abc import Callable, Mapping

from schemas.appointments import AppointmentFact, SlotFreed
from schemas.patients import PatientFact
from telesalud.appointments.activity import counting
from telesalud.appointments.booking import merges, registered_patients
from telesalud.appointments.neighbours.consults import Consults
from telesalud.appointments.neighbours.patients import Patients
from telesalud.appointments.reminders import planning
from telesalud.appointments.teleconsultations import reconciling
from telesalud.appointments.waiting import offers
from telesalud.platform import standing
from telesalud.platform.access import Caller
from telesalud.platform.consumer import Handler
from telesalud.platform.events import Event, data_of
from telesalud.platform.work import Call, Services


def handlers(
    services: Services, consults: Callable[[], Consults], patients: Callable[[], Patients]
) -> Mapping[str, Handler]:
    """The handler of each event type. Each may be called again with the same event."""

    def follow(event: Event) -> None:
        fact = data_of(event, AppointmentFact)
        counting.count(services, event.tenant, fact.appointment_id)
        planning.plan(services, _call(event), fact.appointment_id)
        if fact.telemedicine:
            reconciling.reconcile(services, _call(event), fact.appointment_id, consults())

    def count(event: Event) -> None:
        counting.count(services, event.tenant, data_of(event, AppointmentFact).appointment_id)

    def offer(event: Event) -> None:
        fact = data_of(event, SlotFreed)
        offers.offer_freed(services, _call(event), fact)

    def learn(event: Event) -> None:
        patient = str(event.data["patient_id"])
        registered_patients.learn(services, _call(event), patient, event.sequence, patients())

    def merge(event: Event) -> None:
        fact = data_of(event, PatientFact)
        merges.follow(services, _call(event), fact, event.sequence)
        if fact.merged_into:
            registered_patients.bring(services, _call(event), fact.merged_into)
        else:
            learn(event)

    def staff(event: Event) -> None:
        standing.follow(services, event)

    return {
        **dict.fromkeys(standing.HEARD, staff),
        "appointments.appointment_booked": follow,
        "appointments.appointment_rescheduled": follow,
        "appointments.appointment_cancelled": follow,
        "appointments.slot_freed": offer,
        "appointments.status_changed": count,
        "patients.patient_deceased": learn,
        "patients.patient_registered": learn,
        "patients.patient_updated": merge,
    }


def _call(event: Event) -> Call:
    return Call(Caller.system(event.tenant, "appointments"), event.id)
