"""The waiting list over HTTP."""

from schemas.appointments import Appointment
from schemas.waiting import (
    ChangeWaiting,
    DeclineOffer,
    WaitingBody,
    WaitingEntry,
    WaitingList,
    WaitingQuery,
)
from telesalud.appointments import wiring
from telesalud.appointments.errors import NoOffer
from telesalud.appointments.routes import BOOKING_ERRORS
from telesalud.appointments.waiting import entries, offers
from telesalud.platform.errors import Invalid, NotFound, StaleVersion, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/appointments/waiting-list")


@group.post(
    body=WaitingBody,
    answer=WaitingEntry,
    status=201,
    idempotent=True,
    errors=(Invalid, Unavailable),
)
def add_waiting(request: Request) -> Answer:
    """Put a patient on the waiting list."""
    made = entries.add(wiring.services(), request.call, request.body, wiring.patients())
    return Answer(made, made.version)


@group.get(query=WaitingQuery, answer=WaitingList)
def list_waiting(request: Request) -> WaitingList:
    """Who waits at a site, the most urgent and oldest first."""
    return entries.list_open(wiring.services(), request.call, request.query)


@group.get("/{waiting_id}", answer=WaitingEntry, errors=(NotFound,))
def read_waiting(request: Request) -> Answer:
    """One entry of the waiting list."""
    found = entries.read(wiring.services(), request.call, request.id("waiting_id"))
    return Answer(found, found.version)


@group.put(
    "/{waiting_id}",
    body=ChangeWaiting,
    answer=WaitingEntry,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion, NoOffer),
)
def change_waiting(request: Request) -> Answer:
    """Change what would suit, or withdraw."""
    entry = request.id("waiting_id")
    changed = entries.change(wiring.services(), request.call, entry, request.body, request.if_match)
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
    entry = request.id("waiting_id")
    made = offers.accept(wiring.services(), request.call, entry)
    return Answer(made, made.version)


@group.post(
    "/{waiting_id}/decline",
    body=DeclineOffer,
    answer=WaitingEntry,
    versioned=True,
    errors=(NotFound, NoOffer, StaleVersion),
)
def decline_offer(request: Request) -> Answer:
    """Give the held slot back; the patient stays on the list."""
    entry = request.id("waiting_id")
    left = offers.decline(wiring.services(), request.call, entry, request.body, request.if_match)
    return Answer(left, left.version)
