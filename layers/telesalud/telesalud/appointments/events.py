"""What this context does when it hears of events, its own and others'."""

import json
from collections.abc import Callable, Mapping

from schemas.appointments import AppointmentFact
from schemas.patients import PatientFact
from telesalud.appointments import link, patients
from telesalud.appointments.link import Consults
from telesalud.platform.access import Caller
from telesalud.platform.consumer import Handler
from telesalud.platform.events import Event
from telesalud.platform.work import Call, Services


def handlers(services: Services, consults: Callable[[], Consults]) -> Mapping[str, Handler]:
    """Event type to handler. All of them may be called again with the same event."""

    def follow(event: Event) -> None:
        fact = AppointmentFact.model_validate_json(_text(event))
        if fact.telemedicine:
            call = Call(Caller.system(event.tenant, "appointments"), event.id)
            link.reconcile(services, call, fact.appointment_id, consults())

    def remember(event: Event) -> None:
        fact = PatientFact.model_validate_json(_text(event))
        patients.remember(services, event.tenant, fact.patient_id)

    return {
        "appointments.appointment_booked": follow,
        "appointments.appointment_rescheduled": follow,
        "appointments.appointment_cancelled": follow,
        "patients.patient_registered": remember,
    }


def _text(event: Event) -> str:
    """The event's data as JSON: the contracts are strict about Python types."""
    return json.dumps(event.data)
