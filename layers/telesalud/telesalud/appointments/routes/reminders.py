"""Reminders over HTTP."""

from schemas.reminders import ReminderList, ReminderPolicy, ReminderPolicyBody
from telesalud.appointments import wiring
from telesalud.appointments.reminders import planning
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/appointments")


@group.get("/reminder-policy", answer=ReminderPolicy)
def read_policy(request: Request) -> Answer:
    """When and how patients are reminded."""
    found = planning.read_policy(wiring.services(), request.call)
    return Answer(found, found.version)


@group.put(
    "/reminder-policy",
    body=ReminderPolicyBody,
    answer=ReminderPolicy,
    versioned=True,
    errors=(StaleVersion,),
)
def put_policy(request: Request) -> Answer:
    """Set when and how patients are reminded; If-Match "0" the first time."""
    put = planning.put_policy(wiring.services(), request.call, request.body, request.if_match)
    return Answer(put, put.version)


@group.get("/{appointment_id}/reminders", answer=ReminderList, errors=(NotFound,))
def read_reminders(request: Request) -> ReminderList:
    """The reminders of an appointment and what became of them."""
    appointment = request.id("appointment_id")
    return planning.read(wiring.services(), request.call, appointment)
