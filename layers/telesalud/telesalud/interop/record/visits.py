"""Encounters, documents, appointments, and who and where, as FHIR has them."""

from datetime import timedelta
from typing import Final

from schemas.agendas import Practitioner, Site
from schemas.appointments import Appointment, Status
from schemas.documents import Document, DocumentStatus
from schemas.encounters import EncounterState
from schemas.patients import EncounterKind, EncounterStatus, EncounterSummary
from telesalud.interop.fhir.exact import Object
from telesalud.interop.record.naming import packed
from telesalud.interop.record.shapes import kept, known, loinc, moment, reference, resource

_ACT: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_CLASS: Final = {
    EncounterKind.AMBULATORY: "AMB",
    EncounterKind.TELEMEDICINE: "VR",
    EncounterKind.DAY_HOSPITAL: "SS",
}
_APPOINTMENT: Final = {
    Status.PENDING: "pending",
    Status.BOOKED: "booked",
    Status.REMINDED: "booked",
    Status.CONFIRMED: "booked",
    Status.LATE: "booked",
    Status.ARRIVED: "arrived",
    Status.IN_ROOM: "checked-in",
    Status.IN_CALL: "checked-in",
    Status.CHECKED_OUT: "fulfilled",
    Status.LEFT: "cancelled",
    Status.NO_SHOW: "noshow",
    Status.CANCELLED: "cancelled",
    Status.CANCELLED_LATE: "cancelled",
}


def encounter(one: EncounterSummary) -> Object:
    """An encounter; its notes are documents."""
    is_open = one.status is EncounterStatus.OPEN and one.ended_at is None
    sensitivity = [str(s) for s in one.sensitivity] if isinstance(one, EncounterState) else []
    kind = {"system": _ACT, "code": _CLASS[one.kind]}
    reason = [{"text": one.reason}] if one.reason else None
    period = {"start": moment(one.started_at), "end": _end(one)}
    return resource("Encounter", one.id, one.version, None, sensitivity) | kept(
        {
            "status": "in-progress" if is_open else "finished",
            "class": kind,
            "subject": reference("Patient", one.patient),
            "participant": [{"individual": {"display": who.name}} for who in one.practitioners],
            "appointment": [reference("Appointment", one.appointment)] if one.appointment else None,
            "period": kept(period),
            "reasonCode": reason,
        }
    )


def _end(one: EncounterSummary) -> str | None:
    return moment(one.ended_at) if one.ended_at else None


def document(one: Document) -> Object | None:
    """A document with its current file; None while it has none that could be fetched."""
    current = next((v for v in one.versions if v.number == one.current), None)
    if current is None:
        return None
    is_wrong = one.status is DocumentStatus.ERROR
    labels = [str(label) for label in one.sensitivity]
    id_ = packed(one.patient, one.id)
    code = None if one.category.value == "OTH" else one.category.value
    attachment = {
        "contentType": current.media_type,
        "size": current.size,
        "title": current.name,
        "creation": moment(current.added_at),
    }
    return resource("DocumentReference", id_, one.version, current.added_at, labels) | kept(
        {
            "status": "entered-in-error" if is_wrong else "current",
            "type": loinc(code, one.title),
            "subject": reference("Patient", one.patient),
            "date": moment(one.versions[0].added_at),
            "description": one.title,
            "content": [{"attachment": kept(attachment)}],
            "context": {"encounter": [reference("Encounter", one.encounter)]}
            if one.encounter
            else None,
        }
    )


def appointment(one: Appointment) -> Object:
    """An appointment. What went on before its start is told by its status only."""
    actors = [reference("Patient", one.patient.id, one.patient.display_name)]
    actors += [reference("Practitioner", who.id, who.name) for who in one.practitioners]
    actors.append(reference("Location", one.site))
    is_asked = one.status is Status.PENDING
    end = one.start + timedelta(minutes=one.minutes)
    return resource("Appointment", one.id, one.version, None) | kept(
        {
            "status": _APPOINTMENT[one.status],
            "cancelationReason": {"text": one.cancel_reason} if one.cancel_reason else None,
            "serviceType": [{"coding": [{"system": _CATEGORY, "code": one.category}]}],
            "appointmentType": {"text": "telemedicine"} if one.telemedicine else None,
            "reasonCode": [{"text": one.reason}] if one.reason else None,
            "description": one.title,
            "start": moment(one.start),
            "end": moment(end),
            "minutesDuration": one.minutes,
            "created": moment(one.created_at),
            "comment": one.comment,
            "participant": [
                {"actor": actor, "status": "needs-action" if is_asked else "accepted"}
                for actor in actors
            ],
        }
    )


_CATEGORY: Final = "urn:telesalud:appointment-category"


def practitioner(one: Practitioner) -> Object:
    """Somebody who owns an agenda."""
    register = None
    if one.registration_number:
        kind = known("v2-0203", "MD") | kept({"text": one.registration_type})
        register = [{"type": kind, "value": one.registration_number}]
    return resource("Practitioner", one.id, one.version, None) | kept(
        {"identifier": register, "active": one.active, "name": [{"text": one.name}]}
    )


def location(one: Site) -> Object:
    """A place where care is given."""
    return resource("Location", one.id, one.version, None) | kept(
        {
            "status": "active",
            "name": one.name,
            "mode": "instance",
            "telecom": [{"system": "phone", "value": one.phone}] if one.phone else None,
            "address": {"text": one.address} if one.address else None,
        }
    )
