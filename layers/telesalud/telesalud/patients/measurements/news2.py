"""National Early Warning Score 2 (Royal College of Physicians, 2017), with both SpO2 scales.

For people of 16 years and more who are not pregnant. Scale 2 is for those whose oxygen target is
88 to 92 %, which a competent clinician decides and records. Above 2,500 m its limits of oxygen
would count healthy people as ill, and nobody has published others: there it is not computed.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.oxygen import OxygenScale

FROM_YEARS: Final = 16
UP_TO_METRES: Final = 2500
_ENOUGH: Final = 3
"""With fewer of its seven parts nobody meant to take the score."""

Consciousness = Literal["alert", "confused", "voice", "pain", "unresponsive"]
Band = Literal["low", "low-medium", "medium", "high"]

# The lowest value of each step and its points.
_STEPS: Final[Mapping[Vital, tuple[tuple[str, int], ...]]] = {
    Vital.RESPIRATION: (("0", 3), ("9", 1), ("12", 0), ("21", 2), ("25", 3)),
    Vital.SYSTOLIC: (("0", 3), ("91", 2), ("101", 1), ("111", 0), ("220", 3)),
    Vital.PULSE: (("0", 3), ("41", 1), ("51", 0), ("91", 1), ("111", 2), ("131", 3)),
    Vital.TEMPERATURE: (("0", 3), ("35.1", 1), ("36.1", 0), ("38.1", 1), ("39.1", 2)),
}
_SCALE_1: Final = (("0", 3), ("92", 2), ("94", 1), ("96", 0))
_SCALE_2_AIR: Final = (("0", 3), ("84", 2), ("86", 1), ("88", 0))
_SCALE_2_OXYGEN: Final = (*_SCALE_2_AIR, ("93", 1), ("95", 2), ("97", 3))


@dataclass(frozen=True, slots=True)
class Score:
    """The sum with its parts; without a sum, what is missing for it."""

    value: int | None
    band: Band | None
    parts: Mapping[str, int]
    missing: tuple[str, ...]
    scale: OxygenScale


def news2(
    values: Mapping[Vital, Decimal],
    *,
    consciousness: Consciousness | None,
    on_oxygen: bool | None,
    scale: OxygenScale,
    altitude_m: int | None,
) -> Score | None:
    """The score of one moment; None when hardly any of its parts was taken."""
    parts = {
        str(vital): _points(values[vital], steps)
        for vital, steps in _STEPS.items()
        if vital in values
    }
    if on_oxygen is not None:
        parts["oxygen"] = 2 if on_oxygen else 0
    saturation = values.get(Vital.OXYGEN_SATURATION)
    if saturation is not None and (scale == 1 or on_oxygen is not None):
        steps = _SCALE_1 if scale == 1 else _SCALE_2_OXYGEN if on_oxygen else _SCALE_2_AIR
        parts[str(Vital.OXYGEN_SATURATION)] = _points(saturation, steps)
    if consciousness is not None:
        parts["consciousness"] = 0 if consciousness == "alert" else 3
    if len(parts) < _ENOUGH:
        return None
    wanted = (*map(str, _STEPS), str(Vital.OXYGEN_SATURATION), "oxygen", "consciousness")
    missing = [name for name in wanted if name not in parts]
    if altitude_m is not None and altitude_m > UP_TO_METRES:
        missing.append("altitude")
    if missing:
        return Score(None, None, parts, tuple(missing), scale)
    total = sum(parts.values())
    return Score(total, _band(total, parts), parts, (), scale)


def _points(value: Decimal, steps: tuple[tuple[str, int], ...]) -> int:
    return steps[bisect_right(steps, value, key=lambda step: Decimal(step[0])) - 1][1]


def _band(total: int, parts: Mapping[str, int]) -> Band:
    if total >= 7:
        return "high"
    if total >= 5:
        return "medium"
    return "low-medium" if 3 in parts.values() else "low"
