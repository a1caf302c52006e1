"""Crashes between any two steps: run a use case once for each place where its process can die."""

from collections.abc import Callable
from typing import TypeVar

from tests.support.memory_store import Crash, Faults, MemoryStore

W = TypeVar("W")

_MOST_STEPS = 50


def crash_everywhere(
    make: Callable[[], W],
    store: Callable[[W], MemoryStore],
    act: Callable[[W], object],
    check: Callable[[W], None],
) -> int:
    """For every transaction of `act`: die before it, and after it; retry; then `check` the world.

    `act` must be what a client repeats (same Idempotency-Key). Returns how many crashes there were,
    so that a test can assert that the use case was really interrupted.
    """
    crashes = 0
    sides: list[Callable[[int], Faults]] = [lambda n: Faults(before=n), lambda n: Faults(after=n)]
    for armed in sides:
        for step in range(1, _MOST_STEPS):
            world = make()
            store(world).faults = armed(step)
            try:
                act(world)
            except Crash:
                crashes += 1
            if not store(world).faults.struck:
                break
            store(world).faults = Faults()
            act(world)
            check(world)
        else:
            raise AssertionError("the use case takes more transactions than this looks at")
    return crashes
