"""Oxygen saturation: what is low at a site's altitude, and under NEWS2's second scale.

At altitude healthy people have less. `AT_ALTITUDE` says from which saturation somebody who lives
there is beyond what is seen in 97.5 % of the healthy (critical) and in about 90 % (low); it was
drawn through what is published of the Andes, on the side that flags sooner, and an institution's
medical director confirms it:

- Subhi R et al., Arch Dis Child 2009;94:6-10: in children the 2.5th centile is 90 % at about
  2,500 m and 85 % at about 3,200 m;
- Quito, 2,810 m, BMC Pediatrics 2020 (10.1186/s12887-020-02334-z): median 94.5, 2.5th centile 90;
- Rojas-Camayo J et al., Thorax 2018;73:776-778: 1 to 80 years, 15 places up to 5,100 m;
- Am J Hum Biol 2001;13:761: school children at 4,100 m, means 89.6 to 91.3;
- the normal band in use in Cusco: 88 to 96 at 3,000 m, 84 to 93 at 3,600 m, 83 to 92 at 3,900 m.

Below 1,500 m the limits of the sea apply. Above the last row its limits apply.
"""

from bisect import bisect_right
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from telesalud.patients.measurements.ranges import Range

OxygenScale = Literal[1, 2]
ALTITUDE_FROM: Final = 1500
"""Metres from which the altitude changes what is low."""
SOURCE: Final = (
    "Subhi 2009, Rojas-Camayo 2018 and others, see docs/clinical/vitals.md; to be confirmed"
)
# Metres, critically low at or below, low below.
AT_ALTITUDE: Final = (
    (1500, 91, 96),
    (2000, 91, 94),
    (2500, 90, 92),
    (2800, 89, 92),
    (3000, 88, 90),
    (3300, 86, 89),
    (3600, 84, 87),
    (3900, 83, 86),
    (4200, 82, 85),
    (4500, 80, 83),
    (5000, 77, 80),
)
SCALE_2_SOURCE: Final = "Royal College of Physicians, NEWS 2, 2017: SpO2 scale 2 (target 88-92 %)"


def at_altitude(range_: Range, altitude_m: int | None) -> Range:
    """The range of the sea with what is low at this altitude; never stricter than at the sea."""
    if altitude_m is None or altitude_m < ALTITUDE_FROM:
        return range_
    critical, low = _limits(altitude_m)
    return replace(
        range_,
        critical_low=critical
        if range_.critical_low is None
        else min(critical, range_.critical_low),
        low=low if range_.low is None else min(low, range_.low),
        source=SOURCE,
    )


def on_scale_2(range_: Range, *, on_oxygen: bool) -> Range:
    """The range of somebody whose target is 88 to 92 %; under oxygen more than that is too much."""
    return replace(
        range_,
        critical_low=Decimal(83),
        low=Decimal(88),
        high=Decimal(92 if on_oxygen else 100),
        critical_high=Decimal(97) if on_oxygen else None,
        source=SCALE_2_SOURCE,
    )


def _limits(altitude_m: int) -> tuple[Decimal, Decimal]:
    after = bisect_right(AT_ALTITUDE, altitude_m, key=lambda row: row[0])
    if after == len(AT_ALTITUDE):
        _, critical, low = AT_ALTITUDE[-1]
        return Decimal(critical), Decimal(low)
    (begin, *lower), (end, *higher) = AT_ALTITUDE[after - 1], AT_ALTITUDE[after]
    share = Decimal(altitude_m - begin) / (end - begin)
    critical_low, low_limit = (
        (one + (other - one) * share).quantize(Decimal(1), ROUND_HALF_UP)
        for one, other in zip(lower, higher, strict=True)
    )
    return critical_low, low_limit
