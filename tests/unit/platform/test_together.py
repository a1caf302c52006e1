"""Reads of several partitions are under way together, and come back in order."""

import threading

import pytest

from telesalud.platform.store import AT_ONCE, together


def test_answers_keep_the_order_of_the_questions() -> None:
    barrier = threading.Barrier(4, timeout=5)

    def read(number: int) -> int:
        barrier.wait()  # nobody gets on unless four are under way
        return number

    assert together([lambda n=n: read(n) for n in range(8)]) == list(range(8))  # type: ignore[misc]


def test_no_more_than_a_few_are_under_way() -> None:
    now, most, lock = 0, 0, threading.Lock()

    def read() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.002)
        with lock:
            now -= 1

    together([read] * 60)
    assert most <= AT_ONCE


def test_a_read_that_fails_fails_the_whole() -> None:
    def failing() -> int:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        together([failing, lambda: 1])


@pytest.mark.parametrize("count", [0, 1])
def test_few_reads_need_no_threads(count: int) -> None:
    here = threading.get_ident()
    assert together([threading.get_ident] * count) == [here] * count
