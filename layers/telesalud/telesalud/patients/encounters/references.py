"""Checking that an encounter which something names is one of the patient's own.

So is one that a teleconsultation which has not ended will become.
"""

from schemas.admissions import AdmissionStatus
from schemas.encounters import EncounterReference
from telesalud.patients.access.opening import Chart, open_chart
from telesalud.patients.admissions.repository import admission_key
from telesalud.patients.encounters.repository import encounter_key, reserved_key
from telesalud.patients.policy import READ
from telesalud.platform.errors import FieldError, Invalid, NotFound
from telesalud.platform.work import Call, Services


def check_encounter(chart: Chart, encounter: str | None) -> None:
    """Raise Invalid for an encounter that the patient does not have."""
    if encounter is not None and not _is_theirs(chart, encounter):
        fault = FieldError("/encounter", "unknown", "the patient has no such encounter")
        raise Invalid("the encounter is not known", [fault])


def check_admission(chart: Chart, admission: str | None) -> None:
    """Raise Invalid for an admission that the patient does not have, or that was in error."""
    if admission is None:
        return
    item = chart.services.store.get(admission_key(chart.tenant, admission))
    known = item is not None and item.text("patient") in chart.members
    if item is None or not known or item.text("status") == AdmissionStatus.CANCELLED:
        fault = FieldError("/admission", "unknown", "the patient has no such admission")
        raise Invalid("the admission is not known", [fault])


def reference(services: Services, call: Call, patient: str, encounter: str) -> EncounterReference:
    """That the patient has the encounter, for contexts that keep other parts of the record.

    Tells ids and nothing of the record, as the admission does. Raises Forbidden, Gone, and
    NotFound for an encounter of somebody else, or of another institution.
    """
    chart = open_chart(services, call, patient, READ)
    if not _is_theirs(chart, encounter):
        raise NotFound("the patient has no such encounter")
    return EncounterReference(patient=chart.patient, encounter=encounter)


def _is_theirs(chart: Chart, encounter: str) -> bool:
    own = encounter_key(chart.tenant, encounter)
    to_come = [reserved_key(chart.tenant, member, encounter) for member in chart.members]
    found = chart.services.store.get_many([own, *to_come])
    if own in found:
        return found[own].text("patient") in chart.members
    return bool(found)
