"""Entries of the chart over HTTP."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from schemas import chart as contract
from schemas import chart_lists as lists
from schemas.common import Contract
from telesalud.patients import wiring
from telesalud.patients.chart import entries
from telesalud.patients.chart.kinds import KINDS, Kind
from telesalud.platform.errors import Conflict, Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Edge, Request


class _Group(NamedTuple):
    """What a kind of entry is called in the API, and its lists."""

    kind: contract.EntryKind
    singular: str
    shown: str
    list_model: type[Contract]
    history_model: type[Contract]


_GROUPS: Sequence[_Group] = (
    _Group(
        contract.EntryKind.PROBLEM,
        "problem",
        "problem",
        lists.ProblemList,
        lists.ProblemHistory,
    ),
    _Group(
        contract.EntryKind.ALLERGY,
        "allergy",
        "allergy or intolerance",
        lists.AllergyList,
        lists.AllergyHistory,
    ),
    _Group(
        contract.EntryKind.MEDICATION,
        "medication",
        "medication in use",
        lists.MedicationList,
        lists.MedicationHistory,
    ),
    _Group(
        contract.EntryKind.IMMUNIZATION,
        "immunization",
        "immunization",
        lists.ImmunizationList,
        lists.ImmunizationHistory,
    ),
    _Group(
        contract.EntryKind.PROCEDURE,
        "procedure",
        "procedure",
        lists.ProcedureList,
        lists.ProcedureHistory,
    ),
    _Group(
        contract.EntryKind.FAMILY_HISTORY,
        "family_history",
        "condition of a relative",
        lists.FamilyHistoryList,
        lists.FamilyHistoryHistory,
    ),
    _Group(
        contract.EntryKind.SOCIAL_HISTORY,
        "social_history",
        "circumstance of life",
        lists.SocialHistoryList,
        lists.SocialHistoryHistory,
    ),
    _Group(
        contract.EntryKind.CONSENT,
        "consent",
        "decision of the patient",
        lists.ConsentList,
        lists.ConsentHistory,
    ),
)


def register(edge: Edge) -> None:
    """Add this group's operations."""
    for group in _GROUPS:
        _entries(edge, group, KINDS[group.kind])


def _entries(edge: Edge, group: _Group, kind: Kind) -> None:
    path = f"/patients/{{patient_id}}/{group.kind.value}"

    def where(request: Request) -> entries.Where:
        return entries.Where(request.id("patient_id"), group.kind, request.id("entry_id"))

    def record(request: Request) -> Answer:
        who = request.id("patient_id")
        index = wiring.terminology_if_any() if "diagnoses" in kind.body.model_fields else None
        entry = entries.record(wiring.services(), request.call, who, request.body, index)
        return Answer(entry, entry.version)

    def revise(request: Request) -> Answer:
        index = wiring.terminology_if_any() if "diagnoses" in kind.body.model_fields else None
        entry = entries.revise(
            wiring.services(),
            request.call,
            where(request),
            request.body,
            request.if_match,
            index=index,
        )
        return Answer(entry, entry.version)

    def listed(request: Request) -> Contract:
        who = request.id("patient_id")
        found = entries.list_entries(wiring.services(), request.call, who, kind, request.query)
        items, withheld, cursor = found
        fields: dict[str, Any] = {"items": items, "withheld": withheld, "cursor": cursor}
        return group.list_model(**fields)

    def history(request: Request) -> Contract:
        versions = entries.history(wiring.services(), request.call, where(request))
        fields: dict[str, Any] = {"items": tuple(versions)}
        return group.history_model(**fields)

    record.__name__ = f"record_{group.singular}"
    revise.__name__ = f"revise_{group.singular}"
    listed.__name__ = f"list_{group.kind.value.replace('-', '_')}"
    history.__name__ = f"read_{group.singular}_history"
    edge.operation(
        "POST",
        path,
        summary=f"Record: {group.shown}",
        body=kind.body,
        answer=kind.view,
        status=201,
        idempotent=True,
        errors=(Invalid, NotFound, Conflict),
    )(record)
    edge.operation(
        "GET",
        path,
        summary=f"List: {group.shown}, latest recorded first",
        query=contract.ChartQuery,
        answer=group.list_model,
        errors=(Invalid, NotFound),
    )(listed)
    edge.operation(
        "PUT",
        path + "/{entry_id}",
        summary=f"Revise: {group.shown}; the earlier version is kept",
        body=kind.body,
        answer=kind.view,
        versioned=True,
        errors=(Invalid, NotFound, Conflict, StaleVersion),
    )(revise)
    edge.operation(
        "GET",
        path + "/{entry_id}/versions",
        summary=f"Every version: {group.shown}",
        answer=group.history_model,
        errors=(NotFound,),
    )(history)
