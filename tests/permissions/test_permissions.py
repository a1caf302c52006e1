"""Every operation asked by every kind of caller decides as the table says."""

from collections.abc import Iterator

import pytest

from tests.permissions import table, walk
from tests.permissions.reasons import ALONE, REASONS
from tests.permissions.walk import Clinic, ask

EMPTY_ANSWERS = {
    "GET /consults/consent-texts/{language}": "texts of their own institution, by language",
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
    assert [name for name, why in table.alone(clinic) if not why] == []
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
