"""What was done in a visit stands in it: everything that names the encounter, and nothing else."""

from datetime import date
from typing import Any

import pytest

from schemas import chart as c
from schemas.encounters import Sensitivity
from schemas.visit import EncounterContents
from schemas.vitals import VitalsBody
from telesalud.patients.chart import entries
from telesalud.patients.measurements import recording
from telesalud.patients.people import merging
from telesalud.patients.visit.contents import contents
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, NotFound
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import COLLEAGUE, DOCTOR, NURSE, Ward, doctor, person
from tests.worlds.world import START, partner


@pytest.fixture
def ward() -> Ward:
    return Ward()


def record(ward: Ward, body: c.AnyBody, patient: str = "") -> Any:
    return entries.record(ward.services, ward.by(), patient or ward.patient, body)


def measure(ward: Ward, encounter: str | None) -> str:
    body = VitalsBody.model_validate(
        {
            "measured_at": START,
            "encounter": encounter,
            "values": {"pulse": {"value": 72, "unit": "/min"}},
        },
        strict=False,
    )
    return recording.record(ward.services, ward.by(), ward.patient, body).id


def read(ward: Ward, encounter: str) -> EncounterContents:
    return contents(ward.services, ward.by(), encounter)


def test_a_visit_holds_what_names_it_and_nothing_of_other_visits(ward: Ward) -> None:
    first, second = ward.begin().id, ward.begin().id
    record(ward, c.ProblemBody(text="Tos", encounter=first))
    record(ward, c.ProblemBody(text="Asma", encounter=second))
    record(ward, c.ProblemBody(text="Miopía"))
    record(ward, c.AllergyBody(text="Maní", encounter=first))
    record(ward, c.MedicationBody(text="Enalapril", encounter=first))
    mine = measure(ward, first)
    measure(ward, second)
    measure(ward, None)
    found = read(ward, first)
    assert [one.text for one in found.problems] == ["Tos"]
    assert [one.text for one in found.allergies] == ["Maní"]
    assert [one.text for one in found.medications] == ["Enalapril"]
    assert [one.id for one in found.vitals] == [mine]
    assert found.withheld == 0


def test_a_long_record_hides_nothing_of_a_visit(ward: Ward) -> None:
    begun = ward.begin().id
    record(ward, c.ProblemBody(text="La primera", encounter=begun))
    for number in range(60):
        record(ward, c.ProblemBody(text=f"Otra {number}"))
    record(ward, c.ProblemBody(text="La última", encounter=begun))
    assert [one.text for one in read(ward, begun).problems] == ["La primera", "La última"]


def test_what_was_recorded_before_a_merge_stays_in_its_visit(ward: Ward) -> None:
    begun = ward.begin().id
    record(ward, c.ProblemBody(text="Tos", encounter=begun))
    other = register(ward.world, subject=DOCTOR, birth_date=date(1999, 9, 9)).id
    admin = ward.by(person(COLLEAGUE, Role.ADMINISTRATOR))
    merging.merge(ward.services, admin, other, ward.patient, 1)
    ward.treats(other)
    record(ward, c.ProblemBody(text="Fiebre", encounter=begun), other)
    assert {one.text for one in read(ward, begun).problems} == {"Tos", "Fiebre"}


def test_what_is_sensitive_is_counted_of_this_visit_only(ward: Ward) -> None:
    ward.treats()
    begun, other = ward.begin().id, ward.begin().id
    label = (Sensitivity.HIV,)
    record(ward, c.ProblemBody(text="Reservado", encounter=begun, sensitivity=label))
    record(ward, c.ProblemBody(text="Otro reservado", encounter=other, sensitivity=label))
    record(ward, c.ProblemBody(text="Tos", encounter=begun))
    machine = partner("patients.read_record")
    found = contents(ward.services, ward.by(machine), begun)
    assert [one.text for one in found.problems] == ["Tos"]
    assert found.withheld == 1


def test_who_has_nothing_to_do_with_the_patient_sees_no_visit_and_reading_is_audited(
    ward: Ward,
) -> None:
    begun = ward.begin().id
    for caller in (person(NURSE, Role.NURSE), person(COLLEAGUE, Role.PHYSICIAN)):
        with pytest.raises(Forbidden):
            contents(ward.services, ward.by(caller), begun)
    with pytest.raises(NotFound):
        contents(ward.services, ward.by(doctor(tenant="clinic-two")), begun)
    read(ward, begun)
    assert [a for a, _, _ in ward.world.audited()].count("patients.read_encounter_contents") == 1
