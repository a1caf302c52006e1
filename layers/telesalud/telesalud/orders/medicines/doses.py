"""Doses: the most at once and in a day, by weight for children, and from which age.

The institution's formulary decides where it says something; otherwise `data/doses.csv`. Doses of
one substance add up over the lines of a prescription. What could not be compared is said.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from schemas.formulary import FormularyItem, Route
from schemas.prescriptions import (
    Alert,
    AlertKind,
    AlertSeverity,
    DoseStep,
    Frequency,
    PrescriptionLine,
    Unchecked,
    UncheckedKind,
)
from telesalud.orders.medicines.agents import canonical, name_of
from telesalud.orders.medicines.amounts import Amount, amounts, said, unit_of, units_in
from telesalud.orders.medicines.facts import Limit, facts
from telesalud.orders.medicines.parts import Against, Body, Said, alert

_ADULT_MONTHS: Final = 18 * 12
_BY_WEIGHT_MONTHS: Final = 12 * 12
"""Younger ones are dosed by weight."""
_TOLERANCE: Final = 1.05
_FAR: Final = 3.0
"""So many times the most asks for a precaution besides a reason."""
_DAY: Final = 24


class _Given(NamedTuple):
    line: int
    single: Amount
    daily: Amount
    routes: frozenset[Route]


@dataclass(slots=True)
class _Sum:
    given: list[_Given] = field(default_factory=list)

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(sorted({one.line for one in self.given}))


def check(
    lines: Sequence[PrescriptionLine],
    others: Sequence[PrescriptionLine],
    body: Body,
    today: date,
    against: Against,
) -> Iterator[Alert]:
    """Doses, ages and quantities that do not fit; a day's doses with those of `others` in force."""
    months = age_months(body.born, today)
    by_number = {line.number: line for line in lines}
    taken = _sums(others)
    for name, total in _sums(lines).items():
        first = by_number[total.lines[0]]
        limit = _limit(name, first)
        if limit is not None:
            most = _most(limit, body, months)
            compared = _Compared(name, first, limit, most, taken.get(name, _Sum()))
            yield from _too_much(compared, total, against)
    for line in lines:
        yield from _too_young(line, months, against)
        yield from _quantity(line, against)


def unchecked(
    lines: Sequence[PrescriptionLine], body: Body, today: date, against: Against
) -> Iterator[Unchecked]:
    """Lines whose dose could not be compared, wholly or by weight."""
    months = age_months(body.born, today)
    dose: list[PrescriptionLine] = []
    weight: list[PrescriptionLine] = []
    for line in lines:
        known = [
            limit
            for name, _ in _amounts_of(line)
            if (limit := _limit(canonical(name), line)) is not None
        ]
        names = {canonical(one) for one in line.product.substances}
        if not known or len(known) < sum(1 for one in names if one in facts().limits):
            dose.append(line)
        elif _needs_weight(known, body, months):
            weight.append(line)
    # The release before this one knows no kind for quantities: what is said of them is the text.
    uncounted = [line for line in lines if needed_of(line) is None]
    for kind, text, found in (
        (UncheckedKind.DOSE, "unchecked_dose", dose),
        (UncheckedKind.WEIGHT, "unchecked_weight", weight),
        (UncheckedKind.DOSE, "unchecked_quantity", uncounted),
    ):
        if found:
            names_ = ", ".join(dict.fromkeys(line.product.name for line in found))
            yield Unchecked(
                what=kind,
                lines=tuple(line.number for line in found),
                text=against.text(text, names=names_),
            )


def age_months(born: date | None, today: date) -> int | None:
    """Whole months of age."""
    if born is None:
        return None
    return (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)


def steps_of(line: PrescriptionLine) -> Sequence[DoseStep]:
    """The regimen as steps; a plain one is a single step."""
    if line.steps:
        return line.steps
    days = line.duration_days
    return (DoseStep(sequence=1, dose=line.dose, frequency=line.frequency, days=days),)


def _sums(lines: Sequence[PrescriptionLine]) -> Mapping[str, _Sum]:
    found: dict[str, _Sum] = defaultdict(_Sum)
    for line in lines:
        for name, given in _amounts_of(line):
            found[canonical(name)].given.append(given)
    return found


def _amounts_of(line: PrescriptionLine) -> Iterator[tuple[str, _Given]]:
    """The most of each substance at once, and in a day, over the steps of a line."""
    single: dict[str, Amount] = {}
    daily: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for step in steps_of(line):
        for name, amount in amounts(step.dose, line.product).items():
            known = single.get(name)
            single[name] = amount if known is None or amount.value > known.value else known
            times = _times_a_day(step.frequency, line)
            daily[name][step.sequence] += amount.value * times
    for name, most in single.items():
        day = Amount(max(daily[name].values()), most.unit)
        yield name, _Given(line.number, most, day, frozenset({line.route}))


def _times_a_day(frequency: Frequency, line: PrescriptionLine) -> float:
    times = frequency.times * max(1.0, _DAY / frequency.hours)
    if frequency.as_needed and line.max_doses_a_day is not None:
        return min(times, line.max_doses_a_day)
    return times


class _Compared(NamedTuple):
    name: str
    first: PrescriptionLine
    limit: Limit
    most: tuple[float | None, float | None]
    others: _Sum


def _too_much(asked: _Compared, total: _Sum, against: Against) -> Iterator[Alert]:
    name, first, limit, (single, daily), others = asked
    alike = [one for one in total.given if one.single.unit == limit.unit]
    if not alike:
        return
    worst = max(alike, key=lambda one: one.single.value)
    own = sum(one.daily.value for one in alike)
    together = own + _daily(others, first, limit)
    within = daily is None or own <= daily * _TOLERANCE
    found = [
        ("dose_single", worst.single.value, single, (worst.line,)),
        ("dose_daily", own, daily, total.lines),
    ]
    if within and together > own:
        found.append(("daily_with_others", together, daily, total.lines))
    shown = name_of(f"substance:{name}", against.language)
    for text, given, most, numbers in found:
        if most is None or given <= most * _TOLERANCE:
            continue
        words = {
            "given": said(Amount(given, limit.unit), against.language),
            "limit": said(Amount(most, limit.unit), against.language),
        }
        yield alert(
            (AlertKind.DOSE, AlertSeverity.HIGH),
            numbers,
            (f"substance:{name}",),
            text.removeprefix("dose_"),
            Said(
                text=against.text(text, **words),
                advice=against.text("dose_advice"),
                first=f"{first.product.name} {first.product.strength}",
                second=shown,
                reference=limit.source,
                contraindicated=given > most * _FAR,
            ),
        )


def _daily(others: _Sum, first: PrescriptionLine, limit: Limit) -> float:
    """What is taken in a day by other prescriptions, by a way that the limit is of."""
    routes = limit.routes or {first.route.value}
    return sum(
        one.daily.value
        for one in others.given
        if one.single.unit == limit.unit and {route.value for route in one.routes} & set(routes)
    )


def _most(limit: Limit, body: Body, months: int | None) -> tuple[float | None, float | None]:
    """The most at once and in a day of this patient."""
    if months is None or months >= _ADULT_MONTHS or body.weight_kg is None:
        return limit.single, limit.daily
    return (
        _least(limit.single, limit.child_single_kg, body.weight_kg),
        _least(limit.daily, limit.child_daily_kg, body.weight_kg),
    )


def _least(most: float | None, per_kg: float | None, weight: float) -> float | None:
    by_weight = None if per_kg is None else per_kg * weight
    known = [one for one in (most, by_weight) if one is not None]
    return min(known, default=None)


def _needs_weight(limits: Sequence[Limit], body: Body, months: int | None) -> bool:
    young = months is not None and months < _BY_WEIGHT_MONTHS
    by_weight = any(limit.child_single_kg or limit.child_daily_kg for limit in limits)
    return young and body.weight_kg is None and by_weight


def _limit(name: str, line: PrescriptionLine) -> Limit | None:
    """The institution's limit of the product, or ours of the substance by this route."""
    own = _own_limit(line.product, name)
    if own is not None:
        return own
    limits = facts().limits.get(name, ())
    return next((limit for limit in limits if line.route.value in limit.routes), None)


def _own_limit(product: FormularyItem, name: str) -> Limit | None:
    unit = unit_of(product.limit_unit or "mg")
    if unit is None or canonical(product.substances[0]) != name:
        return None
    values = (
        product.max_single,
        product.max_daily,
        product.max_single_per_kg,
        product.max_daily_per_kg,
    )
    if all(value is None for value in values):
        return None
    single, daily, single_kg, daily_kg = (
        None if value is None else value * unit.factor for value in values
    )
    return Limit(frozenset(), unit.of, single, daily, single_kg, daily_kg, 0, "", product.code)


def _too_young(line: PrescriptionLine, months: int | None, against: Against) -> Iterator[Alert]:
    if months is None:
        return
    for name in line.product.substances:
        own = line.product.min_age_months
        limits = facts().limits.get(canonical(name), ())
        known = next((limit for limit in limits if line.route.value in limit.routes), None)
        least = own if own is not None else known.min_age_months if known else 0
        if months >= least:
            continue
        grade = AlertSeverity.HIGH if own is not None or known is None else None
        severity = grade or AlertSeverity(known.age_grade if known and known.age_grade else "high")
        yield alert(
            (AlertKind.AGE, severity),
            (line.number,),
            (f"substance:{canonical(name)}",),
            "age",
            Said(
                text=against.text("age", age=_age(months, against), limit=_age(least, against)),
                advice=against.text("age_advice"),
                first=f"{line.product.name} {line.product.strength}",
                second=_age(months, against),
                reference=known.source if known and own is None else line.product.code,
            ),
        )
        return


def _age(months: int, against: Against) -> str:
    if months < 24:
        return against.text("months_one" if months == 1 else "months", n=str(months))
    return against.text("years", n=str(months // 12))


def _quantity(line: PrescriptionLine, against: Against) -> Iterator[Alert]:
    """A quantity that is not what the course needs, where both count the same thing."""
    needed = needed_of(line)
    if needed is None or line.continuous:
        return
    short = line.quantity < needed * 0.95 and not any(
        step.frequency.as_needed for step in steps_of(line)
    )
    if not short and line.quantity <= max(needed * 1.5, needed + 10):
        return
    unit = line.product.unit
    yield alert(
        (AlertKind.DOSE, AlertSeverity.MODERATE),
        (line.number,),
        (),
        "quantity",
        Said(
            text=against.text(
                "quantity", given=f"{line.quantity} {unit}", limit=f"{needed:g} {unit}"
            ),
            advice=against.text("quantity_advice"),
            first=f"{line.product.name} {line.product.strength}",
        ),
        asks_reason=True,
    )


def needed_of(line: PrescriptionLine) -> float | None:
    """How many of the product's unit the course takes, where its doses can be counted in it."""
    total = 0.0
    for step in steps_of(line):
        units = units_in(step.dose, line.product)
        if units is None:
            return None
        times: float = step.frequency.times
        if step.frequency.as_needed and line.max_doses_a_day is not None:
            most = line.max_doses_a_day * step.frequency.hours / _DAY
            times = min(times, most) if most >= 1 else times
        total += max(1.0, step.days * _DAY * times / step.frequency.hours) * units
    return round(total, 3)
