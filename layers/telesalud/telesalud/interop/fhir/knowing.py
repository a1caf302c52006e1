"""What the record knows, met as if it were kept here: the other half of every read and search.

A search asks the record when it names an id, a patient, an identifier or a name; registers of the
institution are small and told whole. Nothing else of the record is searched through.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from telesalud.interop.fhir import postings
from telesalud.interop.fhir.criteria import Criterion, unescaped
from telesalud.interop.fhir.exact import Object, write
from telesalud.interop.fhir.heads import Head
from telesalud.interop.fhir.matching import reference_of, token_of
from telesalud.interop.fhir.services import FhirServices, Known

TYPES: Final = (
    "AllergyIntolerance",
    "Appointment",
    "Condition",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Immunization",
    "Location",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Patient",
    "Practitioner",
    "Procedure",
    "ServiceRequest",
)
"""Types of which the record knows resources."""
REGISTERS: Final = ("Location", "Practitioner")
_OTHERWISE: Final = ("not", "missing", "text", "contains", "identifier")


def known(services: FhirServices, type_: str, id_: str) -> Head | None:
    """A resource of the record; None when there is none, or the token does not reach it."""
    if services.record is None or type_ not in TYPES:
        return None
    resource = services.record.read(type_, id_)
    return head_of(resource) if resource else None


def selected(
    services: FhirServices, type_: str, criteria: Sequence[Criterion]
) -> list[tuple[Head, Object]]:
    """Resources of the record among which a search's matches are."""
    if services.record is None or type_ not in TYPES:
        return []
    found = _candidates(services, services.record, type_, criteria)
    return list({each["id"]: (head_of(each), each) for each in found}.values())


def head_of(resource: Object) -> Head:
    """A version of a resource of the record. It belongs to the record, so to nobody here."""
    meta = resource["meta"]
    return Head(
        type=resource["resourceType"],
        id=resource["id"],
        version=int(meta["versionId"]),
        at=meta.get("lastUpdated", ""),
        patient="",
        deleted=False,
        text=write(resource),
        of_record=True,
    )


def _candidates(
    services: FhirServices, record: Known, type_: str, criteria: Sequence[Criterion]
) -> Iterator[Object]:
    """By the first criterion that names an id or a patient, else as people or as a register."""
    plain = [each for each in criteria if each.modifier not in _OTHERWISE]
    for criterion in plain:
        if criterion.parameter.code == "_id":
            read = (record.read(type_, unescaped(value)) for value in criterion.values)
            yield from (resource for resource in read if resource)
            return
        if type_ != "Patient" and postings.is_owner(type_, criterion.parameter):
            for patient in _patients(services, criterion):
                yield from record.of_patient(type_, patient)
            return
    if type_ == "Patient":
        yield from _people(record, plain)
    elif type_ in REGISTERS:
        yield from record.register(type_)


def _patients(services: FhirServices, criterion: Criterion) -> Iterator[str]:
    for value in criterion.values:
        type_, _, id_ = reference_of(criterion, value, services.base)[0].rpartition("/")
        if type_ in ("", "Patient"):
            yield id_


def _people(record: Known, criteria: Sequence[Criterion]) -> Iterator[Object]:
    by = {each.parameter.code: each.values for each in reversed(criteria)}
    if "identifier" in by:
        for asked in map(token_of, by["identifier"]):
            if asked.system and asked.code:
                yield from record.identified(asked.system, asked.code)
        return
    names = next((by[code] for code in postings.NAMED if code in by), ())
    for name in map(unescaped, names):
        if len(name.strip()) >= postings.NAME_LETTERS:
            yield from record.named(name)
    if not names:
        days = (value.removeprefix("eq") for value in by.get("birthdate", ()))
        for day in days:
            if len(day) == len("2026-03-01"):
                yield from record.named("", day)
