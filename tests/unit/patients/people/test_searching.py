# ruff: noqa: RUF001  # apostrophes as people type them
"""Finding people by the beginnings of their names."""

import hashlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.patients import PatientList, PatientSearch
from telesalud.patients.people import search_index, searching
from telesalud.platform.errors import Invalid
from tests.worlds.patients.people import desk, register
from tests.worlds.world import World, call

GIVEN = ("María", "Mario", "Marta", "José", "Jorge", "Ana", "Ángela", "Óscar", "Li")
FAMILY = ("García", "Garrido", "Martínez", "Núñez", "Ñahui", "O'Neill", "Marín", "Wu")


def fill(world: World, names: list[tuple[str, str, str]]) -> dict[str, tuple[str, str, str]]:
    """Register people and return their names by id."""
    services, people = world.services, {}
    for number, (given_name, family, second) in enumerate(names):
        patient = register(
            world,
            services=services,
            name={"given": given_name, "family": family, "second_family": second},
            birth_date=date(1950, 1, 1).replace(year=1950 + number % 70, day=1 + number % 28),
            confirm_not_duplicate=True,
        )
        people[patient.id] = (given_name, family, second)
    return people


def ask(world: World, **query: Any) -> PatientList:
    return searching.search(world.services, call(desk()), PatientSearch.model_validate(query))


def everyone(world: World, **query: Any) -> list[str]:
    """All pages."""
    found, cursor = [], None
    while True:
        page = ask(world, cursor=cursor, **query)
        found += [p.id for p in page.items]
        cursor = page.cursor
        if cursor is None:
            return found


NAME = st.tuples(st.sampled_from(GIVEN), st.sampled_from(FAMILY), st.sampled_from(FAMILY))


@settings(max_examples=40, deadline=None)
@given(
    names=st.lists(NAME, min_size=1, max_size=12),
    asked=st.lists(
        st.tuples(st.sampled_from(GIVEN + FAMILY), st.integers(1, 9)), min_size=1, max_size=3
    ),
    limit=st.integers(1, 5),
)
def test_a_search_finds_exactly_those_whose_words_begin_so(
    names: list[tuple[str, str, str]], asked: list[tuple[str, int]], limit: int
) -> None:
    world = World()
    people = fill(world, names)
    text = " ".join(word[:length] for word, length in asked)
    prefixes = search_index.prefixes_in(text)
    if all(len(prefix) < search_index.FIRST for prefix in prefixes):
        with pytest.raises(Invalid):
            ask(world, name=text)
        return
    expected = {
        patient
        for patient, name in people.items()
        if search_index.matches(search_index.words_of(name), prefixes)
    }
    found = everyone(world, name=text, limit=limit)
    assert len(found) == len(set(found))
    assert set(found) == expected


@pytest.mark.parametrize("text", ["nunez", "NÚÑ", "nuñ mar", "mar nun", "  Mar   NUÑEZ "])
def test_accents_case_and_order_do_not_matter(text: str) -> None:
    world = World()
    [patient] = fill(world, [("María", "Núñez", "Wu")])
    assert everyone(world, name=text) == [patient]


def test_a_search_is_two_reads_and_its_audit_entry() -> None:
    world = World()
    fill(world, [("María", "García", "Wu")] * 3)
    services = world.services
    asked = PatientSearch(name="mar gar")
    searching.search(services, call(desk()), asked)
    world.store.trips.reads = world.store.trips.writes = 0
    assert len(searching.search(services, call(desk()), asked).items) == 3
    assert (world.store.trips.reads, world.store.trips.writes) == (2, 1)


def test_birth_date_and_name_narrow_each_other() -> None:
    world = World()
    services = world.services
    for given_name, family in (("Carla", "Quispe"), ("Hugo", "Ferreira"), ("Carlos", "Lima")):
        register(world, services=services, name={"given": given_name, "family": family})
    assert len(everyone(world, birth_date=date(1980, 3, 25))) == 3
    assert len(everyone(world, birth_date=date(1980, 3, 25), name="carl")) == 2
    assert len(everyone(world, birth_date=date(1980, 3, 25), limit=1)) == 3


def test_other_institutions_are_never_found() -> None:
    world = World()
    fill(world, [("María", "García", "Wu")])
    asked = PatientSearch(name="mar")
    assert searching.search(world.services, call(desk("clinic-two")), asked).items == ()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"name": "mar", "record_number": "12345678"},
        {"document_number": "123", "document_type": "DNI"},
        {"limit": 51, "name": "mar"},
    ],
)
def test_a_search_asks_for_one_thing(query: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"search|document|less than"):
        PatientSearch.model_validate(query)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"name": "m"}, "/query/name"),
        ({"name": "123"}, "/query/name"),
        ({"record_number": "12345678"}, "/query/record_number"),
        ({"record_number": "abc"}, "/query/record_number"),
        (
            {"document_country": "XX", "document_type": "DNI", "document_number": "1"},
            "/query/document_type",
        ),
        ({"name": "mar", "cursor": "%%%"}, "/query/cursor"),
    ],
)
def test_a_search_that_means_nothing_is_refused(query: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(World(), **query)
    assert [field.pointer for field in refused.value.fields] == [pointer]


def test_postings_grow_with_the_square_of_the_words() -> None:
    def hashed(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    words = ["alba", "bruno", "carla", "dora", "elena", "flora", "gina", "hugo"]
    counts = [len(search_index.postings(words[:n], hashed)) for n in range(1, 9)]
    assert counts == [n * (n + 1) // 2 for n in range(1, 9)]
    many = [*words, "ida", "julia", "karin", "laura", "mara", "nora", "olga", "paula"]
    assert len(search_index.words_of([" ".join(many)])) == search_index.MOST_WORDS
    assert len(search_index.postings(many[: search_index.MOST_WORDS], hashed)) == 36 + 6


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ({"given": "Zunilqa", "family": "De la O", "second_family": "Tzoc"}, "zunilqa de la o"),
        ({"given": "Zunilqa", "family": "De la O", "second_family": "Tzoc"}, "tzoc o"),
        ({"given": "Ana", "family": "O’Higgins"}, "o higgins"),
        ({"given": "Ana", "family": "O'Higgins"}, "ana higgins"),
        ({"given": "Ana", "family": "O'Higgins"}, "ohig"),
        ({"given": "Ana", "family": "D´Angelo"}, "d angelo ana"),
        ({"given": "Tz’utujil", "family": "Kꞌiche"}, "tzutujil kiche"),
        ({"given": "Ana", "family": "Ejemplo", "social_name": "Bruna"}, "bruna ejemplo"),
        (
            {
                "given": "Alba Bruna Carla Dora",
                "family": "Elena Flora",
                "second_family": "Gina Hugo Ida",
                "social_name": "Zoe",
            },
            "zoe ida",
        ),
    ],
)
def test_people_are_found_as_they_are_registered(name: dict[str, str], typed: str) -> None:
    world = World()
    patient = register(world, name=name)
    register(world, name={"given": "Otra", "family": "Persona"}, confirm_not_duplicate=True)
    assert [found.id for found in ask(world, name=typed).items] == [patient.id]


@pytest.mark.parametrize(
    ("family", "typed"),
    [("Đặng", "dang"), ("Łukaszewicz", "lukasz"), ("Sørensen", "sorensen"), ("Ñuɨ", "nui")],
)
def test_letters_with_a_stroke_are_found_with_and_without_it(family: str, typed: str) -> None:
    world = World()
    patient = register(world, name={"given": "Paciente", "family": family})
    for text in (family, typed, f"paciente {typed}"):
        assert [found.id for found in ask(world, name=text).items] == [patient.id], text


def test_a_search_by_the_longer_word_goes_on_where_its_page_ended() -> None:
    world = World()
    first = "Alba Bruna Carla Dora Elena Flora Gina Hugo"
    made = {
        register(
            world,
            name={"given": first, "family": f"Ejemplo Xiomara{'abc'[n]}"},
            birth_date=date(1980, 1, 1 + n),
            confirm_not_duplicate=True,
        ).id
        for n in range(3)
    }
    seen, cursor = set[str](), None
    for _ in range(5):
        page = ask(world, name="xiom ejem", limit=2, cursor=cursor)
        seen |= {found.id for found in page.items}
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == made
