"""The shapes in which the earlier module spoke of a consultation."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from schemas.consults import ConsultStatus, EventType, ParticipantRole
from schemas.paho import LegacyState, LegacyWebhook
from telesalud.consults.model import Consult, LegacyFields
from telesalud.platform.events import Event

TOPICS = {
    EventType.PRACTITIONER_JOINED: "medic-set-attendance",
    EventType.PRACTITIONER_LEFT: "medic-unset-attendance",
    EventType.PATIENT_WAITING: "patient-set-attendance",
    EventType.STARTED: "videoconsultation-started",
    EventType.FINISHED: "videoconsultation-finished",
}
STATUSES = {ConsultStatus.FINISHED: "Finished", ConsultStatus.CANCELLED: "Cancelled"}
"""Everything else is `Valid`, also what has expired."""


def legacy_body(consult: Consult, event: Event) -> bytes | None:
    """The webhook of an event, or None for events that the module did not have."""
    legacy = consult.private.legacy
    topic = TOPICS.get(EventType(event.type))
    if legacy is None or topic is None:
        return None
    state = LegacyState(
        secret=legacy.id,
        medic_secret=legacy.medic_secret,
        status=STATUSES.get(consult.state.status, "Valid"),
        extra=extra_of(legacy),
        **dates(consult, legacy, lasting=topic == "videoconsultation-finished"),
    )
    return LegacyWebhook(vc=state, topic=topic).model_dump_json().encode()


def extra_of(legacy: LegacyFields) -> Any:
    """The caller's own object."""
    return json.loads(legacy.extra)


def dates(consult: Consult, legacy: LegacyFields, *, lasting: bool) -> dict[str, str | None]:
    """The four dates; `lasting` keeps the practitioner's after leaving, which a webhook clears."""
    state = consult.state
    medics = [s for s in state.seats if s.role is ParticipantRole.PRACTITIONER]
    here = [s.first_joined_at if lasting else s.joined_at for s in medics]
    patient = state.waiting_since or state.seat("patient").first_joined_at
    return {
        "medic_attendance_date": local(min(filter(None, here), default=None), legacy),
        "patient_attendance_date": local(patient, legacy),
        "start_date": local(state.started_at, legacy),
        "finish_date": local(state.ended_at, legacy) if state.ended else None,
    }


def local(moment: datetime | None, legacy: LegacyFields) -> str | None:
    """`YYYY-MM-DD HH:MM:SS` in the partner's time zone."""
    return local_text(moment, legacy.time_zone) if moment else None


def local_text(moment: datetime, time_zone: str) -> str:
    """As `local`, for a moment that exists."""
    return moment.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%d %H:%M:%S")
