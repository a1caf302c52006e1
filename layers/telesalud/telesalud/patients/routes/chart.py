"""Entries of the chart over HTTP."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas import chart as contract
from schemas import chart_lists as lists
from schemas.common import Contract
from schemas.consents import ConsentText
from telesalud.patients import wiring
from telesalud.patients.chart import entries
from telesalud.patients.chart.kinds import KINDS, Kind
from telesalud.patients.immunization import recording
from telesalud.platform.errors import Conflict, Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

if TYPE_CHECKING:
    from telesalud.patients.terminology.search import TerminologyIndex


class _Names(NamedTuple):
    """What a kind of entry is called in the API, and its lists."""

    kind: contract.EntryKind
    singular: str
    shown: str
    list_model: type[Contract]
    history_model: type[Contract]

    @property
    def of(self) -> Kind:
        """The kind's models and rules."""
        return KINDS[self.kind]


_KINDS: Sequence[_Names] = (
    _Names(
        contract.EntryKind.PROBLEM,
        "problem",
        "problem",
        lists.ProblemList,
        lists.ProblemHistory,
    ),
    _Names(
        contract.EntryKind.ALLERGY,
        "allergy",
        "allergy or intolerance",
        lists.AllergyList,
        lists.AllergyHistory,
    ),
    _Names(
        contract.EntryKind.MEDICATION,
        "medication",
        "medication in use",
        lists.MedicationList,
        lists.MedicationHistory,
    ),
    _Names(
        contract.EntryKind.IMMUNIZATION,
        "immunization",
        "immunization",
        lists.ImmunizationList,
        lists.ImmunizationHistory,
    ),
    _Names(
        contract.EntryKind.PROCEDURE,
        "procedure",
        "procedure",
        lists.ProcedureList,
        lists.ProcedureHistory,
    ),
    _Names(
        contract.EntryKind.FAMILY_HISTORY,
        "family_history",
        "condition of a relative",
        lists.FamilyHistoryList,
        lists.FamilyHistoryHistory,
    ),
    _Names(
        contract.EntryKind.SOCIAL_HISTORY,
        "social_history",
        "circumstance of life",
        lists.SocialHistoryList,
        lists.SocialHistoryHistory,
    ),
    _Names(
        contract.EntryKind.CONSENT,
        "consent",
        "decision of the patient",
        lists.ConsentList,
        lists.ConsentHistory,
    ),
)


group = Group("/patients/{patient_id}")


def record_entry(names: _Names, request: Request) -> Answer:
    """Record an entry of a kind."""
    patient = request.id("patient_id")
    if names.kind is contract.EntryKind.IMMUNIZATION:
        made = recording.record(wiring.services(), request.call, patient, request.body)
        return Answer(made, made.version)
    index = _index(names.of)
    entry = entries.record(wiring.services(), request.call, patient, request.body, index)
    return Answer(entry, entry.version)


def revise_entry(names: _Names, request: Request) -> Answer:
    """Revise an entry of a kind; the earlier version is kept."""
    entry = entries.revise(
        wiring.services(),
        request.call,
        _where(names, request),
        request.body,
        request.if_match,
        index=_index(names.of),
    )
    return Answer(entry, entry.version)


def list_entries(names: _Names, request: Request) -> Contract:
    """List the entries of a kind, latest recorded first."""
    patient = request.id("patient_id")
    items, withheld, cursor = entries.list_entries(
        wiring.services(), request.call, patient, names.of, request.query
    )
    fields: dict[str, Any] = {"items": items, "withheld": withheld, "cursor": cursor}
    return names.list_model(**fields)


def read_entry_history(names: _Names, request: Request) -> Contract:
    """Every version of an entry of a kind."""
    versions = entries.history(wiring.services(), request.call, _where(names, request))
    fields: dict[str, Any] = {"items": tuple(versions)}
    return names.history_model(**fields)


def _where(names: _Names, request: Request) -> entries.Where:
    return entries.Where(request.id("patient_id"), names.kind, request.id("entry_id"))


def _index(kind: Kind) -> "TerminologyIndex | None":
    return wiring.terminology_if_any() if "diagnoses" in kind.body.model_fields else None


def _declare(names: _Names) -> None:
    path = f"/{names.kind.value}"
    group.add(
        "POST",
        path,
        partial(record_entry, names),
        name=f"record_{names.singular}",
        summary=f"Record: {names.shown}",
        body=names.of.body,
        answer=names.of.view,
        status=201,
        idempotent=True,
        errors=(Invalid, NotFound, Conflict),
    )
    group.add(
        "GET",
        path,
        partial(list_entries, names),
        name=f"list_{names.kind.value.replace('-', '_')}",
        summary=f"List: {names.shown}, latest recorded first",
        query=contract.ChartQuery,
        answer=names.list_model,
        errors=(Invalid, NotFound),
    )
    group.add(
        "PUT",
        path + "/{entry_id}",
        partial(revise_entry, names),
        name=f"revise_{names.singular}",
        summary=f"Revise: {names.shown}; the earlier version is kept",
        body=names.of.body,
        answer=names.of.view,
        versioned=True,
        errors=(Invalid, NotFound, Conflict, StaleVersion),
    )
    group.add(
        "GET",
        path + "/{entry_id}/versions",
        partial(read_entry_history, names),
        name=f"read_{names.singular}_history",
        summary=f"Every version: {names.shown}",
        answer=names.history_model,
        errors=(NotFound,),
    )


for _names in _KINDS:
    _declare(_names)


@group.get("/consents/{entry_id}/text", answer=ConsentText, errors=(NotFound,))
def read_consent_text(request: Request) -> ConsentText:
    """Every word that a consent to a teleconsultation is about."""
    return entries.consent_words(
        wiring.services(), request.call, request.id("patient_id"), request.id("entry_id")
    )
