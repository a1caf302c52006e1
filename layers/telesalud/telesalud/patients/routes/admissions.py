"""Admissions over HTTP."""

from schemas import admissions as a
from telesalud.patients import wiring
from telesalud.patients.admissions import admitting, discharging, reading
from telesalud.patients.admissions.admitting import Where
from telesalud.patients.admissions.neighbours import Wards
from telesalud.patients.errors import NotSettled
from telesalud.platform.errors import (
    Conflict,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    SessionExpired,
    StaleVersion,
    Unavailable,
)
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients")

CHANGED = (NotFound, Gone, StaleVersion, InvalidTransition, Invalid, Conflict)
SETTLED = (*CHANGED, NotSettled, Unavailable)


def _where(request: Request) -> Where:
    return Where(request.id("admission_id"), request.if_match)


def _wards(request: Request) -> Wards:
    return wiring.wards_of(request.headers.get("authorization", ""))


@group.post(
    "/{patient_id}/admissions",
    body=a.NewAdmission,
    answer=a.AdmittedPatient,
    status=201,
    idempotent=True,
    errors=(NotFound, Gone, Invalid, Conflict),
)
def admit_patient(request: Request) -> Answer:
    """Admit a patient to a bed or chair."""
    who, site = request.id("patient_id"), wiring.settings().site
    made = admitting.admit(wiring.services(), request.call, who, request.body, site)
    return Answer(made, made.version)


@group.get("/{patient_id}/admissions", answer=a.AdmissionHistory, errors=(NotFound, Gone))
def list_admissions(request: Request) -> a.AdmissionHistory:
    """A patient's admissions, latest first."""
    return reading.of_patient(wiring.services(), request.call, request.id("patient_id"))


@group.get("/admissions", query=a.AdmittedQuery, answer=a.AdmittedList, errors=(Invalid,))
def list_admitted(request: Request) -> a.AdmittedList:
    """Who is here, the longest first."""
    return reading.here(wiring.services(), request.call, request.query)


@group.get("/admissions/{admission_id}", answer=a.AdmittedPatient, errors=(NotFound, Gone))
def read_hospitalization(request: Request) -> Answer:
    """An admission."""
    made = reading.read(wiring.services(), request.call, request.id("admission_id"))
    return Answer(made, made.version)


@group.put(
    "/admissions/{admission_id}",
    body=a.AdmissionBody,
    answer=a.AdmittedPatient,
    versioned=True,
    idempotent=True,
    errors=CHANGED,
)
def change_admission(request: Request) -> Answer:
    """Move the patient, or correct who answers, who pays and why they are here."""
    which, version = _where(request)
    made = admitting.change(wiring.services(), request.call, which, request.body, version)
    return Answer(made, made.version)


@group.post(
    "/admissions/{admission_id}/cancel",
    body=a.Cancellation,
    answer=a.AdmittedPatient,
    versioned=True,
    idempotent=True,
    errors=SETTLED,
)
def cancel_admission(request: Request) -> Answer:
    """It was entered in error."""
    where, reason = _where(request), request.body.reason
    made = admitting.cancel(wiring.services(), _wards(request), request.call, where, reason)
    return Answer(made, made.version)


@group.post(
    "/admissions/{admission_id}/discharge",
    body=a.DischargeBody,
    answer=a.AdmittedPatient,
    versioned=True,
    idempotent=True,
    errors=(*SETTLED, SessionExpired),
)
def discharge_patient(request: Request) -> Answer:
    """Sign a discharge, once everything that was delivered is accounted for."""
    where, body = _where(request), request.body
    made = discharging.discharge(wiring.services(), _wards(request), request.call, where, body)
    return Answer(made, made.version)
