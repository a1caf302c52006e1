"""The check: what is to be prescribed, compared with the patient, what they take, and itself.

Pure, and the same each time. One engine serves drafts, signatures and whatever else is to be
prescribed, dispensed or received.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Final, NamedTuple

from schemas.prescriptions import (
    Alert,
    AlertKind,
    AlertSeverity,
    PrescriptionLine,
    Unchecked,
    UncheckedKind,
)
from telesalud.orders.medicines import allergies as allergy_checks
from telesalud.orders.medicines import doses, duplicates, interactions, rhythms
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

_LONGEST_ID: Final = 300
"""That an override may name."""


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
    others: Sequence[PrescriptionLine] = ()
    """Lines of other prescriptions that the patient takes now."""


def check(asked: Question, against: Against) -> Findings:
    """Every alert, each once, and what was not checked."""
    medicines = [medicine_of(line) for line in asked.lines]
    named = [_named(one, against) for one in asked.taken]
    found = [
        *allergy_checks.check(medicines, asked.allergies, against),
        *_meetings(medicines, named, against),
        *_unread(medicines, named, against),
        *doses.check(asked.lines, asked.others, asked.body, asked.today, against),
        *rhythms.check(asked.lines, [doses.steps_of(one) for one in asked.lines], against),
    ]
    unique = {one.id: one for one in found}
    alerts = sorted(_together(unique.values(), _kept(asked, against), against), key=_order)
    return Findings(tuple(alerts), tuple(_unchecked(asked, against)))


def blocking(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Those that stop a signature until somebody says why it may stand."""
    return tuple(one for one in alerts if one.severity is AlertSeverity.HIGH or one.asks_reason)


def _order(one: Alert) -> tuple[int, bool, str]:
    return RANK[one.severity], not one.contraindicated, one.id


_MEETINGS: Final = (AlertKind.ALLERGY, AlertKind.DUPLICATE, AlertKind.INTERACTION)


def _kept(asked: Question, against: Against) -> Mapping[str, frozenset[str]]:
    """What each entry is, by where it stands; of a prescription with several lines nothing."""
    found: dict[str, frozenset[str]] = {}
    entries = [(one.source, one.codes) for one in asked.allergies]
    entries += [(one.source, one.codes) for one in asked.taken]
    for source, codes in entries:
        what = against.read(codes).substances or frozenset(codes)
        found[source] = frozenset() if source in found else what
    return found


def _together(
    found: Iterable[Alert], kept: Mapping[str, frozenset[str]], against: Against
) -> Iterator[Alert]:
    """What several entries of one medicine or allergy would each say is said once, naming all."""
    groups: dict[tuple[object, ...], list[Alert]] = {}
    for one in found:
        what = kept.get(one.source) if one.kind in _MEETINGS else None
        same = (one.kind, one.lines, one.agents, one.severity, one.text, what)
        groups.setdefault(same if what else (one.id,), []).append(one)
    for group in groups.values():
        if len(group) == 1:
            yield group[0]
            continue
        group.sort(key=lambda one: one.source)
        sources = tuple(one.source for one in group)
        names = " / ".join(dict.fromkeys(one.second for one in group))
        first = group[0]
        yield first.model_copy(
            update={
                "id": first.id.replace(first.source, "+".join(sources))[:_LONGEST_ID],
                "sources": sources,
                "second": against.text("entries", names=names, n=str(len(group))),
            }
        )


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
