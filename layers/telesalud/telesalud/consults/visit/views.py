"""A consult as the outside sees it."""

from datetime import datetime

from schemas.consult_sessions import SessionConsult
from schemas.consults import Consult as ConsultView
from schemas.consults import Presence
from telesalud.consults.model import Consult, Seat


def presence_of(consult: Consult, seat: Seat) -> Presence:
    """One participant."""
    return Presence(
        participant=seat.id,
        role=seat.role,
        practitioner_id=consult.id_of(seat),
        display_name=consult.name_of(seat),
        present=seat.joined_at is not None,
        present_since=seat.joined_at,
        first_joined_at=seat.first_joined_at,
    )


def staff_view(consult: Consult) -> ConsultView:
    """For staff and partners: no clinical content."""
    state, private = consult.state, consult.private
    return ConsultView(
        id=consult.id,
        status=state.status,
        start=state.start,
        planned_minutes=state.planned_minutes,
        grace_minutes=state.grace_minutes,
        extended_minutes=state.extended_minutes,
        opens_at=state.opens_at,
        closes_at=state.closes_at,
        patient=private.patient,
        practitioners=private.practitioners,
        participants=tuple(presence_of(consult, seat) for seat in state.seats),
        external_reference=private.external_reference,
        waiting_since=state.waiting_since,
        device=state.device,
        started_at=state.started_at,
        ended_at=state.ended_at,
        end_cause=state.end_cause,
        cancel_reason=private.cancel_reason,
        consent=state.consent or None,
        version=consult.version,
    )


def session_view(consult: Consult, now: datetime) -> SessionConsult:
    """For its participants."""
    state = consult.state
    over = state.ended or now >= state.closes_at
    left = 0 if over else state.max_extension_minutes - state.extended_minutes
    return SessionConsult(
        id=consult.id,
        status=state.status,
        start=state.start,
        planned_minutes=state.planned_minutes,
        opens_at=state.opens_at,
        closes_at=state.closes_at,
        warned=state.warned,
        language=state.language,
        participants=tuple(presence_of(consult, seat) for seat in state.seats),
        waiting_since=state.waiting_since,
        device=state.device,
        started_at=state.started_at,
        extendable_minutes=max(0, left),
        consent=state.consent or None,
        video=state.video or None,
        sequence=consult.version,
    )
