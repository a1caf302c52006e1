"""Questionnaires over HTTP."""

from schemas import forms as contract
from schemas.chart import ChartQuery
from telesalud.patients import wiring
from telesalud.patients.questionnaires import filling
from telesalud.platform.errors import Invalid, InvalidTransition, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "GET",
        "/patients/forms",
        summary="The questionnaires that can be filled",
        query=contract.FormQuery,
        answer=contract.FormCatalogue,
        errors=(Invalid,),
    )
    def list_forms(request: Request) -> contract.FormCatalogue:
        return filling.catalogue(request.call, request.query)

    @edge.operation(
        "GET",
        "/patients/forms/{form_id}",
        summary="A questionnaire in one language",
        query=contract.FormQuery,
        answer=contract.FormDefinition,
        errors=(NotFound,),
    )
    def read_form(request: Request) -> contract.FormDefinition:
        return filling.definition(request.call, request.path["form_id"], request.query)

    @edge.operation(
        "POST",
        "/patients/{patient_id}/forms",
        summary="Submit a filled questionnaire, or a draft",
        body=contract.FormBody,
        answer=contract.FilledForm,
        status=201,
        idempotent=True,
        errors=(Invalid, NotFound),
    )
    def submit_form(request: Request) -> Answer:
        who = request.id("patient_id")
        filled = filling.submit(wiring.services(), request.call, who, request.body)
        return Answer(filled, filled.version)

    @edge.operation(
        "PUT",
        "/patients/{patient_id}/forms/{response_id}",
        summary="Replace a draft",
        body=contract.FormBody,
        answer=contract.FilledForm,
        versioned=True,
        errors=(Invalid, NotFound, StaleVersion, InvalidTransition),
    )
    def resubmit_form(request: Request) -> Answer:
        who, which = request.id("patient_id"), request.id("response_id")
        filled = filling.resubmit(
            wiring.services(), request.call, who, which, request.body, version=request.if_match
        )
        return Answer(filled, filled.version)

    @edge.operation(
        "GET",
        "/patients/{patient_id}/forms",
        summary="Filled questionnaires, latest begun first",
        query=ChartQuery,
        answer=contract.FilledForms,
        errors=(Invalid, NotFound),
    )
    def list_filled_forms(request: Request) -> contract.FilledForms:
        who = request.id("patient_id")
        return filling.list_filled(wiring.services(), request.call, who, request.query)
