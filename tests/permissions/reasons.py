"""Why rows of the permission table are as they are, where that is not obvious."""

from collections.abc import Mapping
from typing import Final

DEMOGRAPHICS = "who somebody is, no clinical content; each reading is on the patient's trail"

REASONS: Final[Mapping[str, str]] = {
    "POST /interop/triage": "a machine with the scope, for which a channel was registered",
    "GET /patients/admissions/{admission_id}": "where somebody lies and who answers; no note",
    "GET /patients": DEMOGRAPHICS,
    "GET /patients/{patient_id}": DEMOGRAPHICS,
    "PUT /patients/{patient_id}": "a death is recorded by who is in the patient's care only",
    "GET /patients/{patient_id}/admission": "what a caller may see themselves; needs a relation",
    "GET /patients/{patient_id}/members": (
        "ids only: the pharmacy compares with the allergies of every registration"
    ),
    "GET /patients/{patient_id}/encounters/{encounter_id}": (
        "whether it is this patient's, for orders that name it; ids only"
    ),
    "POST /patients/{patient_id}/encounters/of-consult": (
        "who may also see the consult, and only of this patient"
    ),
    "GET /patients/admissions": "names and places of who is here; not why they came",
    "POST /pharmacy/wards/{admission_id}/close": "tells only what is left, before a discharge",
    "POST /patients/{patient_id}/relations": (
        "who is not in the record adds clinicians to the team, for a week; reported beyond a day"
    ),
    "POST /patients/{patient_id}/break-glass": "four hours, reported, people only",
    "POST /patients/{patient_id}/merge": "not by who treats one of the two; reported",
    "POST /patients/{patient_id}/exports": (
        "sensitive content for who is close to the patient; reported"
    ),
    "GET /patients/{patient_id}/exports/{export_id}/link": "by who asked for it",
    "POST /patients/{patient_id}/shredding": "people only; reported",
    "POST /patients/{patient_id}/shredding/confirm": (
        "a second person after a day, with an account of their own"
    ),
    "POST /patients/encounters/{encounter_id}/sign": "people only, who attended or wrote",
    "POST /patients/encounters/{encounter_id}/cosign": "a physician, or who was asked",
    "POST /patients/encounters/{encounter_id}/finalise": "one of the signers",
    "POST /patients/encounters/{encounter_id}/amend": (
        "the author; another's note needs patients.amend_others besides"
    ),
    "GET /patients/{patient_id}/relations": "auditors look, and administrators answer for access",
    "GET /patients/reported-accesses": "auditors review what administrators may look at",
    "POST /patients/reported-accesses/{report_id}/review": "people only, never their own access",
    "PUT /orders/prescribers/{user_id}": "people only, nobody their own",
    "GET /orders/prescriptions/by-code/{code}": (
        "who has the paper; clinicians need a relation as well: here nothing has that code"
    ),
    "PUT /orders/alarm-contacts/{user_id}": "people their own; administrators anybody's",
    "POST /orders/alarm-contacts/{user_id}/test": "people their own; administrators anybody's",
    "GET /orders/alarm-contacts/{user_id}": "people their own; administrators anybody's",
    "POST /orders/certificates": "people only, who have a registration on file",
    "POST /orders/referrals": "people only, who have a registration on file",
    "GET /identity/people": "names of accounts, for who reads by ids what they did",
    "GET /patients/{patient_id}/coverages": "who pays, no clinical content; on the patient's trail",
    "GET /billing/charges": "what was done, by codes; on the patient's trail",
    "GET /consults/activity": "numbers of the institution, no patients",
    "GET /consults/live": "which consults go on, by ids; no names",
    "GET /pharmacy/dispensings/{dispensing_id}": (
        "a second person needs a relation as well: here there is no such dispensing"
    ),
    "POST /pharmacy/dispensings": "controlled medicines wait for a second person",
    "POST /pharmacy/dispensings/{dispensing_id}/confirm": "another person than who gives",
    "GET /pharmacy/warehouses/{warehouse_id}/waiting-dispensings": (
        "ids that wait for a second person; what they are needs a relation"
    ),
    "POST /pharmacy/postings/{posting_id}/confirm": "another person than who booked it",
    "POST /pharmacy/counts/{count_id}/approve": "another person than who counted",
    "GET /pharmacy/warehouses/{warehouse_id}/stock": "no patients; prescribers see it",
    "GET /pharmacy/warehouses/{warehouse_id}/register": (
        "the book of controlled medicines: quantities and ids, no names"
    ),
    "PUT /pharmacy/warehouses/{warehouse_id}/lease": "who answers for a site without a network",
    "GET /interop/fhir/r4/Patient/{id}": (
        "other systems among themselves; people read by the chart, where the relation decides"
    ),
    "POST /interop/fhir/r4": "each entry of a bundle asks for what it does",
    "GET /orders/prescriptions/{id}": (
        "pharmacies dispense by id without a relation; every reading is on the patient's trail"
    ),
    "GET /orders/requests/{id}": "the laboratory works by the order; others need a relation",
    "POST /orders/requests/{id}/sign": "people only, who have a registration on file",
    "POST /orders/requests/{id}/sign-off": "the orderer; others take the order over first",
    "GET /patients/encounters/{encounter_id}/documents/{document_id}/link": (
        "needs a relation as well: here there is no such document"
    ),
    "POST /consults/{consult_id}/consents": "people only, with what they were told; or a session",
    "PUT /consults/consent-texts/{language}": "people only; every version is kept",
    "GET /consults/agenda-load": "the installation's own machine, which counts rooms",
    "GET /orders/worklist": "names of patients whose orders wait; no results",
    "PUT /identity/users/{user}": "nobody their own roles, state or name",
    "GET /appointments/agenda": "the agenda with reasons of visits, for whoever receives patients",
    "POST /appointments": (
        "who books themselves gets into the record on the day only, and is reported"
    ),
}
"""By operation."""

PARTICIPANT = "by the session of a link, for its own consult and role"
OWN = "the caller's own"

ALONE: Final[Mapping[str, str]] = {
    "/consults/session": PARTICIPANT,
    "/consults/{consult_id}": PARTICIPANT,
    "/identity/me": OWN,
    "/identity/sessions": OWN,
    "/appointments/reports": "the caller's own; which kinds, by rights of their own",
    "/orders/reports": "the caller's own; which kinds, by rights of their own",
    "/patients/reports": "the caller's own; which kinds, by rights of their own",
    "/patients/terminology": "a published classification: any caller with a token",
}
"""Operations that ask for no right of a role, by how their paths begin, and what they ask."""
