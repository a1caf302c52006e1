"""Reminders over HTTP."""

from schemas import reminders as r
from telesalud.appointments import wiring
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "GET", "/appointments/reminder-policy", answer=r.ReminderPolicy,
        summary="When and how patients are reminded",
    )  # fmt: skip
    def read_policy(request: Request) -> Answer:
        from telesalud.appointments.reminders import planning  # noqa: PLC0415  # this group only

        found = planning.read_policy(wiring.services(), request.call)
        return Answer(found, found.version)

    @edge.operation(
        "PUT", "/appointments/reminder-policy", body=r.ReminderPolicyBody,
        answer=r.ReminderPolicy, versioned=True, errors=(StaleVersion,),
        summary='Set when and how patients are reminded; If-Match "0" the first time',
    )  # fmt: skip
    def put_policy(request: Request) -> Answer:
        from telesalud.appointments.reminders import planning  # noqa: PLC0415  # this group only

        put = planning.put_policy(wiring.services(), request.call, request.body, request.if_match)
        return Answer(put, put.version)

    @edge.operation(
        "GET", "/appointments/{appointment_id}/reminders", answer=r.ReminderList,
        summary="The reminders of an appointment and what became of them", errors=(NotFound,),
    )  # fmt: skip
    def read_reminders(request: Request) -> r.ReminderList:
        from telesalud.appointments.reminders import planning  # noqa: PLC0415  # this group only

        which = request.id("appointment_id")
        return planning.read(wiring.services(), request.call, which)
