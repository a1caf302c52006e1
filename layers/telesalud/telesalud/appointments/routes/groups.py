"""Group sessions over HTTP."""

from schemas import groups as g
from schemas.appointments import Appointment
from telesalud.appointments import wiring
from telesalud.appointments.errors import GroupFull
from telesalud.appointments.routes import BOOKING_ERRORS, CHANGE_ERRORS
from telesalud.platform.errors import NotFound, Unavailable
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "POST", "/appointments/groups", body=g.NewGroup, answer=g.Group, status=201,
        idempotent=True, summary="Plan a group session", errors=BOOKING_ERRORS,
    )  # fmt: skip
    def plan_group(request: Request) -> Answer:
        from telesalud.appointments.groups import sessions  # noqa: PLC0415  # this group only

        made = sessions.plan(wiring.services(), request.call, request.body)
        return Answer(made, made.version)

    @edge.operation(
        "GET", "/appointments/groups", query=g.GroupQuery, answer=g.GroupList,
        summary="The group sessions of a site between two moments",
    )  # fmt: skip
    def list_groups(request: Request) -> g.GroupList:
        from telesalud.appointments.groups import sessions  # noqa: PLC0415  # this group only

        return sessions.list_planned(wiring.services(), request.call, request.query)

    @edge.operation(
        "GET", "/appointments/groups/{group_id}", answer=g.Group, errors=(NotFound,),
        summary="A group session with its places",
    )  # fmt: skip
    def read_group(request: Request) -> Answer:
        from telesalud.appointments.groups import sessions  # noqa: PLC0415  # this group only

        found = sessions.read(wiring.services(), request.call, request.id("group_id"))
        return Answer(found, found.version)

    @edge.operation(
        "POST", "/appointments/groups/{group_id}/places", body=g.TakePlace, answer=Appointment,
        status=201, idempotent=True, summary="Book a place for a patient",
        errors=(NotFound, GroupFull, *BOOKING_ERRORS, Unavailable),
    )  # fmt: skip
    def take_place(request: Request) -> Answer:
        from telesalud.appointments.groups import sessions  # noqa: PLC0415  # this group only

        which = request.id("group_id")
        made = sessions.take(
            wiring.services(), request.call, which, request.body, wiring.patients()
        )
        return Answer(made, made.version)

    @edge.operation(
        "POST", "/appointments/groups/{group_id}/cancel", body=g.CancelGroup, answer=g.Group,
        versioned=True, summary="Call a session and all its places off; repeat if it breaks off",
        errors=CHANGE_ERRORS,
    )  # fmt: skip
    def cancel_group(request: Request) -> Answer:
        from telesalud.appointments.groups import sessions  # noqa: PLC0415  # this group only

        which = request.id("group_id")
        called_off = sessions.cancel(
            wiring.services(), request.call, which, request.body, request.if_match
        )
        return Answer(called_off, called_off.version)
