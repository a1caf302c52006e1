"""Whether somebody still may: what contexts without accounts know of users."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.identity import RoleName, UserChanged
from telesalud.platform import standing
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, SessionExpired
from telesalud.platform.events import Event
from tests.worlds.world import START, TENANT, World, call, partner, user

ANA, EVA = (f"01900000-0000-7000-8000-00000000000{n}" for n in (1, 2))
MONTHS = timedelta(days=90)


def told(
    world: World,
    who: str,
    *roles: RoleName,
    sequence: int = 1,
    active: bool = True,
    by: str = "",
    ago: timedelta = MONTHS,
    ended: bool = False,
) -> None:
    """An event of identity arrives."""
    fact = UserChanged(
        user_id=who,
        roles=roles or ("administrator",),
        active=active,
        vouched_by=by,
        vouched_at=START - ago,
        ended_at=START if ended else None,
    )
    event = Event(
        id=world.new_id(),
        type="identity.user_changed",
        tenant=TENANT,
        subject=who,
        sequence=sequence,
        at=START,
        data=json.loads(fact.model_dump_json()),
    )
    standing.follow(world.services, event)


def asks(world: World, who: str, *roles: Role, issued: int = 0) -> frozenset[Role]:
    caller = replace(user(*roles, subject=who), issued=issued)
    return standing.at_present(world.services, call(caller)).caller.roles


def test_the_newest_word_counts_in_whatever_order_it_is_heard() -> None:
    world = World()
    told(world, ANA, sequence=2, active=False)
    told(world, ANA, sequence=1)
    with pytest.raises(Forbidden, match="closed"):
        asks(world, ANA, Role.ADMINISTRATOR)


def test_a_role_that_was_taken_away_is_gone_and_a_new_one_needs_a_new_token() -> None:
    world = World()
    told(world, ANA, "nurse", "auditor")
    assert asks(world, ANA, Role.NURSE, Role.PHYSICIAN) == {Role.NURSE}


def test_a_token_from_before_a_reset_no_longer_counts() -> None:
    world = World()
    told(world, ANA, "nurse", ended=True)
    with pytest.raises(SessionExpired):
        asks(world, ANA, Role.NURSE, issued=int(START.timestamp()) - 1)
    assert asks(world, ANA, Role.NURSE, issued=int(START.timestamp()))


def test_guests_of_another_provider_are_taken_at_their_word() -> None:
    assert asks(World(), ANA, Role.NURSE) == {Role.NURSE}


def agree(world: World, second: str = EVA, first: str = ANA) -> None:
    caller = user(Role.ADMINISTRATOR, subject=second)
    standing.require_second_person(world.services, caller, first, START)


def test_two_people_whom_different_hands_let_in_are_two() -> None:
    world = World()
    told(world, ANA)
    told(world, EVA, by="somebody")
    agree(world)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"by": ANA}),
        ({"by": EVA}, {}),
        ({}, {"by": "somebody", "ago": timedelta(0)}),
        ({"ago": timedelta(0)}, {"by": "somebody"}),
        ({"by": "somebody"}, {"by": "somebody", "ago": timedelta(days=3)}),
    ],
    ids=["made by who asked", "made who asked", "made since", "asked by a new one", "twins"],
)
def test_an_account_made_for_the_purpose_is_nobody_else(
    first: dict[str, object], second: dict[str, object]
) -> None:
    world = World()
    told(world, ANA, **first)  # type: ignore[arg-type]  # a table of keyword arguments
    told(world, EVA, **second)  # type: ignore[arg-type]  # likewise
    with pytest.raises(Forbidden) as refused:
        agree(world)
    assert refused.value.extra["right"] == "second-person"


def test_a_machine_oneself_and_the_unknown_are_no_second_person() -> None:
    world = World()
    told(world, ANA)
    with pytest.raises(Forbidden):
        agree(world, ANA)
    with pytest.raises(Forbidden):
        agree(world, EVA)
    machine = partner("patients.shred")
    with pytest.raises(Forbidden, match="a person"):
        standing.require_second_person(world.services, machine, ANA, START)
