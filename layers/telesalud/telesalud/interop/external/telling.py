"""A resource in few words, for a clinician to look at: nothing of it is interpreted."""

from collections.abc import Iterator
from typing import Final

from telesalud.interop.fhir.exact import Json, Object

SHOWN: Final = (
    "AllergyIntolerance",
    "CarePlan",
    "Communication",
    "Condition",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "FamilyMemberHistory",
    "Immunization",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Procedure",
    "QuestionnaireResponse",
    "ServiceRequest",
)
"""Types that a clinician looks at; the rest is administration."""
_CONCEPTS: Final = ("code", "vaccineCode", "medicationCodeableConcept", "type", "class")
_DATES: Final = (
    "effectiveDateTime",
    "effectiveInstant",
    "onsetDateTime",
    "occurrenceDateTime",
    "performedDateTime",
    "authoredOn",
    "date",
    "recordedDate",
    "sent",
    "authored",
    "whenHandedOver",
    "issued",
)
_PERIODS: Final = ("effectivePeriod", "onsetPeriod", "performedPeriod", "period")
_MOST: Final = 12
"""Details of one entry."""
_LONGEST: Final = 300
"""Characters of one detail."""


def title(resource: Object) -> str:
    """What it is, in the sender's words; the name of its type when there are none."""
    for name in _CONCEPTS:
        text = concept(resource.get(name))
        if text:
            return text
    description = resource.get("description")
    return str(description)[:_LONGEST] if description else str(resource["resourceType"])


def concept(value: Json) -> str:
    """A CodeableConcept or a Coding in words."""
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return ""
    codings = [each for each in value.get("coding", (value,)) if isinstance(each, dict)]
    words = [value.get("text"), *(c.get("display") for c in codings)]
    codes = [c.get("code") for c in codings]
    return str(next((word for word in [*words, *codes] if word), ""))[:_LONGEST]


def happened(resource: Object) -> str | None:
    """When, with the precision that the sender knew."""
    for name in _DATES:
        if resource.get(name):
            return str(resource[name])
    for name in _PERIODS:
        period = resource.get(name)
        if isinstance(period, dict) and (period.get("start") or period.get("end")):
            return str(period.get("start") or period.get("end"))
    return None


def status(resource: Object) -> str | None:
    """Its status in FHIR's words; that it was an error goes before all."""
    verification = concept(resource.get("verificationStatus"))
    if verification in ("entered-in-error", "refuted"):
        return verification
    return resource.get("status") or concept(resource.get("clinicalStatus")) or None


def details(resource: Object) -> tuple[str, ...]:
    """Values, reactions, doses and remarks, in the sender's words."""
    found = (text[:_LONGEST] for text in _details(resource) if text)
    return tuple(text for text, _ in zip(found, range(_MOST), strict=False))


def _details(resource: Object) -> Iterator[str]:
    yield _value(resource)
    for part in resource.get("component", ()):
        yield f"{concept(part.get('code'))}: {_value(part)}"
    for reaction in resource.get("reaction", ()):
        yield ", ".join(filter(None, map(concept, reaction.get("manifestation", ()))))
    for dose in (*resource.get("dosage", ()), *resource.get("dosageInstruction", ())):
        if isinstance(dose, dict):
            yield str(dose.get("text", ""))
    yield str(resource.get("lotNumber", ""))
    yield str(resource.get("conclusion", ""))
    for note in resource.get("note", ()):
        yield str(note.get("text", ""))
    for content in resource.get("content", ()):
        yield str(content.get("attachment", {}).get("title", ""))


def _value(part: Object) -> str:
    amount = part.get("valueQuantity")
    if isinstance(amount, dict):
        number = amount.get("value", "")
        text = getattr(number, "text", str(number))
        return f"{amount.get('comparator', '')}{text} {amount.get('unit', '')}".strip()
    if part.get("valueCodeableConcept"):
        return concept(part["valueCodeableConcept"])
    for name in ("valueString", "valueInteger", "valueBoolean", "valueDateTime"):
        if name in part:
            return str(part[name])
    return concept(part.get("dataAbsentReason"))
