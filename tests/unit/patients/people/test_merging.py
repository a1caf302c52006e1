"""Merging two registrations of one person, and taking it back: no id and no chart is lost."""

import pytest

from schemas.patients import EncounterQuery, Patient, PatientSearch
from telesalud.patients.encounters import reading
from telesalud.patients.people import merging, registration, searching
from telesalud.platform.access import Role
from telesalud.platform.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import body_of, desk, dni, register
from tests.worlds.patients.teleconsultations import Clinic
from tests.worlds.world import World, call, partner, user

MANAGER = user(Role.ADMINISTRATOR, Role.PHYSICIAN, subject="manager-1")
MACHINE = partner("patients.read_record")


class Twice:
    """A person who was registered twice, with a document each."""

    def __init__(self) -> None:
        self.clinic = Clinic()
        self.world: World = self.clinic.world
        self.other = self.clinic.patient
        self.kept = register(
            self.world,
            name={"family": "Demostrasión"},
            documents=(dni(1),),
            confirm_not_duplicate=True,
        ).id
        self.filed = self.clinic.file()
        body = body_of(self.read(self.other), documents=(dni(2),))
        registration.update(self.world.services, call(desk()), self.other, body, 1)

    def read(self, patient: str) -> Patient:
        return registration.read(self.world.services, call(desk()), patient)

    def merge(self, version: int = 1) -> Patient:
        return merging.merge(self.world.services, call(MANAGER), self.kept, self.other, version)

    def unmerge(self, version: int = 2) -> Patient:
        return merging.unmerge(self.world.services, call(MANAGER), self.kept, self.other, version)

    def found(self, **query: object) -> list[str]:
        asked = PatientSearch.model_validate(query)
        return [p.id for p in searching.search(self.world.services, call(desk()), asked).items]

    def by_document(self, number: int) -> list[str]:
        return self.found(
            document_country="AR", document_type="DNI", document_number=dni(number).number
        )

    def chart(self, patient: str) -> list[str]:
        listed = reading.list_encounters(
            self.world.services, call(MACHINE), patient, EncounterQuery()
        )
        return [one.id for one in listed.items]


@pytest.fixture
def twice() -> Twice:
    return Twice()


def test_every_way_to_the_merged_patient_leads_to_the_survivor(twice: Twice) -> None:
    number = twice.read(twice.other).record_number
    merged = twice.merge()
    assert merged == twice.read(twice.kept) == twice.read(twice.other)
    assert twice.by_document(1) == twice.by_document(2) == [twice.kept]
    assert twice.found(record_number=number) == [twice.kept]
    assert twice.found(name="paciente") == [twice.kept]
    assert twice.found(birth_date=merged.birth_date) == [twice.kept]


def test_both_charts_are_read_as_one(twice: Twice) -> None:
    assert twice.chart(twice.kept) == []
    twice.merge()
    assert twice.chart(twice.kept) == twice.chart(twice.other) == [twice.filed]
    assert reading.read_encounter(twice.world.services, call(MACHINE), twice.filed).notes


def test_taking_it_back_restores_both(twice: Twice) -> None:
    before = twice.read(twice.other)
    twice.merge()
    twice.unmerge()
    restored = twice.read(twice.other)
    assert restored.model_copy(update={"version": 0}) == before.model_copy(update={"version": 0})
    assert (twice.by_document(1), twice.by_document(2)) == ([twice.kept], [twice.other])
    assert twice.found(record_number=before.record_number) == [twice.other]
    assert sorted(twice.found(name="paciente")) == sorted([twice.kept, twice.other])
    assert (twice.chart(twice.kept), twice.chart(twice.other)) == ([], [twice.filed])


def test_the_survivor_may_take_over_the_others_document(twice: Twice) -> None:
    merged = twice.merge()
    body = body_of(merged, documents=(dni(1), dni(2)))
    registration.update(twice.world.services, call(desk()), twice.kept, body, 2)
    assert twice.by_document(2) == [twice.kept]
    with pytest.raises(Conflict):
        twice.unmerge(3)


def test_merging_again_changes_nothing(twice: Twice) -> None:
    merged = twice.merge()
    assert twice.merge() == merged


def test_chains_of_merges_still_lead_to_the_survivor(twice: Twice) -> None:
    twice.merge()
    last = register(twice.world, name={"family": "Última"}, confirm_not_duplicate=True).id
    merging.merge(twice.world.services, call(MANAGER), last, twice.kept, 1)
    assert {twice.read(one).id for one in (twice.other, twice.kept, last)} == {last}
    assert twice.chart(last) == [twice.filed]
    with pytest.raises(Conflict):
        merging.merge(twice.world.services, call(MANAGER), twice.other, last, 2)


def test_what_cannot_be_merged_is_refused(twice: Twice) -> None:
    services = twice.world.services
    with pytest.raises(Invalid):
        merging.merge(services, call(MANAGER), twice.kept, twice.kept, 1)
    with pytest.raises(StaleVersion):
        twice.merge(9)
    with pytest.raises(NotFound):
        twice.unmerge(1)
    with pytest.raises(Forbidden):
        merging.merge(services, call(user(Role.FRONT_DESK)), twice.kept, twice.other, 1)
    elsewhere = user(Role.ADMINISTRATOR, tenant="clinic-two")
    with pytest.raises(NotFound):
        merging.merge(services, call(elsewhere), twice.kept, twice.other, 1)


def test_an_edit_at_the_same_moment_is_not_overwritten(twice: Twice) -> None:
    def edit(_: object) -> None:
        twice.world.store.before_transact = None
        body = body_of(twice.read(twice.other), email="a@example.org", documents=(dni(2),))
        registration.update(twice.world.services, call(desk()), twice.other, body, 2)

    twice.world.store.before_transact = edit
    with pytest.raises(StaleVersion):
        twice.merge()
    assert twice.read(twice.other).email == "a@example.org"


def test_the_largest_merge_fits_one_transaction() -> None:
    world, sizes = World(), []

    def note(operations: object) -> None:
        assert isinstance(operations, list)
        sizes.append(len(operations))

    long = {"given": "Alba Bruna Carla Dora", "middle": "Elena Flora", "family": "Gómez Hurtado"}
    documents = tuple(dni(n) for n in range(5))
    kept = register(world, name=long).id
    other = register(world, name=long, documents=documents, confirm_not_duplicate=True).id
    world.store.before_transact = note
    merging.merge(world.services, call(MANAGER), kept, other, 1)
    merging.unmerge(world.services, call(MANAGER), kept, other, 2)
    assert max(sizes) <= 100


def test_a_crash_anywhere_leaves_all_or_nothing() -> None:
    def act(twice: Twice) -> None:
        if not twice.chart(twice.kept):
            twice.merge()

    def check(twice: Twice) -> None:
        assert twice.chart(twice.kept) == [twice.filed]
        assert twice.by_document(2) == [twice.kept]

    assert crash_everywhere(Twice, lambda t: t.world.store, act, check) >= 2


def test_what_was_merged_is_listed_as_it_was_until_it_is_taken_back(twice: Twice) -> None:
    services, manager = twice.world.services, call(MANAGER)
    before = twice.read(twice.other)
    assert merging.merged(services, manager, twice.kept).items == ()
    twice.merge()
    for asked in (twice.kept, twice.other):
        [one] = merging.merged(services, manager, asked).items
        assert (one.id, one.record_number) == (twice.other, before.record_number)
        assert one.documents == before.documents
    with pytest.raises(Forbidden):
        merging.merged(services, call(desk()), twice.kept)
    twice.unmerge()
    assert merging.merged(services, manager, twice.kept).items == ()
