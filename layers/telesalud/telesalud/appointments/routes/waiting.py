"""The waiting list over HTTP."""

from schemas import waiting as w
from schemas.appointments import Appointment
from telesalud.appointments import wiring
from telesalud.appointments.errors import NoOffer
from telesalud.appointments.routes import BOOKING_ERRORS
from telesalud.platform.errors import Invalid, NotFound, StaleVersion, Unavailable
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _entries(edge)
    _offers(edge)


def _entries(edge: Edge) -> None:
    @edge.operation(
        "POST", "/appointments/waiting-list", body=w.WaitingBody, answer=w.WaitingEntry,
        status=201, idempotent=True, summary="Put a patient on the waiting list",
        errors=(Invalid, Unavailable),
    )  # fmt: skip
    def add_waiting(request: Request) -> Answer:
        from telesalud.appointments.waiting import entries  # noqa: PLC0415  # this group only

        made = entries.add(wiring.services(), request.call, request.body, wiring.patients())
        return Answer(made, made.version)

    @edge.operation(
        "GET", "/appointments/waiting-list", query=w.WaitingQuery, answer=w.WaitingList,
        summary="Who waits at a site, the most urgent and oldest first",
    )  # fmt: skip
    def list_waiting(request: Request) -> w.WaitingList:
        from telesalud.appointments.waiting import entries  # noqa: PLC0415  # this group only

        return entries.list_open(wiring.services(), request.call, request.query)

    @edge.operation(
        "GET", "/appointments/waiting-list/{waiting_id}", answer=w.WaitingEntry,
        summary="One entry of the waiting list", errors=(NotFound,),
    )  # fmt: skip
    def read_waiting(request: Request) -> Answer:
        from telesalud.appointments.waiting import entries  # noqa: PLC0415  # this group only

        found = entries.read(wiring.services(), request.call, request.id("waiting_id"))
        return Answer(found, found.version)

    @edge.operation(
        "PUT", "/appointments/waiting-list/{waiting_id}", body=w.ChangeWaiting,
        answer=w.WaitingEntry, versioned=True, summary="Change what would suit, or withdraw",
        errors=(Invalid, NotFound, StaleVersion, NoOffer),
    )  # fmt: skip
    def change_waiting(request: Request) -> Answer:
        from telesalud.appointments.waiting import entries  # noqa: PLC0415  # this group only

        which = request.id("waiting_id")
        changed = entries.change(
            wiring.services(), request.call, which, request.body, request.if_match
        )
        return Answer(changed, changed.version)


def _offers(edge: Edge) -> None:
    @edge.operation(
        "POST", "/appointments/waiting-list/{waiting_id}/accept", answer=Appointment,
        status=201, idempotent=True, summary="Book the slot that is held for the patient",
        errors=(NotFound, NoOffer, *BOOKING_ERRORS),
    )  # fmt: skip
    def accept_offer(request: Request) -> Answer:
        from telesalud.appointments.waiting import offers  # noqa: PLC0415  # this group only

        which = request.id("waiting_id")
        made = offers.accept(wiring.services(), request.call, which)
        return Answer(made, made.version)

    @edge.operation(
        "POST", "/appointments/waiting-list/{waiting_id}/decline", body=w.DeclineOffer,
        answer=w.WaitingEntry, versioned=True,
        summary="Give the held slot back; the patient stays on the list",
        errors=(NotFound, NoOffer, StaleVersion),
    )  # fmt: skip
    def decline_offer(request: Request) -> Answer:
        from telesalud.appointments.waiting import offers  # noqa: PLC0415  # this group only

        which = request.id("waiting_id")
        left = offers.decline(
            wiring.services(), request.call, which, request.body, request.if_match
        )
        return Answer(left, left.version)
