"""Exports, legal holds and shredding over HTTP."""

from schemas import custody as contract
from schemas.patients import DocumentLink
from telesalud.patients import wiring
from telesalud.patients.custody import exporting, holds, shredding
from telesalud.patients.errors import OnHold, RetentionRuns, TooEarly
from telesalud.platform.errors import (
    Conflict,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients")


@group.post(
    "/{patient_id}/exports",
    body=contract.NewExport,
    answer=contract.RecordExport,
    status=202,
    idempotent=True,
    errors=(NotFound,),
)
def request_export(request: Request) -> Answer:
    """Copy one patient's whole record, in the background."""
    who = request.id("patient_id")
    made = exporting.request(wiring.services(), request.call, who, request.body)
    return Answer(made, made.version)


@group.get("/{patient_id}/exports/{export_id}", answer=contract.RecordExport, errors=(NotFound,))
def read_export(request: Request) -> Answer:
    """How far an export is."""
    who, which = request.id("patient_id"), request.id("export_id")
    found = exporting.read(wiring.services(), request.call, who, which)
    return Answer(found, found.version)


@group.get(
    "/{patient_id}/exports/{export_id}/link",
    query=contract.PartQuery,
    answer=DocumentLink,
    errors=(NotFound, Conflict, Gone),
)
def link_export(request: Request) -> DocumentLink:
    """A short-lived link to a part of an export, a ZIP archive."""
    who, which = request.id("patient_id"), request.id("export_id")
    services, blobs = wiring.services(), wiring.blobs()
    return exporting.link(services, blobs, request.call, who, which, part=request.query.part)


@group.get("/{patient_id}/legal-hold", answer=contract.Hold, errors=(NotFound,))
def read_hold(request: Request) -> contract.Hold:
    """Whether a record is on legal hold."""
    return holds.read(wiring.services(), request.call, request.id("patient_id"))


@group.put(
    "/{patient_id}/legal-hold", body=contract.HoldBody, answer=contract.Hold, errors=(NotFound,)
)
def put_hold(request: Request) -> contract.Hold:
    """Put a record on legal hold."""
    who = request.id("patient_id")
    return holds.put(wiring.services(), request.call, who, request.body)


@group.delete("/{patient_id}/legal-hold", answer=contract.Hold, errors=(NotFound,))
def lift_hold(request: Request) -> contract.Hold:
    """Lift the legal hold."""
    return holds.lift(wiring.services(), request.call, request.id("patient_id"))


@group.post(
    "/{patient_id}/shredding",
    body=contract.NewShredding,
    answer=contract.Shredding,
    status=201,
    idempotent=True,
    errors=(Invalid, NotFound, OnHold, RetentionRuns, InvalidTransition),
)
def request_shredding(request: Request) -> Answer:
    """Ask for the destruction of a record; somebody else has to confirm it."""
    who = request.id("patient_id")
    made = shredding.request(wiring.services(), request.call, who, request.body)
    return Answer(made, made.version)


@group.get("/{patient_id}/shredding", answer=contract.ShreddingState)
def read_shredding(request: Request) -> contract.ShreddingState:
    """The request for a record's destruction, and what became of it."""
    return shredding.read(wiring.services(), request.call, request.id("patient_id"))


@group.post(
    "/{patient_id}/shredding/confirm",
    body=contract.ShreddingConfirmation,
    answer=contract.Shredding,
    idempotent=True,
    versioned=True,
    errors=(Invalid, NotFound, OnHold, RetentionRuns, TooEarly, InvalidTransition, StaleVersion),
)
def confirm_shredding(request: Request) -> Answer:
    """Agree to the destruction of a record; this cannot be taken back."""
    who = request.id("patient_id")
    done = shredding.confirm(wiring.services(), request.call, who, request.body, request.if_match)
    return Answer(done, done.version)


@group.post(
    "/{patient_id}/shredding/withdraw",
    answer=contract.Shredding,
    idempotent=True,
    versioned=True,
    errors=(NotFound, InvalidTransition, StaleVersion),
)
def withdraw_shredding(request: Request) -> Answer:
    """Take the request back."""
    who = request.id("patient_id")
    done = shredding.withdraw(wiring.services(), request.call, who, request.if_match)
    return Answer(done, done.version)
