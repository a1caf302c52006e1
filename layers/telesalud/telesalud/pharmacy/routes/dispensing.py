"""Dispensing over HTTP."""

from schemas import dispensing as d
from telesalud.pharmacy import errors, wiring
from telesalud.pharmacy.dispensing import giving, records, returns, sheet
from telesalud.pharmacy.routes import CHANGE, CHANGED, MOVED, WRITE, services, versioned
from telesalud.platform.errors import Gone, NotFound, SessionExpired, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/pharmacy")

ASKED = (Gone, Unavailable)
GIVEN = (
    *MOVED,
    *ASKED,
    SessionExpired,
    errors.NotDispensable,
    errors.AlertsUnseen,
    errors.BeyondPrescription,
)


@group.get(
    "/prescriptions/{prescription_id}",
    query=d.SheetQuery,
    answer=d.DispensingSheet,
    errors=(NotFound, *ASKED),
)
def read_sheet(request: Request) -> d.DispensingSheet:
    """A prescription with what is left of it, and the lots to take at a warehouse."""
    which = request.id("prescription_id")
    return sheet.sheet(services(request), request.call, which, request.query)


@group.get(
    "/prescriptions/{prescription_id}/dispensings",
    answer=d.DispensingList,
    errors=(NotFound, Gone),
)
def list_dispensings(request: Request) -> d.DispensingList:
    """What was dispensed of a prescription, latest first."""
    which = request.id("prescription_id")
    return records.of_prescription(wiring.services(), request.call, which)


@group.post("/dispensings", body=d.NewDispensing, answer=d.Dispensing, errors=GIVEN, **WRITE)
def dispense(request: Request) -> Answer:
    """Dispense some or all of a prescription; controlled medicines wait for a second person."""
    return versioned(giving.dispense(services(request), request.call, request.body))


@group.get(
    "/warehouses/{warehouse_id}/waiting-dispensings", answer=d.WaitingList, errors=(NotFound,)
)
def list_waiting_dispensings(request: Request) -> d.WaitingList:
    """Dispensings of controlled medicines that wait for a second person."""
    return records.waiting(wiring.services(), request.call, request.id("warehouse_id"))


@group.get("/dispensings/{dispensing_id}", answer=d.Dispensing, errors=(NotFound, *ASKED))
def read_dispensing(request: Request) -> Answer:
    """What was dispensed."""
    which = request.id("dispensing_id")
    return versioned(records.read(services(request), request.call, which))


@group.post(
    "/dispensings/{dispensing_id}/confirm",
    answer=d.Dispensing,
    errors=(*CHANGED, *GIVEN[1:]),
    **CHANGE,
)
def confirm_dispensing(request: Request) -> Answer:
    """As the second person: sign, and it leaves the stock."""
    which = request.id("dispensing_id")
    return versioned(giving.confirm(services(request), request.call, which, request.if_match))


@group.post(
    "/dispensings/{dispensing_id}/refuse",
    body=d.RefusedSecond,
    answer=d.Dispensing,
    errors=(*CHANGED, Gone, SessionExpired),
    **CHANGE,
)
def refuse_dispensing(request: Request) -> Answer:
    """Do not sign, or take back what you asked for; nothing has moved."""
    which, reason = request.id("dispensing_id"), request.body.reason
    return versioned(
        giving.refuse(wiring.services(), request.call, which, reason, request.if_match)
    )


@group.post(
    "/dispensings/{dispensing_id}/returns",
    body=d.NewReturn,
    answer=d.Dispensing,
    errors=(*CHANGED, *MOVED[1:], Gone, SessionExpired),
    **CHANGE,
)
def return_dispensed(request: Request) -> Answer:
    """Take back what a patient brings."""
    which = request.id("dispensing_id")
    return versioned(
        returns.take_back(services(request), request.call, which, request.body, request.if_match)
    )
