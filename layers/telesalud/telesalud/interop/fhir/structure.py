"""Whether a resource is what FHIR R4 says it is: elements, types, how often, and required codes.

The rules themselves are a library's (docs/decisions/0801); this module alone knows which.
"""

import re
from collections.abc import Mapping
from typing import Final

from telesalud.interop.fhir.definitions import definitions
from telesalud.interop.fhir.exact import Json, Object, write
from telesalud.interop.fhir.refusals import Issue, Refused, bad_request

ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")

_STATUSES: Final[Mapping[str, str]] = {
    "Appointment": "proposed pending booked arrived fulfilled cancelled noshow entered-in-error "
    "checked-in waitlist",
    "Communication": "preparation in-progress not-done on-hold stopped completed entered-in-error "
    "unknown",
    "Composition": "preliminary final amended entered-in-error",
    "DiagnosticReport": "registered partial preliminary final amended corrected appended cancelled "
    "entered-in-error unknown",
    "DocumentReference": "current superseded entered-in-error",
    "Encounter": "planned arrived triaged in-progress onleave finished cancelled entered-in-error "
    "unknown",
    "Immunization": "completed entered-in-error not-done",
    "MedicationAdministration": "in-progress not-done on-hold completed entered-in-error stopped "
    "unknown",
    "MedicationDispense": "preparation in-progress cancelled on-hold completed entered-in-error "
    "stopped declined unknown",
    "MedicationRequest": "active on-hold cancelled completed entered-in-error stopped draft "
    "unknown",
    "MedicationStatement": "active completed entered-in-error intended stopped on-hold unknown "
    "not-taken",
    "Observation": "registered preliminary final amended corrected cancelled entered-in-error "
    "unknown",
    "Procedure": "preparation in-progress not-done on-hold stopped completed entered-in-error "
    "unknown",
    "ServiceRequest": "draft active on-hold revoked completed entered-in-error unknown",
    "Slot": "busy free busy-unavailable busy-tentative entered-in-error",
    "Task": "draft requested received accepted rejected ready cancelled in-progress on-hold failed "
    "completed entered-in-error",
}
_GENDERS: Final = "male female other unknown"
_WITH_GENDER: Final = ("Patient", "Practitioner", "RelatedPerson")


def check(resource: Json, type_: str = "") -> Object:
    """The resource, when it is a well-formed one of a type that is kept here. Raises Refused."""
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        raise bad_request("a resource is an object with a resourceType", "structure")
    own = resource["resourceType"]
    if type_ and own != type_:
        raise bad_request(f"this is a {own[:64]}, and {type_} is asked for")
    if own not in definitions():
        raise Refused(422, [Issue("not-supported", f"{own[:64]} is not kept by this server")])
    issues = problems_of(resource)
    if issues:
        raise Refused(422, issues)
    return resource


def problems_of(resource: Object) -> list[Issue]:
    """Every fault of a resource's structure; empty when there is none."""
    import fhirkit  # noqa: PLC0415  # 13 MB that reading does without

    try:
        found = fhirkit.validate(write(resource))
    except fhirkit.ParseError as error:
        raise bad_request(str(error), "structure") from None
    issues = [Issue("structure", i.message, i.path) for i in found if i.severity == "error"]
    return issues[:50] or list(_bad_codes(resource))


def _bad_codes(resource: Object) -> list[Issue]:
    own, issues = resource["resourceType"], []
    checked = {"status": _STATUSES.get(own), "gender": _GENDERS if own in _WITH_GENDER else None}
    for name, codes in checked.items():
        value = resource.get(name)
        if codes and value is not None and value not in codes.split():
            issues.append(Issue("code-invalid", f"it is one of: {codes}", f"{own}.{name}"))
    if resource.get("implicitRules"):
        rule = "rules that change what a resource means are not followed here"
        issues.append(Issue("not-supported", rule, f"{own}.implicitRules"))
    return issues
