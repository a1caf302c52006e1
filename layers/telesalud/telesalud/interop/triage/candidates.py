"""Who a citizen may be: proposed by the record's own search, decided by a person.

A document number that somebody types into a chat proves nothing, so even the one patient who has
it is a proposal, with what of them agrees.
"""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import ValidationError

from schemas.patients import PatientSearch, PatientSummary
from schemas.triage import CandidatePatient, Candidates, Citizen
from telesalud.interop.policy import GRANTS, READ_TRIAGE
from telesalud.interop.triage import requests
from telesalud.interop.triage.services import TriageServices
from telesalud.platform.access import require
from telesalud.platform.work import Call

MOST = 10

Agreement = Literal["document", "birth_date", "name"]


def propose(services: TriageServices, call: Call, which: str) -> Candidates:
    """Patients who may be the citizen, those with the most in common first. Raises Forbidden,
    NotFound, Gone, Unavailable."""
    require(call.caller, READ_TRIAGE, GRANTS)
    request, _ = requests.load(services, call.caller.tenant, which)
    person = request.message.person if request.message else None
    if person is None:
        return Candidates(items=())
    found: dict[str, PatientSummary] = {}
    for query in _queries(person):
        found |= {each.id: each for each in services.neighbours.search(query).items}
    candidates = [_candidate(person, patient) for patient in found.values()]
    candidates.sort(key=lambda each: (-len(each.agrees), "document" not in each.agrees))
    return Candidates(items=tuple(candidates[:MOST]))


def _queries(person: Citizen) -> Iterator[PatientSearch]:
    """The searches that what was said allows; what cannot be searched by is left out."""
    ways: list[dict[str, object]] = []
    if person.document is not None:
        given = person.document
        ways.append(
            {
                "document_country": given.country,
                "document_type": _kind(given.type),
                "document_number": given.number,
            }
        )
    if person.birth_date is not None or person.name is not None:
        ways.append({"birth_date": person.birth_date, "name": person.name})
    for way in ways:
        try:
            yield PatientSearch.model_validate({**way, "limit": MOST})
        except ValidationError:
            continue  # such as a number longer than any document's


def _candidate(person: Citizen, patient: PatientSummary) -> CandidatePatient:
    agrees: list[Agreement] = []
    document = person.document
    if document is not None and any(
        (each.country, each.type, _bare(each.number))
        == (document.country, _kind(document.type), _bare(document.number))
        for each in patient.documents
    ):
        agrees.append("document")
    if person.birth_date == patient.birth_date:
        agrees.append("birth_date")
    if person.name is not None and _names(person.name) & _names(patient.display_name):
        agrees.append("name")
    return CandidatePatient(
        id=patient.id,
        display_name=patient.display_name,
        record_number=patient.record_number,
        birth_date=patient.birth_date,
        agrees=tuple(agrees),
    )


def _kind(text: str) -> str:
    return text.strip().upper()


def _bare(number: str) -> str:
    return re.sub(r"[\s.\-]", "", number).upper()


def _names(text: str) -> set[str]:
    return {part for part in text.casefold().split() if len(part) > 2}
