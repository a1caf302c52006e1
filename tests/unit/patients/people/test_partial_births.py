"""Births of which a year or a month is known keep their precision."""

from datetime import date

import pytest

from schemas.patients import PatientSearch
from telesalud.patients.people import registration, searching
from telesalud.platform.errors import Invalid
from tests.worlds.patients.people import body_of, desk, person, register
from tests.worlds.world import World, call


@pytest.mark.parametrize(
    ("precision", "first"), [("year", date(1980, 1, 1)), ("month", date(1980, 3, 1))]
)
def test_a_birth_keeps_how_precisely_it_is_known(precision: str, first: date) -> None:
    world = World()
    made = register(world, birth_date=date(1980, 3, 25), birth_date_precision=precision)
    assert (made.birth_date, made.birth_date_precision) == (first, precision)
    assert made.birth_date_estimated, "what the release before shows"
    query = PatientSearch(name="Demostración")
    [found] = searching.search(world.services, call(desk()), query).items
    assert (found.birth_date, found.birth_date_precision) == (first, precision)


def test_a_birth_that_becomes_known_is_no_estimate() -> None:
    world = World()
    made = register(world, birth_date=date(1980, 1, 1), birth_date_precision="year")
    body = body_of(
        made,
        birth_date=date(1980, 7, 9),
        birth_date_precision=None,
        birth_date_estimated=False,
    )
    corrected = registration.update(world.services, call(desk()), made.id, body, made.version)
    assert corrected.birth_date == date(1980, 7, 9)
    assert corrected.birth_date_precision is None
    assert not corrected.birth_date_estimated


def test_this_year_is_a_birth_and_the_next_is_not() -> None:
    world = World()
    this = world.clock().date().replace(month=12, day=31)
    register(world, birth_date=this, birth_date_precision="year")
    with pytest.raises(Invalid):
        registration.register(
            world.services,
            call(desk()),
            person(birth_date=this.replace(year=this.year + 1), birth_date_precision="year"),
        )


def test_somebody_may_have_died_in_the_year_of_their_birth() -> None:
    world = World()
    made = register(
        world,
        birth_date=date(2020, 6, 15),
        birth_date_precision="year",
        deceased_on=date(2020, 3, 1),
    )
    assert made.deceased_on == date(2020, 3, 1)
