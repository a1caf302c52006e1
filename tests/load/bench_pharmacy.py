"""10,000 movements by 20 writers, with processes that die: nothing lost, nothing below zero.

    python -m tests.load.bench_pharmacy [--movements 10000] [--writers 20] [--lines 5000]

Runs on the store in memory, where each transaction waits for a while drawn as the network makes
one wait, so that writers overlap. One transaction in fifty kills its process, before it is written
or after; its request comes again with the same Idempotency-Key, as a client repeats it.
"""

import argparse
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from schemas.dispensing import DispensedLine, NewDispensing, PickedLot
from schemas.pharmacy import KardexQuery
from schemas.stock_postings import (
    NewWriteOff,
    WriteOffKind,
    WriteOffLine,
)
from schemas.transfers import NewTransfer, TransferredLot
from telesalud.pharmacy.dispensing import giving
from telesalud.pharmacy.stock import postings, reading, verifying
from telesalud.pharmacy.transfers import moving
from telesalud.platform.errors import Conflict
from telesalud.platform.store import Operation, StoreBusy
from telesalud.platform.vault import Scope
from telesalud.platform.work import AnsweredBefore, recall
from tests.support.memory_store import Crash, Faults
from tests.worlds.pharmacy.dispensary import (
    AMOXICILLIN,
    EARLY,
    GENERIC,
    PARACETAMOL,
    PATIENT,
    PHARMACIST,
    PRESCRIPTION,
    Dispensary,
)
from tests.worlds.world import TENANT, call

ITEMS = (AMOXICILLIN, GENERIC, PARACETAMOL)
LOT = f"{EARLY}.L1"
BEGIN = 20_000
"""Units of each item at first."""
DEATHS = 0.02


class Mortal:
    """Kills processes at transactions, and lets each transaction wait."""

    def __init__(self, here: Dispensary) -> None:
        self._store, self._drawn = here.world.store, random.Random(850)
        self._lock = threading.Lock()
        self.deaths = 0
        self._write = type(self._store).transact
        here.world.store.transact = self.transact  # type: ignore[method-assign]  # every writer's

    def transact(self, operations: Sequence[Operation]) -> None:
        with self._lock:
            fate, pause = self._drawn.random(), self._drawn.uniform(0.0005, 0.003)
        time.sleep(pause)
        if fate < DEATHS / 2:
            self.deaths += 1
            raise Crash
        self._write(self._store, operations)
        if fate > 1 - DEATHS / 2:
            self.deaths += 1
            raise Crash


def main() -> int:
    """Run it; 1 when the books are wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movements", type=int, default=10_000)
    parser.add_argument("--writers", type=int, default=20)
    parser.add_argument("--lines", type=int, default=5_000, help="of the long kardex")
    given = parser.parse_args()
    here = stocked()
    mortal = Mortal(here)
    begun = time.perf_counter()
    ends = run(here, given.movements, given.writers)
    took = time.perf_counter() - begun
    books = verifying.verify(here.world.store, here.services.vault, TENANT)
    print(f"{given.movements} requests by {given.writers} writers in {took:.1f} s: {dict(ends)}")
    print(f"{mortal.deaths} deaths; {books.lines} lines; {sum(books.transit.values())} on the way")
    print(*(books.faults or ["the books are right"]), sep="\n")
    wrong = _difference(here, ends)
    print("every answer is in the ledger once" if not wrong else f"{wrong} lines too many")
    _costs(stocked(), given.lines)
    return 1 if books.faults or wrong else 0


def stocked() -> Dispensary:
    """A dispensary with enough of everything."""
    here = Dispensary()
    for item in ITEMS:
        here.enter(item, BEGIN)
    return here


def run(here: Dispensary, movements: int, writers: int) -> Counter[str]:
    """Make the movements; how many ended how."""
    drawn = random.Random(14)
    steps = [
        (n, drawn.choice(ITEMS), drawn.randint(1, 9), drawn.random()) for n in range(movements)
    ]
    with ThreadPoolExecutor(writers) as pool:
        return Counter(pool.map(lambda step: _request(here, *step), steps))


def _request(here: Dispensary, number: int, item: str, quantity: int, kind: float) -> str:
    """One request with its key, repeated as long as its process dies or the store is busy."""
    key = f"bench-{number:06d}"
    while True:
        try:
            return _act(here, key, item, quantity, kind)
        except (Crash, StoreBusy):
            continue
        except AnsweredBefore:
            return "done"
        except Conflict:
            return "refused"


def _act(here: Dispensary, key: str, item: str, quantity: int, kind: float) -> str:
    services, asked = here.services, call(PHARMACIST, key=key)
    assert asked.once is not None
    # As the API does before anything else: a request that was answered is not decided again.
    if found := services.store.get(asked.once.store_key(asked.caller)):
        recall(services.vault, asked.caller, asked.once, found)
        return "done"
    if kind < 0.5:
        lines = (WriteOffLine(item=item, lot=LOT, quantity=quantity),)
        body = NewWriteOff(kind=WriteOffKind.LOSS, reason="No aparece", lines=lines)
        postings.write_off(services, asked, here.main.id, body)
    elif kind < 0.8:
        here_to = (here.main.id, here.branch.id) if kind < 0.7 else (here.branch.id, here.main.id)
        sent = (TransferredLot(item=item, lot=LOT, quantity=quantity),)
        transfer = NewTransfer(sender=here_to[0], receiver=here_to[1], lines=sent)
        moving.dispatch(services, asked, transfer)
    else:
        which = f"{PRESCRIPTION[:-3]}{int(key[-3:]):03x}"
        pick = (PickedLot(lot=LOT, quantity=1),)
        given = DispensedLine(line=1, item=AMOXICILLIN, lots=pick)
        body_of = NewDispensing(prescription=which, warehouse=here.main.id, lines=(given,))
        giving.dispense(services, asked, body_of)
    return "done"


def _difference(here: Dispensary, ends: Counter[str]) -> int:
    """Lines beside the first entries and the requests that were answered."""
    books = verifying.verify(here.world.store, here.services.vault, TENANT)
    return books.lines - len(ITEMS) - ends["done"]


def _costs(here: Dispensary, most: int) -> None:
    """Round trips of one dispensing with warm keys, and of a page of a kardex."""
    services, trips = here.services, here.world.store.trips
    here.world.store.faults = Faults()
    for scope in (Scope(TENANT), Scope(TENANT, PATIENT)):
        services.vault.seal(scope, "warm", b"")
    pick = (PickedLot(lot=LOT, quantity=21),)
    body = NewDispensing(
        prescription=PRESCRIPTION,
        warehouse=here.main.id,
        lines=(DispensedLine(line=1, item=AMOXICILLIN, lots=pick),),
    )
    before, cpu = replace(trips), time.process_time()
    giving.dispense(services, here.by(), body)
    spent = 1000 * (time.process_time() - cpu)
    reads, writes = trips.reads - before.reads, trips.writes - before.writes
    print(f"dispensing: {reads} read(s), {writes} write(s), {spent:.1f} ms CPU, 3 calls beside")
    made = 1
    for wanted in (50, most):
        for number in range(made, wanted):
            here.enter(PARACETAMOL, number % 7 + 1)
        made = wanted
        begun = time.perf_counter()
        query = KardexQuery(limit=50)
        reading.kardex(services, here.by(), here.main.id, PARACETAMOL, query)
        print(f"kardex of {made} lines: a page in {1000 * (time.perf_counter() - begun):.1f} ms")


if __name__ == "__main__":
    raise SystemExit(main())
