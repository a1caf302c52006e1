"""Vital signs as observations (http://hl7.org/fhir/R4/observation-vitalsigns.html)."""

from collections.abc import Iterator
from typing import Final

from schemas.vitals import VitalFinding, VitalsSet
from telesalud.interop.fhir.exact import Object
from telesalud.interop.record.naming import packed
from telesalud.interop.record.shapes import (
    kept,
    known,
    loinc,
    moment,
    quantity,
    reference,
    resource,
)

BLOOD_PRESSURE: Final = "85354-9"
_PRESSURES: Final = ("systolic", "diastolic")
_ABSENT: Final = {
    "undetectable": "error",
    "declined": "asked-declined",
    "unable": "unknown",
    "no-equipment": "unsupported",
    "instrument-error": "error",
    "not-done": "not-performed",
}
LOINC_OF: Final = {
    "systolic": "8480-6",
    "diastolic": "8462-4",
    "pulse": "8867-4",
    "respiration": "9279-1",
    "temperature": "8310-5",
    "oxygen_saturation": "2708-6",
    "weight": "29463-7",
    "height": "8302-2",
    "head_circumference": "9843-4",
    "bmi": "39156-5",
}
"""Codes of what could not be measured; a value that was measured brings its own."""


def observations(one: VitalsSet) -> Iterator[Object]:
    """One for each sign; both blood pressures in one. Why a value is missing is said as well."""
    pressures = [f for f in one.findings if f.vital in _PRESSURES]
    if pressures:
        yield _begun(one, BLOOD_PRESSURE, "blood pressure") | {
            "component": [_component(finding) for finding in pressures]
        }
    for finding in one.findings:
        if finding.vital not in _PRESSURES:
            yield _begun(one, finding.loinc, finding.vital) | _valued(finding)
    for missing in one.not_measured:
        code = LOINC_OF.get(missing.vital)
        if code:
            reason = known("data-absent-reason", _ABSENT[missing.reason])
            yield _begun(one, code, missing.vital) | {
                "dataAbsentReason": reason | {"text": missing.reason}
            }


def _begun(one: VitalsSet, code: str, name: str) -> Object:
    id_ = packed(one.patient, one.id, code)
    return resource("Observation", id_, one.version, one.recorded_at) | kept(
        {
            "status": "entered-in-error" if one.entered_in_error else "final",
            "category": [known("observation-category", "vital-signs")],
            "code": loinc(code, name.replace("_", " ")),
            "subject": reference("Patient", one.patient),
            "encounter": reference("Encounter", one.encounter),
            "effectiveDateTime": moment(one.measured_at),
            "issued": moment(one.recorded_at),
        }
    )


def _component(finding: VitalFinding) -> Object:
    return {"code": loinc(finding.loinc, finding.vital)} | _valued(finding)


def _valued(finding: VitalFinding) -> Object:
    code = finding.interpretation
    bounds = (("low", finding.low), ("high", finding.high))
    limits = {name: quantity(at, finding.unit) for name, at in bounds if at is not None}
    return kept(
        {
            "valueQuantity": quantity(finding.value, finding.unit),
            "interpretation": [known("v3-ObservationInterpretation", code)] if code else None,
            "referenceRange": [limits] if limits else None,
        }
    )
