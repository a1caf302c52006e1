"""Dangers that textbooks name, one a row: each has to raise an alert at least as grave as said.

`known` is an allergy's code, or a medicine that is taken; `prescribed` is a substance. The first
332 rows were written from what clinicians expect, apart from the tables that the checks go by. The
last 175 pairs were named so, too, but their least grades were read off what the checks answered:
they hold a grade against a change and do not confirm that it is the right one.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

from schemas.prescriptions import Alert, AlertKind, AlertSeverity
from tests.worlds.orders.medicines import alerts

LEAST = ("low", "moderate", "high", "contraindicated")
LIST = Path(__file__).parent / "medicine_dangers.csv"
ROWS = list(csv.DictReader(LIST.read_text("utf-8").splitlines()))


def gravest(found: Iterable[Alert], kinds: set[AlertKind]) -> int:
    """The place of the gravest alert in `LEAST`, -1 for none."""
    levels = {AlertSeverity.LOW: 0, AlertSeverity.MODERATE: 1, AlertSeverity.HIGH: 2}
    return max(
        (3 if a.contraindicated else levels[a.severity] for a in found if a.kind in kinds),
        default=-1,
    )


KINDS = {
    "allergy": {AlertKind.ALLERGY, AlertKind.UNCODED},
    "pair": {AlertKind.INTERACTION},
    "duplicate": {AlertKind.DUPLICATE},
}


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['kind']}:{r['known']}+{r['prescribed']}")
def test_no_danger_is_silent(row: dict[str, str]) -> None:
    found = alerts(row["kind"], row["known"], row["prescribed"])
    assert gravest(found, KINDS[row["kind"]]) >= LEAST.index(row["least"])


@pytest.mark.parametrize("row", [r for r in ROWS if r["kind"] == "pair"], ids=str)
def test_a_pair_is_found_whichever_came_first(row: dict[str, str]) -> None:
    one = alerts("pair", row["known"], row["prescribed"])
    other = alerts("pair", row["prescribed"], row["known"])
    kinds = KINDS["pair"]
    assert gravest(one, kinds) == gravest(other, kinds)


def test_every_alert_names_both_sides_why_and_what_to_do() -> None:
    for row in ROWS:
        for found in alerts(row["kind"], row["known"], row["prescribed"]):
            assert found.second, found
            assert found.first or found.kind is AlertKind.UNCODED
            assert found.text
            assert found.advice


def test_the_list_is_long_enough() -> None:
    assert len(ROWS) >= 200
