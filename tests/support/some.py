"""A check of nothing checks nothing."""

from collections.abc import Iterable
from typing import TypeVar

Thing = TypeVar("Thing")


def some(things: Iterable[Thing]) -> list[Thing]:
    """All of `things`, in order; fails when there is none.

    For loops over what a test reads from templates, folders or running stacks: renamed or moved
    away, it would leave a test that passes without having looked at anything.
    """
    listed = list(things)
    assert listed, "there is nothing to check"
    return listed
