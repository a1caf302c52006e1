"""Free slots, agendas and appointments over HTTP."""

from schemas.agendas import SlotList, SlotQuery
from schemas.appointments import (
    AgendaQuery,
    Appointment,
    AppointmentList,
    Book,
    Cancel,
    ChangeStatus,
    Reschedule,
)
from telesalud.appointments import wiring
from telesalud.appointments.booking import lifecycle, reading, slots
from telesalud.appointments.routes import BOOKING_ERRORS, CHANGE_ERRORS
from telesalud.platform.errors import Invalid, NotFound, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/appointments")


@group.get("/slots", query=SlotQuery, answer=SlotList, errors=(Invalid, NotFound))
def free_slots(request: Request) -> SlotList:
    """Free slots by practitioner, specialty, site and category; limit=1 is the first."""
    return slots.free_slots(wiring.services(), request.call, request.query)


@group.get("/agenda", query=AgendaQuery, answer=AppointmentList)
def read_agenda(request: Request) -> AppointmentList:
    """Appointments of a practitioner, a site or a patient in a span of time."""
    return reading.agenda(wiring.services(), request.call, request.query)


@group.post(
    body=Book,
    answer=Appointment,
    status=201,
    idempotent=True,
    errors=(*BOOKING_ERRORS, Unavailable),
)
def book(request: Request) -> Answer:
    """Book an appointment."""
    made = lifecycle.book(wiring.services(), request.call, request.body, wiring.patients())
    return Answer(made, made.version)


@group.get("/{appointment_id}", answer=Appointment, errors=(NotFound,))
def read_appointment(request: Request) -> Answer:
    """One appointment."""
    appointment = request.id("appointment_id")
    found = reading.read(wiring.services(), request.call, appointment)
    return Answer(found, found.version)


@group.post(
    "/{appointment_id}/reschedule",
    body=Reschedule,
    answer=Appointment,
    versioned=True,
    errors=(*CHANGE_ERRORS, *BOOKING_ERRORS),
)
def reschedule(request: Request) -> Answer:
    """Move an appointment; repeating it changes nothing."""
    appointment = request.id("appointment_id")
    moved = lifecycle.reschedule(
        wiring.services(), request.call, appointment, request.body, request.if_match
    )
    return Answer(moved, moved.version)


@group.post(
    "/{appointment_id}/cancel",
    body=Cancel,
    answer=Appointment,
    versioned=True,
    errors=CHANGE_ERRORS,
)
def cancel(request: Request) -> Answer:
    """Call an appointment off; repeating it changes nothing."""
    appointment = request.id("appointment_id")
    cancelled = lifecycle.cancel(
        wiring.services(), request.call, appointment, request.body, request.if_match
    )
    return Answer(cancelled, cancelled.version)


@group.post(
    "/{appointment_id}/status",
    body=ChangeStatus,
    answer=Appointment,
    versioned=True,
    errors=CHANGE_ERRORS,
)
def change_status(request: Request) -> Answer:
    """Move an appointment to its next status; repeating it changes nothing."""
    appointment = request.id("appointment_id")
    changed = lifecycle.change_status(
        wiring.services(), request.call, appointment, request.body, request.if_match
    )
    return Answer(changed, changed.version)
