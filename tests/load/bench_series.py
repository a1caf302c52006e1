"""What a 52-week series costs, and two series racing for the same times.

    python -m tests.load.bench_series [--endpoint http://127.0.0.1:4566] [--rounds 5]

Without an endpoint it runs on moto in this process, as `bench_booking` does.
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from datetime import time as local_time
from threading import Barrier

from schemas.agendas import QUANTUM_MINUTES
from schemas.series import (
    BookSeries,
    CancelSeries,
    ConflictPolicy,
    Frequency,
    Recurrence,
    RescheduleSeries,
    Series,
    SeriesScope,
)
from telesalud.appointments.booking.locks import Kind, Owner
from telesalud.appointments.errors import SeriesConflicts
from telesalud.appointments.series import editing, planning, reading
from telesalud.platform.store import StoreBusy
from telesalud.platform.work import AnsweredBefore
from tests.contract.conftest import IsolatedWrites
from tests.load.bench_booking import Bench, client_of
from tests.support.counting import Meter
from tests.support.tables import make_table
from tests.worlds.appointments.clinic import MONDAY, desk, patient
from tests.worlds.world import TENANT, call

WEEKS = 52
MINUTES = 30
RACERS = 2


def command(bench: Bench, number: int, person: str, policy: ConflictPolicy) -> BookSeries:
    """Mondays at eight for a year."""
    return BookSeries(
        patient=patient(number),
        practitioners=(person,),
        site=bench.site,
        category="visit",
        first_date=date(2026, 11, 23),
        local_time=local_time(8),
        minutes=MINUTES,
        rule=Recurrence(frequency=Frequency.WEEKS, count=WEEKS),
        conflicts=policy,
    )


def book(bench: Bench, number: int, person: str, policy: ConflictPolicy) -> Series:
    """Book as a client does: repeat while the store is busy."""
    body = command(bench, number, person, policy)
    by = call(desk(), key=f"series-{number:06d}-{person}")
    while True:
        try:
            return planning.book(bench.services, by, body, bench.patients)
        except StoreBusy:
            continue
        except AnsweredBefore as before:
            return Series.model_validate_json(before.answer.body)


def costs(bench: Bench, meter: Meter) -> None:
    """Round trips and units of each use case, with the tenant's key in memory."""
    services = bench.services
    bench.book(patient=patient(1), start=MONDAY + timedelta(hours=3), key="warm-0001")
    skip = ConflictPolicy.SKIP
    series: list[Series] = []
    following = RescheduleSeries(
        scope=SeriesScope.FOLLOWING, day=date(2027, 5, 24), local_time=local_time(9)
    )
    everything = CancelSeries(scope=SeriesScope.ALL)

    def edit(act: Callable[[str, int], Series]) -> None:
        series.append(act(series[-1].id, series[-1].version))

    steps: list[tuple[str, Callable[[], object]]] = [
        (
            "preview",
            lambda: planning.preview(services, call(desk()), command(bench, 2, bench.ana, skip)),
        ),
        ("book", lambda: series.append(book(bench, 2, bench.ana, skip))),
        ("read", lambda: reading.read(services, call(desk()), series[0].id)),
        (
            "move the following 26 by an hour",
            lambda: edit(lambda i, v: editing.reschedule(services, call(desk()), i, following, v)),
        ),
        (
            "cancel all",
            lambda: edit(lambda i, v: editing.cancel(services, call(desk()), i, everything, v)),
        ),
        ("52 single bookings, for comparison", lambda: singles(bench)),
    ]
    for name, step in steps:
        with meter.measuring() as spent:
            began, cpu = time.monotonic(), time.thread_time()
            step()
            used, took = (time.thread_time() - cpu) * 1000, time.monotonic() - began
        print(f"  {name:<36} {spent}, {used:.0f} ms CPU, {took:.1f} s")


def singles(bench: Bench) -> None:
    """The same appointments booked one by one."""
    for week in range(WEEKS):
        start = MONDAY + timedelta(days=7 * week, hours=7)
        bench.book(patient=patient(3), start=start, key=f"single-{week:04d}", outside_hours=False)


def race(bench: Bench, rounds: int, policy: ConflictPolicy) -> Counter[str]:
    """In each round, series of several patients begin at once for the same practitioner's times."""
    outcomes: Counter[str] = Counter()
    for number in range(rounds):
        person = bench.add_practitioner(f"Médica Demostración {policy}-{number}", "general")
        barrier = Barrier(RACERS)

        def run(
            racer: int, person: str = person, barrier: Barrier = barrier, number: int = number
        ) -> int:
            barrier.wait()
            try:
                made = book(bench, 0x1000 + number * RACERS + racer, person, policy)
            except SeriesConflicts:
                return 0
            return sum(one.conflict is None for one in made.occurrences)

        with ThreadPoolExecutor(RACERS) as pool:
            won = sorted(pool.map(run, range(RACERS)))
        outcomes[f"{won}"] += 1
        check(bench, person, sum(won))
    return outcomes


def check(bench: Bench, person: str, promised: int) -> None:
    """Every date was promised once, and its time is held by one appointment."""
    owner = Owner(TENANT, Kind.PRACTITIONER, person)
    page = bench.services.store.query(owner.partition, limit=1000)
    quanta = Counter(item.text(name) for item in page.items for name in item.attributes)
    whole = set(quanta.values()) == {MINUTES // QUANTUM_MINUTES}
    if promised != WEEKS or len(quanta) != WEEKS or not whole:
        raise SystemExit(f"{promised} promised, {len(quanta)} held: {Counter(quanta.values())}")


def main() -> None:
    """Run both and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", default=os.environ.get("TELESALUD_TEST_ENDPOINT"))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with client_of(options.endpoint) as raw:
        table = make_table(raw, f"bench-series-{time.time_ns()}")
        meter = Meter(raw)
        bench = Bench(raw if options.endpoint else IsolatedWrites(raw), table)
        print(f"a series of {WEEKS} weeks, 30 minutes, one practitioner")
        costs(bench, meter)
        for policy in ConflictPolicy:
            with meter.measuring() as spent:
                outcomes = race(bench, options.rounds, policy)
            print(
                f"race ({policy}): {options.rounds} rounds of {RACERS} series for {WEEKS} times, "
                f"dates won by each: {dict(outcomes)}; {spent}"
            )
        raw.delete_table(TableName=table)


if __name__ == "__main__":
    main()
