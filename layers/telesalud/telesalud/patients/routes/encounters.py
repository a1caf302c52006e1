"""Reading encounters over HTTP."""

from schemas import patients as contract
from schemas.encounters import Encounter, EncounterReference, PendingList, PendingQuery
from schemas.visit import EncounterContents
from telesalud.patients import wiring
from telesalud.patients.encounters import pending, reading, references
from telesalud.patients.visit import contents
from telesalud.platform.errors import Gone, Invalid, NotFound
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients")


@group.get(
    "/{patient_id}/encounters",
    query=contract.EncounterQuery,
    answer=contract.EncounterList,
    errors=(NotFound,),
)
def list_encounters(request: Request) -> contract.EncounterList:
    """A patient's encounters, latest first."""
    who = request.id("patient_id")
    return reading.list_encounters(wiring.services(), request.call, who, request.query)


@group.get(
    "/{patient_id}/encounters/{encounter_id}", answer=EncounterReference, errors=(NotFound, Gone)
)
def refer_to_encounter(request: Request) -> EncounterReference:
    """Whether an encounter is this patient's, for contexts that keep what was done in it."""
    who, which = request.id("patient_id"), request.id("encounter_id")
    return references.reference(wiring.services(), request.call, who, which)


@group.get("/encounters/pending", query=PendingQuery, answer=PendingList, errors=(Invalid,))
def list_pending(request: Request) -> PendingList:
    """Encounters that wait for the caller, or for anybody of the institution."""
    return pending.page(wiring.services(), request.call, request.query)


@group.get("/encounters/{encounter_id}", answer=Encounter, errors=(NotFound,))
def read_encounter(request: Request) -> Answer:
    """An encounter with notes, chat, connections and documents."""
    which = request.id("encounter_id")
    encounter = reading.read_encounter(wiring.services(), request.call, which)
    return Answer(encounter, encounter.version)


@group.get("/encounters/{encounter_id}/contents", answer=EncounterContents, errors=(NotFound,))
def read_encounter_contents(request: Request) -> EncounterContents:
    """What was recorded, measured, filled in and uploaded in an encounter."""
    which = request.id("encounter_id")
    return contents.contents(wiring.services(), request.call, which)


@group.get(
    "/encounters/{encounter_id}/documents/{document_id}/link",
    answer=contract.DocumentLink,
    errors=(NotFound,),
)
def link_document(request: Request) -> contract.DocumentLink:
    """A short-lived link to a document."""
    which, document = request.id("encounter_id"), request.id("document_id")
    return reading.link_document(wiring.services(), request.call, wiring.blobs(), which, document)
