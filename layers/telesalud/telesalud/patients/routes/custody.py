"""Exports, legal holds and shredding over HTTP."""

from schemas import custody as contract
from schemas.patients import DocumentLink
from telesalud.patients import wiring
from telesalud.patients.custody import exporting, holds, shredding
from telesalud.patients.errors import OnHold, RetentionRuns
from telesalud.platform.errors import (
    Conflict,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _exports(edge)
    _holds(edge)
    _shredding(edge)


def _exports(edge: Edge) -> None:
    @edge.operation(
        "POST",
        "/patients/{patient_id}/exports",
        summary="Copy one patient's whole record, in the background",
        body=contract.NewExport,
        answer=contract.RecordExport,
        status=202,
        idempotent=True,
        errors=(NotFound,),
    )
    def request_export(request: Request) -> Answer:
        who = request.id("patient_id")
        made = exporting.request(wiring.services(), request.call, who, request.body)
        return Answer(made, made.version)

    @edge.operation(
        "GET",
        "/patients/{patient_id}/exports/{export_id}",
        summary="How far an export is",
        answer=contract.RecordExport,
        errors=(NotFound,),
    )
    def read_export(request: Request) -> Answer:
        who, which = request.id("patient_id"), request.id("export_id")
        found = exporting.read(wiring.services(), request.call, who, which)
        return Answer(found, found.version)

    @edge.operation(
        "GET",
        "/patients/{patient_id}/exports/{export_id}/link",
        summary="A short-lived link to a part of an export, a ZIP archive",
        query=contract.PartQuery,
        answer=DocumentLink,
        errors=(NotFound, Conflict, Gone),
    )
    def link_export(request: Request) -> DocumentLink:
        who, which = request.id("patient_id"), request.id("export_id")
        services, blobs = wiring.services(), wiring.blobs()
        return exporting.link(services, blobs, request.call, who, which, part=request.query.part)


def _holds(edge: Edge) -> None:
    path = "/patients/{patient_id}/legal-hold"

    @edge.operation(
        "GET",
        path,
        summary="Whether a record is on legal hold",
        answer=contract.Hold,
        errors=(NotFound,),
    )
    def read_hold(request: Request) -> contract.Hold:
        return holds.read(wiring.services(), request.call, request.id("patient_id"))

    @edge.operation(
        "PUT",
        path,
        summary="Put a record on legal hold",
        body=contract.HoldBody,
        answer=contract.Hold,
        errors=(NotFound,),
    )
    def put_hold(request: Request) -> contract.Hold:
        who = request.id("patient_id")
        return holds.put(wiring.services(), request.call, who, request.body)

    @edge.operation(
        "DELETE",
        path,
        summary="Lift the legal hold",
        answer=contract.Hold,
        errors=(NotFound,),
    )
    def lift_hold(request: Request) -> contract.Hold:
        return holds.lift(wiring.services(), request.call, request.id("patient_id"))


def _shredding(edge: Edge) -> None:
    path = "/patients/{patient_id}/shredding"

    @edge.operation(
        "POST",
        path,
        summary="Ask for the destruction of a record; somebody else has to confirm it",
        body=contract.NewShredding,
        answer=contract.Shredding,
        status=201,
        idempotent=True,
        errors=(Invalid, NotFound, OnHold, RetentionRuns, InvalidTransition),
    )
    def request_shredding(request: Request) -> Answer:
        who = request.id("patient_id")
        made = shredding.request(wiring.services(), request.call, who, request.body)
        return Answer(made, made.version)

    @edge.operation(
        "GET",
        path,
        summary="The request for a record's destruction, and what became of it",
        answer=contract.ShreddingState,
    )
    def read_shredding(request: Request) -> contract.ShreddingState:
        return shredding.read(wiring.services(), request.call, request.id("patient_id"))

    @edge.operation(
        "POST",
        f"{path}/confirm",
        summary="Agree to the destruction of a record; this cannot be taken back",
        body=contract.ShreddingConfirmation,
        answer=contract.Shredding,
        idempotent=True,
        versioned=True,
        errors=(Invalid, NotFound, OnHold, RetentionRuns, InvalidTransition, StaleVersion),
    )
    def confirm_shredding(request: Request) -> Answer:
        who = request.id("patient_id")
        done = shredding.confirm(
            wiring.services(), request.call, who, request.body, request.if_match
        )
        return Answer(done, done.version)

    @edge.operation(
        "POST",
        f"{path}/withdraw",
        summary="Take the request back",
        answer=contract.Shredding,
        idempotent=True,
        versioned=True,
        errors=(NotFound, InvalidTransition, StaleVersion),
    )
    def withdraw_shredding(request: Request) -> Answer:
        who = request.id("patient_id")
        done = shredding.withdraw(wiring.services(), request.call, who, request.if_match)
        return Answer(done, done.version)
