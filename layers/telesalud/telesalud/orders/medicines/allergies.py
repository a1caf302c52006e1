"""Allergies: the same substance or class, the same chemical subgroup, and cross-reactions.

- The substance itself, or a class or group that was named, is high; when the reaction is known to
  be dangerous it asks for a precaution besides a reason.
- Relatives of one chemical subgroup (ATC level 4), and cross-reactions that are common, are high,
  but moderate when the reaction is known to be mild.
- Cross-reactions that are uncommon are moderate, rare ones low (`data/cross_reactivity.csv`).
- What nobody can read stops a signature: somebody has to read it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from schemas.clinical_events import Criticality
from schemas.prescriptions import Alert, AlertKind, AlertSeverity
from telesalud.orders.medicines.agents import Read, direct, names_of, subgroups
from telesalud.orders.medicines.facts import Cross, facts
from telesalud.orders.medicines.parts import RANK, Against, Medicine, Said, alert, milder


class Allergen(Protocol):
    """An allergy as it is recorded."""

    @property
    def source(self) -> str:
        """`allergy/<entry>`, or `reported`."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Of what the patient must not get."""

    @property
    def criticality(self) -> Criticality:
        """How dangerous the next reaction may be."""


class _Finding(NamedTuple):
    severity: AlertSeverity
    agent: str
    text: str
    advice: str
    reference: str = ""
    exact: bool = False


def check(
    medicines: Sequence[Medicine], allergies: Iterable[Allergen], against: Against
) -> Iterator[Alert]:
    """Every allergy that a medicine meets, and every allergy that cannot be read."""
    read = [(medicine, against.read(medicine.codes)) for medicine in medicines]
    every = tuple(line for medicine in medicines for line in medicine.lines)
    for allergy in allergies:
        to = direct(allergy.codes, against.own)
        whole = against.read(allergy.codes)
        name = names_of(allergy.codes, against.language) or against.text("unnamed")
        if not whole.agents or whole.unread:
            yield alert(
                (
                    AlertKind.UNCODED,
                    AlertSeverity.HIGH if not whole.agents else AlertSeverity.MODERATE,
                ),
                every,
                (),
                allergy.source,
                Said(against.text("uncoded_allergy"), against.text("uncoded_advice"), second=name),
            )
        for medicine, mine in read:
            found = _worst(mine, to, whole, allergy, against)
            if found is None:
                continue
            dangerous = found.exact and allergy.criticality is Criticality.HIGH
            yield alert(
                (AlertKind.ALLERGY, found.severity),
                medicine.lines,
                (found.agent,),
                allergy.source,
                Said(
                    text=found.text,
                    advice=found.advice,
                    first=medicine.name,
                    second=name,
                    reference=found.reference,
                    contraindicated=dangerous,
                ),
            )


def _worst(
    mine: Read, to: Read, whole: Read, allergy: Allergen, against: Against
) -> _Finding | None:
    found = [*_direct(mine, to, against), *_crosses(mine, whole, allergy, against)]
    found += _related(mine, whole, allergy, against)
    return min(found, key=lambda f: (RANK[f.severity], not f.exact), default=None)


def _direct(mine: Read, to: Read, against: Against) -> Iterator[_Finding]:
    for agent in sorted(to.agents & mine.agents):
        text, advice = against.text("allergy"), against.text("allergy_advice")
        yield _Finding(AlertSeverity.HIGH, agent, text, advice, exact=True)


def _crosses(mine: Read, whole: Read, allergy: Allergen, against: Against) -> Iterator[_Finding]:
    for one, other, cross in _pairs(mine, whole):
        severity = AlertSeverity(cross.grade)
        if allergy.criticality is Criticality.LOW:
            severity = milder(severity)
        yield _Finding(
            severity,
            other if other != one else one,
            cross.text[against.language],
            against.text("allergy_cross_advice"),
            cross.source,
        )


def _pairs(mine: Read, whole: Read) -> Iterator[tuple[str, str, Cross]]:
    for (one, other), cross in facts().crosses.items():
        if one in whole.agents and other in mine.agents:
            yield one, other, cross


def _related(mine: Read, whole: Read, allergy: Allergen, against: Against) -> Iterator[_Finding]:
    """Relatives of one chemical subgroup, where no cross-reaction is graded."""
    if any(True for _ in _pairs(mine, whole)):
        return
    for agent in sorted(subgroups(whole) & subgroups(mine)):
        high = allergy.criticality is not Criticality.LOW
        severity = AlertSeverity.HIGH if high else AlertSeverity.MODERATE
        text, advice = against.text("allergy_related"), against.text("allergy_cross_advice")
        yield _Finding(severity, agent, text, advice)
