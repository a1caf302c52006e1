"""Group sessions over HTTP."""

from schemas import groups
from schemas.appointments import Appointment
from telesalud.appointments import wiring
from telesalud.appointments.errors import GroupFull
from telesalud.appointments.groups import sessions
from telesalud.appointments.routes import BOOKING_ERRORS, CHANGE_ERRORS
from telesalud.platform.errors import NotFound, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/appointments/groups")


@group.post(
    body=groups.NewGroup, answer=groups.Group, status=201, idempotent=True, errors=BOOKING_ERRORS
)
def plan_group(request: Request) -> Answer:
    """Plan a group session."""
    made = sessions.plan(wiring.services(), request.call, request.body)
    return Answer(made, made.version)


@group.get(query=groups.GroupQuery, answer=groups.GroupList)
def list_groups(request: Request) -> groups.GroupList:
    """The group sessions of a site between two moments."""
    return sessions.list_planned(wiring.services(), request.call, request.query)


@group.get("/{group_id}", answer=groups.Group, errors=(NotFound,))
def read_group(request: Request) -> Answer:
    """A group session with its places."""
    found = sessions.read(wiring.services(), request.call, request.id("group_id"))
    return Answer(found, found.version)


@group.post(
    "/{group_id}/places",
    body=groups.TakePlace,
    answer=Appointment,
    status=201,
    idempotent=True,
    errors=(NotFound, GroupFull, *BOOKING_ERRORS, Unavailable),
)
def take_place(request: Request) -> Answer:
    """Book a place for a patient."""
    session = request.id("group_id")
    made = sessions.take(wiring.services(), request.call, session, request.body, wiring.patients())
    return Answer(made, made.version)


@group.post(
    "/{group_id}/cancel",
    body=groups.CancelGroup,
    answer=groups.Group,
    versioned=True,
    errors=CHANGE_ERRORS,
)
def cancel_group(request: Request) -> Answer:
    """Call a session and all its places off; repeat if it breaks off."""
    session = request.id("group_id")
    called_off = sessions.cancel(
        wiring.services(), request.call, session, request.body, request.if_match
    )
    return Answer(called_off, called_off.version)
