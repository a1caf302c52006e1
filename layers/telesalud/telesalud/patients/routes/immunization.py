"""Vaccination plans over HTTP."""

from schemas.immunization import ImmunizationPlan, Vaccines
from telesalud.patients import wiring
from telesalud.patients.immunization import reading
from telesalud.platform.errors import NotFound
from telesalud.platform.http.operations import Group, Request

group = Group("/patients")


@group.get("/vaccines", answer=Vaccines)
def list_vaccines(request: Request) -> Vaccines:
    """Vaccines that plans know, to choose from."""
    return reading.known_vaccines(request.call)


@group.get("/{patient_id}/immunization-plan", answer=ImmunizationPlan, errors=(NotFound,))
def read_immunization_plan(request: Request) -> ImmunizationPlan:
    """What is done, due and late by the national schedule."""
    return reading.read_plan(wiring.services(), request.call, request.id("patient_id"))
