"""Interactions: our table of classes (`data/interactions.csv`), and the institution's own.

Two medicines get one alert: the gravest row that joins them, with what the table's other rows say
added. Where both tables know a pair alike, the institution's words are taken. What is used in one
place only (eye, skin) is one step milder.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from schemas.formulary import InteractionSeverity
from schemas.prescriptions import Alert, AlertKind, AlertSeverity
from telesalud.orders.medicines.agents import Read
from telesalud.orders.medicines.facts import Known, facts
from telesalud.orders.medicines.parts import Against, Medicine, Said, alert, milder, pair_key

SEVERITY: Final[Mapping[InteractionSeverity, AlertSeverity]] = {
    InteractionSeverity.CONTRAINDICATED: AlertSeverity.HIGH,
    InteractionSeverity.MAJOR: AlertSeverity.HIGH,
    InteractionSeverity.MODERATE: AlertSeverity.MODERATE,
    InteractionSeverity.MINOR: AlertSeverity.LOW,
}
_ORDER: Final = list(SEVERITY)


class _Row(NamedTuple):
    severity: InteractionSeverity
    ours: bool
    agents: tuple[str, str]
    text: str
    advice: str
    source: str


def check(
    one: Medicine, mine: Read, other: Medicine, theirs: Read, against: Against
) -> Iterator[Alert]:
    """The interaction of two medicines, where one is known."""
    if mine.substances and mine.substances == theirs.substances:
        return  # the same medicine twice is a duplicate
    rows = sorted(
        {*_ours(mine, theirs, against.language), *_own(mine, theirs, against)},
        key=lambda row: (_ORDER.index(row.severity), row.ours, row.agents),
    )
    if not rows:
        return
    gravest = rows[0]
    severity = SEVERITY[gravest.severity]
    local = one.local or other.local
    texts = dict.fromkeys(row.text for row in rows if row.ours is gravest.ours)
    advice = next((row.advice for row in rows if row.advice), "")
    if local:
        severity = milder(severity)
        texts[against.text("local_use")] = None
    yield alert(
        (AlertKind.INTERACTION, severity),
        (*one.lines, *other.lines),
        gravest.agents,
        other.source,
        Said(
            text=" ".join(texts),
            advice=advice,
            first=one.name,
            second=other.name,
            reference=gravest.source,
            contraindicated=gravest.severity is InteractionSeverity.CONTRAINDICATED and not local,
        ),
    )


def knows(read: Read, against: Against) -> bool:
    """Whether any table could say something of this medicine."""
    known = read.substances & facts().substances.keys()
    return bool(known) or not read.agents.isdisjoint(against.table.agents)


def _ours(mine: Read, theirs: Read, language: str) -> Iterator[_Row]:
    table = facts().interactions
    for agent in mine.agents:
        for counterpart, known in table.get(agent, ()):
            if counterpart in theirs.agents:
                yield _row(known, (agent, counterpart), language)


def _row(known: Known, agents: tuple[str, str], language: str) -> _Row:
    first, second = sorted(agents)
    return _Row(
        InteractionSeverity(known.severity),
        True,
        (first, second),
        known.effect[language],
        known.advice[language],
        known.source,
    )


def _own(mine: Read, theirs: Read, against: Against) -> Iterator[_Row]:
    table = against.table
    for agent in mine.agents & table.agents:
        for counterpart in theirs.agents & table.agents:
            known = table.by_pair.get(pair_key(agent, counterpart))
            if known is not None:
                first, second = sorted((agent, counterpart))
                text = known.said(against.language)
                text = text or against.text(f"severity_{known.severity.value}")
                yield _Row(known.severity, False, (first, second), text, "", known.source)
