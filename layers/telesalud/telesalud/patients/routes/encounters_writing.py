"""Writing encounters over HTTP."""

from schemas import encounters as contract
from telesalud.patients import wiring
from telesalud.patients.encounters import notes, signing, writing
from telesalud.patients.teleconsultations import reserving
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

_STEP = (NotFound, StaleVersion, InvalidTransition, Conflict, SessionExpired)


group = Group("/patients")


@group.post(
    "/{patient_id}/encounters",
    body=contract.NewEncounter,
    answer=contract.EncounterState,
    status=201,
    idempotent=True,
    errors=(Invalid, NotFound),
)
def begin_encounter(request: Request) -> Answer:
    """Begin an encounter."""
    who = request.id("patient_id")
    return _state(writing.begin(wiring.services(), request.call, who, request.body))


@group.post(
    "/{patient_id}/encounters/of-consult",
    body=contract.ConsultEncounter,
    answer=contract.EncounterReference,
    errors=(NotFound, Gone, Unavailable),
)
def reserve_encounter(request: Request) -> contract.EncounterReference:
    """The encounter that a teleconsultation becomes, while it lasts."""
    who, consult = request.id("patient_id"), request.body.consult
    consults = wiring.consults_of(request.headers.get("authorization", ""))
    return reserving.reserve(wiring.services(), request.call, consults, who, consult)


@group.put(
    "/encounters/{encounter_id}",
    body=contract.EncounterBody,
    answer=contract.EncounterState,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion, InvalidTransition),
)
def correct_encounter(request: Request) -> Answer:
    """Correct kind, times, site, reason and labels while it is open."""
    which = request.id("encounter_id")
    return _state(
        writing.correct(wiring.services(), request.call, which, request.body, request.if_match)
    )


@group.post(
    "/encounters/{encounter_id}/notes",
    body=contract.NewNote,
    answer=contract.NoteSaved,
    status=201,
    idempotent=True,
    errors=(Invalid, NotFound, InvalidTransition, Conflict),
)
def begin_note(request: Request) -> Answer:
    """Begin a note."""
    which = request.id("encounter_id")
    saved = notes.add(wiring.services(), request.call, which, request.body)
    return Answer(saved, saved.version)


@group.put(
    "/encounters/{encounter_id}/notes/{note_id}",
    body=contract.NoteSave,
    answer=contract.NoteSaved,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion, InvalidTransition),
    max_body=512 * 1024,
)
def write_note(request: Request) -> Answer:
    """Save a note; If-Match is the note's own version."""
    which, note = request.id("encounter_id"), request.id("note_id")
    target = notes.Target(which, note, request.if_match)
    saved = notes.write(wiring.services(), request.call, target, request.body)
    return Answer(saved, saved.version)


@group.post(
    "/encounters/{encounter_id}/sign",
    body=contract.AuthorSignature,
    answer=contract.EncounterState,
    versioned=True,
    idempotent=True,
    errors=(Invalid, *_STEP),
)
def sign_encounter(request: Request) -> Answer:
    """Sign an open encounter; a colleague may be asked to co-sign it."""
    which = request.id("encounter_id")
    return _state(
        signing.sign(wiring.services(), request.call, which, request.body, request.if_match)
    )


@group.post(
    "/encounters/{encounter_id}/cosign",
    body=contract.SignatureBody,
    answer=contract.EncounterState,
    versioned=True,
    idempotent=True,
    errors=_STEP,
)
def cosign_encounter(request: Request) -> Answer:
    """Stand for what somebody else signed."""
    which = request.id("encounter_id")
    return _state(
        signing.cosign(wiring.services(), request.call, which, request.body, request.if_match)
    )


@group.post(
    "/encounters/{encounter_id}/finalise",
    answer=contract.EncounterState,
    versioned=True,
    idempotent=True,
    errors=_STEP,
)
def finalise_encounter(request: Request) -> Answer:
    """Close a signed encounter for good."""
    which = request.id("encounter_id")
    return _state(signing.finalise(wiring.services(), request.call, which, request.if_match))


@group.post(
    "/encounters/{encounter_id}/amend",
    body=contract.AmendmentBody,
    answer=contract.EncounterState,
    versioned=True,
    idempotent=True,
    errors=(Invalid, *_STEP),
)
def amend_encounter(request: Request) -> Answer:
    """Add a version to a note of a finalised encounter, with its reason."""
    which = request.id("encounter_id")
    return _state(
        signing.amend(wiring.services(), request.call, which, request.body, request.if_match)
    )


@group.post(
    "/encounters/{encounter_id}/addenda",
    body=contract.AddendumBody,
    answer=contract.EncounterState,
    status=201,
    versioned=True,
    idempotent=True,
    errors=_STEP,
)
def add_addendum(request: Request) -> Answer:
    """Add a text to a signed encounter."""
    which = request.id("encounter_id")
    return _state(
        signing.add_addendum(wiring.services(), request.call, which, request.body, request.if_match)
    )


def _state(state: contract.EncounterState) -> Answer:
    return Answer(state, state.version)
