"""Sums that each change keeps: exact whatever comes twice, late, at once or not at all."""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telesalud.platform import tallies
from telesalud.platform.tallies import Counted, Row, week_of
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import MemoryStore

T = "tenant-one"
WEEK = date(2026, 11, 30)
NEXT = date(2026, 12, 7)


def seen(source: str, version: int, **amounts: int) -> Counted:
    return moved(source, version, WEEK, **amounts)


def moved(source: str, version: int, week: date, /, **amounts: int) -> Counted:
    return Counted(source, version, {Row("SITES", week, ("north", "visit")): amounts})


def sums(store: MemoryStore, weeks: int = 2) -> dict[date, dict[str, int]]:
    found = tallies.read(store, T, "SITES", WEEK, weeks)
    return {row.week: {n: a for n, a in amounts.items() if a} for row, amounts in found.items()}


def test_a_source_that_moves_to_another_week_counts_there_and_no_longer_here() -> None:
    store = MemoryStore()
    tallies.count(store, T, seen("one", 1, booked=1, minutes=30))
    tallies.count(store, T, seen("two", 1, booked=1, minutes=20))
    tallies.count(store, T, moved("one", 2, NEXT, booked=1, minutes=40))
    assert sums(store) == {
        WEEK: {"booked": 1, "minutes": 20},
        NEXT: {"booked": 1, "minutes": 40},
    }
    assert sums(store, weeks=1) == {WEEK: {"booked": 1, "minutes": 20}}


def test_weeks_on_both_sides_of_a_new_year_are_read_together() -> None:
    store = MemoryStore()
    for n, week in enumerate((date(2026, 12, 28), date(2027, 1, 4))):
        tallies.count(store, T, moved(str(n), 1, week, booked=1))
    found = tallies.read(store, T, "SITES", date(2026, 12, 30), 2)
    assert [row.week for row in found] == [date(2026, 12, 28), date(2027, 1, 4)]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_sums_are_those_of_the_newest_versions_in_any_order_and_however_often(
    data: st.DataObject,
) -> None:
    history = [
        moved(source, version, data.draw(st.sampled_from([WEEK, NEXT])), **{status: 1})
        for source in ("one", "two", "three")
        for version in range(1, data.draw(st.integers(1, 4)) + 1)
        for status in [data.draw(st.sampled_from(["booked", "no_show", "left"]))]
    ]
    told = data.draw(st.permutations(history + data.draw(st.lists(st.sampled_from(history)))))
    store = MemoryStore()
    for counted in told:
        tallies.count(store, T, counted)
    newest = {c.source: c for c in sorted(history, key=lambda c: c.version)}
    expected: dict[date, Counter[str]] = {}
    for counted in newest.values():
        for row, amounts in counted.share.items():
            expected.setdefault(row.week, Counter()).update(amounts)
    assert {w: a for w, a in sums(store).items() if a} == expected


def test_a_crash_before_or_after_any_transaction_counts_once() -> None:
    def check(store: MemoryStore) -> None:
        assert sums(store) == {WEEK: {"no_show": 1}}

    def made() -> MemoryStore:
        store = MemoryStore()
        tallies.count(store, T, seen("one", 1, booked=1))
        return store

    crashes = crash_everywhere(
        made, lambda s: s, lambda s: tallies.count(s, T, seen("one", 2, no_show=1)), check
    )
    assert crashes == 2


def test_many_at_once_lose_nothing() -> None:
    store = MemoryStore()
    told = [seen(f"s{n % 20}", 1 + n // 20, **{f"v{n // 20}": 1}) for n in range(60)]
    random.Random(7).shuffle(told)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: tallies.count(store, T, one), told))
    assert sums(store) == {WEEK: {"v2": 20}}


def test_a_rebuilt_set_repairs_what_was_wrong_and_misses_no_change_made_meanwhile() -> None:
    store = MemoryStore()
    tallies.count(store, T, seen("one", 1, wrong=5))
    tallies.count(store, T, seen("gone", 1, wrong=1))

    def sources() -> Iterator[Counted]:
        yield seen("one", 1, booked=1)
        tallies.count(store, T, seen("two", 1, booked=1))  # was not there when reading began
        tallies.count(store, T, seen("one", 2, no_show=1))  # has been read already
        assert sums(store) == {WEEK: {"wrong": 1, "no_show": 1, "booked": 1}}  # still the old one

    assert tallies.rebuild(store, T, sources()) == 1
    assert sums(store) == {WEEK: {"no_show": 1, "booked": 1}}
    assert not list(store.sweep(f"TALLY#{T}#1#"))
    tallies.count(store, T, seen("two", 2, left=1))
    assert sums(store) == {WEEK: {"no_show": 1, "left": 1}}


def test_a_rebuild_that_broke_off_begins_again() -> None:
    store = MemoryStore()
    tallies.count(store, T, seen("one", 1, booked=1))

    def broken() -> Iterator[Counted]:
        yield seen("one", 1, booked=1)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        tallies.rebuild(store, T, broken())
    assert sums(store) == {WEEK: {"booked": 1}}
    tallies.count(store, T, seen("one", 2, left=1))
    tallies.rebuild(store, T, [seen("one", 2, left=1)])
    assert sums(store) == {WEEK: {"left": 1}}


def test_a_week_begins_on_monday() -> None:
    assert week_of(date(2026, 12, 6)) == WEEK
    assert week_of(NEXT) == NEXT
