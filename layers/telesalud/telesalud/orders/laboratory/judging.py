"""What a value means: read, its unit checked and converted, compared with the limits known.

Nothing here is silent: a value that cannot be is refused, a unit that does not belong to the test
is refused, and a number that could not be judged says why.
"""

import math
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from schemas.laboratory import OrderableTest
from schemas.orders import Comparator, Flag, LimitsFrom, NewObservation, Observation, Unjudged
from telesalud.orders.laboratory import reading
from telesalud.orders.laboratory.altitude import added
from telesalud.orders.laboratory.knowledge import Known, KnownTests, limits_for
from telesalud.orders.laboratory.units import Unit, convert
from telesalud.platform.errors import FieldError

CRITICAL: Final = frozenset({Flag.CRITICAL, Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH})
_OF_TEXT: Final = frozenset({Flag.NORMAL, Flag.ABNORMAL, Flag.CRITICAL})
_RANGE: Final = frozenset({"low", "high"})
_GRAVER: Final = {Flag.LOW: Flag.CRITICAL_LOW, Flag.HIGH: Flag.CRITICAL_HIGH}
_UNDER: Final = frozenset({Comparator.BELOW, Comparator.AT_MOST})
_OVER: Final = frozenset({Comparator.ABOVE, Comparator.AT_LEAST})


@dataclass(frozen=True, slots=True)
class Limits:
    """A range, which includes its ends, and critical limits, which are critical themselves."""

    low: float | None = None
    high: float | None = None
    critical_low: float | None = None
    critical_high: float | None = None

    @property
    def given(self) -> list[float]:
        """Those there are, from the lowest."""
        every = (self.critical_low, self.low, self.high, self.critical_high)
        return [one for one in every if one is not None]

    def flag(self, value: float, comparator: Comparator | None) -> Flag | None:
        """How a value compares; None without limits, or when a bound lies within the range.

        All that `< 3` may be is compared. Once it is certainly outside the range, it may as well
        be beyond the critical limit, and somebody has to look.
        """
        if not self.given:
            return None
        under, over = comparator in _UNDER, comparator in _OVER
        low, high = self.critical_low, self.critical_high
        if (
            low is not None
            and not over
            and (value <= low or (under and self._below(value, comparator)))
        ):
            return Flag.CRITICAL_LOW
        if (
            high is not None
            and not under
            and (value >= high or (over and self._above(value, comparator)))
        ):
            return Flag.CRITICAL_HIGH
        if self._below(value, comparator):
            return Flag.LOW
        if self._above(value, comparator):
            return Flag.HIGH
        return Flag.NORMAL if self._surely_within(value, comparator) else None

    def _below(self, value: float, comparator: Comparator | None) -> bool:
        if self.low is None or comparator in _OVER:
            return False
        return value < self.low or (comparator is Comparator.BELOW and value == self.low)

    def _above(self, value: float, comparator: Comparator | None) -> bool:
        if self.high is None or comparator in _UNDER:
            return False
        return value > self.high or (comparator is Comparator.ABOVE and value == self.high)

    def _surely_within(self, value: float, comparator: Comparator | None) -> bool:
        if comparator in _UNDER:
            open_end = self.low is None and self.critical_low is None
            return open_end and (self.high is None or value <= self.high)
        if comparator in _OVER:
            open_end = self.high is None and self.critical_high is None
            return open_end and (self.low is None or value >= self.low)
        return True


class Where(NamedTuple):
    """Whose value it is, as far as limits depend on it."""

    age_days: int
    altitude_m: int | None = None
    """Metres above the sea at which people live there."""


class Judged(NamedTuple):
    """A value as it is kept, and what is wrong with it."""

    observation: Observation
    faults: tuple[FieldError, ...] = ()


def judge(new: NewObservation, tests: KnownTests, where: Where, pointer: str) -> Judged:
    """Read, check and flag a value; faults have pointers below `pointer`."""
    given, faults = _numbers_read(new, tests, pointer)
    if faults:
        return Judged(_kept(given), faults)
    if given.value is None:
        return _judge_text(given, pointer)
    unit = Unit.read(given.unit or "")
    if unit is None:
        detail = "not a UCUM unit; such as mg/dL, mmol/L, 10*3/uL, or 1 for what has none"
        return Judged(_kept(given), (FieldError(f"{pointer}/unit", "ucum", detail),))
    given = given.model_copy(update={"unit": unit.code})
    known = tests.find(given.loinc, given.display)
    placed = _Placed.of(given, unit, known.test) if known else None
    if known and given.loinc is None and (placed is None or placed.impossible):
        known = placed = None  # the name alone does not say of which specimen
    if known and known.test.unit and placed is None:
        detail = f"{given.loinc} is measured in {known.test.unit}; {unit.code} cannot be converted"
        return Judged(_kept(given), (FieldError(f"{pointer}/unit", "property", detail),))
    assert given.value is not None
    if placed and new.text is not None and reading.has_two_ways(new.text):
        given, placed, refused = _which_way(given, unit, placed, pointer)
    else:
        refused = _refused(given, unit, placed, pointer)
    if refused:
        return Judged(_kept(given), (refused,))
    return _flag(given, known, placed, where, pointer)


def _refused(
    given: NewObservation, unit: Unit, placed: "_Placed | None", pointer: str
) -> FieldError | None:
    assert given.value is not None
    impossible = placed.impossible if placed else _impossible(given.value, unit)
    return FieldError(f"{pointer}/value", "implausible", impossible) if impossible else None


def _which_way(
    given: NewObservation, unit: Unit, placed: "_Placed", pointer: str
) -> tuple[NewObservation, "_Placed", FieldError | None]:
    """A number such as `12.000`: what only one of its readings can be, or a question."""
    assert given.value is not None
    thousands = given.model_copy(update={"value": given.value * 1000})
    other = _Placed.of(thousands, unit, placed.test)
    if other is None or other.impossible:
        return given, placed, _refused(given, unit, placed, pointer)
    if placed.impossible:
        return thousands, other, None
    detail = "thousands or decimals? write it without a sign, or with another decimal"
    return given, placed, FieldError(f"{pointer}/text", "ambiguous", detail)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A value on the scale of its test."""

    value: float
    factor: float
    """Test's unit per unit of the value."""
    test: OrderableTest
    impossible: str | None

    @classmethod
    def of(cls, given: NewObservation, unit: Unit, test: OrderableTest) -> "_Placed | None":
        """None when the test is not measured, or not in such a unit."""
        usual = Unit.read(test.unit) if test.unit else None
        if usual is None or given.value is None:
            return None
        factor = convert(1, unit, usual, molar_mass=test.molar_mass, charge=test.charge)
        if factor is None:
            return None
        value = given.value * factor
        return cls(value, factor, test, _beyond(value, given, test))


def _beyond(value: float, given: NewObservation, test: OrderableTest) -> str | None:
    """Why nobody measures this, when nobody does."""
    under, over = given.comparator in _UNDER, given.comparator in _OVER
    too_low = test.lowest is not None and value < test.lowest and not over
    too_high = test.highest is not None and value > test.highest and not under
    if under and too_low and value > 0:
        too_low = False  # "< 5" is how an analyser says that it found less than it can tell
    if not (too_low or too_high):
        return None
    span = f"{test.lowest:g} to {test.highest:g} {test.unit}"
    return f"{test.en} is between {span}; check the number and the unit ({given.unit})"


def _impossible(value: float, unit: Unit) -> str | None:
    """A number below zero of a test that is not known: only what may be a difference is let be."""
    powers = dict(unit.dimension)
    if value < 0 and "dm" in powers and not {"mol", "eq"} & set(powers):
        return "there is no amount below zero"
    return None


def _numbers_read(
    new: NewObservation, tests: KnownTests, pointer: str
) -> tuple[NewObservation, tuple[FieldError, ...]]:
    """A text that is a number becomes one; without the unit that its test has it is a fault."""
    if new.text is None:
        return new, ()
    found = reading.read(new.text)
    unit = (found.unit or new.unit) if found else None
    stated = _stated(new).given
    if found and unit and (new.unit or stated or Unit.read(unit)):
        update = {"text": None, "value": found.value, "comparator": found.comparator}
        return new.model_copy(update=update | {"unit": unit}), ()
    if stated:
        detail = "a text has no limits; give the number with its unit"
        return new, (FieldError(f"{pointer}/text", "number", detail),)
    known = tests.by_loinc.get(new.loinc) if new.loinc else None
    if found and not found.unit and known and known.test.unit:
        detail = f"a number has a unit, such as {known.test.unit}"
        return new, (FieldError(f"{pointer}/unit", "missing", detail),)
    return new, ()


def _judge_text(given: NewObservation, pointer: str) -> Judged:
    if given.flag is None or given.flag in _OF_TEXT:
        return Judged(_kept(given))
    detail = "not a flag for this kind of value"
    return Judged(_kept(given), (FieldError(f"{pointer}/flag", "flag", detail),))


def _flag(
    given: NewObservation, known: Known | None, placed: _Placed | None, where: Where, pointer: str
) -> Judged:
    assert given.value is not None
    stated = _stated(given)
    by_stated = stated.flag(given.value, given.comparator)
    if given.flag is not None and not _agrees(given.flag, by_stated):
        detail = f"the limits say {by_stated.value}" if by_stated else "not a flag of a number"
        return Judged(_kept(given), (FieldError(f"{pointer}/flag", "flag", detail),))
    limits = _joined(stated, _known_limits(known, placed, where))
    computed = limits.flag(given.value, given.comparator)
    flag = computed if computed in CRITICAL else (given.flag or computed)
    source = None
    if limits.given:
        own = bool(stated.given) or (known is not None and known.own)
        source = LimitsFrom.LABORATORY if own else LimitsFrom.REFERENCE
    unjudged = None
    if flag is None:
        unjudged = Unjudged.BETWEEN if limits.given else Unjudged.NO_LIMITS
        if known is None and not limits.given:
            unjudged = Unjudged.UNKNOWN_TEST
    shown = limits if limits.given == sorted(limits.given) else stated
    return Judged(
        _kept(
            given.model_copy(
                update={
                    "flag": flag,
                    "low": shown.low,
                    "high": shown.high,
                    "critical_low": shown.critical_low,
                    "critical_high": shown.critical_high,
                }
            ),
            limits_from=source,
            unjudged=unjudged,
        )
    )


def _known_limits(known: Known | None, placed: _Placed | None, where: Where) -> Limits:
    """The test's limits for an age, in the value's own unit; those shipped follow the altitude."""
    found = limits_for(placed.test, where.age_days) if placed else None
    if placed is None or found is None:
        return Limits()
    ours = known is not None and not known.own
    plus = added(placed.test.loinc, where.altitude_m, where.age_days) if ours else 0
    names = ("low", "high", "critical_low", "critical_high")
    converted = {
        name: _rounded((limit + (plus if name in _RANGE else 0)) / placed.factor)
        for name in names
        if (limit := getattr(found, name)) is not None
    }
    return Limits(**converted)


def _joined(stated: Limits, known: Limits) -> Limits:
    """The stated range, or the known one; of critical limits the stricter ones."""
    ranged = stated if (stated.low, stated.high) != (None, None) else known
    lows = [x for x in (stated.critical_low, known.critical_low) if x is not None]
    highs = [x for x in (stated.critical_high, known.critical_high) if x is not None]
    return replace(
        ranged, critical_low=max(lows, default=None), critical_high=min(highs, default=None)
    )


def _stated(given: NewObservation) -> Limits:
    return Limits(given.low, given.high, given.critical_low, given.critical_high)


def _agrees(given: Flag, computed: Flag | None) -> bool:
    """A stated flag may be graver than the computed one in the same direction, never milder."""
    if computed is None:
        return given not in (Flag.ABNORMAL, Flag.CRITICAL)
    return given in (computed, _GRAVER.get(computed))


def _rounded(value: float) -> float:
    """Four significant digits: limits that were converted are not known better."""
    return float(f"{value:.4g}") if math.isfinite(value) else value


def _kept(given: NewObservation, **more: object) -> Observation:
    fields = {name: getattr(given, name) for name in NewObservation.model_fields}
    return Observation.model_construct(**fields | more)
