"""People, their merging, and the connection to the consults service over HTTP."""

from schemas import patients as contract
from schemas.connections import Connection, ConnectionBody
from telesalud.patients import wiring
from telesalud.patients.errors import DocumentTaken, LikelyDuplicate, RecordNumbersExhausted
from telesalud.patients.people import merging, registration, searching
from telesalud.patients.policy import CONNECT, GRANTS
from telesalud.platform.errors import Conflict, Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Edge, Request
from telesalud.platform.partners import connections


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _people(edge)
    _merging(edge)
    _connection(edge)


def _people(edge: Edge) -> None:
    @edge.operation(
        "POST",
        "/patients",
        summary="Register a patient; somebody similar is a 409 until confirmed",
        body=contract.NewPatient,
        answer=contract.Patient,
        status=201,
        idempotent=True,
        errors=(Invalid, DocumentTaken, LikelyDuplicate, RecordNumbersExhausted),
    )
    def register(request: Request) -> Answer:
        patient = registration.register(wiring.services(), request.call, request.body)
        return Answer(patient, patient.version)

    @edge.operation(
        "GET",
        "/patients",
        summary="Find patients by document, record number, birth date or beginnings of names",
        query=contract.PatientSearch,
        answer=contract.PatientList,
        errors=(Invalid,),
    )
    def search(request: Request) -> contract.PatientList:
        return searching.search(wiring.services(), request.call, request.query)

    @edge.operation(
        "GET",
        "/patients/{patient_id}",
        summary="A patient's demographics",
        answer=contract.Patient,
        errors=(NotFound,),
    )
    def read(request: Request) -> Answer:
        who = request.id("patient_id")
        patient = registration.read(wiring.services(), request.call, who)
        return Answer(patient, patient.version)

    @edge.operation(
        "PUT",
        "/patients/{patient_id}",
        summary="Replace a patient's demographics",
        body=contract.PatientBody,
        answer=contract.Patient,
        versioned=True,
        errors=(Invalid, NotFound, StaleVersion, DocumentTaken),
    )
    def update(request: Request) -> Answer:
        who = request.id("patient_id")
        patient = registration.update(
            wiring.services(), request.call, who, request.body, request.if_match
        )
        return Answer(patient, patient.version)


def _merging(edge: Edge) -> None:
    @edge.operation(
        "POST",
        "/patients/{patient_id}/merge",
        summary="Merge another registration of the same person into this one",
        body=contract.MergeBody,
        answer=contract.Patient,
        versioned=True,
        errors=(Invalid, NotFound, Conflict, StaleVersion),
    )
    def merge(request: Request) -> Answer:
        who = request.id("patient_id")
        patient = merging.merge(
            wiring.services(), request.call, who, request.body.patient, request.if_match
        )
        return Answer(patient, patient.version)

    @edge.operation(
        "POST",
        "/patients/{patient_id}/unmerge",
        summary="Take a merge back",
        body=contract.MergeBody,
        answer=contract.Patient,
        versioned=True,
        errors=(NotFound, Conflict, StaleVersion),
    )
    def unmerge(request: Request) -> Answer:
        who = request.id("patient_id")
        patient = merging.unmerge(
            wiring.services(), request.call, who, request.body.patient, request.if_match
        )
        return Answer(patient, patient.version)

    @edge.operation(
        "GET",
        "/patients/{patient_id}/merged",
        summary="The registrations that were merged into this one",
        answer=contract.MergedList,
        errors=(NotFound,),
    )
    def list_merged(request: Request) -> contract.MergedList:
        return merging.merged(wiring.services(), request.call, request.id("patient_id"))


def _connection(edge: Edge) -> None:
    @edge.operation(
        "GET",
        "/patients/connection",
        summary="How this institution's records reach the consults service",
        answer=Connection,
    )
    def read_connection(request: Request) -> Answer:
        connection = connections.read_connection(wiring.services(), request.call, CONNECT, GRANTS)
        return Answer(connection, connection.version)

    @edge.operation(
        "PUT",
        "/patients/connection",
        summary='Set the credentials for the consults service; If-Match "0" the first time',
        body=ConnectionBody,
        answer=Connection,
        versioned=True,
        errors=(StaleVersion,),
    )
    def put_connection(request: Request) -> Answer:
        connection = connections.put_connection(
            wiring.services(),
            request.call,
            request.body,
            request.if_match,
            right=CONNECT,
            grants=GRANTS,
        )
        return Answer(connection, connection.version)
