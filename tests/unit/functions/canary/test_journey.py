"""The canary's journey through the whole product, and what it says when something is broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from functions.canary.journey import Caller, Place, StepFailed, walk
from operations.canary import prepare
from tests.worlds.first_day import TENANT, Day, connect
from tests.worlds.product import Product, running

STEPS = ["log_in", "book", "link", "enter", "call"]


@contextmanager
def prepared() -> Iterator[tuple[Product, httpx.Client, Place]]:
    with running() as product, httpx.Client(base_url=product.origin, timeout=30) as http:
        day = Day(product, http)
        administrator = day.administrator()
        connect(day, administrator)
        place = prepare(Caller(http, administrator.token), TENANT)
        product.backend.run()
        yield product, http, place


def test_the_journey_is_made_again_and_again_and_tells_a_break_by_its_step() -> None:
    with prepared() as (product, http, place):
        for _ in range(2):
            steps = list(walk(http, place, product.backend.run))
            assert [name for name, _ in steps] == STEPS
            assert all(seconds >= 0 for _, seconds in steps)
            product.backend.run()

        with pytest.raises(StepFailed, match=r"log_in: 401 urn:telesalud:problem:"):
            list(walk(http, replace(place, password="another one, long enough")))
        gone = replace(place, practitioner="01J00000000000000000000000")
        with pytest.raises(StepFailed, match=r"^book: "):
            list(walk(http, gone, product.backend.run))


def test_a_front_door_that_is_gone_is_a_failed_step_and_no_crash() -> None:
    with httpx.Client(base_url="http://127.0.0.1:9", timeout=1) as http:
        place = Place("t", "u", "p", "1", "2")
        with pytest.raises(StepFailed, match="log_in: ConnectError"):
            list(walk(http, place))
