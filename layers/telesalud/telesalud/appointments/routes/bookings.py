"""Free slots, agendas and appointments over HTTP."""

from schemas import agendas as g
from schemas import appointments as c
from telesalud.appointments import wiring
from telesalud.appointments.booking import agenda, lifecycle
from telesalud.appointments.routes import BOOKING_ERRORS, CHANGE_ERRORS
from telesalud.platform.errors import Invalid, NotFound, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/appointments")


@group.get("/slots", query=g.SlotQuery, answer=g.SlotList, errors=(Invalid, NotFound))
def free_slots(request: Request) -> g.SlotList:
    """Free slots by practitioner, specialty, site and category; limit=1 is the first."""
    return agenda.free_slots(wiring.services(), request.call, request.query)


@group.get("/agenda", query=c.AgendaQuery, answer=c.AppointmentList)
def read_agenda(request: Request) -> c.AppointmentList:
    """Appointments of a practitioner, a site or a patient in a span of time."""
    return agenda.agenda(wiring.services(), request.call, request.query)


@group.post(
    body=c.Book,
    answer=c.Appointment,
    status=201,
    idempotent=True,
    errors=(*BOOKING_ERRORS, Unavailable),
)
def book(request: Request) -> Answer:
    """Book an appointment."""
    made = lifecycle.book(wiring.services(), request.call, request.body, wiring.patients())
    return Answer(made, made.version)


@group.get("/{appointment_id}", answer=c.Appointment, errors=(NotFound,))
def read_appointment(request: Request) -> Answer:
    """One appointment."""
    which = request.id("appointment_id")
    found = agenda.read(wiring.services(), request.call, which)
    return Answer(found, found.version)


@group.post(
    "/{appointment_id}/reschedule",
    body=c.Reschedule,
    answer=c.Appointment,
    versioned=True,
    errors=(*CHANGE_ERRORS, *BOOKING_ERRORS),
)
def reschedule(request: Request) -> Answer:
    """Move an appointment; repeating it changes nothing."""
    which = request.id("appointment_id")
    moved = lifecycle.reschedule(
        wiring.services(), request.call, which, request.body, request.if_match
    )
    return Answer(moved, moved.version)


@group.post(
    "/{appointment_id}/cancel",
    body=c.Cancel,
    answer=c.Appointment,
    versioned=True,
    errors=CHANGE_ERRORS,
)
def cancel(request: Request) -> Answer:
    """Call an appointment off; repeating it changes nothing."""
    which = request.id("appointment_id")
    cancelled = lifecycle.cancel(
        wiring.services(), request.call, which, request.body, request.if_match
    )
    return Answer(cancelled, cancelled.version)


@group.post(
    "/{appointment_id}/status",
    body=c.ChangeStatus,
    answer=c.Appointment,
    versioned=True,
    errors=CHANGE_ERRORS,
)
def change_status(request: Request) -> Answer:
    """Move an appointment to its next status; repeating it changes nothing."""
    which = request.id("appointment_id")
    changed = lifecycle.change_status(
        wiring.services(), request.call, which, request.body, request.if_match
    )
    return Answer(changed, changed.version)
