"""Entries of the chart as FHIR has them."""

from collections.abc import Iterable
from typing import Final

from schemas import chart as c
from schemas.clinical_events import Criticality
from telesalud.interop.fhir.exact import Object
from telesalud.interop.record.naming import packed
from telesalud.interop.record.shapes import (
    ICD10,
    ICD11,
    concept,
    day,
    kept,
    known,
    moment,
    note,
    reference,
    resource,
)

_VERIFICATION: Final = {
    c.Verification.UNCONFIRMED: "unconfirmed",
    c.Verification.CONFIRMED: "confirmed",
    c.Verification.REFUTED: "refuted",
    c.Verification.ERROR: "entered-in-error",
}
_PROBLEM: Final = {
    c.ProblemStatus.ACTIVE: "active",
    c.ProblemStatus.CHRONIC: "active",
    c.ProblemStatus.RECURRING: "recurrence",
    c.ProblemStatus.IMPROVED: "remission",
    c.ProblemStatus.RESOLVED: "resolved",
}
_CRITICALITY: Final = {
    Criticality.LOW: "low",
    Criticality.HIGH: "high",
    Criticality.UNKNOWN: "unable-to-assess",
}
NO_KNOWN_ALLERGY: Final = {"system": "http://snomed.info/sct", "code": "716186003"}
_ABATED: Final = ("remission", "resolved")


def _begun(type_: str, one: c.Recorded, sensitivity: Iterable[object]) -> Object:
    labels = [str(label) for label in sensitivity]
    id_ = packed(one.patient, one.id)
    return resource(type_, id_, one.version, one.recorded_at, labels)


def condition(one: c.Problem) -> Object:
    """A problem or diagnosis."""
    is_wrong = one.verification is c.Verification.ERROR
    status = _PROBLEM[one.status]
    if one.ended_on and status not in _ABATED:
        status = "inactive"
    return _begun("Condition", one, one.sensitivity) | kept(
        {
            # con-5: what was entered in error has no clinical status
            "clinicalStatus": None if is_wrong else known("condition-clinical", status),
            "verificationStatus": known("condition-ver-status", _VERIFICATION[one.verification]),
            "category": [known("condition-category", "problem-list-item")],
            "code": _diagnosed(one.text, one.diagnoses),
            "subject": reference("Patient", one.patient),
            "encounter": reference("Encounter", one.encounter),
            "onsetDateTime": day(one.onset_on),
            "abatementDateTime": day(one.ended_on),
            "recordedDate": moment(one.recorded_at),
            "note": note(one.comment),
        }
    )


def _diagnosed(text: str, diagnoses: Iterable[c.Diagnosis]) -> Object:
    coding: list[Object] = []
    for each in diagnoses:
        title = each.codes[0].title if len(each.codes) == 1 else None
        coding.append(kept({"system": ICD11, "code": each.code, "display": title}))
        if each.icd10:
            coding.append({"system": ICD10, "code": each.icd10})
    return kept({"coding": coding, "text": text})


def allergy(one: c.Allergy) -> Object:
    """An allergy, an intolerance, or that none is known."""
    is_wrong = one.verification is c.Verification.ERROR
    none_known = one.type is c.AllergyType.NONE_KNOWN
    code = concept(one.text, one.codes)
    if none_known:
        code = {"coding": [NO_KNOWN_ALLERGY], "text": one.text}
    is_over = one.ended_on is not None or one.verification is c.Verification.REFUTED
    status = known("allergyintolerance-clinical", "inactive" if is_over else "active")
    reaction = [{"manifestation": [{"text": one.reaction}]}] if one.reaction else None
    return _begun("AllergyIntolerance", one, one.sensitivity) | kept(
        {
            "clinicalStatus": None if is_wrong else status,
            "verificationStatus": known(
                "allergyintolerance-verification", _VERIFICATION[one.verification]
            ),
            "type": None if none_known else str(one.type),
            "criticality": None if none_known else _CRITICALITY[one.criticality],
            "code": code,
            "patient": reference("Patient", one.patient),
            "encounter": reference("Encounter", one.encounter),
            "onsetDateTime": day(one.onset_on),
            "recordedDate": moment(one.recorded_at),
            "note": note(one.comment),
            "reaction": reaction,
        }
    )


def medication_statement(one: c.Medication) -> Object:
    """Something that the patient takes, whoever prescribed it."""
    taken = " ".join(part for part in (one.dose, one.frequency) if part)
    dosage = kept({"text": taken, "route": {"text": one.route} if one.route else None})
    return _begun("MedicationStatement", one, one.sensitivity) | kept(
        {
            "status": str(one.status).replace("_", "-"),
            "medicationCodeableConcept": concept(one.text, one.codes),
            "subject": reference("Patient", one.patient),
            "context": reference("Encounter", one.encounter),
            "effectivePeriod": kept({"start": day(one.started_on), "end": day(one.ended_on)}),
            "dateAsserted": moment(one.recorded_at),
            "note": note(one.comment),
            "dosage": [dosage] if dosage else None,
        }
    )


def immunization(one: c.Immunization) -> Object:
    """A vaccination, given or refused."""
    applied = [{"doseNumberPositiveInt": one.dose_number}] if one.dose_number else None
    return _begun("Immunization", one, one.sensitivity) | kept(
        {
            "status": str(one.status).replace("_", "-"),
            "statusReason": {"text": one.reason} if one.reason else None,
            "vaccineCode": concept(one.text, one.codes),
            "patient": reference("Patient", one.patient),
            "encounter": reference("Encounter", one.encounter),
            "occurrenceDateTime": day(one.given_on),
            "recorded": moment(one.recorded_at),
            "primarySource": one.primary_source,
            "manufacturer": {"display": one.manufacturer} if one.manufacturer else None,
            "lotNumber": one.lot,
            "expirationDate": day(one.expires_on),
            "site": {"text": one.body_site} if one.body_site else None,
            "route": {"text": one.route} if one.route else None,
            "performer": [{"actor": {"display": one.performer}}] if one.performer else None,
            "note": note(one.comment),
            "protocolApplied": applied,
        }
    )


def procedure(one: c.Procedure) -> Object:
    """Something that was done to the patient."""
    return _begun("Procedure", one, one.sensitivity) | kept(
        {
            "status": str(one.status).replace("_", "-"),
            "code": concept(one.text, one.codes),
            "subject": reference("Patient", one.patient),
            "encounter": reference("Encounter", one.encounter),
            "performedDateTime": day(one.performed_on),
            "performer": [{"actor": {"display": one.performer}}] if one.performer else None,
            "outcome": {"text": one.outcome} if one.outcome else None,
            "note": note(one.comment),
        }
    )
