"""Asking the patients service who the patient is, in the caller's own name."""

from datetime import date
from typing import Any

import httpx
import pytest

from schemas.care import RelationKind
from schemas.patients import IdentityDocument, Patient, PersonName, Sex
from telesalud.orders.errors import PatientDeceased
from telesalud.orders.neighbours.patients_http import HttpPeople
from telesalud.platform.errors import Forbidden, Gone, NotFound, Unauthenticated, Unavailable
from tests.worlds.orders.ward import PATIENT
from tests.worlds.world import START

SERVICE = "https://clinic.example/api"


def patient(**changes: Any) -> Patient:
    fields: dict[str, Any] = {
        "id": PATIENT,
        "record_number": "100000001-7",
        "version": 1,
        "registered_at": START,
        "name": PersonName(given="Paciente", family="Demostración", second_family="Uno"),
        "birth_date": date(1980, 3, 25),
        "sex": Sex.FEMALE,
        "documents": (IdentityDocument(country="PE", type="DNI", number="10000001"),),
        "language": "pt",
    }
    return Patient(**fields | changes)


def people(answer: httpx.Response | Exception, seen: list[httpx.Request]) -> HttpPeople:
    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = httpx.Client(transport=httpx.MockTransport(handle))
    return HttpPeople(SERVICE, "Bearer the.callers.token", lambda: client)


def test_the_label_is_who_the_patient_is_and_the_caller_is_who_asks() -> None:
    seen: list[httpx.Request] = []
    answer = httpx.Response(200, text=patient().model_dump_json())
    label = people(answer, seen).label(PATIENT)
    assert (label.name, label.birth_date) == ("Paciente Demostración Uno", date(1980, 3, 25))
    assert (label.document, label.record_number) == ("DNI 10000001", "100000001-7")
    assert label.language == "pt"
    assert str(seen[0].url) == f"{SERVICE}/patients/{PATIENT}"
    assert seen[0].headers["authorization"] == "Bearer the.callers.token"


def test_a_deceased_patient_has_no_label() -> None:
    body = patient(deceased_on=date(2026, 11, 1)).model_dump_json()
    with pytest.raises(PatientDeceased):
        people(httpx.Response(200, text=body), []).label(PATIENT)


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (httpx.Response(404), NotFound),
        (httpx.Response(403), Forbidden),
        (httpx.Response(401), Unauthenticated),
        (httpx.Response(500), Unavailable),
        (httpx.Response(302), Unavailable),
        (httpx.ConnectTimeout("late"), Unavailable),
    ],
)
def test_every_other_answer_is_a_refusal_that_says_what_it_means(
    answer: httpx.Response | Exception, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        people(answer, []).label(PATIENT)


def test_the_way_into_a_record_is_asked_for_in_the_callers_name() -> None:
    seen: list[httpx.Request] = []
    body = {
        "patient": PATIENT,
        "members": [PATIENT],
        "relations": ["treated"],
        "deceased": False,
    }
    way = people(httpx.Response(200, json=body), seen).admit(PATIENT)
    assert (way.members, way.relations) == ((PATIENT,), (RelationKind.TREATED,))
    assert str(seen[0].url) == f"{SERVICE}/patients/{PATIENT}/admission"
    assert seen[0].headers["authorization"] == "Bearer the.callers.token"


@pytest.mark.parametrize(("status", "refusal"), [(403, Forbidden), (410, Gone), (500, Unavailable)])
def test_no_way_into_a_record_is_a_refusal(status: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        people(httpx.Response(status), []).admit(PATIENT)


def test_the_ids_of_a_patient_are_asked_for_in_the_callers_name() -> None:
    seen: list[httpx.Request] = []
    answer = httpx.Response(200, json={"patient": PATIENT, "members": [PATIENT]})
    assert people(answer, seen).members(PATIENT) == (PATIENT,)
    assert str(seen[0].url) == f"{SERVICE}/patients/{PATIENT}/members"


@pytest.mark.parametrize("altitude", [None, 3827])
def test_the_altitude_is_the_one_that_the_institution_set(altitude: int | None) -> None:
    seen: list[httpx.Request] = []
    answer = httpx.Response(200, json={"altitude_m": altitude, "ranges": [], "version": 1})
    assert people(answer, seen).altitude() == altitude
    assert str(seen[0].url) == f"{SERVICE}/patients/measuring-rules"
