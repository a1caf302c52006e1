"""What the agenda says of access: who has an appointment with a patient may see their record."""

from datetime import timedelta

from schemas.appointments import AppointmentFact
from schemas.care import AccessWay
from telesalud.patients.people import repository
from telesalud.patients.people.relations import Booked, book, relation_key
from telesalud.patients.reviews.reporting import Reported, report
from telesalud.platform.access import Caller
from telesalud.platform.errors import NotFound
from telesalud.platform.work import Call, Services, Work


def follow_booking(
    services: Services, tenant: str, fact: AppointmentFact, sequence: int, *, cancelled: bool
) -> None:
    """Let an appointment's practitioners in until some time after it, or no longer.

    Who booked themselves comes in on the day only, and an auditor is told. May be
    repeated, in any order. Raises ConditionFailed when somebody else was faster; the event comes
    again.
    """
    try:
        patient = repository.load(services, tenant, fact.patient_id).id
    except NotFound:
        # The agenda knew the patient; whose registration has no trace here cannot be let into.
        return
    span = None if cancelled else (fact.start, fact.start + timedelta(minutes=fact.minutes))
    for user in fact.user_ids:
        own = user == fact.booked_by
        booked = Booked(fact.appointment_id, sequence, span, own)
        change = book(services, relation_key(tenant, patient, user), booked)
        if change is None:
            continue
        write, self_made = change
        work = Work(services, Call(Caller.system(tenant, "agenda"), fact.appointment_id))
        work.add(write)
        if self_made and not cancelled:
            about = f"appointment/{fact.appointment_id}"
            report(work, Reported(patient, user, AccessWay.OWN_BOOKING, about))
        work.commit()
