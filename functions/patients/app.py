"""patients: people, and the encounters of their records."""

from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from schemas import patients as contract
from schemas.connections import Connection, ConnectionBody
from schemas.encounters import Encounter
from telesalud.patients import encounters, linking, merging, registration, searching, wiring
from telesalud.patients.refusals import DocumentTaken, LikelyDuplicate, RecordNumbersExhausted
from telesalud.patients.routes import (
    care,
    chart,
    custody,
    documents,
    forms,
    id_in,
    measuring,
    reports,
    terminology,
    writing,
)
from telesalud.platform.authorizer import CACHED_SECONDS, authorize
from telesalud.platform.edge import Answer, Edge, Request
from telesalud.platform.errors import Conflict, Invalid, NotFound, StaleVersion

app = Chalice(app_name="patients")
settings = wiring.settings()


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Lets valid tokens in; what they may do is decided in the domain."""
    return authorize(request, wiring.verifier())


edge = Edge(
    app, wiring.services, authorizer=authorizer, front_door_sha256=settings.front_door_sha256
)


# --- people -------------------------------------------------------------------------------------


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
    who = id_in(request, "patient_id")
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
    who = id_in(request, "patient_id")
    patient = registration.update(
        wiring.services(), request.call, who, request.body, request.if_match
    )
    return Answer(patient, patient.version)


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
    who = id_in(request, "patient_id")
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
    who = id_in(request, "patient_id")
    patient = merging.unmerge(
        wiring.services(), request.call, who, request.body.patient, request.if_match
    )
    return Answer(patient, patient.version)


# --- encounters ---------------------------------------------------------------------------------


@edge.operation(
    "GET",
    "/patients/{patient_id}/encounters",
    summary="A patient's encounters, latest first",
    query=contract.EncounterQuery,
    answer=contract.EncounterList,
    errors=(NotFound,),
)
def list_encounters(request: Request) -> contract.EncounterList:
    who = id_in(request, "patient_id")
    return encounters.list_encounters(wiring.services(), request.call, who, request.query)


@edge.operation(
    "GET",
    "/patients/encounters/{encounter_id}",
    summary="An encounter with notes, chat, connections and documents",
    answer=Encounter,
    errors=(NotFound,),
)
def read_encounter(request: Request) -> Answer:
    which = id_in(request, "encounter_id")
    encounter = encounters.read_encounter(wiring.services(), request.call, which)
    return Answer(encounter, encounter.version)


@edge.operation(
    "GET",
    "/patients/encounters/{encounter_id}/documents/{document_id}/link",
    summary="A short-lived link to a document",
    answer=contract.DocumentLink,
    errors=(NotFound,),
)
def link_document(request: Request) -> contract.DocumentLink:
    which, document = id_in(request, "encounter_id"), id_in(request, "document_id")
    return encounters.link_document(
        wiring.services(), request.call, wiring.blobs(), which, document
    )


# --- the consults service -----------------------------------------------------------------------


@edge.operation(
    "GET",
    "/patients/connection",
    summary="How this institution's records reach the consults service",
    answer=Connection,
)
def read_connection(request: Request) -> Answer:
    connection = linking.read_connection(wiring.services(), request.call)
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
    connection = linking.put_connection(
        wiring.services(), request.call, request.body, request.if_match
    )
    return Answer(connection, connection.version)


# --- the record ---------------------------------------------------------------------------------

for group in (writing, chart, measuring, documents, forms, terminology, care, custody, reports):
    group.register(edge)


# --- queues and streams -------------------------------------------------------------------------


@app.lambda_function(name="on_events")
def on_events(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Finished teleconsultations, from the queue."""
    from telesalud.patients.events import handlers  # noqa: PLC0415  # this function only
    from telesalud.platform.consumer import consume  # noqa: PLC0415  # this function only

    return consume(event, handlers(wiring.filing))


@app.lambda_function(name="on_uploads")
def on_uploads(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Uploaded documents are examined."""
    from telesalud.patients.documents import examining  # noqa: PLC0415  # this function only
    from telesalud.platform.consumer import consume  # noqa: PLC0415  # this function only

    return consume(event, examining.handlers(wiring.services, wiring.blobs, wiring.scanner))


@app.lambda_function(name="on_custody")
def on_custody(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Exports are built and destroyed records are erased."""
    from telesalud.patients.custody import building, erasing  # noqa: PLC0415  # this function only
    from telesalud.platform.consumer import consume  # noqa: PLC0415  # this function only

    handlers = building.handlers(wiring.services, wiring.blobs)
    return consume(event, {**handlers, **erasing.handlers(wiring.services, wiring.blobs)})


@app.lambda_function(name="make_reports")
def make_reports(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Reports that were asked for, from the queue."""
    from telesalud.patients.reports import reports  # noqa: PLC0415  # this function only
    from telesalud.platform.consumer import consume  # noqa: PLC0415  # this function only
    from telesalud.platform.reports.working import handlers  # noqa: PLC0415  # likewise

    return consume(event, handlers(reports, "patients"))


@app.lambda_function(name="relay")
def relay(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New outbox items go to the event bus."""
    from telesalud.platform import clients  # noqa: PLC0415  # this function only
    from telesalud.platform import relay as outbox  # noqa: PLC0415  # this function only

    return outbox.relay(event["Records"], outbox.EventBridgeBus(settings.bus, clients.events))


@app.lambda_function(name="seal_audit")
def seal_audit(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New audit entries go into the tenant's hash chain; its head is archived once a day."""
    from telesalud.platform.trail import keep_trail  # noqa: PLC0415  # this function only

    services = wiring.services()
    return keep_trail(event, services.store, services.clock)
