"""Referrals, certificates, and what there is of a patient over HTTP."""

from schemas import orders as o
from schemas import papers as m
from schemas import prescriptions as p
from telesalud.orders import errors, listing
from telesalud.orders.papers import issuing
from telesalud.orders.routes import CHANGE, CHANGED, NEW, WRITE, services, versioned
from telesalud.platform.errors import Gone, NotFound, SessionExpired
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/orders")

_ISSUED = (*NEW, SessionExpired, errors.NotRegistered)


@group.post("/referrals", body=m.NewReferral, answer=m.Paper, errors=_ISSUED, **WRITE)
def issue_referral(request: Request) -> Answer:
    """Sign and issue a referral."""
    return versioned(issuing.issue(services(request), request.call, request.body))


@group.post("/certificates", body=m.NewCertificate, answer=m.Paper, errors=_ISSUED, **WRITE)
def issue_certificate(request: Request) -> Answer:
    """Sign and issue a certificate."""
    return versioned(issuing.issue(services(request), request.call, request.body))


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


@group.get("/patients/{patient_id}/summary", answer=o.PatientSummary, errors=(NotFound, Gone))
def summarise_patient(request: Request) -> o.PatientSummary:
    """Prescriptions in force and open orders of a patient."""
    return listing.summary(services(request), request.call, request.id("patient_id"))


@group.get(
    "/patients/{patient_id}", query=o.EntryQuery, answer=o.EntryList, errors=(NotFound, Gone)
)
def list_patient(request: Request) -> o.EntryList:
    """Everything ordered for a patient, latest first."""
    return listing.page(services(request), request.call, request.id("patient_id"), request.query)


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
