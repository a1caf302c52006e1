"""Wards over HTTP: requests, deliveries, the administration record."""

from schemas import wards as w
from telesalud.pharmacy import errors, wiring
from telesalud.pharmacy.routes import CHANGE, CHANGED, MOVED, WRITE, services, versioned
from telesalud.pharmacy.wards import doses, requests, settling
from telesalud.pharmacy.wards.doses import Due
from telesalud.pharmacy.wards.requests import Asked
from telesalud.platform.errors import Conflict, Gone, Invalid, NotFound, SessionExpired, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/pharmacy")

ASKED = (NotFound, Gone, Unavailable)
GIVEN = (*CHANGED, Gone, Unavailable, SessionExpired, errors.WardClosed)
DELIVERED = (*GIVEN, *MOVED[1:])


def _asked(request: Request) -> Asked:
    return Asked(request.id("admission_id"), request.id("request_id"), request.if_match)


def _due(request: Request) -> Due:
    return Due(request.id("admission_id"), request.id("dose_id"), request.if_match)


@group.get("/wards/{admission_id}", answer=w.Ward, errors=ASKED)
def read_ward(request: Request) -> Answer:
    """What was asked for, delivered and given during an admission."""
    return versioned(settling.read(services(request), request.call, request.id("admission_id")))


@group.post(
    "/ward-requests",
    body=w.NewWardRequest,
    answer=w.WardRequest,
    errors=(*ASKED, Invalid, errors.WardClosed),
    **WRITE,
)
def request_for_ward(request: Request) -> Answer:
    """Ask a warehouse for what a patient needs."""
    return versioned(requests.ask(services(request), request.call, request.body))


@group.get("/ward-requests", query=w.WardRequestQuery, answer=w.WardRequestPage, errors=(Invalid,))
def list_ward_requests(request: Request) -> w.WardRequestPage:
    """The work list of a warehouse: urgent ones, then the oldest."""
    return requests.page(wiring.services(), request.call, request.query)


@group.post(
    "/wards/{admission_id}/requests/{request_id}/deliver",
    body=w.WardDelivery,
    answer=w.WardRequest,
    errors=DELIVERED,
    **CHANGE,
)
def deliver_to_ward(request: Request) -> Answer:
    """Deliver some or all of a request; controlled medicines wait for the ward's signature."""
    body = request.body
    return versioned(requests.deliver(services(request), request.call, _asked(request), body))


@group.post(
    "/wards/{admission_id}/requests/{request_id}/sign",
    answer=w.WardRequest,
    errors=DELIVERED,
    **CHANGE,
)
def sign_for_delivery(request: Request) -> Answer:
    """As somebody of the ward: take controlled medicines over, and they leave the stock."""
    return versioned(requests.sign_for(services(request), request.call, _asked(request)))


@group.post(
    "/wards/{admission_id}/requests/{request_id}/end",
    body=w.EndedRequest,
    answer=w.WardRequest,
    errors=(*CHANGED, Gone, Unavailable),
    **CHANGE,
)
def end_ward_request(request: Request) -> Answer:
    """Nothing more of it is wanted, or will be delivered."""
    reason = request.body.reason
    return versioned(requests.end(services(request), request.call, _asked(request), reason))


@group.post(
    "/wards/{admission_id}/doses",
    body=w.NewDoses,
    answer=w.PlannedDoses,
    errors=(*ASKED, Invalid, Conflict, errors.WardClosed, errors.NotDispensable),
    **WRITE,
)
def plan_doses(request: Request) -> w.PlannedDoses:
    """Plan when something is given."""
    which = request.id("admission_id")
    made = doses.plan(services(request), request.call, which, request.body)
    return w.PlannedDoses(items=made)


@group.post(
    "/wards/{admission_id}/doses/{dose_id}/give",
    body=w.Administration,
    answer=w.PlannedDose,
    errors=(*GIVEN, Invalid, errors.NotOnWard, errors.LotUnusable, errors.NotDispensable),
    **CHANGE,
)
def administer_dose(request: Request) -> Answer:
    """It was given."""
    return versioned(doses.give(services(request), request.call, _due(request), request.body))


@group.post(
    "/wards/{admission_id}/doses/{dose_id}/not-given",
    body=w.NotGiven,
    answer=w.PlannedDose,
    errors=GIVEN,
    **CHANGE,
)
def record_not_given(request: Request) -> Answer:
    """It was not given, and why."""
    return versioned(doses.not_given(services(request), request.call, _due(request), request.body))


@group.post(
    "/wards/{admission_id}/doses/{dose_id}/withdraw",
    body=w.EndedRequest,
    answer=w.PlannedDose,
    errors=(*CHANGED, Gone, Unavailable),
    **CHANGE,
)
def withdraw_dose(request: Request) -> Answer:
    """It is not wanted any more."""
    return versioned(doses.withdraw(services(request), request.call, _due(request), request.body))


@group.post(
    "/wards/{admission_id}/waste",
    body=w.WardOut,
    answer=w.Ward,
    errors=(*ASKED, SessionExpired, Conflict, errors.WardClosed, errors.NotOnWard),
    **WRITE,
)
def waste_on_ward(request: Request) -> w.Ward:
    """Something was wasted on the ward."""
    which = request.id("admission_id")
    return settling.waste(services(request), request.call, which, request.body)


@group.post(
    "/wards/{admission_id}/returns",
    body=w.WardReturn,
    answer=w.Ward,
    errors=(*MOVED, Gone, Unavailable, SessionExpired, errors.WardClosed, errors.NotOnWard),
    **WRITE,
)
def return_from_ward(request: Request) -> w.Ward:
    """Receive in the pharmacy what was not applied."""
    which = request.id("admission_id")
    return settling.take_back(services(request), request.call, which, request.body)


@group.post(
    "/wards/{admission_id}/close",
    status=204,
    errors=(*ASKED, Conflict, errors.WardNotSettled),
)
def close_ward(request: Request) -> None:
    """Close the account of an admission before its discharge."""
    settling.close(services(request), request.call, request.id("admission_id"))
