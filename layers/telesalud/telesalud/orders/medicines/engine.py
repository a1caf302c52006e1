"""The check: what is to be prescribed, compared with the patient, what they take, and itself.

Pure, and the same each time. One engine serves drafts, signatures and whatever else is to be
prescribed, dispensed or received.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

from schemas.prescriptions import (
    Alert,
    AlertKind,
    AlertSeverity,
    PrescriptionLine,
    Unchecked,
    UncheckedKind,
)
from telesalud.orders.medicines import allergies as allergy_checks
from telesalud.orders.medicines import doses, duplicates, interactions
from telesalud.orders.medicines.agents import names_of
from telesalud.orders.medicines.allergies import Allergen
from telesalud.orders.medicines.parts import (
    RANK,
    Against,
    Body,
    Medicine,
    Said,
    alert,
    medicine_of,
)


class Findings(NamedTuple):
    """What a check found, and what it could not look at."""

    alerts: tuple[Alert, ...]
    """The gravest first."""
    unchecked: tuple[Unchecked, ...]


class Question(NamedTuple):
    """What is asked."""

    lines: Sequence[PrescriptionLine]
    allergies: Sequence[Allergen]
    taken: Sequence[Medicine]
    body: Body
    today: date


def check(asked: Question, against: Against) -> Findings:
    """Every alert, each once, and what was not checked."""
    medicines = [medicine_of(line) for line in asked.lines]
    named = [_named(one, against) for one in asked.taken]
    found = [
        *allergy_checks.check(medicines, asked.allergies, against),
        *_meetings(medicines, named, against),
        *_unread(medicines, named, against),
        *doses.check(asked.lines, asked.body, asked.today, against),
    ]
    unique = {one.id: one for one in found}
    alerts = sorted(unique.values(), key=_order)
    return Findings(tuple(alerts), tuple(_unchecked(asked, against)))


def blocking(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Those that stop a signature."""
    return tuple(one for one in alerts if one.severity is AlertSeverity.HIGH)


def _order(one: Alert) -> tuple[int, bool, str]:
    return RANK[one.severity], not one.contraindicated, one.id


def _named(one: Medicine, against: Against) -> Medicine:
    if one.name:
        return one
    name = names_of(one.codes, against.language) or against.text("unnamed")
    return Medicine(one.source, one.codes, name, one.route, one.item, one.lines, one.over)


def _meetings(
    medicines: Sequence[Medicine], taken: Sequence[Medicine], against: Against
) -> Iterator[Alert]:
    """What lines do with what is taken, and with one another."""
    pairs = [(one, other) for one in medicines for other in taken]
    pairs += combinations(medicines, 2)
    read = {one: against.read(one.codes) for one in (*medicines, *taken)}
    for one, other in pairs:
        yield from duplicates.check(one, read[one], other, read[other], against)
        yield from interactions.check(one, read[one], other, read[other], against)


def _unread(
    medicines: Sequence[Medicine], taken: Sequence[Medicine], against: Against
) -> Iterator[Alert]:
    """Medicines in use that nobody can read."""
    every = tuple(line for one in medicines for line in one.lines)
    for one in taken:
        if one.over or against.read(one.codes).readable:
            continue
        said = Said(
            against.text("uncoded_medicine"), against.text("uncoded_advice"), second=one.name
        )
        yield alert((AlertKind.UNCODED, AlertSeverity.MODERATE), every, (), one.source, said)
    for one in medicines:
        if not against.read(one.codes).agents:
            words = Said(against.text("uncoded_line"), against.text("uncoded_advice"), one.name)
            kind = AlertKind.UNCODED
            yield alert((kind, AlertSeverity.MODERATE), one.lines, (), one.source, words)


def _unchecked(asked: Question, against: Against) -> Iterator[Unchecked]:
    numbers = tuple(line.number for line in asked.lines)
    if not asked.allergies:
        kind = UncheckedKind.ALLERGIES
        yield Unchecked(what=kind, lines=(), text=against.text("unchecked_allergies"))
    for line in asked.lines:
        one = medicine_of(line)
        if not interactions.knows(against.read(one.codes), against):
            yield Unchecked(
                what=UncheckedKind.MEDICINE,
                lines=one.lines,
                text=against.text("unchecked_medicine", names=line.product.name),
            )
    yield from doses.unchecked(asked.lines, asked.body, asked.today, against)
    for kind in (
        UncheckedKind.PREGNANCY,
        UncheckedKind.LACTATION,
        UncheckedKind.KIDNEY,
        UncheckedKind.LIVER,
    ):
        notes = [
            f"{line.product.name}: {note}."
            for line in asked.lines
            if (note := getattr(line.product, kind.value))
        ]
        text = against.text(f"unchecked_{kind.value}", notes=" ".join(notes)).strip()
        yield Unchecked(what=kind, lines=numbers, text=text)
