"""What this context does when it hears of events."""

from collections.abc import Callable, Mapping

from schemas.agendas import PractitionerMapped, SiteFact
from schemas.appointments import (
    AppointmentFact,
    PatientReceived,
    TeleconsultationConsented,
    TeleconsultationFinished,
)
from telesalud.patients.access.bookings import follow_booking
from telesalud.patients.access.reception import follow_mapping, follow_reception
from telesalud.patients.custody import retention
from telesalud.patients.measurements.sites import follow_site
from telesalud.patients.teleconsultations.consents import file_consents
from telesalud.patients.teleconsultations.importing import Filing, file_teleconsultation
from telesalud.platform import standing
from telesalud.platform.access import Caller
from telesalud.platform.consumer import Handler
from telesalud.platform.events import Event, data_of
from telesalud.platform.work import Call


def handlers(filing: Callable[[], Filing]) -> Mapping[str, Handler]:
    """Event type to handler. All of them may be called again with the same event."""

    def staff(event: Event) -> None:
        standing.follow(filing().services, event)

    def file(event: Event) -> None:
        fact = data_of(event, TeleconsultationFinished)
        call = Call(Caller.system(event.tenant, "patients"), event.id)
        file_teleconsultation(filing(), call, fact)

    def consent(event: Event) -> None:
        fact = data_of(event, TeleconsultationConsented)
        call, here = Call(Caller.system(event.tenant, "patients"), event.id), filing()
        file_consents(here.services, here.source, call, fact)

    def follow(event: Event) -> None:
        fact = data_of(event, AppointmentFact)
        cancelled = event.type == "appointments.appointment_cancelled"
        services = filing().services
        follow_booking(services, event.tenant, fact, event.sequence, cancelled=cancelled)

    def receive(event: Event) -> None:
        fact = data_of(event, PatientReceived)
        follow_reception(filing().services, event.tenant, fact, event.at)

    def mapped(event: Event) -> None:
        fact = data_of(event, PractitionerMapped)
        follow_mapping(filing().services, event.tenant, fact, event.id)

    def ordered(event: Event) -> None:
        retention.note_ordered(filing().services, event)

    def learn_site(event: Event) -> None:
        fact = data_of(event, SiteFact)
        follow_site(filing().services, event.tenant, fact, event.sequence)

    return {
        **dict.fromkeys(standing.HEARD, staff),
        **dict.fromkeys(retention.HEARD, ordered),
        "appointments.site_changed": learn_site,
        "appointments.practitioner_mapped": mapped,
        "appointments.patient_received": receive,
        "appointments.teleconsultation_finished": file,
        "appointments.teleconsultation_consented": consent,
        "appointments.appointment_booked": follow,
        "appointments.appointment_rescheduled": follow,
        "appointments.appointment_cancelled": follow,
    }
