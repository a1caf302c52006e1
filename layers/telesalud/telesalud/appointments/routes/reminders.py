"""Reminders over HTTP."""

from schemas import reminders as r
from telesalud.appointments import wiring
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/appointments")


@group.get("/reminder-policy", answer=r.ReminderPolicy)
def read_policy(request: Request) -> Answer:
    """When and how patients are reminded."""
    from telesalud.appointments.reminders import planning  # noqa: PLC0415  # this group only

    found = planning.read_policy(wiring.services(), request.call)
    return Answer(found, found.version)


@group.put(
    "/reminder-policy",
    body=r.ReminderPolicyBody,
    answer=r.ReminderPolicy,
    versioned=True,
    errors=(StaleVersion,),
)
def put_policy(request: Request) -> Answer:
    """Set when and how patients are reminded; If-Match "0" the first time."""
    from telesalud.appointments.reminders import planning  # noqa: PLC0415  # this group only

    put = planning.put_policy(wiring.services(), request.call, request.body, request.if_match)
    return Answer(put, put.version)


@group.get("/{appointment_id}/reminders", answer=r.ReminderList, errors=(NotFound,))
def read_reminders(request: Request) -> r.ReminderList:
    """The reminders of an appointment and what became of them."""
    from telesalud.appointments.reminders import planning  # noqa: PLC0415  # this group only

    which = request.id("appointment_id")
    return planning.read(wiring.services(), request.call, which)
