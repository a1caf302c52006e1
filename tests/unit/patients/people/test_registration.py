"""Registering people: nobody twice, no document twice, nothing lost, nothing in clear."""

import contextlib
import threading
from datetime import date, timedelta
from typing import Any

import pytest

from schemas.patients import PatientSearch
from telesalud.patients.errors import DocumentTaken, LikelyDuplicate
from telesalud.patients.people import registration, searching
from telesalud.patients.people.record_numbers import check_record_number
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, Invalid, NotFound, StaleVersion
from telesalud.platform.store import Key, Operation, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import body_of, desk, dni, person, register
from tests.worlds.world import START, TENANT, World, call, user

NAMES = ("Alba", "Bruno", "Carla", "Diego", "Elena", "Fabio", "Gilda", "Hugo")


@pytest.fixture
def world() -> World:
    return World()


def found(world: World, **query: Any) -> list[str]:
    """Ids of the patients who match."""
    asked = PatientSearch.model_validate(query)
    return [p.id for p in searching.search(world.services, call(desk()), asked).items]


def by_document(world: World, number: int) -> list[str]:
    return found(
        world,
        document_country="AR",
        document_type="DNI",
        document_number=dni(number).number,
    )


def test_a_registered_patient_is_read_back_as_answered(world: World) -> None:
    patient = register(
        world, documents=(dni(1),), email="uno@example.org", phones=("+51 1 5550100",)
    )
    assert registration.read(world.services, call(desk()), patient.id) == patient
    assert check_record_number(patient.record_number) == patient.record_number


def test_reading_is_audited_before_it_is_answered(world: World) -> None:
    patient = register(world)
    registration.read(world.services, call(desk()), patient.id)
    assert world.audited()[-1] == ("patients.read", patient.id, "done")


def test_reading_costs_one_read_even_with_a_cold_key(world: World) -> None:
    patient = register(world)
    world.store.trips.reads = 0
    registration.read(world.services, call(desk()), patient.id)
    assert world.store.trips.reads == 1


def test_no_document_belongs_to_two_patients_of_an_institution(world: World) -> None:
    first = register(world, documents=(dni(1),))
    with pytest.raises(DocumentTaken) as refused:
        register(
            world,
            name={"given": "Distinto"},
            birth_date=date(1990, 1, 1),
            documents=(dni(1),),
            confirm_not_duplicate=True,
        )
    assert refused.value.extra["candidates"] == [first.id]
    other = registration.register(
        world.services, call(desk("clinic-two")), person(documents=(dni(1),))
    )
    assert other.id != first.id


def test_somebody_similar_is_named_with_reasons_until_confirmed(world: World) -> None:
    first = register(world)
    with pytest.raises(LikelyDuplicate) as refused:
        register(world, name={"given": "PACIENTE", "family": "Demostracion"})
    assert refused.value.extra["candidates"] == [first.id]
    reasons = refused.value.extra["reasons"]
    assert isinstance(reasons, list)
    assert [first.id in reason and "same-birth-date" in reason for reason in reasons] == [True]
    register(world, confirm_not_duplicate=True)


def test_a_birth_date_typed_with_day_and_month_swapped_is_noticed(world: World) -> None:
    first = register(world, birth_date=date(1980, 3, 5))
    with pytest.raises(LikelyDuplicate) as refused:
        register(world, birth_date=date(1980, 5, 3))
    assert refused.value.extra["candidates"] == [first.id]


def test_different_people_born_the_same_day_are_not_suspected(world: World) -> None:
    register(world, name={"given": "Carla", "family": "Quispe"})
    register(world, name={"given": "Hugo", "family": "Ferreira", "second_family": "Lima"})


def test_of_two_clerks_who_register_one_person_at_once_one_is_warned(world: World) -> None:
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def meet(_: object) -> None:
        try:
            barrier.wait(timeout=5)
        except threading.BrokenBarrierError:
            return

    def run() -> None:
        services = world.services
        services.vault.lookup(TENANT, "warm", "key")
        try:
            register(world, services=services)
        except LikelyDuplicate:
            outcomes.append("warned")
        else:
            outcomes.append("registered")

    register(world, name={"given": "Hugo", "family": "Ferreira"}, birth_date=date(1970, 1, 1))
    world.store.before_transact = meet
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["registered", "warned"]


def test_a_taken_record_number_is_replaced_by_another(world: World) -> None:
    services = world.services
    taken: list[Key] = []

    def occupy(operations: list[Operation]) -> None:
        world.store.before_transact = None
        numbered = [o for o in operations if isinstance(o, Put) and o.key.sk == "RECORD"]
        if numbered:
            taken.append(numbered[0].key)
            services.store.transact([Put(numbered[0].key, {"patient": "somebody"})])

    services.vault.lookup(TENANT, "warm", "key")
    services.vault.seal(Scope(TENANT), "warm", b"")
    world.store.before_transact = occupy  # type: ignore[assignment]  # a Sequence is a list here
    patient = register(world, services=services)
    assert len(taken) == 1
    assert found(world, record_number=patient.record_number) == [patient.id]


def test_record_numbers_differ_and_carry_a_check_digit(world: World) -> None:
    numbers = {
        register(
            world,
            name={"given": name, "family": f"{name}ez"},
            birth_date=START.date() - timedelta(n),
        ).record_number
        for n, name in enumerate(NAMES, start=1)
    }
    assert len(numbers) == len(NAMES)
    for number in numbers:
        last = str((int(number[-1]) + 1) % 10)
        with pytest.raises(Invalid):
            check_record_number(number[:-1] + last)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"birth_date": START.date() + timedelta(1)}, "/birth_date"),
        ({"birth_date": date(1850, 1, 1)}, "/birth_date"),
        ({"deceased_on": date(1979, 1, 1)}, "/deceased_on"),
        ({"name": {"given": "R2D2"}}, "/name/given"),
        ({"name": {"second_family": "..."}}, "/name/second_family"),
        ({"documents": (dni(1), dni(1))}, "/documents"),
    ],
)
def test_every_wrong_field_is_named(world: World, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        register(world, **changes)
    assert pointer in [field.pointer for field in refused.value.fields]


def test_the_same_request_twice_registers_once(world: World) -> None:
    first = register(world, key="idempotency-1")
    with pytest.raises((AnsweredBefore, LikelyDuplicate)):
        register(world, key="idempotency-1")
    assert found(world, birth_date=first.birth_date) == [first.id]


def test_an_update_moves_everything_the_patient_is_found_by(world: World) -> None:
    patient = register(world, documents=(dni(1),))
    changed = body_of(
        patient,
        name=patient.name.model_copy(update={"family": "Núñez"}),
        birth_date=date(1981, 1, 1),
        documents=(dni(2),),
    )
    updated = registration.update(world.services, call(desk()), patient.id, changed, 1)
    assert updated.version == 2
    assert by_document(world, 1) == []
    assert by_document(world, 2) == [patient.id]
    assert found(world, name="demost") == []
    assert found(world, name="nun uno") == [patient.id]
    assert found(world, birth_date=date(1980, 3, 25)) == []
    assert found(world, birth_date=date(1981, 1, 1)) == [patient.id]
    assert found(world, record_number=patient.record_number) == [patient.id]
    register(world, name={"given": "Hugo", "family": "Ferreira"}, documents=(dni(1),))


def test_an_update_cannot_take_a_document_from_another(world: World) -> None:
    register(world, documents=(dni(1),))
    other = register(world, name={"given": "Hugo", "family": "Ferreira"}, documents=(dni(2),))
    before = len(world.store.changes)
    with pytest.raises(DocumentTaken):
        registration.update(
            world.services, call(desk()), other.id, body_of(other, documents=(dni(1),)), 1
        )
    assert len(world.store.changes) == before
    assert by_document(world, 2) == [other.id]


def test_of_two_editors_the_second_is_told(world: World) -> None:
    patient = register(world)
    services = world.services
    registration.update(
        services, call(desk()), patient.id, body_of(patient, email="a@example.org"), 1
    )
    with pytest.raises(StaleVersion):
        registration.update(
            services, call(desk()), patient.id, body_of(patient, email="b@example.org"), 1
        )


def test_the_longest_names_still_fit_one_transaction(world: World) -> None:
    sizes: list[int] = []
    long = {"given": "Alba Bruna Carla Dora", "middle": "Elena Flora", "family": "Gómez Hurtado"}
    documents = tuple(dni(n) for n in range(5))
    patient = register(world, name=long, documents=documents)
    world.store.before_transact = lambda operations: sizes.append(len(operations))
    other = {"given": "Ida Juana Karen Lola", "middle": "Mara Nora", "family": "Ortiz Paredes"}
    changed = body_of(
        patient,
        name=person(name=other).name,
        documents=tuple(dni(n) for n in range(10, 15)),
        birth_date=date(1999, 9, 9),
    )
    registration.update(world.services, call(desk()), patient.id, changed, 1)
    assert max(sizes) <= 100
    assert found(world, name="mara lol kar") == [patient.id]


def test_nothing_that_names_a_person_is_stored_in_clear(world: World) -> None:
    patient = register(world, documents=(dni(7),), email="uno@example.org")
    stored = repr([change.new for change in world.store.changes])
    secrets = ("Demostra", "demostra", "1980-03-25", dni(7).number, "example.org", "female")
    for secret in (*secrets, patient.record_number):
        assert secret not in stored


def test_front_desk_registers_and_pharmacists_do_not(world: World) -> None:
    registration.register(world.services, call(user(Role.FRONT_DESK)), person())
    with pytest.raises(Forbidden):
        registration.register(world.services, call(user(Role.PHARMACIST)), person())


def test_a_patient_of_another_institution_does_not_exist(world: World) -> None:
    patient = register(world)
    with pytest.raises(NotFound):
        registration.read(world.services, call(desk("clinic-two")), patient.id)


def test_a_crash_anywhere_in_registering_or_updating_leaves_all_or_nothing() -> None:
    def act(world: World) -> None:
        with contextlib.suppress(AnsweredBefore, LikelyDuplicate, DocumentTaken):
            register(world, key="idempotency-1", documents=(dni(1),))
        [mine] = by_document(world, 1)
        patient = registration.read(world.services, call(desk()), mine)
        if patient.email is None:
            changed = body_of(patient, email="a@example.org", documents=(dni(2),))
            registration.update(world.services, call(desk()), mine, changed, patient.version)

    def retry(world: World) -> None:
        if by_document(world, 2):
            return
        act(world)

    def check(world: World) -> None:
        assert len(by_document(world, 2)) == 1
        assert len(found(world, birth_date=date(1980, 3, 25))) == 1
        types = [event.type for event in world.events()]
        assert types == ["patients.patient_registered", "patients.patient_updated"]

    assert crash_everywhere(World, lambda w: w.store, retry, check) >= 4


NAMED = {"given": "Zulema", "family": "Demostración", "second_family": "Ejemplo"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"birth_date": date(1984, 3, 17)}, {"birth_date": date(1984, 3, 18)}),
        ({"birth_date": date(1984, 3, 17)}, {"birth_date": date(1984, 8, 17)}),
        ({"birth_date": date(1984, 3, 17)}, {"birth_date": date(1994, 3, 17)}),
        ({"birth_date": date(1984, 3, 30)}, {"birth_date": date(1984, 4, 1)}),
        (
            {"birth_date": date(1950, 1, 1), "birth_date_estimated": True},
            {"birth_date": date(1951, 6, 15)},
        ),
        (
            {"birth_date": date(1984, 3, 17), "phones": ("+51 999 000 111",)},
            {
                "birth_date": date(1984, 3, 18),
                "phones": ("999000111",),
                "name": {**NAMED, "second_family": "Exemplo"},
            },
        ),
    ],
)
def test_the_same_person_with_another_birth_date_is_asked_about(
    world: World, first: dict[str, Any], second: dict[str, Any]
) -> None:
    known = register(world, name=NAMED, **first)
    with pytest.raises(LikelyDuplicate) as refused:
        register(world, **{"name": NAMED, **second})
    assert refused.value.extra["candidates"] == [known.id]
    assert register(world, **{"name": NAMED, **second, "confirm_not_duplicate": True})


@pytest.mark.parametrize(
    "other",
    [
        {"birth_date": date(2012, 3, 17)},
        {"birth_date": date(1984, 3, 17), "name": {**NAMED, "given": "Bartola"}},
        {"birth_date": date(1962, 11, 2)},
    ],
)
def test_parent_twin_and_namesake_register_without_a_question(
    world: World, other: dict[str, Any]
) -> None:
    register(world, name=NAMED, birth_date=date(1984, 3, 17))
    assert register(world, **{"name": NAMED, **other})
