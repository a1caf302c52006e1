"""Two years of a patient's record, synthetic: what a chart looks like when it is in use.

Dates are reckoned back from a given moment. What was written is kept as the API keeps it: recorded
now, about then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

_CHART: Final = Path(__file__).with_name("demonstration_chart.json")
"""Entries, and visits with their notes; `days` count back."""

# Days ago; systolic, diastolic (mm[Hg]), pulse (/min), weight (kg), waist (cm).
_VITALS: Final = (
    (720, 162, 98, 82, 92.4, 106),
    (640, 154, 94, 80, 91.0, 105),
    (540, 150, 92, 78, 90.2, 104),
    (430, 146, 90, 76, 88.6, 102),
    (310, 142, 88, 76, 87.1, 101),
    (200, 138, 86, 74, 86.0, 99),
    (120, 136, 84, 72, 84.8, 98),
    (28, 131, 82, 72, 83.9, 97),
)
HEIGHT_CM = 171


class Api(Protocol):
    """The public API with a clinician's token who may see the record."""

    def get(self, path: str) -> Any:
        """The answer's body."""

    def post(self, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """The answer's body."""


def fill(api: Api, patient: str, now: datetime) -> None:
    """Entries, measurements and signed visits of the two years before `now`."""
    chart = json.loads(_CHART.read_text("utf-8"))
    for entry in chart["entries"]:
        api.post(f"/patients/{patient}/{entry['kind']}", _dated(entry, now))
    _measure(api, patient, now)
    for visit in chart["visits"]:
        _attend(api, patient, visit, now)


def _dated(entry: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """With the dates that `days` counts back from `now`; a consent's has a time of day."""
    body = {name: value for name, value in entry.items() if name not in ("kind", "days")}
    for name, days in entry.get("days", {}).items():
        at = now - timedelta(days=days)
        body[name] = at.isoformat() if name.endswith("_at") else at.date().isoformat()
    return body


def _measure(api: Api, patient: str, now: datetime) -> None:
    """Blood pressure that comes down over two years, and weight with it."""
    for days, systolic, diastolic, pulse, weight, waist in _VITALS:
        values = {
            "systolic": (systolic, "mm[Hg]"),
            "diastolic": (diastolic, "mm[Hg]"),
            "pulse": (pulse, "/min"),
            "weight": (weight, "kg"),
            "height": (HEIGHT_CM, "cm"),
            "waist": (waist, "cm"),
        }
        record(api, patient, now - timedelta(days=days), values)


# Days ago, kg, cm.
_GROWTH: Final = (
    (660, 5.1, 57.5),
    (600, 6.4, 62),
    (540, 7.3, 66),
    (450, 8.3, 70.5),
    (365, 9.1, 74),
    (180, 10.4, 80.5),
    (10, 11.6, 86),
)


def grow(api: Api, patient: str, now: datetime) -> None:
    """Weights and lengths of a girl who is two years old now."""
    for days, kg, cm in _GROWTH:
        values = {"weight": (kg, "kg"), "height": (cm, "cm")}
        record(api, patient, now - timedelta(days=days), values)


def record(api: Api, patient: str, at: datetime, values: Mapping[str, tuple[float, str]]) -> None:
    """One set of vital signs: values in UCUM units."""
    given = {name: {"value": value, "unit": unit} for name, (value, unit) in values.items()}
    body = {"measured_at": at.isoformat(), "values": given}
    api.post(f"/patients/{patient}/vitals", body)


def _attend(api: Api, patient: str, visit: Mapping[str, Any], now: datetime) -> None:
    start = now - timedelta(days=visit["days"])
    begun = api.post(
        f"/patients/{patient}/encounters",
        {
            "kind": "telemedicine" if visit["remote"] else "ambulatory",
            "reason": visit["reason"],
            "started_at": start.isoformat(),
            "ended_at": (start + timedelta(minutes=20)).isoformat(),
        },
    )
    path = f"/patients/encounters/{begun['id']}"
    api.post(f"{path}/notes", {"soap": visit["soap"]})
    found = api.get(path)
    if found["status"] == "open":
        api.post(f"{path}/sign", {}, **{"If-Match": f'"{found["version"]}"'})
