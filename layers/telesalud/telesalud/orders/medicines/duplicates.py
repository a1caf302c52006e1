"""Duplicates: the same substance, one therapeutic group, one chemical subgroup.

Two presentations of one medicine in one prescription complement each other (levothyroxine 100 and
25 micrograms): that is said mildly. What acts in different places (eye and mouth) is no duplicate.
"""

from collections.abc import Iterator
from typing import Final

from schemas.prescriptions import Alert, AlertKind, AlertSeverity
from telesalud.orders.medicines.agents import Read, name_of, subgroups
from telesalud.orders.medicines.facts import facts
from telesalud.orders.medicines.parts import RANK, Against, Medicine, Said, alert

_NEVER: Final = ("atc:A10A", "atc:A11", "atc:A12", "atc:B05", "atc:J07", "atc:J05A", "atc:J04A")
"""Insulins, vitamins, minerals, solutions, vaccines; antivirals and tuberculosis are treated by
several at once. Only the same substance is a duplicate there."""
_PARTNERS: Final = frozenset(
    {"clavulanic-acid", "sulbactam", "tazobactam", "caffeine", "carbidopa"}
)
"""Never a treatment of their own."""


def check(
    one: Medicine, mine: Read, other: Medicine, theirs: Read, against: Against
) -> Iterator[Alert]:
    """The duplicate that two medicines are, where they are one."""
    if one.over or other.over or _apart(one, other):
        return
    same = sorted((mine.substances & theirs.substances) - _PARTNERS)
    if same:
        complement = mine.substances == theirs.substances and _complement(one, other)
        yield _same(one, other, f"substance:{same[0]}", complement, against)
        return
    if any(agent.startswith(_NEVER) for agent in mine.agents & theirs.agents):
        return
    shared = mine.agents & theirs.agents
    groups = [
        (RANK[AlertSeverity(severity)], key)
        for key, severity in facts().duplicates.items()
        if f"group:{key}" in shared
    ]
    if groups:
        key = min(groups)[1]
        group = name_of(f"group:{key}", against.language)
        severity = AlertSeverity(facts().duplicates[key])
        text = against.text("duplicate_group", group=group)
        yield _alert((one, other), f"group:{key}", severity, (text, "duplicate_advice"), against)
        return
    if related := sorted(subgroups(mine) & subgroups(theirs)):
        text = against.text("duplicate_related")
        severity = AlertSeverity.MODERATE
        yield _alert((one, other), related[0], severity, (text, "duplicate_advice"), against)


def _complement(one: Medicine, other: Medicine) -> bool:
    """Whether they are two presentations that are meant to go together."""
    insulins = {code for code in (*one.codes, *other.codes) if code.startswith("atc:A10A")}
    return len(insulins) > 1 or bool(one.lines and other.lines and one.item != other.item)


def _same(one: Medicine, other: Medicine, agent: str, mild: bool, against: Against) -> Alert:
    if mild:
        text, advice = against.text("duplicate_strengths"), "strengths_advice"
        return _alert((one, other), agent, AlertSeverity.LOW, (text, advice), against)
    said = (against.text("duplicate"), "duplicate_advice")
    return _alert((one, other), agent, AlertSeverity.HIGH, said, against)


def _apart(one: Medicine, other: Medicine) -> bool:
    """Whether they act in different places."""
    if one.local or other.local:
        return one.route is not other.route
    return False


def _alert(
    pair: tuple[Medicine, Medicine],
    agent: str,
    severity: AlertSeverity,
    said: tuple[str, str],
    against: Against,
) -> Alert:
    (one, other), (text, advice) = pair, said
    lines = (*one.lines, *other.lines)
    words = Said(text, against.text(advice), first=one.name, second=other.name)
    return alert((AlertKind.DUPLICATE, severity), lines, (agent,), other.source, words)
