"""A trail is searched by time, person, action and outcome, however long it is."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from schemas.trail import TrailFilter
from telesalud.platform.access import Caller, CallerKind
from telesalud.platform.audit import Outcome, entry_key, entry_of, put_of
from telesalud.platform.store import Item
from telesalud.platform.trail.searching import search
from tests.worlds.world import START, TENANT, World

SUBJECT = "01900000-0000-7000-8000-000000000001"
PARTITION = entry_key(TENANT, SUBJECT, "").pk


def noted(world: World, actor: str, action: str, outcome: Outcome = Outcome.DONE) -> None:
    """An entry of this moment."""
    entry = entry_of(
        Caller(TENANT, actor, CallerKind.USER),
        entry_id=world.new_id(),
        at=world.clock(),
        request_id="r",
        action=action,
        subject=SUBJECT,
        resource=f"patient/{SUBJECT}",
        outcome=outcome,
    )
    world.store.transact([put_of(entry)])


@pytest.fixture
def world() -> World:
    """Two people read a record by turns, an hour apart, for a hundred hours; some were denied."""
    made = World()
    for hour in range(100):
        made.clock.now = START + timedelta(hours=hour)
        outcome = Outcome.DENIED if hour % 10 == 0 else Outcome.DONE
        noted(made, ("ana", "berta")[hour % 2], f"patients.read_{'abc'[hour % 3]}", outcome)
    return made


def every(world: World, limit: int = 7, **filters: object) -> list[Item]:
    """All pages of a search."""
    found: list[Item] = []
    cursor = None
    while True:
        query = TrailFilter.model_validate({"limit": limit, "cursor": cursor, **filters})
        items, cursor = search(world.store, PARTITION, query)
        assert len(items) <= limit
        found += items
        if cursor is None:
            return found


def hours(items: list[Item]) -> list[int]:
    return [int(item.key.sk[-12:], 16) - 1 for item in items]


def test_without_a_filter_every_entry_comes_once_newest_first(world: World) -> None:
    assert hours(every(world)) == list(range(99, -1, -1))


def test_a_time_has_its_first_moment_and_not_its_last(world: World) -> None:
    since, until = START + timedelta(hours=20), START + timedelta(hours=30)
    assert hours(every(world, since=since, until=until)) == list(range(29, 19, -1))
    assert hours(every(world, since=since)) == list(range(99, 19, -1))
    assert hours(every(world, until=until)) == list(range(29, -1, -1))


def test_filters_are_met_together(world: World) -> None:
    found = every(world, actor="ana", action="patients.read_a", outcome="denied")
    assert hours(found) == [90, 60, 30, 0]
    assert every(world, actor="ana", until=START) == []


def test_what_does_not_fit_is_passed_over_across_reads(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telesalud.platform.trail.searching._AT_ONCE", 3)
    found = every(world, actor="berta", outcome="done")
    assert hours(found) == list(range(99, 0, -2))
    assert every(world, actor="nobody") == [], "pages without entries, and an end"


def test_a_search_of_long_ago_does_not_read_what_came_after(world: World) -> None:
    asked: list[Item] = []
    query = world.store.query

    def counting(pk: str, **named: object) -> object:
        page = query(pk, **named)  # type: ignore[arg-type]  # passed on as it came
        asked.extend(page.items)
        return page

    world.store.query = counting  # type: ignore[method-assign, assignment]  # to see what is read
    assert hours(every(world, until=START + timedelta(hours=5))) == [4, 3, 2, 1, 0]
    assert len(asked) <= 6


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError):
        TrailFilter(since=START, until=START)
