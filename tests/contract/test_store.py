"""What every store must do, run over each adapter: memory, DynamoDB on moto, the local cloud."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telesalud.platform.errors import TooLarge
from telesalud.platform.store import (
    ABSENT,
    PRESENT,
    Check,
    ConditionFailed,
    Delete,
    Key,
    Operation,
    Page,
    Put,
    SweepableStore,
    Update,
    Value,
    When,
    at_version,
)

A = Key("A", "1")
B = Key("B", "1")


def refused(store: SweepableStore, *operations: Operation) -> ConditionFailed:
    """The refusal of a transaction that must be refused."""
    with pytest.raises(ConditionFailed) as caught:
        store.transact(operations)
    return caught.value


def names(page: Page) -> list[str]:
    return [item.key.sk for item in page.items]


def walk(fetch: Callable[[str | None], Page]) -> list[str]:
    """Every sort key, page by page."""
    found: list[str] = []
    after: str | None = None
    while True:
        page = fetch(after)
        found += names(page)
        if page.next_after is None:
            return found
        assert page.next_after != after
        after = page.next_after


def race(store: SweepableStore, writers: Sequence[Sequence[Operation]]) -> list[bool]:
    """Which of the writers, all let go at once, succeeded."""
    barrier = threading.Barrier(len(writers))
    won = [False] * len(writers)

    def run(index: int) -> None:
        barrier.wait()
        try:
            store.transact(writers[index])
        except ConditionFailed:
            return
        won[index] = True

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(writers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won


def test_an_item_that_was_never_written_is_absent(store: SweepableStore) -> None:
    assert store.get(A) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "José Ñandú 漢字 🩺 \u0000 e\u0301",
        b"",
        bytes(range(256)),
        0,
        -1,
        10**37,
        True,
        False,
        (),
        ("", "b", "a", "a"),
    ],
)
def test_every_kind_of_value_comes_back_as_it_was(store: SweepableStore, value: Value) -> None:
    store.transact([Put(A, {"value": value})])
    item = store.get(A)
    assert item is not None
    assert item.attributes == {"value": value}
    assert type(item.attributes["value"]) is type(value)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    attributes=st.dictionaries(
        st.sampled_from(["name", "size", "status", "data", "date", "über", "a-b", "#x", ":y"]),
        st.text(st.characters(exclude_categories=["Cs"]))
        | st.integers(-(2**63), 2**63)
        | st.booleans()
        | st.binary()
        | st.lists(st.text(st.characters(exclude_categories=["Cs"]))).map(tuple),
    )
)
def test_any_attributes_survive_a_round_trip(
    store: SweepableStore, attributes: dict[str, Value]
) -> None:
    store.transact([Put(A, attributes)])
    item = store.get(A)
    assert item is not None
    assert item.attributes == attributes


def test_the_version_starts_at_one_and_rises_with_every_write(store: SweepableStore) -> None:
    store.transact([Put(A, {"n": 1}, when=ABSENT)])
    store.transact([Update(A, set={"n": 2}, when=at_version(1))])
    store.transact([Put(A, {"n": 3}, when=at_version(2))])
    item = store.get(A)
    assert item is not None
    assert (item.version, item.attributes) == (3, {"n": 3})


def test_a_put_replaces_the_whole_item(store: SweepableStore) -> None:
    store.transact([Put(A, {"old": "x", "both": "x"})])
    store.transact([Put(A, {"both": "y"})])
    item = store.get(A)
    assert item is not None
    assert item.attributes == {"both": "y"}


def test_an_update_changes_removes_and_adds_and_leaves_the_rest(store: SweepableStore) -> None:
    store.transact([Put(A, {"kept": "k", "changed": "old", "gone": "g", "count": 5})])
    store.transact(
        [Update(A, set={"changed": "new"}, remove=["gone", "never"], add={"count": -2, "fresh": 7})]
    )
    item = store.get(A)
    assert item is not None
    assert item.attributes == {"kept": "k", "changed": "new", "count": 3, "fresh": 7}
    assert item.version == 2


def test_an_update_creates_what_is_not_there(store: SweepableStore) -> None:
    store.transact([Update(A, add={"count": 1})])
    item = store.get(A)
    assert item is not None
    assert (item.version, item.attributes) == (1, {"count": 1})


def test_a_delete_removes_and_may_be_repeated(store: SweepableStore) -> None:
    store.transact([Put(A, {"n": 1})])
    store.transact([Delete(A)])
    store.transact([Delete(A)])
    assert store.get(A) is None


def test_a_conditional_delete_of_another_version_changes_nothing(store: SweepableStore) -> None:
    store.transact([Put(A, {"n": 1})])
    failure = refused(store, Delete(A, when=at_version(2))).at(A)
    assert failure is not None
    assert failure.found is not None
    assert failure.found.version == 1
    assert store.get(A) is not None


def test_absent_is_refused_with_the_item_that_is_there(store: SweepableStore) -> None:
    store.transact([Put(A, {"owner": "first"}, when=ABSENT)])
    failed = refused(store, Put(A, {"owner": "second"}, when=ABSENT))
    assert [f.operation.key for f in failed.failures] == [A]
    found = failed.failures[0].found
    assert found is not None
    assert found.attributes == {"owner": "first"}


def test_an_equal_write_by_somebody_else_is_still_refused(store: SweepableStore) -> None:
    """Two consumers that put the same marker must not both believe that they were first."""
    store.transact([Put(A, {"same": "x"}, when=ABSENT)])
    refused(store, Put(A, {"same": "x"}, when=ABSENT))


def test_present_is_refused_when_there_is_nothing(store: SweepableStore) -> None:
    failure = refused(store, Update(A, set={"n": 1}, when=PRESENT)).at(A)
    assert failure is not None
    assert failure.found is None
    assert store.get(A) is None


def test_a_version_condition_is_refused_when_there_is_nothing(store: SweepableStore) -> None:
    refused(store, Put(A, {"n": 1}, when=at_version(1)))
    refused(store, Put(A, {"n": 1}, when=When(version=1)))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (When(equals={"state": "open"}), True),
        (When(equals={"state": "open", "n": 5}), True),
        (When(equals={"state": "shut"}), False),
        (When(equals={"state": "open", "n": 6}), False),
        (When(equals={"missing": "x"}), False),
        (When(equals={"flag": True}), True),
        (When(equals={"n": "5"}), False),
        (When(equals={"list": ("a", "b")}), True),
        (When(equals={"list": ("b", "a")}), False),
        (When(below={"n": 6}), True),
        (When(below={"n": 5}), False),
        (When(below={"missing": 6}), False),
        (When(below={"state": "opeo"}), True),
        (When(below={"state": "open"}), False),
        (When(exists=True, version=1, equals={"n": 5}, below={"n": 6}), True),
        (When(exists=True, version=1, equals={"n": 5}, below={"n": 4}), False),
    ],
)
def test_conditions_on_attributes(store: SweepableStore, when: When, holds: bool) -> None:
    store.transact([Put(A, {"state": "open", "n": 5, "flag": True, "list": ("a", "b")})])
    if holds:
        store.transact([Update(A, set={"hit": True}, when=when)])
    else:
        refused(store, Update(A, set={"hit": True}, when=when))
    item = store.get(A)
    assert item is not None
    assert ("hit" in item.attributes) == holds


@pytest.mark.parametrize(
    "when", [When(equals={"flag": 1}), When(equals={"n": True}), When(below={"n": "6"})]
)
def test_values_of_different_types_never_match(
    store: SweepableStore, when: When, request: pytest.FixtureRequest
) -> None:
    if "moto" in request.node.name:
        pytest.skip("moto compares across types, DynamoDB does not")
    store.transact([Put(A, {"flag": True, "n": 1})])
    refused(store, Update(A, set={"hit": True}, when=when))


def test_a_transaction_is_all_or_nothing(store: SweepableStore) -> None:
    store.transact([Put(B, {"n": 1})])
    c = Key("C", "1")
    refused(store, Put(A, {"n": 1}), Put(c, {"n": 1}), Delete(B), Check(Key("D", "1"), PRESENT))
    assert store.get(A) is None
    assert store.get(c) is None
    assert store.get(B) is not None


def test_every_condition_that_failed_is_named_with_what_was_found(store: SweepableStore) -> None:
    c = Key("C", "1")
    store.transact([Put(A, {"who": "a"}), Put(B, {"who": "b"})])
    failed = refused(
        store,
        Put(A, {}, when=ABSENT),
        Put(Key("N", "1"), {}),
        Put(B, {}, when=ABSENT),
        Check(c, PRESENT),
    )
    assert {f.operation.key for f in failed.failures} == {A, B, c}
    at_a, at_c = failed.at(A), failed.at(c)
    assert at_a is not None
    assert at_a.found is not None
    assert at_a.found.attributes == {"who": "a"}
    assert at_c is not None
    assert at_c.found is None
    assert failed.at(Key("N", "1")) is None


def test_a_check_guards_without_writing(store: SweepableStore) -> None:
    store.transact([Put(B, {"open": True})])
    store.transact([Put(A, {}), Check(B, When(equals={"open": True}))])
    guard = store.get(B)
    assert guard is not None
    assert guard.version == 1
    store.transact([Check(B, PRESENT)])
    refused(store, Check(A, ABSENT))


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [Put(A, {}), Delete(A)],
        [Put(Key("A", str(n)), {}) for n in range(101)],
        [Put(Key("", "1"), {})],
        [Put(Key("A", ""), {})],
        [Put(A, {"v": 9})],
        [Put(A, {"pk": "B"})],
        [Update(A, set={"n": 1}, remove=["n"])],
        [Update(A, set={"n": 1}, add={"n": 1})],
        [Check(A, When())],
    ],
    ids=["empty", "same key", "101", "no pk", "no sk", "version", "key", "twice", "both", "check"],
)
def test_a_malformed_transaction_is_refused_and_writes_nothing(
    store: SweepableStore, operations: list[Operation]
) -> None:
    with pytest.raises(ValueError, match=r"transaction|key|check|attribute"):
        store.transact(operations)
    assert names(store.query("A")) == []


def test_a_hundred_operations_fit_in_one_transaction(store: SweepableStore) -> None:
    store.transact([Put(Key("A", f"{n:03d}"), {"n": n}) for n in range(100)])
    assert len(store.query("A").items) == 100


@pytest.mark.parametrize("others", [0, 1])
def test_an_item_over_400_kb_is_refused_and_nothing_is_written(
    store: SweepableStore, others: int
) -> None:
    extra = [Put(B, {})] * others
    with pytest.raises(TooLarge):
        store.transact([Put(A, {"text": "x" * 410_000}), *extra])
    assert store.get(A) is None
    assert store.get(B) is None


def test_expiry_is_readable_in_epoch_seconds(store: SweepableStore) -> None:
    moment = datetime(2030, 1, 2, 3, 4, 5, 900_000, tzinfo=UTC)
    store.transact([Put(A, {"n": 1}, expires=moment), Update(B, set={"n": 1}, expires=moment)])
    for key in (A, B):
        item = store.get(key)
        assert item is not None
        assert item.number("expires_at") == 1_893_553_445
    store.transact([Update(B, remove=["expires_at"])])
    item = store.get(B)
    assert item is not None
    assert "expires_at" not in item.attributes


def test_get_many_returns_what_exists_once(store: SweepableStore) -> None:
    store.transact([Put(A, {"n": 1}), Put(B, {"n": 2})])
    found = store.get_many([A, B, A, Key("C", "1")])
    assert {key: item.attributes for key, item in found.items()} == {A: {"n": 1}, B: {"n": 2}}
    assert store.get_many([]) == {}


def test_get_many_of_a_hundred_large_items_is_complete(store: SweepableStore) -> None:
    """More than 16 MB: DynamoDB leaves keys unprocessed and the adapter asks again."""
    keys = [Key("A", f"{n:03d}") for n in range(50)]
    for key in keys:
        store.transact([Put(key, {"text": "x" * 390_000})])
    assert set(store.get_many(keys)) == set(keys)


def test_get_many_refuses_more_than_a_hundred(store: SweepableStore) -> None:
    with pytest.raises(ValueError, match="100"):
        store.get_many([Key("A", str(n)) for n in range(101)])


@pytest.fixture
def filled(store: SweepableStore) -> SweepableStore:
    """Partition P with NOTE#00..NOTE#24, things around them, and a neighbour partition."""
    puts = [Put(Key("P", f"NOTE#{n:02d}"), {"n": n}) for n in range(25)]
    puts += [Put(Key("P", sk), {}) for sk in ("AAA", "NOTE", "NOTF", "ZZZ")]
    puts += [Put(Key("PP", "NOTE#00"), {}), Put(Key("Q", "NOTE#00"), {})]
    store.transact(puts)
    return store


NOTES = [f"NOTE#{n:02d}" for n in range(25)]


def test_a_query_sees_one_partition_in_order(filled: SweepableStore) -> None:
    assert names(filled.query("P")) == ["AAA", "NOTE", *NOTES, "NOTF", "ZZZ"]
    assert names(filled.query("P", newest_first=True)) == [
        "ZZZ",
        "NOTF",
        *NOTES[::-1],
        "NOTE",
        "AAA",
    ]
    assert names(filled.query("none")) == []


def test_a_query_by_prefix(filled: SweepableStore) -> None:
    assert names(filled.query("P", "NOTE#")) == NOTES
    assert names(filled.query("P", "NOTE#1")) == NOTES[10:20]
    assert names(filled.query("P", "X")) == []


@pytest.mark.parametrize("limit", [1, 7, 25, 100])
@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_join_to_the_whole(filled: SweepableStore, limit: int, newest_first: bool) -> None:
    found = walk(
        lambda after: filled.query(
            "P", "NOTE#", after=after, limit=limit, newest_first=newest_first
        )
    )
    assert found == (NOTES[::-1] if newest_first else NOTES)


def test_a_page_never_exceeds_its_limit(filled: SweepableStore) -> None:
    page = filled.query("P", "NOTE#", limit=7)
    assert names(page) == NOTES[:7]
    assert page.next_after == "NOTE#06"


@pytest.mark.parametrize(
    ("after", "ascending", "descending"),
    [
        ("NOTE#10", NOTES[11:], NOTES[:10][::-1]),
        ("NOTE#10x", NOTES[11:], NOTES[:11][::-1]),
        ("NOTE#24", [], NOTES[:24][::-1]),
        ("NOTE#00", NOTES[1:], []),
        ("AAA", NOTES, []),
        ("ZZZ", [], NOTES[::-1]),
    ],
)
def test_after_is_exclusive_and_need_not_exist(
    filled: SweepableStore, after: str, ascending: list[str], descending: list[str]
) -> None:
    assert names(filled.query("P", "NOTE#", after=after)) == ascending
    assert names(filled.query("P", "NOTE#", after=after, newest_first=True)) == descending


@pytest.mark.parametrize(
    ("prefix", "until", "expected"),
    [
        ("NOTE#", "NOTE#03", NOTES[:4]),
        ("NOTE#", "NOTE#03x", NOTES[:4]),
        ("NOTE#", "NOTE#", []),
        ("NOTE#", "AAA", []),
        ("NOTE#", "ZZZ", NOTES),
        ("", "NOTE#01", ["AAA", "NOTE", *NOTES[:2]]),
    ],
)
def test_until_is_inclusive_and_stays_inside_the_prefix(
    filled: SweepableStore, prefix: str, until: str, expected: list[str]
) -> None:
    assert names(filled.query("P", prefix, until=until)) == expected
    assert walk(lambda a: filled.query("P", prefix, until=until, after=a, limit=2)) == expected


def test_after_and_until_together_are_a_range(filled: SweepableStore) -> None:
    assert names(filled.query("P", "NOTE#", after="NOTE#05", until="NOTE#08")) == NOTES[6:9]
    assert names(filled.query("P", "NOTE#", after="NOTE#08", until="NOTE#08")) == []
    assert names(filled.query("P", "NOTE#", after="NOTE#09", until="NOTE#08")) == []


def test_until_needs_ascending_order_and_a_limit_its_range(filled: SweepableStore) -> None:
    with pytest.raises(ValueError, match="ascending"):
        filled.query("P", until="X", newest_first=True)
    for limit in (0, -1, 1001):
        with pytest.raises(ValueError, match="limit"):
            filled.query("P", limit=limit)


def test_a_query_of_more_than_a_megabyte_pages_to_the_end(store: SweepableStore) -> None:
    keys = [f"{n:02d}" for n in range(8)]
    for sk in keys:
        store.transact([Put(Key("P", sk), {"text": "x" * 300_000})])
    assert walk(lambda after: store.query("P", after=after)) == keys


def test_sort_order_is_by_code_point(store: SweepableStore) -> None:
    keys = ["10", "9", "A", "a", "z", "Ñ", "ñ", "漢", "🩺"]
    store.transact([Put(Key("P", sk), {}) for sk in reversed(keys)])
    assert names(store.query("P")) == keys


def test_a_sweep_sees_every_partition_with_the_prefix(filled: SweepableStore) -> None:
    found = {item.key for item in filled.sweep("P")}
    assert Key("P", "AAA") in found
    assert Key("PP", "NOTE#00") in found
    assert len(found) == 30


def test_one_of_many_racing_claims_wins(store: SweepableStore) -> None:
    """Two slots claimed together by sixteen callers: one gets both, nobody gets one."""
    for round_ in range(5):
        slots = [Key(f"AGENDA#{round_}", s) for s in ("10:00", "10:15")]
        writers = [
            [
                *(Put(slot, {"who": who}, when=ABSENT) for slot in slots),
                Put(Key(f"OUT#{round_}", str(who)), {}),
            ]
            for who in range(16)
        ]
        won = race(store, writers)
        assert won.count(True) == 1
        owners = {item.number("who") for item in store.get_many(slots).values()}
        assert owners == {won.index(True)}
        assert names(store.query(f"OUT#{round_}")) == [str(won.index(True))]


def test_one_of_many_racing_single_puts_wins(store: SweepableStore) -> None:
    for round_ in range(5):
        key = Key("M", str(round_))
        won = race(store, [[Put(key, {"same": True}, when=ABSENT)] for _ in range(16)])
        assert won.count(True) == 1


def test_racing_additions_are_all_counted(store: SweepableStore) -> None:
    store.transact([Put(A, {"n": 0})])
    assert all(race(store, [[Update(A, add={"n": 1})] for _ in range(12)]))
    item = store.get(A)
    assert item is not None
    assert (item.number("n"), item.version) == (12, 13)


def test_racing_updates_of_one_version_have_one_winner(store: SweepableStore) -> None:
    store.transact([Put(A, {"by": "nobody"})])
    won = race(store, [[Update(A, set={"by": str(n)}, when=at_version(1))] for n in range(12)])
    assert won.count(True) == 1
    item = store.get(A)
    assert item is not None
    assert (item.text("by"), item.version) == (str(won.index(True)), 2)


def test_a_write_may_ask_that_attributes_are_absent(store: SweepableStore) -> None:
    store.transact([Update(A, set={"q00": "x"}, when=When(lacks=("q00", "q05")))])
    failed = refused(store, Update(A, set={"q05": "y"}, when=When(lacks=("q05", "q00"))))
    assert failed.failures[0].found is not None
    assert failed.failures[0].found.attributes == {"q00": "x"}
    store.transact([Update(A, set={"q05": "y"}, when=When(lacks=("q05",), equals={"q00": "x"}))])
    store.transact([Update(A, remove=("q00",), when=When(equals={"q00": "x"}))])
    store.transact([Update(A, set={"q00": "z"}, when=When(lacks=("q00",)))])
    found = store.get(A)
    assert found is not None
    assert found.attributes == {"q00": "z", "q05": "y"}
