"""Questionnaires over HTTP."""

from schemas import forms as contract
from schemas.chart import ChartQuery
from telesalud.patients import wiring
from telesalud.patients.questionnaires import filling
from telesalud.platform.errors import Invalid, InvalidTransition, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients")


@group.get("/forms", query=contract.FormQuery, answer=contract.FormCatalogue, errors=(Invalid,))
def list_forms(request: Request) -> contract.FormCatalogue:
    """The questionnaires that can be filled."""
    return filling.catalogue(request.call, request.query)


@group.get(
    "/forms/{form_id}", query=contract.FormQuery, answer=contract.FormDefinition, errors=(NotFound,)
)
def read_form(request: Request) -> contract.FormDefinition:
    """A questionnaire in one language."""
    return filling.definition(
        wiring.services(), request.call, request.path["form_id"], request.query
    )


@group.post(
    "/{patient_id}/forms",
    body=contract.FormBody,
    answer=contract.FilledForm,
    status=201,
    idempotent=True,
    errors=(Invalid, NotFound),
)
def submit_form(request: Request) -> Answer:
    """Submit a filled questionnaire, or a draft."""
    who = request.id("patient_id")
    filled = filling.submit(wiring.services(), request.call, who, request.body)
    return Answer(filled, filled.version)


@group.put(
    "/{patient_id}/forms/{response_id}",
    body=contract.FormBody,
    answer=contract.FilledForm,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion, InvalidTransition),
)
def resubmit_form(request: Request) -> Answer:
    """Replace a draft."""
    who, which = request.id("patient_id"), request.id("response_id")
    filled = filling.resubmit(
        wiring.services(), request.call, who, which, request.body, version=request.if_match
    )
    return Answer(filled, filled.version)


@group.get(
    "/{patient_id}/forms", query=ChartQuery, answer=contract.FilledForms, errors=(Invalid, NotFound)
)
def list_filled_forms(request: Request) -> contract.FilledForms:
    """Filled questionnaires, latest begun first."""
    who = request.id("patient_id")
    return filling.list_filled(wiring.services(), request.call, who, request.query)
