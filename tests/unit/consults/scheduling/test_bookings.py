"""How much is booked when: counted across tenants, kept right by every step, told to one client."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.bridges import AgendaQuery, AgendaSlot
from schemas.consults import Cancel, Reschedule
from telesalud.consults.scheduling import bookings, consults
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, Invalid
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.stage import ORIGIN, PARTNER, Stage, new_consult, store_of
from tests.worlds.world import START, World, call, partner, user

OPERATOR = "operator"
SCALER = partner("consults.load", tenant=OPERATOR, subject="video")
AT = START + timedelta(minutes=30)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def told(world: World, since: datetime = START, hours: float = 24) -> tuple[AgendaSlot, ...]:
    asked = AgendaQuery.model_validate({"from": since, "to": since + timedelta(hours=hours)})
    return bookings.load(world.services, call(SCALER), OPERATOR, asked).slots


def test_consults_of_all_tenants_are_counted_together_by_start_and_length() -> None:
    world = World()
    for number, tenant in enumerate(("norte", "norte", "sur")):
        caller = partner("consults.write", tenant=tenant)
        consults.schedule(world.services, call(caller, key=f"k-{number}"), ORIGIN, new_consult())
    slots = told(world)
    assert slots == (AgendaSlot(start=AT, minutes=20, booked=3),)


def test_a_consult_that_moves_is_counted_once_where_it_is_now() -> None:
    stage = Stage()
    stage.create()
    later = AT + timedelta(hours=9)
    for start, minutes in ((later, 20), (later, 45)):
        asked = Reschedule(start=start, planned_minutes=minutes)
        consults.reschedule(stage.services, call(PARTNER), ORIGIN, stage.id, asked)
        assert told(stage.world) == (AgendaSlot(start=start, minutes=minutes, booked=1),)


def test_a_cancelled_consult_is_counted_no_longer() -> None:
    stage = Stage()
    stage.create()
    consults.cancel(stage.services, call(PARTNER), stage.id, Cancel())
    consults.cancel(stage.services, call(PARTNER), stage.id, Cancel())
    assert told(stage.world) == ()


def test_a_crash_before_or_after_a_move_leaves_the_count_as_the_consult_is() -> None:
    later = AT + timedelta(hours=2)
    keyed = call(PARTNER, key="move-0001")

    def made() -> Stage:
        stage = Stage()
        stage.create()
        return stage

    def move(stage: Stage) -> None:
        with contextlib.suppress(AnsweredBefore):
            consults.reschedule(stage.services, keyed, ORIGIN, stage.id, Reschedule(start=later))

    def check(stage: Stage) -> None:
        assert told(stage.world) == (AgendaSlot(start=later, minutes=20, booked=1),)

    assert crash_everywhere(made, store_of, move, check) == 2


@pytest.mark.parametrize(
    "caller",
    [
        partner("consults.load", tenant="clinic"),
        partner("consults.read", "consults.admin", tenant=OPERATOR),
        user(Role.ADMINISTRATOR, tenant=OPERATOR),
    ],
)
def test_another_tenants_client_another_scope_and_a_role_are_refused(caller: Caller) -> None:
    asked = AgendaQuery.model_validate({"from": START, "to": START + timedelta(hours=1)})
    with pytest.raises(Forbidden):
        bookings.load(World().services, call(caller), OPERATOR, asked)


def test_without_an_operator_nobody_may_ask() -> None:
    asked = AgendaQuery.model_validate({"from": START, "to": START + timedelta(hours=1)})
    nobody = partner("consults.load", tenant="")
    with pytest.raises(Forbidden):
        bookings.load(World().services, call(nobody), "", asked)


@pytest.mark.parametrize("length", [timedelta(0), timedelta(hours=-1), timedelta(hours=24.1)])
def test_a_range_that_is_empty_or_longer_than_a_day_is_refused(length: timedelta) -> None:
    with pytest.raises(Invalid):
        told(World(), hours=length / timedelta(hours=1))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2 * 86400).map(lambda s: MONDAY + timedelta(seconds=s)),
            st.integers(1, 480),
        ),
        max_size=12,
    ),
    st.integers(0, 47),
    st.integers(1, 24),
)
def test_the_range_is_half_open_and_no_booking_is_told_smaller_than_it_is(
    booked: list[tuple[datetime, int]], first: int, hours: int
) -> None:
    world = World()
    world.clock.now = MONDAY - timedelta(days=1)
    for number, (start, minutes) in enumerate(booked):
        new = new_consult(start=start, planned_minutes=minutes)
        consults.schedule(world.services, call(PARTNER, key=f"key-{number}"), ORIGIN, new)
    since = MONDAY + timedelta(hours=first)
    slots = told(world, since, hours)
    within = [b for b in booked if since <= b[0] < since + timedelta(hours=hours)]
    assert sum(slot.booked for slot in slots) == len(within)
    for minute in range(0, 60 * hours + 481, 7):
        at = since + timedelta(minutes=minute)
        running = sum(1 for start, m in within if start <= at < start + timedelta(minutes=m))
        shown = sum(
            s.booked for s in slots if s.start <= at < s.start + timedelta(minutes=s.minutes)
        )
        assert shown >= running


def test_more_different_slots_than_an_answer_holds_are_rounded_more_coarsely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bookings, "MOST_SLOTS", 2)
    world = World()
    for number in range(4):
        new = new_consult(start=AT + timedelta(minutes=5 * number), planned_minutes=10)
        consults.schedule(world.services, call(PARTNER, key=f"key-{number}"), ORIGIN, new)
    slots = told(world)
    assert sum(slot.booked for slot in slots) == 4
    assert all(slot.start.minute % 15 == 0 and slot.minutes % 15 == 0 for slot in slots)


def test_bookings_of_one_moment_are_spread_over_partitions() -> None:
    world = World()
    for number in range(64):
        consults.schedule(world.services, call(PARTNER, key=f"k-{number}"), ORIGIN, new_consult())
    spread = {change.key.pk for change in world.store.changes if change.key.pk.startswith("LOAD#")}
    assert len(spread) > 4
    assert told(world)[0].booked == 64
