"""Every operation asked by every kind of caller decides as the table says."""

from collections.abc import Iterator

import pytest

from telesalud.interop import wiring as interop
from telesalud.interop.fhir.refusals import Refused
from telesalud.platform.http.operations import Auth, Request
from telesalud.platform.http.serving import Api, routes_in
from telesalud.platform.work import Call
from tests.permissions import fhir, table, walk
from tests.permissions.reasons import ALONE, REASONS
from tests.permissions.walk import Clinic, ask

EMPTY_ANSWERS = {
    "GET /consults/consent-texts/{language}": "texts of their own institution, by language",
    "GET /interop/fhir/r4/Patient/{id}/Observation": "an empty bundle of their own institution",
    "POST /interop/fhir/r4/Patient/{id}/Observation/_search": "likewise",
    "PUT /interop/fhir/r4/Patient/{id}": "a resource of their own institution under that id",
    "GET /orders/patients/{patient_id}": "an empty list: a machine's own institution has nothing",
    "GET /orders/patients/{patient_id}/summary": "likewise",
    "GET /patients/{patient_id}/shredding": "no request was made in their institution",
    "PUT /orders/alarm-contacts/{user_id}": "an address of their own institution only",
}
"""What answers about an id of another institution, and what it says."""


@pytest.fixture(scope="module")
def clinic() -> Iterator[Clinic]:
    with walk.clinic() as made, walk.nothing_written():
        yield made


def test_the_table_says_what_the_code_decides(clinic: Clinic) -> None:
    known = table.PATH.read_text("utf-8")
    found = table.text(clinic)
    changed = [line for line in found.splitlines() if line not in known.splitlines()]
    assert found == known, "\n".join(["read these, then `python -m tests.permissions`:", *changed])


def test_every_operation_asks_for_a_right_or_says_what_it_asks_instead(clinic: Clinic) -> None:
    unanswered = [name for name, why in table.alone(clinic) if not why]
    assert unanswered == [], "\n".join(unanswered)
    names = {f"{operation.method} {operation.path}" for _, operation in clinic.operations}
    assert set(REASONS) <= names
    assert all(any(path in name for name in names) for path in ALONE)


def test_nobody_of_another_institution_gets_anything_by_an_id(clinic: Clinic) -> None:
    got = [
        f"{operation.method} {operation.path}"
        for _, operation in clinic.operations
        if "{" in operation.path
        for stranger in clinic.strangers
        if ask(clinic, operation, stranger).answered
    ]
    assert set(got) == set(EMPTY_ANSWERS)


def test_a_user_without_a_role_gets_nothing_that_needs_a_right(clinic: Clinic) -> None:
    nobody = clinic.people[0]
    got = [
        operation.path
        for _, operation in clinic.operations
        if (verdict := ask(clinic, operation, nobody)).rights and verdict.allowed
    ]
    assert got == []


def test_what_a_person_answers_for_is_refused_to_machines(clinic: Clinic) -> None:
    machine = clinic.people[-1]
    ends = ("/sign", "/cosign", "/finalise", "/amend", "/break-glass", "/shredding", "/confirm")
    got = [
        operation.path
        for context, operation in clinic.operations
        if context in ("patients", "orders") and operation.method == "POST"
        if operation.path.endswith(ends) and ask(clinic, operation, machine).allowed
    ]
    assert got == []


def test_what_fhir_gives_no_meaning_is_refused_to_everybody(clinic: Clinic) -> None:
    api = Api("interop", routes_in("telesalud.interop.routes"), interop.services)
    ours = [each for each in api.operations if each.path.startswith(fhir.BASE)]
    left = fhir.meaningless([each for each in ours if each.auth is Auth.CALLER])
    assert {each.method for each in left} >= {"PATCH"}
    for operation in left:
        names = fhir.SEGMENTS[: operation.path.count("{")]
        given = ("Patient", clinic.things["fhir"], "_history", "1")
        path = dict(zip(names, given, strict=False))
        for who in (*clinic.people, *clinic.strangers):
            with pytest.raises(Refused):
                operation.handler(Request(Call(who.caller, "walk"), path, None, None, 0, {}))
