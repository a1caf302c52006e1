"""The checks of a prescription: allergies, duplicates, interactions. Pure, and the same each time.

What is compared are agents: the drug's substances, and its ATC code with every class above it.

- An allergy to a substance of the drug, or to a class the drug is in, is high. One to a relative
  of the same chemical subgroup (ATC level 4) is high as well, but moderate when the allergy's
  criticality is low: cross-reactions inside a subgroup are common, not certain.
- The same substance or ATC level 5 twice is high, the same chemical subgroup moderate.
- Interactions come from the institution's table: contraindicated and major are high.
- Free text cannot be checked; that it is there is said, as moderate.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from schemas.clinical_events import Criticality
from schemas.formulary import InteractionSeverity
from schemas.prescriptions import Alert, AlertKind, AlertSeverity, PrescriptionLine
from telesalud.orders.catalogues.releases import Formulary, Interactions
from telesalud.orders.current_state import Allergy, Taken
from telesalud.orders.prescriptions.alert_texts import alert_text

_LEVELS = (1, 3, 4, 5, 7)
"""Lengths of ATC codes, level by level."""
_SUBGROUP = 5
"""Length of a chemical subgroup's code (level 4)."""
_SEVERITY = {
    InteractionSeverity.CONTRAINDICATED: AlertSeverity.HIGH,
    InteractionSeverity.MAJOR: AlertSeverity.HIGH,
    InteractionSeverity.MODERATE: AlertSeverity.MODERATE,
    InteractionSeverity.MINOR: AlertSeverity.LOW,
}
_RANK = {AlertSeverity.HIGH: 0, AlertSeverity.MODERATE: 1, AlertSeverity.LOW: 2}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What checks go by, and the language they answer in."""

    formulary: Formulary
    interactions: Interactions
    language: str

    def text(self, name: str) -> str:
        """The sentence of an alert."""
        return alert_text(name, self.language)


@dataclass(frozen=True, slots=True)
class Drug:
    """A line to be checked."""

    line: int
    taken: Taken


def codes_of(line: PrescriptionLine) -> tuple[str, ...]:
    """The codes of a line's product."""
    substances = (f"substance:{name}" for name in line.product.substances)
    return (f"atc:{line.product.atc}", *substances)


def agents(codes: Iterable[str], formulary: Formulary) -> frozenset[str]:
    """Everything the codes stand for: themselves, the classes above, the substances of an ATC."""
    found: set[str] = set()
    for code in codes:
        found.add(code)
        if code.startswith("atc:"):
            atc = code.removeprefix("atc:")
            found |= {f"atc:{atc[:n]}" for n in _LEVELS if n <= len(atc)}
            found |= {f"substance:{s}" for s in formulary.substances.get(atc, ())}
    return frozenset(found)


def check(
    lines: Sequence[PrescriptionLine],
    allergies: Sequence[Allergy],
    taken: Sequence[Taken],
    knowledge: Knowledge,
) -> tuple[Alert, ...]:
    """Every alert, the gravest first."""
    drugs = [Drug(line.number, Taken(f"line/{line.number}", codes_of(line))) for line in lines]
    found: list[Alert] = []
    for drug in drugs:
        found += _allergies(drug, allergies, knowledge)
        for other in taken:
            found += _meeting(drug, other, (drug.line,), knowledge)
    for one, two in combinations(drugs, 2):
        both = (one.line, two.line)
        found += _meeting(one, two.taken, both, knowledge)
    found += _uncoded(allergies, taken, tuple(drug.line for drug in drugs), knowledge)
    unique = {alert.id: alert for alert in found}
    return tuple(sorted(unique.values(), key=lambda a: (_RANK[a.severity], a.id)))


def blocking(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Those that stop a signature."""
    return tuple(alert for alert in alerts if alert.severity is AlertSeverity.HIGH)


def _allergies(drug: Drug, allergies: Sequence[Allergy], knowledge: Knowledge) -> Iterator[Alert]:
    formulary = knowledge.formulary
    mine = agents(drug.taken.codes, formulary)
    groups = _subgroups(drug.taken.codes)
    for allergy in allergies:
        direct = sorted(_of_allergy(allergy, formulary) & mine)
        related = sorted(_subgroups(allergy.codes) & groups)
        if direct:
            severity, agent = AlertSeverity.HIGH, direct[0]
        elif related:
            critical = allergy.criticality is not Criticality.LOW
            severity = AlertSeverity.HIGH if critical else AlertSeverity.MODERATE
            agent = related[0]
        else:
            continue
        yield _alert(
            (AlertKind.ALLERGY, severity),
            (drug.line,),
            (agent,),
            allergy.source,
            knowledge.text("allergy" if direct else "allergy_related"),
        )


def _of_allergy(allergy: Allergy, formulary: Formulary) -> frozenset[str]:
    """What the allergy is to: its codes and the substances of its ATC codes, no class above."""
    substances = {
        f"substance:{s}"
        for code in allergy.codes
        for s in formulary.substances.get(code.removeprefix("atc:"), ())
    }
    return frozenset(allergy.codes) | substances


def _subgroups(codes: Iterable[str]) -> frozenset[str]:
    """Chemical subgroups of ATC codes of level 5."""
    return frozenset(
        code[: len("atc:") + _SUBGROUP]
        for code in codes
        if code.startswith("atc:") and len(code) == len("atc:") + _LEVELS[-1]
    )


def _meeting(
    drug: Drug,
    other: Taken,
    lines: tuple[int, ...],
    knowledge: Knowledge,
) -> Iterator[Alert]:
    formulary = knowledge.formulary
    mine, theirs = agents(drug.taken.codes, formulary), agents(other.codes, formulary)
    same = sorted(a for a in mine & theirs if _is_drug(a))
    related = sorted(_subgroups(drug.taken.codes) & _subgroups(other.codes))
    kind = AlertKind.DUPLICATE
    if same:
        text = knowledge.text("duplicate")
        yield _alert((kind, AlertSeverity.HIGH), lines, (same[0],), other.source, text)
    elif related:
        text = knowledge.text("duplicate_related")
        yield _alert((kind, AlertSeverity.MODERATE), lines, (related[0],), other.source, text)
    for agent in sorted(mine):
        for counterpart, known in knowledge.interactions.by_agent.get(agent, ()):
            if counterpart in theirs:
                yield _alert(
                    (AlertKind.INTERACTION, _SEVERITY[known.severity]),
                    lines,
                    tuple(sorted((agent, counterpart))),
                    other.source,
                    {"es": known.es, "pt": known.pt, "en": known.en}[knowledge.language],
                )


def _is_drug(agent: str) -> bool:
    """Whether it is one drug, not a class."""
    return agent.startswith("substance:") or len(agent) == len("atc:") + _LEVELS[-1]


def _uncoded(
    allergies: Sequence[Allergy],
    taken: Sequence[Taken],
    lines: tuple[int, ...],
    knowledge: Knowledge,
) -> Iterator[Alert]:
    weight = (AlertKind.UNCODED, AlertSeverity.MODERATE)
    for source, codes in [(a.source, a.codes) for a in allergies] + [
        (t.source, t.codes) for t in taken
    ]:
        if not any(code.startswith(("atc:", "substance:")) for code in codes):
            yield _alert(weight, lines, (), source, knowledge.text("uncoded"))


def _alert(
    weight: tuple[AlertKind, AlertSeverity],
    lines: tuple[int, ...],
    found: tuple[str, ...],
    source: str,
    text: str,
) -> Alert:
    kind, severity = weight
    numbers = ",".join(str(line) for line in lines)
    return Alert(
        id=":".join((kind.value, numbers, source, "+".join(found))),
        kind=kind,
        severity=severity,
        lines=lines,
        agents=found,
        source=source,
        text=text,
    )
