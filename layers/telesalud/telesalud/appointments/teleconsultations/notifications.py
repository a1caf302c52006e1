"""Notifications from the consults service: what happened in the teleconsultation of an appointment.

They are signed, arrive at least once and in any order. An appointment follows the highest sequence
it has heard of; the end of a teleconsultation is announced to other contexts once for each
notification that carries news for the record (its finish, and notes that arrived afterwards).
"""

import re
from collections.abc import Mapping

from pydantic import ValidationError

from schemas.appointments import (
    NotificationReceipt,
    Status,
    TeleconsultationConsented,
    TeleconsultationFinished,
)
from schemas.consult_notifications import ConsultNotification
from schemas.consults import EventType
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.lifecycle import add_status
from telesalud.appointments.booking.repository import Found
from telesalud.appointments.booking.statuses import TRANSITIONS
from telesalud.appointments.policy import WRITE
from telesalud.platform.access import Caller
from telesalud.platform.errors import Malformed, NotFound, Unauthenticated, Unavailable
from telesalud.platform.partners import connections
from telesalud.platform.store import Item, Update, When
from telesalud.platform.webhooks.signature import SignatureRefused, verify
from telesalud.platform.work import Call, Services, Work, retrying

_TENANT = re.compile(r"[A-Za-z0-9_-]{1,63}")
_STATUS = {
    EventType.PATIENT_WAITING: Status.ARRIVED,
    EventType.STARTED: Status.IN_CALL,
    EventType.FINISHED: Status.CHECKED_OUT,
    EventType.NO_SHOW: Status.NO_SHOW,
    EventType.EXPIRED: Status.NO_SHOW,
}
_FILED = frozenset({EventType.FINISHED, EventType.NOTES_AMENDED})
"""What the patient's record has to hear of."""


def receive(
    services: Services, headers: Mapping[str, str], body: bytes, request_id: str = ""
) -> NotificationReceipt:
    """Apply a notification once, if it is signed for the institution that it names.

    Raises Unauthenticated, Malformed, and StoreBusy when rivals keep winning.
    """
    notification = _authentic(services, headers, body)
    call = Call(Caller.system(notification.tenant, "consults"), request_id)

    def step() -> NotificationReceipt:
        found = _appointment(services, call, notification)
        if found is None:
            return NotificationReceipt(outcome="ignored")
        return _apply(services, call, found, notification)

    # Somebody may change the appointment, or the same notification come twice at once.
    return retrying(step)


def _authentic(services: Services, headers: Mapping[str, str], body: bytes) -> ConsultNotification:
    """The notification in a request. Raises Unauthenticated, Malformed.

    An institution without a connection looks like a wrong signature.
    """
    try:
        notification = ConsultNotification.model_validate_json(body, extra="ignore")
    except ValidationError:
        raise Malformed("this is not a notification of the consults service") from None
    if not _TENANT.fullmatch(notification.tenant):
        raise Malformed("the tenant is not one")
    try:
        secret = connections.credentials(services, notification.tenant).notification_secret or ""
    except Unavailable:
        secret = ""
    try:
        verify([secret] if secret else [], headers, body, services.clock())
    except SignatureRefused as refused:
        raise Unauthenticated(f"the signature is not valid: {refused.reason}") from refused
    return notification


def _appointment(services: Services, call: Call, notification: ConsultNotification) -> Found | None:
    """The appointment that it is about, unless it is about a consult that was replaced."""
    reference = notification.data.external_reference
    if reference is None:
        return None
    try:
        found = bookings.load(services, call, reference, WRITE)
    except NotFound:
        return None
    if found.link is None:
        return None
    consult = found.link.attributes.get("consult")
    return found if consult in (None, notification.data.consult_id) else None


def _apply(
    services: Services, call: Call, found: Found, notification: ConsultNotification
) -> NotificationReceipt:
    assert found.link is not None  # _appointment looked
    status = _STATUS.get(notification.type)
    latest = status is not None and _later(found.link, "heard", notification)
    news = notification.type in _FILED and _later(found.link, "filed", notification)
    decided = notification.type is EventType.CONSENT_RECORDED
    consented = decided and _later(found.link, "consented", notification)
    if not latest and not news and not consented:
        known = status is not None or notification.type in _FILED or decided
        return NotificationReceipt(outcome="repeated" if known else "ignored")
    work = Work(services, call)
    marks = {"heard": notification.sequence} if latest else {}
    marks |= {"filed": notification.sequence} if news else {}
    marks |= {"consented": notification.sequence} if consented else {}
    when = When(exists=True, version=found.link.version)
    work.add(Update(found.link.key, set=marks, when=when))
    if latest and status is not None and status in TRANSITIONS[found.booking.status]:
        add_status(work, found, status)
    if news:
        _announce_finish(work, found, notification)
    if consented:
        _announce_consent(work, found, notification)
    work.audit("appointments.notified", found.booking.patient.id, _resource(found))
    work.commit()
    return NotificationReceipt(outcome="applied")


def _later(link: Item, mark: str, notification: ConsultNotification) -> bool:
    """Whether nothing later of its kind was heard before."""
    before = link.attributes.get(mark, -1)
    return isinstance(before, int) and notification.sequence > before


def _announce_finish(work: Work, found: Found, notification: ConsultNotification) -> None:
    fact = TeleconsultationFinished(
        appointment_id=found.booking.id,
        consult_id=notification.data.consult_id,
        patient_id=found.booking.patient.id,
        practitioner_id=found.booking.practitioners[0].id,
    )
    # The consult's sequence orders these; the subject is the consult, not the appointment.
    work.event(
        "appointments.teleconsultation_finished",
        notification.data.consult_id,
        notification.sequence,
        fact.model_dump(mode="json"),
    )


def _announce_consent(work: Work, found: Found, notification: ConsultNotification) -> None:
    fact = TeleconsultationConsented(
        appointment_id=found.booking.id,
        consult_id=notification.data.consult_id,
        patient_id=found.booking.patient.id,
    )
    work.event(
        "appointments.teleconsultation_consented",
        notification.data.consult_id,
        notification.sequence,
        fact.model_dump(mode="json"),
    )


def _resource(found: Found) -> str:
    return f"appointment/{found.booking.id}"
