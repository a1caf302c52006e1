"""Referrals, certificates, and what there is of a patient over HTTP."""

from schemas import orders as o
from schemas import papers as m
from schemas import prescriptions as p
from telesalud.orders import errors, listing
from telesalud.orders.papers import issuing
from telesalud.orders.routes import CHANGE, CHANGED, NEW, WRITE, services, versioned
from telesalud.orders.routes.printed import PRINT, how
from telesalud.platform.errors import Gone, NotFound, SessionExpired
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _papers(edge)
    _looking(edge)


_ISSUED = (*NEW, SessionExpired, errors.NotRegistered)


def _read_paper(request: Request, kind: m.PaperKind) -> Answer:
    return versioned(issuing.read(services(request), request.call, kind, request.id("id")))


def _withdraw_paper(request: Request, kind: m.PaperKind) -> Answer:
    return versioned(
        issuing.withdraw(
            services(request),
            request.call,
            kind,
            request.id("id"),
            reason=request.body.reason,
            version=request.if_match,
        )
    )


def _print_paper(request: Request, kind: m.PaperKind) -> o.Printed:
    from telesalud.orders.papers import printing  # noqa: PLC0415

    which = request.id("id")
    return printing.print_paper(services(request), request.call, kind, which, how(request))


def _papers(edge: Edge) -> None:
    @edge.operation(
        "POST", "/orders/referrals", body=m.NewReferral, answer=m.Paper,
        summary="Sign and issue a referral", errors=_ISSUED, **WRITE,
    )  # fmt: skip
    def issue_referral(request: Request) -> Answer:
        return versioned(issuing.issue(services(request), request.call, request.body))

    @edge.operation(
        "POST", "/orders/certificates", body=m.NewCertificate, answer=m.Paper,
        summary="Sign and issue a certificate", errors=_ISSUED, **WRITE,
    )  # fmt: skip
    def issue_certificate(request: Request) -> Answer:
        return versioned(issuing.issue(services(request), request.call, request.body))

    @edge.operation(
        "GET", "/orders/referrals/{id}", answer=m.Paper, errors=(NotFound, Gone),
        summary="A referral",
    )  # fmt: skip
    def read_referral(request: Request) -> Answer:
        return _read_paper(request, m.PaperKind.REFERRAL)

    @edge.operation(
        "GET", "/orders/certificates/{id}", answer=m.Paper, errors=(NotFound, Gone),
        summary="A certificate",
    )  # fmt: skip
    def read_certificate(request: Request) -> Answer:
        return _read_paper(request, m.PaperKind.CERTIFICATE)

    @edge.operation(
        "POST", "/orders/referrals/{id}/withdraw", body=p.StatusReason, answer=m.Paper,
        summary="It was entered in error", errors=CHANGED, **CHANGE,
    )  # fmt: skip
    def withdraw_referral(request: Request) -> Answer:
        return _withdraw_paper(request, m.PaperKind.REFERRAL)

    @edge.operation(
        "POST", "/orders/certificates/{id}/withdraw", body=p.StatusReason, answer=m.Paper,
        summary="It was entered in error", errors=CHANGED, **CHANGE,
    )  # fmt: skip
    def withdraw_certificate(request: Request) -> Answer:
        return _withdraw_paper(request, m.PaperKind.CERTIFICATE)

    @edge.operation("GET", "/orders/referrals/{id}/print", summary="A referral as PDF", **PRINT)
    def print_referral(request: Request) -> o.Printed:
        return _print_paper(request, m.PaperKind.REFERRAL)

    @edge.operation(
        "GET", "/orders/certificates/{id}/print", summary="A certificate as PDF", **PRINT
    )
    def print_certificate(request: Request) -> o.Printed:
        return _print_paper(request, m.PaperKind.CERTIFICATE)


def _looking(edge: Edge) -> None:
    @edge.operation(
        "GET", "/orders/patients/{patient_id}/summary", answer=o.PatientSummary,
        summary="Prescriptions in force and open orders of a patient", errors=(NotFound, Gone),
    )  # fmt: skip
    def summarise_patient(request: Request) -> o.PatientSummary:
        return listing.summary(services(request), request.call, request.id("patient_id"))

    @edge.operation(
        "GET", "/orders/patients/{patient_id}", query=o.EntryQuery, answer=o.EntryList,
        summary="Everything ordered for a patient, latest first", errors=(NotFound, Gone),
    )  # fmt: skip
    def list_patient(request: Request) -> o.EntryList:
        return listing.page(
            services(request), request.call, request.id("patient_id"), request.query
        )
