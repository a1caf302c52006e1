"""Prescriptions over HTTP."""

from schemas import orders as o
from schemas import prescriptions as p
from telesalud.orders import errors
from telesalud.orders.prescriptions import dispensed, prescribing
from telesalud.orders.routes import (
    CHANGE,
    CHANGED,
    NEW,
    SIGNED,
    WRITE,
    services,
    versioned,
)
from telesalud.platform.errors import Gone, Invalid, InvalidTransition, NotFound, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

PRESCRIPTION = o.EntryKind.PRESCRIPTION


group = Group("/orders/prescriptions")


@group.post(body=p.NewPrescription, answer=p.Prescription, errors=NEW, **WRITE)
def draft_prescription(request: Request) -> Answer:
    """Write a draft."""
    return versioned(prescribing.draft(services(request), request.call, request.body))


@group.post(
    "/checks",
    body=p.NewPrescription,
    query=p.ChecksQuery,
    answer=p.Checks,
    errors=NEW,
)
def check_lines(request: Request) -> p.Checks:
    """What signing these lines would meet, before they are written as a draft."""
    return prescribing.check_unsaved(
        services(request), request.call, request.body, request.query.language
    )


@group.get("/by-code/{code}", answer=p.PrescriptionFound, errors=(NotFound, Gone))
def find_prescription(request: Request) -> p.PrescriptionFound:
    """The prescription with a printed code, for who dispenses it."""
    return dispensed.find_by_code(services(request), request.call, request.path["code"])


@group.get("/{id}", answer=p.Prescription, errors=(NotFound, Gone))
def read_prescription(request: Request) -> Answer:
    """A prescription."""
    return versioned(prescribing.read(services(request), request.call, request.id("id")))


@group.put(
    "/{id}",
    body=p.PrescriptionBody,
    answer=p.Prescription,
    versioned=True,
    errors=(*CHANGED, Invalid, errors.NoCatalogue, Unavailable),
)
def edit_prescription(request: Request) -> Answer:
    """Replace what a draft says."""
    return versioned(
        prescribing.edit(
            services(request),
            request.call,
            request.id("id"),
            request.body,
            request.if_match,
        )
    )


@group.get(
    "/{id}/checks",
    query=p.ChecksQuery,
    answer=p.Checks,
    errors=(NotFound, errors.NoCatalogue, Unavailable),
)
def check_prescription(request: Request) -> p.Checks:
    """What signing would meet now."""
    return prescribing.check(
        services(request), request.call, request.id("id"), request.query.language
    )


@group.post(
    "/{id}/sign",
    body=p.Sign,
    answer=p.Prescription,
    errors=(*SIGNED, Invalid, errors.BlockingAlerts, errors.NoCatalogue),
    **CHANGE,
)
def sign_prescription(request: Request) -> Answer:
    """Sign a draft; alerts of high severity need overrides."""
    return versioned(
        prescribing.sign(
            services(request), request.call, request.id("id"), request.body, request.if_match
        )
    )


@group.post("/{id}/stop", body=p.Stop, answer=p.Prescription, errors=(*CHANGED, Invalid), **CHANGE)
def stop_prescription(request: Request) -> Answer:
    """Stop a prescription or some of its lines."""
    return versioned(
        prescribing.stop(
            services(request),
            request.call,
            request.id("id"),
            request.body,
            request.if_match,
        )
    )


@group.post("/{id}/hold", body=p.StatusReason, answer=p.Prescription, errors=CHANGED, **CHANGE)
def hold_prescription(request: Request) -> Answer:
    """Put a prescription on hold."""
    return _prescription_to(request, p.PrescriptionStatus.ON_HOLD)


@group.post("/{id}/resume", body=p.StatusReason, answer=p.Prescription, errors=CHANGED, **CHANGE)
def resume_prescription(request: Request) -> Answer:
    """Take a prescription off hold."""
    return _prescription_to(request, p.PrescriptionStatus.ACTIVE)


@group.post("/{id}/complete", body=p.StatusReason, answer=p.Prescription, errors=CHANGED, **CHANGE)
def complete_prescription(request: Request) -> Answer:
    """The treatment came to its end."""
    return _prescription_to(request, p.PrescriptionStatus.COMPLETED)


@group.post("/{id}/withdraw", body=p.StatusReason, answer=p.Prescription, errors=CHANGED, **CHANGE)
def withdraw_prescription(request: Request) -> Answer:
    """It was entered in error."""
    return _prescription_to(request, p.PrescriptionStatus.ENTERED_IN_ERROR)


@group.post(
    "/{id}/renew",
    query=p.RenewQuery,
    answer=p.Prescription,
    errors=(*NEW, InvalidTransition),
    **WRITE,
)
def renew_prescription(request: Request) -> Answer:
    """A draft that renews a prescription."""
    which, encounter = request.id("id"), request.query.encounter
    return versioned(prescribing.renew(services(request), request.call, which, encounter))


def _prescription_to(request: Request, wanted: p.PrescriptionStatus) -> Answer:
    return versioned(
        prescribing.change_status(
            services(request),
            request.call,
            request.id("id"),
            wanted,
            reason=request.body.reason,
            version=request.if_match,
        )
    )
