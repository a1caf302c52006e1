"""How long the checks of 1,000 prescriptions take against a table of 250,000 interactions.

`python -m tests.load.bench_medicines [prescriptions] [pairs]`, without any cloud. The table is made
of pairs of the substances that are known, and of invented ones; what is measured besides is reading
it as a cold process does, and the memory that it keeps.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Iterator
from itertools import combinations

from schemas.clinical_events import Criticality
from schemas.formulary import CatalogueImport, CatalogueKind, FormularyItem, ImportFormat, Route
from schemas.prescriptions import PrescriptionLine
from telesalud.orders.catalogues import files
from telesalud.orders.catalogues.releases import Formulary, Interactions, parse
from telesalud.orders.current_state import Allergy, Taken
from telesalud.orders.medicines.facts import facts
from telesalud.orders.prescriptions.checks import Knowledge, check
from tests.worlds.orders.ward import line

TARGET_SECONDS = 0.05
"""Of one check, the slowest of a hundred."""
_INVENTED = 400


def rows(pairs: int) -> Iterator[str]:
    """A CSV file of so many pairs, in an order that is the same each time."""
    names = [*sorted(facts().substances), *(f"zqa-{n:04}" for n in range(_INVENTED))]
    chosen = random.Random(7).sample(list(combinations(names, 2)), pairs)
    yield "first,second,severity,source"
    for number, (one, other) in enumerate(chosen):
        severity = ("minor", "moderate", "moderate", "major")[number % 4]
        yield f"substance:{one},substance:{other},{severity},bench"
    yield f"END,{pairs}"


def item(substance: str) -> FormularyItem:
    """A product of a known substance."""
    return FormularyItem(
        code=f"B-{substance}"[:32],
        atc=facts().substances[substance].atc[0],
        name=substance,
        substances=(substance,),
        form="tableta",
        strength="10 mg",
        unit="tableta",
        routes=(Route.ORAL,),
    )


def main() -> None:
    """Measure and say."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 250_000
    begun = time.perf_counter()
    given = CatalogueImport(format=ImportFormat.CSV, content="\n".join(rows(pairs)))
    body = files.canonical(files.read(CatalogueKind.INTERACTIONS, given))
    print(f"import: {pairs} rows, {len(body) / 1e6:.1f} MB, {time.perf_counter() - begun:.1f} s")
    tracemalloc.start()
    begun = time.perf_counter()
    table = parse(CatalogueKind.INTERACTIONS, json.loads(body)["items"], "bench")
    took = time.perf_counter() - begun
    kept = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    assert isinstance(table, Interactions)
    print(f"cold: {took:.1f} s with tracing, {kept:.0f} MB kept")
    known = [name for name, one in facts().substances.items() if one.atc]
    chance = random.Random(11)
    knowledge = Knowledge(Formulary.of([item(name) for name in known]), table, "es")
    seconds, found = [], 0
    for _ in range(count):
        chosen = [item(name) for name in chance.sample(known, 4)]
        lines = [
            PrescriptionLine(number=n, product=one, **dict(line(one.code)))
            for n, one in enumerate(chosen, 1)
        ]
        taken = [
            Taken(f"medication/{n}", (f"substance:{name}",))
            for n, name in enumerate(chance.sample(known, 6))
        ]
        allergies = [Allergy("allergy/1", ("group:penicillins",), Criticality.HIGH)]
        begun = time.perf_counter()
        found += len(check(lines, allergies, taken, knowledge))
        seconds.append(time.perf_counter() - begun)
    worst = statistics.quantiles(seconds, n=100)[98]
    middle = statistics.median(seconds)
    print(
        f"{count} checks, {found} alerts: median {middle * 1000:.1f} ms, p99 {worst * 1000:.1f} ms"
    )
    sys.exit(0 if worst <= TARGET_SECONDS else 1)


if __name__ == "__main__":
    main()
