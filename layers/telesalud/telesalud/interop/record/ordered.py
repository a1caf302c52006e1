"""Orders, their results and prescriptions as FHIR has them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from schemas import orders as o
from schemas import prescriptions as p
from schemas.formulary import OrderedTest, OrderKind
from telesalud.interop.fhir.exact import Object
from telesalud.interop.record.shapes import (
    kept,
    known,
    loinc,
    moment,
    quantity,
    reference,
    resource,
)

_STATUS: Final = {
    o.OrderStatus.DRAFT: "draft",
    o.OrderStatus.ACTIVE: "active",
    o.OrderStatus.RESULTED: "completed",
    o.OrderStatus.REVIEWED: "completed",
    o.OrderStatus.CANCELLED: "revoked",
    o.OrderStatus.ENTERED_IN_ERROR: "entered-in-error",
}
_CATEGORY: Final = {
    OrderKind.LABORATORY: ("108252007", "Laboratory procedure", "laboratory", "LAB"),
    OrderKind.IMAGING: ("363679005", "Imaging", "imaging", "RAD"),
    OrderKind.SERVICE: ("409063005", "Counselling", "exam", "OTH"),
}
"""SNOMED CT of the order, its display, category of its observations, HL7 table 0074."""
_FLAG: Final = {
    o.Flag.NORMAL: "N",
    o.Flag.LOW: "L",
    o.Flag.HIGH: "H",
    o.Flag.CRITICAL_LOW: "LL",
    o.Flag.CRITICAL_HIGH: "HH",
    o.Flag.ABNORMAL: "A",
    o.Flag.CRITICAL: "AA",
}
NATIONAL: Final = "urn:telesalud:institution-code"
_ATC: Final = "http://www.whocc.no/atc"


def service_request(one: o.Order) -> Object:
    """An order."""
    snomed, display, *_ = _CATEGORY[one.kind]
    category = {"system": "http://snomed.info/sct", "code": snomed, "display": display}
    return resource("ServiceRequest", one.id, one.version, _changed(one)) | kept(
        {
            "status": _STATUS[one.status],
            "intent": "order",
            "category": [{"coding": [category]}],
            "priority": str(one.priority),
            "code": _tests(one.tests),
            "subject": reference("Patient", one.patient),
            "encounter": reference("Encounter", one.encounter),
            "authoredOn": moment(one.signed_at or one.created_at),
            "requester": {"display": one.prescriber.name} if one.prescriber else None,
            "reasonCode": [{"text": one.reason}] if one.reason else None,
        }
    )


def _changed(one: o.Order) -> datetime:
    """When an order came to be as it is, as far as it says."""
    signed_off = [each.at for each in one.sign_offs]
    return max(at for at in (one.created_at, one.signed_at, one.resulted_at, *signed_off) if at)


def _tests(tests: tuple[OrderedTest, ...]) -> Object:
    coding = []
    for test in tests:
        if test.loinc:
            coding.append({"system": "http://loinc.org", "code": test.loinc})
        elif test.code:
            coding.append({"system": NATIONAL, "code": test.code})
    # several tests of one order are no translations of each other: their codes stand only alone
    text = "; ".join(test.display for test in tests)
    return kept({"coding": coding if len(tests) == 1 else None, "text": text})


def results(one: o.Order) -> Iterator[Object]:
    """The report of an order's latest result, and its observations."""
    if one.result is None:
        return
    made = [_observation(one, one.result, at) for at in range(len(one.result.observations))]
    *_, code = _CATEGORY[one.kind]
    yield resource("DiagnosticReport", one.id, one.version, _changed(one)) | kept(
        {
            "basedOn": [reference("ServiceRequest", one.id)],
            "status": str(one.result.status),
            "category": [known("v2-0074", code)],
            "code": _tests(one.tests),
            "subject": reference("Patient", one.patient),
            "encounter": reference("Encounter", one.encounter),
            "issued": moment(one.result.entered_at),
            "result": [reference("Observation", each["id"]) for each in made],
            "conclusion": one.result.conclusion,
        }
    )
    yield from made


def _observation(one: o.Order, result: o.Result, at: int) -> Object:
    value = result.observations[at]
    _, _, category, _ = _CATEGORY[one.kind]
    collected = one.specimen.collected_at if one.specimen else None
    number = value.value is not None
    return resource("Observation", f"{one.id}.{at + 1}", one.version, result.entered_at) | kept(
        {
            "basedOn": [reference("ServiceRequest", one.id)],
            "status": str(result.status),
            "category": [known("observation-category", category)],
            "code": loinc(value.loinc, value.display),
            "subject": reference("Patient", one.patient),
            "encounter": reference("Encounter", one.encounter),
            "effectiveDateTime": moment(collected) if collected else None,
            "issued": moment(result.entered_at),
            "valueQuantity": _number(value) if number else None,
            "valueString": None if number else value.text,
            "interpretation": _interpretation(value),
            "referenceRange": _limits(value),
        }
    )


def _number(value: o.Observation) -> Object:
    comparator = str(value.comparator) if value.comparator else None
    return quantity(value.value or 0, value.unit or "1", comparator)


def _interpretation(value: o.Observation) -> list[Object] | None:
    if value.flag is None:
        return None
    return [known("v3-ObservationInterpretation", _FLAG[value.flag])]


def _limits(value: o.Observation) -> list[Object] | None:
    unit = value.unit or "1"
    bounds = (("low", value.low), ("high", value.high))
    limits = {name: quantity(at, unit) for name, at in bounds if at is not None}
    return [limits] if limits else None


def medication_requests(one: p.Prescription) -> Iterator[Object]:
    """One for each line of a prescription."""
    for line in one.lines:
        yield _medication_request(one, line)


def _medication_request(one: p.Prescription, line: p.PrescriptionLine) -> Object:
    product, status = line.product, str(one.status).replace("_", "-")
    if line.stopped_at:
        status = "stopped"
    id_ = f"{one.id}.{line.number}"
    return resource("MedicationRequest", id_, one.version, one.status_at) | kept(
        {
            "status": status,
            "intent": "order",
            "medicationCodeableConcept": {
                "coding": [
                    {"system": NATIONAL, "code": product.code, "display": product.name},
                    {"system": _ATC, "code": product.atc},
                ],
                "text": f"{product.name} {product.strength} {product.form}",
            },
            "subject": reference("Patient", one.patient),
            "encounter": reference("Encounter", one.encounter),
            "authoredOn": moment(one.signed_at or one.created_at),
            "requester": {"display": one.prescriber.name} if one.prescriber else None,
            "groupIdentifier": {"system": "urn:telesalud:prescription", "value": one.id},
            "dosageInstruction": _dosage(line),
            "dispenseRequest": _dispense(one, line),
            "substitution": {"allowedBoolean": line.substitution_allowed},
        }
    )


def _dosage(line: p.PrescriptionLine) -> list[Object]:
    return (
        [_dose(line, line.dose, line.frequency, 1)]
        if not line.steps
        else [_dose(line, step.dose, step.frequency, step.sequence) for step in line.steps]
    )


def _dose(line: p.PrescriptionLine, dose: p.Dose, often: p.Frequency, at: int) -> Object:
    amount = quantity(dose.value, dose.unit)
    repeat = {"frequency": often.times, "period": often.hours, "periodUnit": "h"}
    return kept(
        {
            "sequence": at,
            "patientInstruction": line.instructions,
            "timing": {"repeat": repeat},
            "asNeededBoolean": True if often.as_needed else None,
            "route": {"text": str(line.route)},
            "doseAndRate": [
                {"doseQuantity": {"value": amount["value"], "unit": dose.unit}},
            ],
        }
    )


def _dispense(one: p.Prescription, line: p.PrescriptionLine) -> Object:
    from_day = one.signed_at.date().isoformat() if one.signed_at else None
    until = one.valid_until.isoformat() if one.valid_until else None
    validity = {"start": from_day, "end": until} if from_day and until else {}
    amount = {"value": line.quantity, "unit": line.product.unit}
    supply = quantity(line.duration_days, "d")
    return kept({"validityPeriod": validity, "quantity": amount, "expectedSupplyDuration": supply})
