"""Charges and vouchers over HTTP."""

from schemas import vouchers as v
from telesalud.billing import errors, wiring
from telesalud.billing.charges import keeping
from telesalud.billing.routes import CHANGE, CHANGED, WRITE, services, versioned
from telesalud.billing.vouchers import issuing, numbers
from telesalud.platform.errors import (
    Conflict,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    SessionExpired,
    Unavailable,
)
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/billing")

ASKED = (NotFound, Gone, Unavailable)
ENDED = (*CHANGED, Gone, InvalidTransition)


@group.post("/charges", body=v.NewCharge, answer=v.Charge, errors=(*ASKED, Invalid), **WRITE)
def add_charge(request: Request) -> Answer:
    """Write a procedure, a service or something else that was done on demand."""
    return versioned(keeping.add(services(request), request.call, request.body))


@group.get("/charges", query=v.ChargeQuery, answer=v.ChargePage, errors=(*ASKED, Invalid))
def list_charges(request: Request) -> v.ChargePage:
    """What a patient got, the oldest first."""
    return keeping.page(services(request), request.call, request.query)


@group.post(
    "/patients/{patient_id}/charges/{charge_id}/waive",
    body=v.Waiver,
    answer=v.Charge,
    errors=ENDED,
    **CHANGE,
)
def waive_charge(request: Request) -> Answer:
    """Ask nobody for it."""
    where = keeping.Where(request.id("patient_id"), request.id("charge_id"))
    reason, version = request.body.reason, request.if_match
    return versioned(keeping.waive(wiring.services(), request.call, where, reason, version))


@group.post(
    "/vouchers",
    body=v.NewVoucher,
    answer=v.Voucher,
    errors=(
        *ASKED,
        SessionExpired,
        Invalid,
        Conflict,
        errors.ChargesTaken,
        errors.NotCovered,
        errors.NotPriced,
        errors.NumbersExhausted,
    ),
    **WRITE,
)
def issue_voucher(request: Request) -> Answer:
    """Issue a voucher over charges of a patient, at a contract's prices."""
    return versioned(issuing.issue(services(request), request.call, request.body))


@group.get("/vouchers", query=v.VoucherQuery, answer=v.VoucherPage, errors=(*ASKED, Invalid))
def list_vouchers(request: Request) -> v.VoucherPage:
    """Vouchers of a patient, or those of a contract that wait for an invoice."""
    return issuing.page(services(request), request.call, request.query)


@group.get("/vouchers/{voucher_id}", answer=v.Voucher, errors=(NotFound, Gone))
def read_voucher(request: Request) -> Answer:
    """A voucher with its lines."""
    return versioned(issuing.read(wiring.services(), request.call, request.id("voucher_id")))


@group.post(
    "/vouchers/{voucher_id}/void",
    body=v.VoidVoucher,
    answer=v.Voucher,
    errors=(*ENDED, SessionExpired),
    **CHANGE,
)
def void_voucher(request: Request) -> Answer:
    """Make a voucher void; what it lists may go on another."""
    which, reason = request.id("voucher_id"), request.body.reason
    return versioned(issuing.void(wiring.services(), request.call, which, reason, request.if_match))


@group.post("/numbers", body=v.NumberLease, answer=v.LeasedNumbers, **WRITE)
def lease_numbers(request: Request) -> v.LeasedNumbers:
    """Lease numbers for vouchers to a disconnected site."""
    return numbers.lease(wiring.services(), request.call, request.body)
