"""The CapabilityStatement: what is there, said from what is there."""

from typing import Final

from telesalud.interop.fhir.criteria import MODIFIERS
from telesalud.interop.fhir.definitions import COMMON, Parameter, definitions
from telesalud.interop.fhir.exact import Object
from telesalud.interop.fhir.services import FhirServices

RELEASED: Final = "2026-12-01"
INTERACTIONS: Final = (
    "read",
    "vread",
    "update",
    "delete",
    "history-instance",
    "create",
    "search-type",
)
_DOCUMENTED: Final = (
    "Search that names a patient, an identifier, another resource or the beginning of a name has "
    "an exact total. Beyond 2,000 resources of a type, other searches go page by page without "
    "total and without sorting. Modifiers: "
)


def capability_statement(services: FhirServices) -> Object:
    """What this server does."""
    types = sorted(definitions())
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": RELEASED,
        "publisher": "Telesalud",
        "kind": "instance",
        "software": {"name": "Telesalud"},
        "implementation": {"description": "Telesalud", "url": services.base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": _DOCUMENTED + _modifiers(),
                "security": {
                    "service": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/"
                                    "restful-security-service",
                                    "code": "OAuth",
                                }
                            ]
                        }
                    ],
                    "description": "OAuth 2.0 with client credentials; send a bearer token",
                },
                "resource": [_resource(name) for name in types],
                "interaction": [{"code": "batch"}, {"code": "transaction"}],
                "searchParam": [_told(each) for each in COMMON.values()],
            }
        ],
    }


def _modifiers() -> str:
    return "; ".join(f"{kind}: {', '.join(sorted(names))}" for kind, names in MODIFIERS.items())


def _resource(name: str) -> Object:
    definition = definitions()[name]
    references = [p for p in definition.parameters.values() if p.kind == "reference"]
    made: Object = {
        "type": name,
        "interaction": [{"code": code} for code in INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        "referencePolicy": ["literal", "logical", "local"],
    }
    if references:
        made["searchInclude"] = ["*", *(f"{name}:{each.code}" for each in references)]
    backwards = [
        f"{other.name}:{each.code}"
        for other in definitions().values()
        for each in other.parameters.values()
        if each.kind == "reference" and name == "Patient" and each.code == "patient"
    ]
    if backwards:
        made["searchRevInclude"] = backwards
    if definition.parameters:
        made["searchParam"] = [_told(each) for each in definition.parameters.values()]
    made["operation"] = [
        {
            "name": "validate",
            "definition": "http://hl7.org/fhir/OperationDefinition/Resource-validate",
        }
    ]
    if name == "Patient":
        everything = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
        made["operation"].append({"name": "everything", "definition": everything})
    return made


def _told(parameter: Parameter) -> Object:
    return {"name": parameter.code, "type": parameter.kind}
