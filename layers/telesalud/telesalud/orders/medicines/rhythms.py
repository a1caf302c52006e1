"""Medicines of a week that are written for every day, the mistake that kills with methotrexate.

`data/rhythms.csv` names what is taken on one day of the week only, whatever it is for, and the most
of others in seven days: a tablet for a week may be within the most of a day and still be seven
times too much. Lines of one substance add up.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from schemas.prescriptions import Alert, AlertKind, AlertSeverity, DoseStep, PrescriptionLine
from telesalud.orders.medicines.agents import canonical, name_of
from telesalud.orders.medicines.amounts import Amount, amounts, said
from telesalud.orders.medicines.facts import Rhythm, facts
from telesalud.orders.medicines.parts import Against, Said, alert

_WEEK_DAYS = 7
_DAY = 24
_SPLIT_DAYS = 2
"""A week's dose may be split over a day and a half (three times every twelve hours)."""
_TOLERANCE = 1.05


def check(
    lines: Sequence[PrescriptionLine], steps: Sequence[Sequence[DoseStep]], against: Against
) -> Iterator[Alert]:
    """What is written more often than in a week is meant; `steps` are those of each line."""
    weeks: dict[str, list[tuple[PrescriptionLine, float]]] = defaultdict(list)
    for line, regimen in zip(lines, steps, strict=True):
        for name in sorted({canonical(one) for one in line.product.substances}):
            rhythm = _rhythm(name, line)
            if rhythm is None:
                continue
            if rhythm.once_a_week and any(_on_many_days(one, line) for one in regimen):
                yield _too_often(name, line, rhythm, against)
            else:
                week = max(_in_a_week(one, line, name, rhythm.unit) for one in regimen)
                weeks[name].append((line, week))
    for name, found in weeks.items():
        first, together = found[0][0], sum(week for _, week in found)
        rhythm = _rhythm(name, first)
        if rhythm is not None and together > rhythm.weekly * _TOLERANCE:
            yield _too_much(name, [line for line, _ in found], together, against)


def _rhythm(name: str, line: PrescriptionLine) -> Rhythm | None:
    found = facts().rhythms.get(name)
    return found if found is not None and line.route.value in found.routes else None


def _days(step: DoseStep, line: PrescriptionLine) -> int:
    return _WEEK_DAYS if line.continuous else min(_WEEK_DAYS, step.days)


def _on_many_days(step: DoseStep, line: PrescriptionLine) -> bool:
    often = step.frequency.hours < _WEEK_DAYS * _DAY * step.frequency.times
    return often and _days(step, line) > _SPLIT_DAYS


def _in_a_week(step: DoseStep, line: PrescriptionLine, name: str, unit: str) -> float:
    """The most of a substance in seven days of a step, in the unit of the limit."""
    frequency = step.frequency
    a_day = frequency.times * _DAY / frequency.hours
    if frequency.as_needed and line.max_doses_a_day is not None:
        a_day = min(a_day, line.max_doses_a_day)
    doses = max(1.0, a_day * _days(step, line))
    given = amounts(step.dose, line.product).items()
    return doses * sum(
        amount.value for one, amount in given if canonical(one) == name and amount.unit == unit
    )


def _too_often(name: str, line: PrescriptionLine, rhythm: Rhythm, against: Against) -> Alert:
    shown = name_of(f"substance:{name}", against.language)
    return alert(
        (AlertKind.DOSE, AlertSeverity.HIGH),
        (line.number,),
        (f"substance:{name}",),
        "rhythm",
        Said(
            text=against.text("dose_rhythm", names=shown),
            advice=against.text("dose_rhythm_advice"),
            first=f"{line.product.name} {line.product.strength}",
            second=shown,
            reference=rhythm.source,
            contraindicated=True,
        ),
    )


def _too_much(
    name: str, lines: Sequence[PrescriptionLine], given: float, against: Against
) -> Alert:
    rhythm, product = facts().rhythms[name], lines[0].product
    words = {
        "given": said(Amount(given, rhythm.unit), against.language),
        "limit": said(Amount(rhythm.weekly, rhythm.unit), against.language),
    }
    return alert(
        (AlertKind.DOSE, AlertSeverity.HIGH),
        tuple(line.number for line in lines),
        (f"substance:{name}",),
        "weekly",
        Said(
            text=against.text("dose_weekly", **words),
            advice=against.text("dose_advice"),
            first=f"{product.name} {product.strength}",
            second=name_of(f"substance:{name}", against.language),
            reference=rhythm.source,
        ),
    )
