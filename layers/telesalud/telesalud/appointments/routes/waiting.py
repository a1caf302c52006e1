"""The waiting list over HTTP."""

from schemas import waiting as w
from schemas.appointments import Appointment
from telesalud.appointments import wiring
from telesalud.appointments.errors import NoOffer
from telesalud.appointments.routes import BOOKING_ERRORS
from telesalud.platform.errors import Invalid, NotFound, StaleVersion, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/appointments/waiting-list")


@group.post(
    body=w.WaitingBody,
    answer=w.WaitingEntry,
    status=201,
    idempotent=True,
    errors=(Invalid, Unavailable),
)
def add_waiting(request: Request) -> Answer:
    """Put a patient on the waiting list."""
    from telesalud.appointments.waiting import entries  # noqa: PLC0415  # this group only

    made = entries.add(wiring.services(), request.call, request.body, wiring.patients())
    return Answer(made, made.version)


@group.get(query=w.WaitingQuery, answer=w.WaitingList)
def list_waiting(request: Request) -> w.WaitingList:
    """Who waits at a site, the most urgent and oldest first."""
    from telesalud.appointments.waiting import entries  # noqa: PLC0415  # this group only

    return entries.list_open(wiring.services(), request.call, request.query)


@group.get("/{waiting_id}", answer=w.WaitingEntry, errors=(NotFound,))
def read_waiting(request: Request) -> Answer:
    """One entry of the waiting list."""
    from telesalud.appointments.waiting import entries  # noqa: PLC0415  # this group only

    found = entries.read(wiring.services(), request.call, request.id("waiting_id"))
    return Answer(found, found.version)


@group.put(
    "/{waiting_id}",
    body=w.ChangeWaiting,
    answer=w.WaitingEntry,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion, NoOffer),
)
def change_waiting(request: Request) -> Answer:
    """Change what would suit, or withdraw."""
    from telesalud.appointments.waiting import entries  # noqa: PLC0415  # this group only

    which = request.id("waiting_id")
    changed = entries.change(wiring.services(), request.call, which, request.body, request.if_match)
    return Answer(changed, changed.version)


@group.post(
    "/{waiting_id}/accept",
    answer=Appointment,
    status=201,
    idempotent=True,
    errors=(NotFound, NoOffer, *BOOKING_ERRORS),
)
def accept_offer(request: Request) -> Answer:
    """Book the slot that is held for the patient."""
    from telesalud.appointments.waiting import offers  # noqa: PLC0415  # this group only

    which = request.id("waiting_id")
    made = offers.accept(wiring.services(), request.call, which)
    return Answer(made, made.version)


@group.post(
    "/{waiting_id}/decline",
    body=w.DeclineOffer,
    answer=w.WaitingEntry,
    versioned=True,
    errors=(NotFound, NoOffer, StaleVersion),
)
def decline_offer(request: Request) -> Answer:
    """Give the held slot back; the patient stays on the list."""
    from telesalud.appointments.waiting import offers  # noqa: PLC0415  # this group only

    which = request.id("waiting_id")
    left = offers.decline(wiring.services(), request.call, which, request.body, request.if_match)
    return Answer(left, left.version)
