"""The encounter of a teleconsultation is known while it lasts, and is the one that is filed."""

from dataclasses import dataclass
from datetime import date

import pytest

from schemas import chart as c
from telesalud.patients.chart import entries
from telesalud.patients.encounters.references import reference
from telesalud.patients.teleconsultations.reserving import reserve
from telesalud.patients.teleconsultations.source import ImportRefused
from telesalud.patients.visit.contents import contents
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, NotFound, Unavailable
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import desk, register
from tests.worlds.patients.teleconsultations import CONSULT, Clinic
from tests.worlds.world import call, user

BORN = date(1999, 9, 9)


@dataclass
class Consults:
    """The consults service for one caller."""

    patient: str
    down: bool = False

    def patient_of(self, consult: str) -> str:
        if self.down:
            raise Unavailable("the consults service did not answer")
        if consult != CONSULT:
            raise NotFound("there is no such teleconsultation")
        return self.patient


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def ask(clinic: Clinic, *, by: Caller | None = None, patient: str = "", of: str = "") -> str:
    consults = Consults(of or clinic.patient)
    services, who = clinic.world.services, patient or clinic.patient
    return reserve(services, call(by or desk()), consults, who, CONSULT).encounter


def test_what_is_recorded_in_the_call_stands_in_the_visit_that_is_filed(clinic: Clinic) -> None:
    encounter = ask(clinic)
    assert ask(clinic) == encounter
    services, by = clinic.world.services, call(desk())
    assert reference(services, by, clinic.patient, encounter).encounter == encounter
    entries.record(services, by, clinic.patient, c.ProblemBody(text="Tos", encounter=encounter))
    with pytest.raises(NotFound):
        contents(services, by, encounter)
    assert clinic.file() == encounter
    assert [one.text for one in contents(services, by, encounter).problems] == ["Tos"]
    assert ask(clinic) == encounter


def test_a_teleconsultation_of_somebody_else_gives_no_encounter(clinic: Clinic) -> None:
    other = register(clinic.world, birth_date=BORN).id
    with pytest.raises(NotFound):
        ask(clinic, patient=other)
    with pytest.raises(NotFound):
        ask(clinic, of=other)
    ask(clinic)
    with pytest.raises(NotFound):
        ask(clinic, patient=other, of=other)
    with pytest.raises(Forbidden):
        ask(clinic, by=user(Role.PHYSICIAN, subject="stranger"))


def test_without_the_consults_service_nothing_is_reserved(clinic: Clinic) -> None:
    down = Consults(clinic.patient, down=True)
    with pytest.raises(Unavailable):
        reserve(clinic.world.services, call(desk()), down, clinic.patient, CONSULT)
    assert clinic.file()


def test_what_was_reserved_for_another_patient_is_not_filed(clinic: Clinic) -> None:
    other = register(clinic.world, birth_date=BORN).id
    ask(clinic, patient=other, of=other)
    with pytest.raises(ImportRefused) as refused:
        clinic.file()
    assert refused.value.reason == "another-patient"


def test_reserving_survives_every_crash() -> None:
    def check(clinic: Clinic) -> None:
        assert clinic.file() == ask(clinic)

    assert crash_everywhere(Clinic, lambda c: c.world.store, ask, check) > 0
