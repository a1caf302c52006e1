"""Reading encounters over HTTP."""

from schemas import patients as contract
from schemas.encounters import Encounter, PendingList, PendingQuery
from telesalud.patients import wiring
from telesalud.patients.encounters import pending, reading
from telesalud.platform.errors import Invalid, NotFound
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "GET",
        "/patients/{patient_id}/encounters",
        summary="A patient's encounters, latest first",
        query=contract.EncounterQuery,
        answer=contract.EncounterList,
        errors=(NotFound,),
    )
    def list_encounters(request: Request) -> contract.EncounterList:
        who = request.id("patient_id")
        return reading.list_encounters(wiring.services(), request.call, who, request.query)

    @edge.operation(
        "GET",
        "/patients/encounters/pending",
        summary="Encounters that wait for the caller, or for anybody of the institution",
        query=PendingQuery,
        answer=PendingList,
        errors=(Invalid,),
    )
    def list_pending(request: Request) -> PendingList:
        return pending.page(wiring.services(), request.call, request.query)

    @edge.operation(
        "GET",
        "/patients/encounters/{encounter_id}",
        summary="An encounter with notes, chat, connections and documents",
        answer=Encounter,
        errors=(NotFound,),
    )
    def read_encounter(request: Request) -> Answer:
        which = request.id("encounter_id")
        encounter = reading.read_encounter(wiring.services(), request.call, which)
        return Answer(encounter, encounter.version)

    @edge.operation(
        "GET",
        "/patients/encounters/{encounter_id}/documents/{document_id}/link",
        summary="A short-lived link to a document",
        answer=contract.DocumentLink,
        errors=(NotFound,),
    )
    def link_document(request: Request) -> contract.DocumentLink:
        which, document = request.id("encounter_id"), request.id("document_id")
        return reading.link_document(
            wiring.services(), request.call, wiring.blobs(), which, document
        )
