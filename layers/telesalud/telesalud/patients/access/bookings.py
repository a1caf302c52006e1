"""What the agenda says of access: who has an appointment with a patient may see their record."""

from datetime import timedelta

from schemas.appointments import AppointmentFact
from telesalud.patients.people import repository
from telesalud.patients.people.relations import BOOKED_AFTER, book, relation_key
from telesalud.platform.errors import NotFound
from telesalud.platform.work import Services


def follow_booking(
    services: Services, tenant: str, fact: AppointmentFact, sequence: int, *, cancelled: bool
) -> None:
    """Let an appointment's practitioners in until some time after it, or no longer.

    May be repeated, in any order. Raises ConditionFailed when somebody else was faster; the
    event comes again.
    """
    try:
        patient = repository.load(services, tenant, fact.patient_id).id
    except NotFound:
        # The agenda knew the patient; whose registration has no trace here cannot be let into.
        return
    until = None if cancelled else fact.start + timedelta(minutes=fact.minutes) + BOOKED_AFTER
    for user in fact.user_ids:
        key = relation_key(tenant, patient, user)
        book(services, key, fact.appointment_id, sequence, until)
