"""Referrals, certificates, and what there is of a patient over HTTP."""

from schemas import orders as o
from schemas import papers as m
from schemas import prescriptions as p
from telesalud.orders import errors, listing, wiring
from telesalud.orders.papers import issuing
from telesalud.orders.policy import PRESCRIBE, READ_CHART
from telesalud.orders.routes import CHANGE, CHANGED, NEW, WRITE, allowed, desk, versioned
from telesalud.orders.routes.printed import PRINT, how
from telesalud.platform.errors import Gone, NotFound, SessionExpired
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/orders")

_ISSUED = (*NEW, SessionExpired, errors.NotRegistered)


@group.post("/referrals", body=m.NewReferral, answer=m.Paper, errors=_ISSUED, **WRITE)
def issue_referral(request: Request) -> Answer:
    """Sign and issue a referral."""
    return versioned(issuing.issue(desk(request), request.call, request.body))


@group.post("/certificates", body=m.NewCertificate, answer=m.Paper, errors=_ISSUED, **WRITE)
def issue_certificate(request: Request) -> Answer:
    """Sign and issue a certificate."""
    return versioned(issuing.issue(desk(request), request.call, request.body))


@group.get("/referrals/{id}", answer=m.Paper, errors=(NotFound, Gone))
def read_referral(request: Request) -> Answer:
    """A referral."""
    return _read_paper(request, m.PaperKind.REFERRAL)


@group.get("/certificates/{id}", answer=m.Paper, errors=(NotFound, Gone))
def read_certificate(request: Request) -> Answer:
    """A certificate."""
    return _read_paper(request, m.PaperKind.CERTIFICATE)


@group.post(
    "/referrals/{id}/withdraw", body=p.StatusReason, answer=m.Paper, errors=CHANGED, **CHANGE
)
def withdraw_referral(request: Request) -> Answer:
    """It was entered in error."""
    return _withdraw_paper(request, m.PaperKind.REFERRAL)


@group.post(
    "/certificates/{id}/withdraw", body=p.StatusReason, answer=m.Paper, errors=CHANGED, **CHANGE
)
def withdraw_certificate(request: Request) -> Answer:
    """It was entered in error."""
    return _withdraw_paper(request, m.PaperKind.CERTIFICATE)


@group.get("/referrals/{id}/print", **PRINT)
def print_referral(request: Request) -> o.Printed:
    """A referral as PDF."""
    return _print_paper(request, m.PaperKind.REFERRAL)


@group.get("/certificates/{id}/print", **PRINT)
def print_certificate(request: Request) -> o.Printed:
    """A certificate as PDF."""
    return _print_paper(request, m.PaperKind.CERTIFICATE)


@group.get("/patients/{patient_id}/summary", answer=o.PatientSummary, errors=(NotFound, Gone))
def summarise_patient(request: Request) -> o.PatientSummary:
    """Prescriptions in force and open orders of a patient."""
    return listing.summary(desk(request), request.call, request.id("patient_id"))


@group.get(
    "/patients/{patient_id}", query=o.EntryQuery, answer=o.EntryList, errors=(NotFound, Gone)
)
def list_patient(request: Request) -> o.EntryList:
    """Everything ordered for a patient, latest first."""
    return listing.page(desk(request), request.call, request.id("patient_id"), request.query)


def _paper(request: Request, kind: m.PaperKind, right: str) -> str:
    return allowed(request, o.EntryKind(kind.value), right)


def _read_paper(request: Request, kind: m.PaperKind) -> Answer:
    return versioned(
        issuing.read(wiring.services(), request.call, kind, _paper(request, kind, READ_CHART))
    )


def _withdraw_paper(request: Request, kind: m.PaperKind) -> Answer:
    return versioned(
        issuing.withdraw(
            wiring.services(),
            request.call,
            kind,
            _paper(request, kind, PRESCRIBE),
            reason=request.body.reason,
            version=request.if_match,
        )
    )


def _print_paper(request: Request, kind: m.PaperKind) -> o.Printed:
    from telesalud.orders.papers import printing  # noqa: PLC0415

    which = _paper(request, kind, READ_CHART)
    return printing.print_paper(wiring.services(), request.call, kind, which, how(request))
