"""People, their merging, and the connection to the consults service over HTTP."""

from schemas import patients as contract
from schemas.connections import Connection, ConnectionBody
from telesalud.patients import wiring
from telesalud.patients.errors import DocumentTaken, LikelyDuplicate, RecordNumbersExhausted
from telesalud.patients.people import merging, registration, searching
from telesalud.patients.policy import CONNECT, GRANTS
from telesalud.platform.errors import Conflict, Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request
from telesalud.platform.partners import connections

group = Group("/patients")


@group.post(
    body=contract.NewPatient,
    answer=contract.Patient,
    status=201,
    idempotent=True,
    errors=(Invalid, DocumentTaken, LikelyDuplicate, RecordNumbersExhausted),
)
def register(request: Request) -> Answer:
    """Register a patient; somebody similar is a 409 until confirmed."""
    patient = registration.register(wiring.services(), request.call, request.body)
    return Answer(patient, patient.version)


@group.get(query=contract.PatientSearch, answer=contract.PatientList, errors=(Invalid,))
def search(request: Request) -> contract.PatientList:
    """Find patients by document, record number, birth date or beginnings of names."""
    return searching.search(wiring.services(), request.call, request.query)


@group.get("/{patient_id}", answer=contract.Patient, errors=(NotFound,))
def read(request: Request) -> Answer:
    """A patient's demographics."""
    who = request.id("patient_id")
    patient = registration.read(wiring.services(), request.call, who)
    return Answer(patient, patient.version)


@group.put(
    "/{patient_id}",
    body=contract.PatientBody,
    answer=contract.Patient,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion, DocumentTaken),
)
def update(request: Request) -> Answer:
    """Replace a patient's demographics."""
    who = request.id("patient_id")
    patient = registration.update(
        wiring.services(), request.call, who, request.body, request.if_match
    )
    return Answer(patient, patient.version)


@group.post(
    "/{patient_id}/merge",
    body=contract.MergeBody,
    answer=contract.Patient,
    versioned=True,
    errors=(Invalid, NotFound, Conflict, StaleVersion),
)
def merge(request: Request) -> Answer:
    """Merge another registration of the same person into this one."""
    who = request.id("patient_id")
    patient = merging.merge(
        wiring.services(), request.call, who, request.body.patient, request.if_match
    )
    return Answer(patient, patient.version)


@group.post(
    "/{patient_id}/unmerge",
    body=contract.MergeBody,
    answer=contract.Patient,
    versioned=True,
    errors=(NotFound, Conflict, StaleVersion),
)
def unmerge(request: Request) -> Answer:
    """Take a merge back."""
    who = request.id("patient_id")
    patient = merging.unmerge(
        wiring.services(), request.call, who, request.body.patient, request.if_match
    )
    return Answer(patient, patient.version)


@group.get("/{patient_id}/merged", answer=contract.MergedList, errors=(NotFound,))
def list_merged(request: Request) -> contract.MergedList:
    """The registrations that were merged into this one."""
    return merging.merged(wiring.services(), request.call, request.id("patient_id"))


@group.get("/connection", answer=Connection)
def read_connection(request: Request) -> Answer:
    """How this institution's records reach the consults service."""
    connection = connections.read_connection(wiring.services(), request.call, CONNECT, GRANTS)
    return Answer(connection, connection.version)


@group.put(
    "/connection", body=ConnectionBody, answer=Connection, versioned=True, errors=(StaleVersion,)
)
def put_connection(request: Request) -> Answer:
    """Set the credentials for the consults service; If-Match "0" the first time."""
    connection = connections.put_connection(
        wiring.services(),
        request.call,
        request.body,
        request.if_match,
        right=CONNECT,
        grants=GRANTS,
    )
    return Answer(connection, connection.version)
