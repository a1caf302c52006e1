"""Which group of operations serves which route: a cold function imports only the one it needs."""

from collections.abc import Mapping
from typing import Final

_PATIENT: Final = "/patients/{patient_id}"
_ENCOUNTER: Final = "/patients/encounters/{encounter_id}"
_ENTRIES: Final = (
    "problems",
    "allergies",
    "medications",
    "immunizations",
    "procedures",
    "family-history",
    "social-history",
    "consents",
)

ROUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "people": (
        "POST /patients",
        "GET /patients",
        f"GET {_PATIENT}",
        f"PUT {_PATIENT}",
        f"POST {_PATIENT}/merge",
        f"POST {_PATIENT}/unmerge",
        f"GET {_PATIENT}/merged",
        "GET /patients/connection",
        "PUT /patients/connection",
    ),
    "encounters": (
        f"GET {_PATIENT}/encounters",
        "GET /patients/encounters/pending",
        f"GET {_ENCOUNTER}",
        f"GET {_ENCOUNTER}/documents/{{document_id}}/link",
    ),
    "writing": (
        f"POST {_PATIENT}/encounters",
        f"PUT {_ENCOUNTER}",
        f"POST {_ENCOUNTER}/notes",
        f"PUT {_ENCOUNTER}/notes/{{note_id}}",
        f"POST {_ENCOUNTER}/sign",
        f"POST {_ENCOUNTER}/cosign",
        f"POST {_ENCOUNTER}/finalise",
        f"POST {_ENCOUNTER}/amend",
        f"POST {_ENCOUNTER}/addenda",
    ),
    "summary": (f"GET {_PATIENT}/summary", f"GET {_PATIENT}/timeline"),
    "chart": tuple(
        route
        for kind in _ENTRIES
        for route in (
            f"POST {_PATIENT}/{kind}",
            f"GET {_PATIENT}/{kind}",
            f"PUT {_PATIENT}/{kind}/{{entry_id}}",
            f"GET {_PATIENT}/{kind}/{{entry_id}}/versions",
        )
    ),
    "measuring": (
        f"POST {_PATIENT}/vitals",
        f"GET {_PATIENT}/vitals",
        f"GET {_PATIENT}/vitals/trend",
        "GET /patients/growth-curves",
        f"POST {_PATIENT}/vitals/{{set_id}}/void",
    ),
    "documents": (
        f"GET {_PATIENT}/documents",
        f"GET {_PATIENT}/documents/{{document_id}}",
        f"GET {_PATIENT}/documents/{{document_id}}/link",
        f"POST {_PATIENT}/documents",
        f"POST {_PATIENT}/documents/{{document_id}}/versions",
        f"POST {_PATIENT}/documents/uploads/{{upload_id}}/complete",
        f"POST {_PATIENT}/documents/{{document_id}}/void",
    ),
    "forms": (
        "GET /patients/forms",
        "GET /patients/forms/{form_id}",
        f"POST {_PATIENT}/forms",
        f"PUT {_PATIENT}/forms/{{response_id}}",
        f"GET {_PATIENT}/forms",
    ),
    "terminology": (
        "GET /patients/terminology/cie11",
        "GET /patients/terminology/cie11/{code}",
        "GET /patients/terminology/cie11-cluster",
        "GET /patients/terminology/cie10",
        "GET /patients/terminology/cie10/{code}",
        "GET /patients/country-profile",
        "PUT /patients/country-profile",
    ),
    "care": (
        f"POST {_PATIENT}/relations",
        f"GET {_PATIENT}/relations",
        f"GET {_PATIENT}/admission",
        f"POST {_PATIENT}/break-glass",
        f"GET {_PATIENT}/accesses",
        "GET /patients/trail",
    ),
    "custody": (
        f"POST {_PATIENT}/exports",
        f"GET {_PATIENT}/exports/{{export_id}}",
        f"GET {_PATIENT}/exports/{{export_id}}/link",
        f"GET {_PATIENT}/legal-hold",
        f"PUT {_PATIENT}/legal-hold",
        f"DELETE {_PATIENT}/legal-hold",
        f"POST {_PATIENT}/shredding",
        f"GET {_PATIENT}/shredding",
        f"POST {_PATIENT}/shredding/confirm",
        f"POST {_PATIENT}/shredding/withdraw",
    ),
    "reports": (
        "POST /patients/reports",
        "GET /patients/reports",
        "GET /patients/reports/{report_id}",
        "GET /patients/reports/{report_id}/link",
        "GET /patients/surveillance",
        "PUT /patients/surveillance",
    ),
}
"""Group (a module of this package) to its routes."""
