"""What codes stand for: a medicine's substances, its ATC classes, and its groups.

Everything that is compared is compared as agents. A code that nobody can read is said to be so;
it never counts as compared.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, Protocol

from telesalud.orders.medicines.facts import LEVELS, WHOLE, facts

_PREFIX: Final = len("atc:")
_SUBGROUP: Final = _PREFIX + LEVELS[3]
_UNRELATED: Final = (
    "A01",
    "A07AA",
    "B05",
    "C05",
    "D",
    "G01",
    "M02",
    "R01",
    "R02",
    "S",
    "V03",
    "J04AM",
)
"""Parts of the ATC that gather what is used in one place, whatever its chemistry; so do the
subgroups of others, which end in X."""


class Own(Protocol):
    """What an institution's formulary adds to the facts."""

    @property
    def substances(self) -> Mapping[str, frozenset[str]]:
        """Of whole ATC codes."""

    @property
    def atc_of(self) -> Mapping[str, frozenset[str]]:
        """Whole ATC codes of single substances."""


class Read(NamedTuple):
    """What was understood of some codes."""

    agents: frozenset[str]
    """`substance:`, `atc:` of every level, `group:`."""
    substances: frozenset[str]
    unread: tuple[str, ...]
    """Codes that nobody can read."""

    @property
    def readable(self) -> bool:
        """Whether every code was understood, and there was one."""
        return bool(self.agents) and not self.unread


def read(codes: Iterable[str], own: Own) -> Read:
    """What the codes stand for."""
    agents: set[str] = set()
    substances: set[str] = set()
    unread: list[str] = []
    for code in codes:
        kind, _, value = code.partition(":")
        if kind == "substance":
            found = _substance(value, own)
            if found is None:
                unread.append(code)
            elif found.startswith("group:"):
                agents.add(found)
            else:
                substances.add(found)
        elif kind == "atc":
            members = _members(value, own)
            if members is None:
                unread.append(code)
                continue
            agents |= _levels(value)
            substances |= members
        elif kind == "group" and value in facts().groups:
            agents.add(code)
        else:
            unread.append(code)
    for name in substances:
        agents |= _of_substance(name, own)
    return Read(frozenset(_with_groups(agents, substances)), frozenset(substances), tuple(unread))


def direct(codes: Iterable[str], own: Own) -> Read:
    """What an allergy is to: its substances, and its classes as they are named, none above."""
    codes = tuple(codes)
    whole = read(codes, own)
    named = {code for code in codes if code not in whole.unread}
    named |= {f"substance:{name}" for name in whole.substances}
    named |= {agent for agent in whole.agents if agent.startswith("group:") and agent in named}
    aliases = {agent for agent in whole.agents if _alias(agent, codes)}
    return Read(frozenset(named | aliases), whole.substances, whole.unread)


def subgroups(found: Read) -> frozenset[str]:
    """Chemical subgroups (ATC level 4) that make relatives of whole ATC codes."""
    return frozenset(
        agent[:_SUBGROUP]
        for agent in found.agents
        if agent.startswith("atc:")
        and len(agent) == _PREFIX + WHOLE
        and not agent[_PREFIX:].startswith(_UNRELATED)
        and agent[_SUBGROUP - 1] != "X"
    )


def canonical(name: str) -> str:
    """A substance's name as the facts have it, or as it is when they do not know it."""
    if name in facts().substances:
        return name
    found = facts().find(name.replace("-", " ")) or ""
    return found.removeprefix("substance:") if found.startswith("substance:") else name


def name_of(code: str, language: str) -> str:
    """A code in words: the substance, the group, or an ATC code's substances."""
    known, (kind, _, value) = facts(), code.partition(":")
    if kind == "substance":
        found = known.substances.get(value)
        return found.names[language] if found else value.replace("-", " ")
    if kind == "group" and value in known.groups:
        return known.groups[value].names[language]
    if kind == "atc" and value in known.by_atc:
        return " + ".join(name_of(f"substance:{one}", language) for one in known.by_atc[value])
    return f"ATC {value}" if kind == "atc" else value


def names_of(codes: Iterable[str], language: str) -> str:
    """Some codes in words, each once."""
    return ", ".join(dict.fromkeys(name_of(code, language) for code in codes))


def _alias(agent: str, codes: Iterable[str]) -> bool:
    """Whether a `substance:` code turned out to name this group."""
    return agent.startswith("group:") and any(
        facts().find(code.partition(":")[2].replace("-", " ")) == agent
        for code in codes
        if code.startswith("substance:")
    )


def _substance(value: str, own: Own) -> str | None:
    """The substance (or `group:`) that a name stands for, in whatever language it is."""
    if value in facts().substances or value in own.atc_of:
        return value
    found = facts().find(value.replace("-", " "))
    return found.removeprefix("substance:") if found else None


def _members(code: str, own: Own) -> frozenset[str] | None:
    """Substances of an ATC code, none for a class; None when the code is not known."""
    known = facts()
    if len(code) < WHOLE:
        return frozenset() if code in known.classes else None
    if code in known.by_atc:
        return frozenset(known.by_atc[code]) | own.substances.get(code, frozenset())
    if code in own.substances:
        return own.substances[code]
    return frozenset() if code[: LEVELS[3]] in known.classes else None


def _levels(code: str) -> set[str]:
    return {f"atc:{code[:n]}" for n in LEVELS if n <= len(code)}


def _of_substance(name: str, own: Own) -> set[str]:
    found = facts().substances.get(name)
    codes = {*(found.atc if found else ()), *own.atc_of.get(name, ())}
    return {f"substance:{name}"} | {level for code in codes for level in _levels(code)}


def _with_groups(agents: set[str], substances: set[str]) -> set[str]:
    """With the groups of each agent, and the groups of those groups."""
    known, found = facts(), set(agents)
    fresh = agents
    while fresh:
        more = {group for agent in fresh for group in known.groups_of.get(agent, ())} - found
        fresh = {one for one in more if not _only_excluded(one, substances)}
        found |= fresh
    return found


def _only_excluded(group: str, substances: set[str]) -> bool:
    excluded = facts().groups[group.removeprefix("group:")].excluded
    return bool(substances) and {f"substance:{name}" for name in substances} <= excluded
