"""What other systems wrote about a patient, over HTTP for the chart."""

from typing import TYPE_CHECKING

from schemas import external as contract
from telesalud.interop import wiring
from telesalud.platform.errors import (
    Conflict,
    Gone,
    Invalid,
    NotFound,
    StaleVersion,
    Unavailable,
)
from telesalud.platform.http.operations import Group, Request

if TYPE_CHECKING:
    from telesalud.interop.record.clinic import Clinic

group = Group("/interop/patients/{patient_id}/external")


def _clinic(request: Request) -> "Clinic":
    return wiring.clinic(request.headers.get("authorization", ""))


@group.get(answer=contract.ExternalList, errors=(NotFound, Gone, Unavailable))
def list_external(request: Request) -> contract.ExternalList:
    """What other systems wrote about a patient, unverified."""
    from telesalud.interop.external import reading  # noqa: PLC0415  # the chart only

    who = request.id("patient_id")
    return reading.listed(wiring.fhir(), _clinic(request), request.call, who)


@group.post(
    "/{type}/{id}/adopt",
    body=contract.Adoption,
    answer=contract.Adopted,
    idempotent=True,
    errors=(NotFound, Gone, Conflict, StaleVersion, Invalid, Unavailable),
)
def adopt_external(request: Request) -> contract.Adopted:
    """Take what another system wrote into the record, under one's own name."""
    from telesalud.interop.external import adopting  # noqa: PLC0415  # the chart only

    where = adopting.Where(request.id("patient_id"), request.path["type"], request.path["id"])
    own, clinic = wiring.fhir(), _clinic(request)
    return adopting.adopt(own, clinic, request.call, where, request.body)
