"""What living high up adds to the reference range of haemoglobin and haematocrit.

`data/altitude.csv` has the metres from which so much is added, in the test's own unit: for
haemoglobin WHO's guideline on cut-offs (2024), for haematocrit WHO, UNICEF and UNU (2001). Critical
limits do not move: what is dangerous is so at any height. Nothing is added below six months of age,
for which WHO has no cut-off.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

_FROM_DAYS: Final = 182


def added(loinc: str | None, altitude_m: int | None, age_days: int) -> float:
    """What both ends of the range rise by; 0 where the altitude is not known."""
    if loinc is None or altitude_m is None or age_days < _FROM_DAYS:
        return 0
    reached = [plus for from_m, plus in _steps().get(loinc, ()) if altitude_m >= from_m]
    return max(reached, default=0)


@cache
def _steps() -> Mapping[str, Sequence[tuple[int, float]]]:
    text = files(__package__).joinpath("data", "altitude.csv").read_text("utf-8")
    steps: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in csv.DictReader(text.splitlines(), delimiter=";"):
        steps[row["loinc"]].append((int(row["from_m"]), float(row["plus"])))
    return steps
