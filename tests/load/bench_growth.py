"""How work grows with what is there: round trips that follow one another, and processor time.

    python -m tests.load.bench_growth

Free slots of a site with 6, 20 and 60 practitioners, and the export of a record with 50, 500 and
5,000 encounters. The store is in memory with a counter around it; trips that are under way together
count as one.
"""

import math
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from schemas.agendas import SlotQuery
from telesalud.appointments.booking import slots
from telesalud.patients.custody import record_files
from telesalud.patients.people import repository
from telesalud.platform.store import AT_ONCE, Item, Key
from tests.worlds.appointments.clinic import MONDAY, Clinic, desk
from tests.worlds.patients.ward import Ward
from tests.worlds.world import TENANT, call


class Counting:
    """A store that counts its reads."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.reads: dict[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def counted(*arguments: Any, **options: Any) -> Any:
            self.reads[name] = self.reads.get(name, 0) + 1
            return method(*arguments, **options)

        return counted if name in ("get", "get_many", "query") else method


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of this process."""
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def free_slots(people: int) -> str:
    """A week of a site."""
    clinic = Clinic()
    for number in range(people - 2):
        clinic.add_practitioner(f"Médica Demostración {number}", "general")
    store = Counting(clinic.services.store)
    services = replace(clinic.services, store=store)
    query = SlotQuery(site=clinic.site, from_date=MONDAY.date(), days=7, limit=200)
    spent = cpu(lambda: slots.free_slots(services, call(desk()), query))
    reads = sum(store.reads.values())
    trips = reads - people + math.ceil(people / AT_ONCE)
    return f"{people:6} practitioners {reads:6} reads, {trips:4} trips {spent:8.1f} ms CPU"


def export(encounters: int) -> str:
    """All parts of encounters of one record."""
    ward = Ward()
    template = ward.begin()
    world = ward.services.store
    chart = f"CHART#{TENANT}#{ward.patient}"
    [line] = [i for i in world.query(chart, "ENCOUNTER#").items if template.id in i.key.sk]
    stem, _, _ = line.key.sk.rpartition("#")
    for number in range(encounters - 1):
        sk = f"{stem}#01900000-0000-7000-8000-{number:012x}"
        world.put_behind_back(Item(Key(chart, sk), 1, {"of": "bench"}))  # type: ignore[attr-defined]
    store = Counting(world)
    services = replace(ward.services, store=store)
    found = repository.load(services, TENANT, ward.patient)
    most = 0
    started = time.process_time()
    store.reads.clear()
    ranges = record_files.encounter_ranges(services, TENANT, found)
    for part in ranges:
        before = sum(store.reads.values())
        count = len(list(record_files.encounter_files(services, TENANT, part, whole=True)))
        reads = sum(store.reads.values()) - before
        most = max(most, reads - count + math.ceil(count / AT_ONCE))
    spent = (time.process_time() - started) * 1000
    reads = sum(store.reads.values())
    parts = f"{len(ranges)} parts of at most {most} trips"
    return f"{encounters:6} encounters {reads:9} reads, {parts} {spent:8.1f} ms CPU"


def main() -> int:
    """Print both curves."""
    for people in (6, 20, 60):
        print(free_slots(people), flush=True)
    for encounters in (50, 500, 5000):
        print(export(encounters), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
