"""What channels are told: the change that an event announced, with the words to say."""

from schemas.citizen_channels import CitizenAppointment, CitizenNotice, CitizenWords
from schemas.triage import TriageState
from telesalud.interop.stored import StoredTriage
from telesalud.interop.triage import requests
from telesalud.interop.triage.words import words
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.events import Event
from telesalud.platform.webhooks.delivery_records import Notice, notice_of
from telesalud.platform.work import Services

CONTEXT = "interop"
CHANGED = "interop.triage_changed"


def notice_for(services: Services, event: Event) -> Notice | None:
    """What the request's channel is told of an event; None for events that concern no channel,
    and after the end of the record."""
    if event.type != CHANGED:
        return None
    try:
        request, _ = requests.load(services, event.tenant, event.subject)
    except (NotFound, Gone):
        return None
    number = int(event.data["change"])
    told = _notice(request, number)
    if told is None:
        return None
    return notice_of(event, request.channel, told.model_dump(mode="json"))


def _notice(request: StoredTriage, number: int) -> CitizenNotice | None:
    """The change of this number; a later one may have followed meanwhile."""
    before: TriageState | None = None
    for change in request.changes:
        if change.number == number:
            break
        before = change.state
    else:
        return None
    appointment = None
    if change.start is not None and request.appointment is not None:
        appointment = CitizenAppointment(
            id=request.appointment,
            start=change.start,
            minutes=change.minutes or 0,
            zone=change.zone or "UTC",
        )
    return CitizenNotice(
        triage_id=request.id,
        event_id=request.event_id,
        channel_user=request.channel_user,
        state=change.state,
        words=CitizenWords(language=request.language, text=words(request.language, change, before)),
        appointment=appointment,
    )
