"""10,000 bookings race for 500 slots: one winner each, none lost. And what each use case costs.

    python -m tests.load.bench_booking [--endpoint http://127.0.0.1:4566] [--requests 10000]

Without an endpoint it runs on moto in this process, whose transactions are made one at a time
because moto does not isolate them; the race is then between whole use cases, not inside the store.
"""

import argparse
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import boto3
from moto import mock_aws

from schemas.appointments import AgendaQuery, Cancel, ChangeStatus, Reschedule, Status
from telesalud.appointments.booking import lifecycle, reading
from telesalud.appointments.errors import SlotTaken
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.ids import new_id
from telesalud.platform.store import StoreBusy
from telesalud.platform.vault import Vault
from telesalud.platform.work import AnsweredBefore, Services
from tests.contract.conftest import IsolatedWrites
from tests.support.counting import Meter
from tests.support.tables import make_table
from tests.worlds.appointments.clinic import MONDAY, Clinic, desk, patient
from tests.worlds.world import TENANT, World, call

PRACTITIONERS = 10
SLOTS_EACH = 50
WORKERS = 8


@contextmanager
def client_of(endpoint: str | None) -> Iterator[Any]:
    """A DynamoDB client."""
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    if endpoint:
        yield boto3.client("dynamodb", endpoint_url=endpoint)
        return
    with mock_aws():
        yield boto3.client("dynamodb")


class Bench(Clinic):
    """A clinic whose table is DynamoDB."""

    def __init__(self, backend: Any, table: str) -> None:
        world = World()
        store = DynamoStore(table, lambda: backend)
        vault = Vault(store, world.wrapper, "bench")
        self._services = Services(store, vault, world.clock, new_id)
        super().__init__(world)

    @property
    def services(self) -> Services:
        return self._services


def race(bench: Bench, requests: int) -> Counter[str]:
    """Everybody books at random; each request retries while the store is busy, as clients do."""
    people = [
        bench.add_practitioner(f"Médica Demostración {n}", "general") for n in range(PRACTITIONERS)
    ]
    slots = [
        (person, MONDAY + timedelta(days=n // 16, minutes=30 * (n % 8) + 360 * (n % 16 // 8)))
        for person in people
        for n in range(SLOTS_EACH)
    ]
    wanted = [slots[n % len(slots)] for n in range(requests)]
    random.Random(7).shuffle(wanted)  # a repeatable order, not a secret

    def one(number: int) -> str:
        person, start = wanted[number]
        command = bench.command(
            practitioners=(person,), start=start, patient=patient(0x1000 + number)
        )
        by = call(desk(), key=f"request-{number:06d}")
        while True:
            try:
                lifecycle.book(bench.services, by, command, bench.patients)
            except SlotTaken:
                return "taken"
            except StoreBusy:
                continue
            except AnsweredBefore:
                return "booked"
            return "booked"

    with ThreadPoolExecutor(WORKERS) as pool:
        outcomes = Counter(pool.map(one, range(requests)))
    check(bench, people, outcomes)
    return outcomes


def check(bench: Bench, people: list[str], outcomes: Counter[str]) -> None:
    """Every slot has one appointment in its agenda, and every booking is there."""
    found: Counter[tuple[str, Any]] = Counter()
    for person in people:
        query = AgendaQuery(
            practitioner=person, since=MONDAY, until=MONDAY + timedelta(days=20), limit=200
        )
        for one in reading.agenda(bench.services, call(desk()), query).items:
            found[person, one.start] += 1
    if set(found.values()) != {1} or len(found) != PRACTITIONERS * SLOTS_EACH:
        raise SystemExit(f"double or missing bookings: {Counter(found.values())}, {len(found)}")
    if outcomes["booked"] != len(found):
        raise SystemExit(f"{outcomes['booked']} were told that they have one of {len(found)}")


def costs(bench: Bench, meter: Meter) -> None:
    """Round trips and units of each use case, with the key in memory."""
    services = bench.services
    day = {"since": MONDAY, "until": MONDAY + timedelta(days=1)}
    booked = bench.book(patient=patient(1), start=MONDAY, key="cost-0001")
    moved = Reschedule(start=MONDAY + timedelta(hours=1))
    steps: list[tuple[str, Callable[[], object]]] = [
        (
            "book, 30 minutes, with an Idempotency-Key",
            lambda: bench.book(
                patient=patient(2), start=MONDAY + timedelta(hours=2), key="cost-0002"
            ),
        ),
        ("read", lambda: reading.read(services, call(desk()), booked.id)),
        ("reschedule", lambda: lifecycle.reschedule(services, call(desk()), booked.id, moved, 1)),
        (
            "change status",
            lambda: lifecycle.change_status(
                services, call(desk()), booked.id, ChangeStatus(status=Status.CONFIRMED), 2
            ),
        ),
        (
            "agenda of a practitioner's day",
            lambda: reading.agenda(
                services, call(desk()), AgendaQuery(practitioner=bench.ana, **day)
            ),
        ),
        ("cancel", lambda: lifecycle.cancel(services, call(desk()), booked.id, Cancel(), 3)),
    ]
    for name, step in steps:
        with meter.measuring() as spent:
            began = time.thread_time()
            step()
            cpu = (time.thread_time() - began) * 1000
        print(f"  {name:<44} {spent}, {cpu:.1f} ms CPU")


def main() -> None:
    """Run both and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", default=os.environ.get("TELESALUD_TEST_ENDPOINT"))
    parser.add_argument("--requests", type=int, default=10_000)
    options = parser.parse_args()
    with client_of(options.endpoint) as raw:
        table = make_table(raw, f"bench-booking-{time.time_ns()}")
        meter = Meter(raw)
        backend = raw if options.endpoint else IsolatedWrites(raw)
        bench = Bench(backend, table)
        print(f"use cases of tenant {TENANT}")
        costs(bench, meter)
        began = time.monotonic()
        with meter.measuring() as spent:
            outcomes = race(bench, options.requests)
        seconds = time.monotonic() - began
        print(
            f"race: {options.requests} requests for {PRACTITIONERS * SLOTS_EACH} slots, "
            f"{WORKERS} at a time: {dict(outcomes)} in {seconds:.0f} s "
            f"({options.requests / seconds:.0f}/s); {spent}"
        )
        raw.delete_table(TableName=table)


if __name__ == "__main__":
    main()
