"""orders: prescriptions, tests and services with their results, referrals, certificates."""

import re
from collections.abc import Mapping
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from schemas import formulary as f
from schemas import orders as o
from schemas import prescriptions as p
from telesalud.orders import (
    catalogues,
    listing,
    ordering,
    papers,
    prescribers,
    prescribing,
    refusals,
    results,
    verification,
    wiring,
    worklist,
)
from telesalud.platform.authorizer import CACHED_SECONDS, authorize
from telesalud.platform.edge import Answer, Auth, Edge, Request
from telesalud.platform.errors import (
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    SessionExpired,
    StaleVersion,
    Unavailable,
)

app = Chalice(app_name="orders")
settings = wiring.settings()
MAX_IMPORT = 5_500_000
"""Bytes of an import; Lambda takes 6 MB."""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_USER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Lets valid tokens in; what they may do is decided in the domain."""
    return authorize(request, wiring.verifier())


edge = Edge(
    app, wiring.services, authorizer=authorizer, front_door_sha256=settings.front_door_sha256
)

_WRITE: Mapping[str, Any] = {"status": 201, "idempotent": True}
_CHANGE: Mapping[str, Any] = {"versioned": True, "idempotent": True}
_NEW = (Invalid, NotFound, refusals.PatientDeceased, refusals.NoCatalogue, Unavailable)
_CHANGED = (NotFound, StaleVersion, InvalidTransition)
_SIGNED = (*_CHANGED, SessionExpired, refusals.NotRegistered, refusals.PatientDeceased)


def _id(request: Request, name: str = "id") -> str:
    """An id of the path. What is no id names nothing."""
    value = request.path[name]
    if not _ID.fullmatch(value):
        raise NotFound
    return value


def _user(request: Request) -> str:
    value = request.path["user_id"]
    if not _USER.fullmatch(value):
        raise NotFound
    return value


def _kind(request: Request) -> f.CatalogueKind:
    try:
        return f.CatalogueKind(request.path["kind"])
    except ValueError:
        raise NotFound("there is no such catalogue") from None


def _desk(request: Request) -> Any:
    return wiring.desk(request.headers.get("authorization", ""))


def _versioned(found: Any) -> Answer:
    return Answer(found, found.version)


# --- catalogues and prescribers -----------------------------------------------------------------


@edge.operation(
    "PUT", "/orders/catalogues/{kind}", body=f.CatalogueImport, answer=f.Catalogue, versioned=True,
    summary='Import a whole catalogue; If-Match "0" the first time', max_body=MAX_IMPORT,
    errors=(Invalid, NotFound, StaleVersion),
)  # fmt: skip
def import_catalogue(request: Request) -> Answer:
    made = catalogues.put(
        wiring.services(),
        wiring.shelf(),
        request.call,
        kind=_kind(request),
        given=request.body,
        version=request.if_match,
    )
    return _versioned(made)


@edge.operation(
    "GET", "/orders/catalogues/{kind}", answer=f.Catalogue, errors=(NotFound,),
    summary="Which release of a catalogue is in use",
)  # fmt: skip
def read_catalogue(request: Request) -> Answer:
    return _versioned(catalogues.show(wiring.services(), request.call, _kind(request)))


@edge.operation(
    "GET", "/orders/formulary", query=f.FormularySearch, answer=f.FormularyPage,
    summary="Find products by words, code or ATC", errors=(refusals.NoCatalogue,),
)  # fmt: skip
def search_formulary(request: Request) -> f.FormularyPage:
    return catalogues.search(wiring.services(), wiring.shelf(), request.call, request.query)


@edge.operation(
    "GET", "/orders/order-sets", answer=f.OrderSetList, summary="All order sets",
)  # fmt: skip
def list_order_sets(request: Request) -> f.OrderSetList:
    return catalogues.list_order_sets(wiring.services(), wiring.shelf(), request.call)


@edge.operation(
    "GET", "/orders/prescribers/{user_id}", answer=p.Prescriber, errors=(NotFound,),
    summary="Who a user is on paper",
)  # fmt: skip
def read_prescriber(request: Request) -> Answer:
    return _versioned(prescribers.read(wiring.services(), request.call, _user(request)))


@edge.operation(
    "PUT", "/orders/prescribers/{user_id}", body=p.PrescriberBody, answer=p.Prescriber,
    summary='Enter a professional registration; If-Match "0" the first time', versioned=True,
    errors=(NotFound, StaleVersion),
)  # fmt: skip
def put_prescriber(request: Request) -> Answer:
    return _versioned(
        prescribers.put(
            wiring.services(), request.call, _user(request), request.body, request.if_match
        )
    )


# --- prescriptions ------------------------------------------------------------------------------


@edge.operation(
    "POST", "/orders/prescriptions", body=p.NewPrescription, answer=p.Prescription,
    summary="Write a draft", errors=_NEW, **_WRITE,
)  # fmt: skip
def draft_prescription(request: Request) -> Answer:
    return _versioned(prescribing.draft(_desk(request), request.call, request.body))


@edge.operation(
    "GET", "/orders/prescriptions/{id}", answer=p.Prescription, errors=(NotFound, Gone),
    summary="A prescription",
)  # fmt: skip
def read_prescription(request: Request) -> Answer:
    return _versioned(prescribing.read(wiring.services(), request.call, _id(request)))


@edge.operation(
    "PUT", "/orders/prescriptions/{id}", body=p.PrescriptionBody, answer=p.Prescription,
    summary="Replace what a draft says", versioned=True,
    errors=(*_CHANGED, Invalid, refusals.NoCatalogue),
)  # fmt: skip
def edit_prescription(request: Request) -> Answer:
    return _versioned(
        prescribing.edit(_desk(request), request.call, _id(request), request.body, request.if_match)
    )


@edge.operation(
    "GET", "/orders/prescriptions/{id}/checks", query=p.ChecksQuery, answer=p.Checks,
    summary="What signing would meet now", errors=(NotFound, refusals.NoCatalogue),
)  # fmt: skip
def check_prescription(request: Request) -> p.Checks:
    return prescribing.check(_desk(request), request.call, _id(request), request.query.language)


@edge.operation(
    "POST", "/orders/prescriptions/{id}/sign", body=p.Sign, answer=p.Prescription,
    summary="Sign a draft; alerts of high severity need overrides",
    errors=(*_SIGNED, Invalid, refusals.BlockingAlerts, refusals.NoCatalogue), **_CHANGE,
)  # fmt: skip
def sign_prescription(request: Request) -> Answer:
    return _versioned(
        prescribing.sign(_desk(request), request.call, _id(request), request.body, request.if_match)
    )


@edge.operation(
    "POST", "/orders/prescriptions/{id}/stop", body=p.Stop, answer=p.Prescription,
    summary="Stop a prescription or some of its lines", errors=(*_CHANGED, Invalid), **_CHANGE,
)  # fmt: skip
def stop_prescription(request: Request) -> Answer:
    return _versioned(
        prescribing.stop(
            wiring.services(), request.call, _id(request), request.body, request.if_match
        )
    )


def _prescription_to(request: Request, wanted: p.PrescriptionStatus) -> Answer:
    return _versioned(
        prescribing.change_status(
            wiring.services(),
            request.call,
            _id(request),
            wanted,
            reason=request.body.reason,
            version=request.if_match,
        )
    )


@edge.operation(
    "POST", "/orders/prescriptions/{id}/hold", body=p.StatusReason, answer=p.Prescription,
    summary="Put a prescription on hold", errors=_CHANGED, **_CHANGE,
)  # fmt: skip
def hold_prescription(request: Request) -> Answer:
    return _prescription_to(request, p.PrescriptionStatus.ON_HOLD)


@edge.operation(
    "POST", "/orders/prescriptions/{id}/resume", body=p.StatusReason, answer=p.Prescription,
    summary="Take a prescription off hold", errors=_CHANGED, **_CHANGE,
)  # fmt: skip
def resume_prescription(request: Request) -> Answer:
    return _prescription_to(request, p.PrescriptionStatus.ACTIVE)


@edge.operation(
    "POST", "/orders/prescriptions/{id}/complete", body=p.StatusReason, answer=p.Prescription,
    summary="The treatment came to its end", errors=_CHANGED, **_CHANGE,
)  # fmt: skip
def complete_prescription(request: Request) -> Answer:
    return _prescription_to(request, p.PrescriptionStatus.COMPLETED)


@edge.operation(
    "POST", "/orders/prescriptions/{id}/withdraw", body=p.StatusReason, answer=p.Prescription,
    summary="It was entered in error", errors=_CHANGED, **_CHANGE,
)  # fmt: skip
def withdraw_prescription(request: Request) -> Answer:
    return _prescription_to(request, p.PrescriptionStatus.ENTERED_IN_ERROR)


@edge.operation(
    "POST", "/orders/prescriptions/{id}/renew", answer=p.Prescription,
    summary="A draft that renews a prescription", errors=(*_NEW, InvalidTransition), **_WRITE,
)  # fmt: skip
def renew_prescription(request: Request) -> Answer:
    return _versioned(prescribing.renew(_desk(request), request.call, _id(request)))


# --- laboratory, imaging and service orders -----------------------------------------------------


@edge.operation(
    "POST", "/orders/requests", body=o.NewOrder, answer=o.Order,
    summary="Write a draft of an order", errors=_NEW, **_WRITE,
)  # fmt: skip
def draft_order(request: Request) -> Answer:
    return _versioned(ordering.draft(_desk(request), request.call, request.body))


@edge.operation(
    "GET", "/orders/requests/{id}", answer=o.Order, errors=(NotFound, Gone),
    summary="An order with the latest version of its result",
)  # fmt: skip
def read_order(request: Request) -> Answer:
    return _versioned(ordering.read(wiring.services(), request.call, _id(request)))


@edge.operation(
    "PUT", "/orders/requests/{id}", body=o.OrderBody, answer=o.Order, versioned=True,
    summary="Replace what a draft asks for", errors=(*_CHANGED, Invalid),
)  # fmt: skip
def edit_order(request: Request) -> Answer:
    return _versioned(
        ordering.edit(_desk(request), request.call, _id(request), request.body, request.if_match)
    )


@edge.operation(
    "POST", "/orders/requests/{id}/sign", answer=o.Order, errors=_SIGNED, **_CHANGE,
    summary="Send an order on its way",
)  # fmt: skip
def sign_order(request: Request) -> Answer:
    return _versioned(
        ordering.sign(wiring.services(), request.call, _id(request), request.if_match)
    )


def _order_to(request: Request, wanted: o.OrderStatus) -> Answer:
    return _versioned(
        ordering.close(
            wiring.services(),
            request.call,
            _id(request),
            wanted,
            reason=request.body.reason,
            version=request.if_match,
        )
    )


@edge.operation(
    "POST", "/orders/requests/{id}/cancel", body=p.StatusReason, answer=o.Order,
    summary="Cancel an order that has no result", errors=_CHANGED, **_CHANGE,
)  # fmt: skip
def cancel_order(request: Request) -> Answer:
    return _order_to(request, o.OrderStatus.CANCELLED)


@edge.operation(
    "POST", "/orders/requests/{id}/withdraw", body=p.StatusReason, answer=o.Order,
    summary="It was entered in error", errors=_CHANGED, **_CHANGE,
)  # fmt: skip
def withdraw_order(request: Request) -> Answer:
    return _order_to(request, o.OrderStatus.ENTERED_IN_ERROR)


@edge.operation(
    "POST", "/orders/requests/{id}/take-over", answer=o.Order, errors=_CHANGED, **_CHANGE,
    summary="Answer for an order from now on",
)  # fmt: skip
def take_over_order(request: Request) -> Answer:
    return _versioned(
        ordering.take_over(wiring.services(), request.call, _id(request), request.if_match)
    )


@edge.operation(
    "PUT", "/orders/requests/{id}/specimen", body=o.SpecimenBody, answer=o.Order, versioned=True,
    summary="A specimen was taken", errors=(*_CHANGED, Invalid),
)  # fmt: skip
def collect_specimen(request: Request) -> Answer:
    return _versioned(
        ordering.collect(
            wiring.services(), request.call, _id(request), request.body, request.if_match
        )
    )


@edge.operation(
    "POST", "/orders/requests/{id}/specimen/receive", answer=o.Order, errors=_CHANGED, **_CHANGE,
    summary="The laboratory has the specimen",
)  # fmt: skip
def receive_specimen(request: Request) -> Answer:
    return _versioned(
        ordering.receive(wiring.services(), request.call, _id(request), request.if_match)
    )


@edge.operation(
    "POST", "/orders/requests/{id}/results", body=o.NewResult, answer=o.Order, status=201,
    summary="Enter a result or its correction", errors=(*_CHANGED, Invalid), **_CHANGE,
)  # fmt: skip
def enter_result(request: Request) -> Answer:
    return _versioned(
        results.enter(wiring.services(), request.call, _id(request), request.body, request.if_match)
    )


@edge.operation(
    "GET", "/orders/requests/{id}/results", answer=o.ResultList, errors=(NotFound, Gone),
    summary="Every version of a result",
)  # fmt: skip
def list_results(request: Request) -> o.ResultList:
    return results.history(wiring.services(), request.call, _id(request))


@edge.operation(
    "POST", "/orders/requests/{id}/sign-off", body=o.SignOff, answer=o.Order,
    summary="The orderer has seen the result",
    errors=(*_CHANGED, SessionExpired, refusals.ResultSuperseded), **_CHANGE,
)  # fmt: skip
def sign_off_result(request: Request) -> Answer:
    return _versioned(
        results.sign_off(
            wiring.services(), request.call, _id(request), request.body, request.if_match
        )
    )


@edge.operation(
    "GET", "/orders/worklist", query=o.WorkQuery, answer=o.WorkList,
    summary="What waits for the caller, or for the institution",
)  # fmt: skip
def list_work(request: Request) -> o.WorkList:
    return worklist.page(wiring.services(), request.call, request.query)


# --- referrals and certificates -----------------------------------------------------------------


_ISSUED = (*_NEW, SessionExpired, refusals.NotRegistered)


@edge.operation(
    "POST", "/orders/referrals", body=o.NewReferral, answer=o.Paper,
    summary="Sign and issue a referral", errors=_ISSUED, **_WRITE,
)  # fmt: skip
def issue_referral(request: Request) -> Answer:
    return _versioned(papers.issue(_desk(request), request.call, request.body))


@edge.operation(
    "POST", "/orders/certificates", body=o.NewCertificate, answer=o.Paper,
    summary="Sign and issue a certificate", errors=_ISSUED, **_WRITE,
)  # fmt: skip
def issue_certificate(request: Request) -> Answer:
    return _versioned(papers.issue(_desk(request), request.call, request.body))


def _read_paper(request: Request, kind: o.PaperKind) -> Answer:
    return _versioned(papers.read(wiring.services(), request.call, kind, _id(request)))


def _withdraw_paper(request: Request, kind: o.PaperKind) -> Answer:
    return _versioned(
        papers.withdraw(
            wiring.services(),
            request.call,
            kind,
            _id(request),
            reason=request.body.reason,
            version=request.if_match,
        )
    )


@edge.operation(
    "GET", "/orders/referrals/{id}", answer=o.Paper, errors=(NotFound, Gone), summary="A referral",
)  # fmt: skip
def read_referral(request: Request) -> Answer:
    return _read_paper(request, o.PaperKind.REFERRAL)


@edge.operation(
    "GET", "/orders/certificates/{id}", answer=o.Paper, errors=(NotFound, Gone),
    summary="A certificate",
)  # fmt: skip
def read_certificate(request: Request) -> Answer:
    return _read_paper(request, o.PaperKind.CERTIFICATE)


@edge.operation(
    "POST", "/orders/referrals/{id}/withdraw", body=p.StatusReason, answer=o.Paper,
    summary="It was entered in error", errors=_CHANGED, **_CHANGE,
)  # fmt: skip
def withdraw_referral(request: Request) -> Answer:
    return _withdraw_paper(request, o.PaperKind.REFERRAL)


@edge.operation(
    "POST", "/orders/certificates/{id}/withdraw", body=p.StatusReason, answer=o.Paper,
    summary="It was entered in error", errors=_CHANGED, **_CHANGE,
)  # fmt: skip
def withdraw_certificate(request: Request) -> Answer:
    return _withdraw_paper(request, o.PaperKind.CERTIFICATE)


# --- printing -----------------------------------------------------------------------------------


_PRINT: Mapping[str, Any] = {
    "query": o.PrintQuery,
    "answer": o.Printed,
    "errors": (NotFound, Gone, InvalidTransition),
}


def _how(request: Request) -> Any:
    from telesalud.orders.printing import How  # noqa: PLC0415  # fpdf2 is for these four only

    return How(request.query, settings.verify_url)


@edge.operation(
    "GET", "/orders/prescriptions/{id}/print", summary="A prescription as PDF", **_PRINT
)
def print_prescription(request: Request) -> o.Printed:
    from telesalud.orders import printing  # noqa: PLC0415

    return printing.print_prescription(wiring.services(), request.call, _id(request), _how(request))


@edge.operation("GET", "/orders/requests/{id}/print", summary="An order as PDF", **_PRINT)
def print_order(request: Request) -> o.Printed:
    from telesalud.orders import printing  # noqa: PLC0415

    return printing.print_order(wiring.services(), request.call, _id(request), _how(request))


def _print_paper(request: Request, kind: o.PaperKind) -> o.Printed:
    from telesalud.orders import printing  # noqa: PLC0415

    return printing.print_paper(wiring.services(), request.call, kind, _id(request), _how(request))


@edge.operation("GET", "/orders/referrals/{id}/print", summary="A referral as PDF", **_PRINT)
def print_referral(request: Request) -> o.Printed:
    return _print_paper(request, o.PaperKind.REFERRAL)


@edge.operation("GET", "/orders/certificates/{id}/print", summary="A certificate as PDF", **_PRINT)
def print_certificate(request: Request) -> o.Printed:
    return _print_paper(request, o.PaperKind.CERTIFICATE)


@edge.operation(
    "GET", "/orders/verify/{code}", auth=Auth.PUBLIC, answer=p.Verification,
    summary="Check a paper by its code, without an account", errors=(NotFound, Gone),
)  # fmt: skip
def verify(request: Request) -> p.Verification:
    return verification.verify(wiring.services(), request.call.request_id, request.path["code"])


# --- a patient ----------------------------------------------------------------------------------


@edge.operation(
    "GET", "/orders/patients/{patient_id}/summary", answer=o.PatientSummary,
    summary="Prescriptions in force and open orders of a patient", errors=(NotFound, Gone),
)  # fmt: skip
def summarise_patient(request: Request) -> o.PatientSummary:
    return listing.summary(wiring.services(), request.call, _id(request, "patient_id"))


@edge.operation(
    "GET", "/orders/patients/{patient_id}", query=o.EntryQuery, answer=o.EntryList,
    summary="Everything ordered for a patient, latest first", errors=(NotFound, Gone),
)  # fmt: skip
def list_patient(request: Request) -> o.EntryList:
    return listing.page(wiring.services(), request.call, _id(request, "patient_id"), request.query)


# --- queues, streams, deadlines -----------------------------------------------------------------


@app.lambda_function(name="on_events")
def on_events(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Facts of the record that checks need, and our own that set deadlines."""
    from telesalud.orders import deadlines, profile  # noqa: PLC0415  # this function only
    from telesalud.platform.consumer import consume  # noqa: PLC0415  # this function only

    own = deadlines.handlers(wiring.deadlines)
    return consume(event, {**profile.handlers(wiring.services), **own})


@app.lambda_function(name="deadline")
def deadline(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    """An order's workflow asks what is due."""
    from telesalud.orders import deadlines  # noqa: PLC0415  # this function only

    due = deadlines.due(
        wiring.services(), event["tenant"], event["order_id"], int(event["schedule"])
    )
    return {"done": due.done, "next_at": due.next_at}


@app.lambda_function(name="relay")
def relay(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New outbox items go to the event bus."""
    from telesalud.platform import clients  # noqa: PLC0415  # this function only
    from telesalud.platform import relay as outbox  # noqa: PLC0415  # this function only

    return outbox.relay(event["Records"], outbox.EventBridgeBus(settings.bus, clients.events))


@app.lambda_function(name="seal_audit")
def seal_audit(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New audit entries go into the tenant's hash chain."""
    from telesalud.platform.trail import keep_trail  # noqa: PLC0415  # this function only

    services = wiring.services()
    return keep_trail(event, services.store, services.clock)
