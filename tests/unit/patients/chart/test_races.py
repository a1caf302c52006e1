"""Two clinicians at one chart at the same moment, and charts that are merged meanwhile."""

import threading
from collections.abc import Callable
from datetime import date

import pytest

from schemas import chart as c
from schemas.encounters import EncounterState
from schemas.patients import EncounterStatus
from telesalud.patients.chart import entries
from telesalud.patients.encounters import reading, signing
from telesalud.patients.people import merging
from telesalud.patients.summary import reading as summary
from telesalud.platform.access import Role
from telesalud.platform.errors import Conflict, StaleVersion
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import DOCTOR, SIGNED, Ward, person


@pytest.fixture
def ward() -> Ward:
    return Ward()


def together(*acts: Callable[[], object]) -> list[object]:
    """What each of these, run at the same moment, returned or raised."""
    found: list[object] = []
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            found.append(act())
        except Conflict as refused:
            found.append(refused)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def recording(ward: Ward, body: c.AnyBody) -> Callable[[], object]:
    return lambda: entries.record(ward.services, ward.by(), ward.patient, body)


@pytest.mark.parametrize("turn", range(5))
def test_none_known_and_an_allergy_never_stand_together(ward: Ward, turn: int) -> None:
    none = c.AllergyBody(text="Ninguna", type=c.AllergyType.NONE_KNOWN)
    some = c.AllergyBody(text=f"Penicilina {turn}", codes=("atc:J01CE01",))
    outcomes = together(recording(ward, none), recording(ward, some))
    assert len(outcomes) == 2
    lines = summary.summary(ward.services, ward.by(), ward.patient).allergies
    assert [line.text for line in lines] == [some.text]


def test_entries_recorded_at_the_same_moment_are_all_kept(ward: Ward) -> None:
    bodies = [c.ProblemBody(text=f"Problema {number}") for number in range(3)]
    outcomes = together(*(recording(ward, body) for body in bodies))
    assert all(isinstance(one, c.Problem) for one in outcomes)
    lines = summary.summary(ward.services, ward.by(), ward.patient).problems
    assert sorted(line.text for line in lines) == [body.text for body in bodies]


def test_of_two_signatures_at_the_same_moment_one_counts(ward: Ward) -> None:
    begun = ward.begin()
    ward.note(begun.id)

    def sign() -> object:
        try:
            return signing.sign(ward.services, ward.by(), begun.id, SIGNED, 2)
        except StaleVersion as refused:
            return refused

    outcomes = together(sign, sign)
    assert sum(isinstance(one, StaleVersion) for one in outcomes) == 1
    read = reading.read_encounter(ward.services, ward.by(), begun.id)
    assert (read.status, len(read.signatures)) == (EncounterStatus.SIGNED, 1)


def test_an_open_encounter_goes_on_through_a_merge_and_its_undo(ward: Ward) -> None:
    begun = ward.begin(reason="Antes de la fusión")
    ward.note(begun.id)
    other = register(ward.world, subject=DOCTOR, birth_date=date(1999, 9, 9)).id
    admin = ward.by(person(DOCTOR, Role.ADMINISTRATOR))
    merged = merging.merge(ward.services, admin, other, ward.patient, 1)
    assert [one.id for one in shown(ward, other)] == [begun.id]
    signed = signing.sign(ward.services, ward.by(), begun.id, SIGNED, 2)
    assert [one.status for one in shown(ward, other)] == [EncounterStatus.SIGNED]
    merging.unmerge(ward.services, admin, other, ward.patient, merged.version)
    assert shown(ward, other) == ()
    [mine] = shown(ward, ward.patient)
    assert (mine.id, mine.version, mine.status) == (begun.id, signed.version, signed.status)
    closed = signing.finalise(ward.services, ward.by(), begun.id, signed.version)
    assert closed.status is EncounterStatus.FINALISED


def shown(ward: Ward, patient: str) -> tuple[EncounterState, ...]:
    return summary.summary(ward.services, ward.by(), patient).encounters
