"""Prescriptions over HTTP."""

from schemas import orders as o
from schemas import prescriptions as p
from telesalud.orders import errors
from telesalud.orders.prescriptions import prescribing
from telesalud.orders.routes import (
    CHANGE,
    CHANGED,
    NEW,
    SIGNED,
    WRITE,
    services,
    versioned,
)
from telesalud.orders.routes.printed import PRINT, how
from telesalud.platform.errors import Gone, Invalid, InvalidTransition, NotFound
from telesalud.platform.http.operations import Answer, Edge, Request

PRESCRIPTION = o.EntryKind.PRESCRIPTION


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _writing(edge)
    _afterwards(edge)


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


def _writing(edge: Edge) -> None:
    @edge.operation(
        "POST", "/orders/prescriptions", body=p.NewPrescription, answer=p.Prescription,
        summary="Write a draft", errors=NEW, **WRITE,
    )  # fmt: skip
    def draft_prescription(request: Request) -> Answer:
        return versioned(prescribing.draft(services(request), request.call, request.body))

    @edge.operation(
        "GET", "/orders/prescriptions/{id}", answer=p.Prescription, errors=(NotFound, Gone),
        summary="A prescription",
    )  # fmt: skip
    def read_prescription(request: Request) -> Answer:
        return versioned(prescribing.read(services(request), request.call, request.id("id")))

    @edge.operation(
        "PUT", "/orders/prescriptions/{id}", body=p.PrescriptionBody, answer=p.Prescription,
        summary="Replace what a draft says", versioned=True,
        errors=(*CHANGED, Invalid, errors.NoCatalogue),
    )  # fmt: skip
    def edit_prescription(request: Request) -> Answer:
        return versioned(
            prescribing.edit(
                services(request),
                request.call,
                request.id("id"),
                request.body,
                request.if_match,
            )
        )

    @edge.operation(
        "GET", "/orders/prescriptions/{id}/checks", query=p.ChecksQuery, answer=p.Checks,
        summary="What signing would meet now", errors=(NotFound, errors.NoCatalogue),
    )  # fmt: skip
    def check_prescription(request: Request) -> p.Checks:
        return prescribing.check(
            services(request),
            request.call,
            request.id("id"),
            request.query.language,
        )

    @edge.operation(
        "POST", "/orders/prescriptions/{id}/sign", body=p.Sign, answer=p.Prescription,
        summary="Sign a draft; alerts of high severity need overrides",
        errors=(*SIGNED, Invalid, errors.BlockingAlerts, errors.NoCatalogue), **CHANGE,
    )  # fmt: skip
    def sign_prescription(request: Request) -> Answer:
        return versioned(
            prescribing.sign(
                services(request),
                request.call,
                request.id("id"),
                request.body,
                request.if_match,
            )
        )


def _afterwards(edge: Edge) -> None:
    @edge.operation(
        "POST", "/orders/prescriptions/{id}/stop", body=p.Stop, answer=p.Prescription,
        summary="Stop a prescription or some of its lines", errors=(*CHANGED, Invalid), **CHANGE,
    )  # fmt: skip
    def stop_prescription(request: Request) -> Answer:
        return versioned(
            prescribing.stop(
                services(request),
                request.call,
                request.id("id"),
                request.body,
                request.if_match,
            )
        )

    @edge.operation(
        "POST", "/orders/prescriptions/{id}/hold", body=p.StatusReason, answer=p.Prescription,
        summary="Put a prescription on hold", errors=CHANGED, **CHANGE,
    )  # fmt: skip
    def hold_prescription(request: Request) -> Answer:
        return _prescription_to(request, p.PrescriptionStatus.ON_HOLD)

    @edge.operation(
        "POST", "/orders/prescriptions/{id}/resume", body=p.StatusReason, answer=p.Prescription,
        summary="Take a prescription off hold", errors=CHANGED, **CHANGE,
    )  # fmt: skip
    def resume_prescription(request: Request) -> Answer:
        return _prescription_to(request, p.PrescriptionStatus.ACTIVE)

    @edge.operation(
        "POST", "/orders/prescriptions/{id}/complete", body=p.StatusReason, answer=p.Prescription,
        summary="The treatment came to its end", errors=CHANGED, **CHANGE,
    )  # fmt: skip
    def complete_prescription(request: Request) -> Answer:
        return _prescription_to(request, p.PrescriptionStatus.COMPLETED)

    @edge.operation(
        "POST", "/orders/prescriptions/{id}/withdraw", body=p.StatusReason, answer=p.Prescription,
        summary="It was entered in error", errors=CHANGED, **CHANGE,
    )  # fmt: skip
    def withdraw_prescription(request: Request) -> Answer:
        return _prescription_to(request, p.PrescriptionStatus.ENTERED_IN_ERROR)

    @edge.operation(
        "POST", "/orders/prescriptions/{id}/renew", answer=p.Prescription,
        summary="A draft that renews a prescription", errors=(*NEW, InvalidTransition), **WRITE,
    )  # fmt: skip
    def renew_prescription(request: Request) -> Answer:
        return versioned(prescribing.renew(services(request), request.call, request.id("id")))

    @edge.operation(
        "GET", "/orders/prescriptions/{id}/print", summary="A prescription as PDF", **PRINT
    )
    def print_prescription(request: Request) -> o.Printed:
        from telesalud.orders.papers import printing  # noqa: PLC0415

        return printing.print_prescription(
            services(request),
            request.call,
            request.id("id"),
            how(request),
        )
