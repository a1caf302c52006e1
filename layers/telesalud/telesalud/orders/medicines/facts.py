"""The facts that checks go by, read once per process from `data/`.

Codes are those of the WHO Collaborating Centre's ATC; the selection, the names, the groups and all
sentences are ours (docs/decisions/0730). A substance is named by its International Nonproprietary
Name in lower case with hyphens; a group by a word of ours.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from telesalud.orders.medicines.words import skeleton, without_salt

EDITION: Final = "2026-12-01"
"""Of the data: kept with each signature, and to be changed with them."""
LANGUAGES: Final = ("es", "pt", "en")
LEVELS: Final = (1, 3, 4, 5, 7)
"""Lengths of ATC codes, level by level."""
WHOLE: Final = LEVELS[-1]


class Substance(NamedTuple):
    """A substance with its ATC codes, one for each of its uses."""

    name: str
    atc: tuple[str, ...]
    names: Mapping[str, str]
    """By language."""
    synonyms: tuple[str, ...]
    washout_days: int
    """How long after the last dose it still interacts."""


class Group(NamedTuple):
    """Medicines (or, without members, other things) that are named together."""

    key: str
    names: Mapping[str, str]
    members: tuple[str, ...]
    """`atc:`, `substance:` and `group:` agents."""
    excluded: frozenset[str]
    """Substances that its ATC classes hold and it does not mean."""
    synonyms: tuple[str, ...]
    kind: str
    """`drug`, `food` or `other` in the pick list of allergies; empty when it is not in it."""


class Known(NamedTuple):
    """A row of the table of interactions."""

    first: str
    second: str
    severity: str
    effect: Mapping[str, str]
    advice: Mapping[str, str]
    source: str


class Cross(NamedTuple):
    """Who is allergic to the one may react to the other."""

    grade: str
    text: Mapping[str, str]
    source: str


class Limit(NamedTuple):
    """The most of a substance by a route, in mg or IU; None where nothing is known."""

    routes: frozenset[str]
    unit: str
    single: float | None
    daily: float | None
    child_single_kg: float | None
    child_daily_kg: float | None
    min_age_months: int
    age_grade: str
    source: str


class Rhythm(NamedTuple):
    """The most of a substance in seven days, in mg or IU, and whether it is for one day of them."""

    routes: frozenset[str]
    unit: str
    once_a_week: bool
    weekly: float
    source: str


@dataclass(frozen=True)
class Facts:
    """Everything, by what it is looked up by."""

    substances: Mapping[str, Substance]
    by_atc: Mapping[str, tuple[str, ...]]
    """Substances of a whole ATC code, combinations included."""
    classes: frozenset[str]
    """ATC codes of the levels 1 to 4."""
    groups: Mapping[str, Group]
    groups_of: Mapping[str, frozenset[str]]
    """Groups by a member's agent."""
    interactions: Mapping[str, tuple[tuple[str, Known], ...]]
    """By either agent: the other, and the row."""
    crosses: Mapping[tuple[str, str], Cross]
    duplicates: Mapping[str, str]
    limits: Mapping[str, tuple[Limit, ...]]
    rhythms: Mapping[str, Rhythm]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def find(self, text: str) -> str | None:
        """The code of what somebody typed, or None."""
        for form in (text, without_salt(text)):
            found = _names().get(skeleton(form))
            if found is not None:
                return found
        return None


@cache
def facts() -> Facts:
    """The facts; 30 ms the first time."""
    substances = {one.name: one for one in _substances()}
    groups = {one.key: one for one in _groups()}
    by_atc: dict[str, tuple[str, ...]] = {
        code: (one.name,) for one in substances.values() for code in one.atc
    }
    by_atc |= {row["atc"]: _parts(row["substances"]) for row in _rows("combinations.csv")}
    level4 = _text("atc_groups.txt").split()
    texts: Mapping[str, Mapping[str, str]] = _json("alert_texts.json")
    return Facts(
        substances=substances,
        by_atc=by_atc,
        classes=frozenset(code[:n] for code in level4 for n in LEVELS[:-1]),
        groups=groups,
        groups_of=_memberships(groups),
        interactions=_interactions(),
        crosses={
            (row["allergy"], row["medicine"]): Cross(
                row["grade"], texts[f"cross_{row['text']}"], row["source"]
            )
            for row in _rows("cross_reactivity.csv")
        },
        duplicates={row["group"]: row["severity"] for row in _rows("duplicates.csv")},
        limits=_limits(),
        rhythms=_rhythms(),
        texts=texts,
    )


def _substances() -> Iterator[Substance]:
    for row in _rows("substances.csv"):
        name = row["substance"]
        yield Substance(
            name=name,
            atc=_parts(row["atc"]),
            names={"es": row["es"], "pt": row["pt"], "en": name.replace("-", " ")},
            synonyms=_parts(row["synonyms"]),
            washout_days=int(row["washout_days"] or 0),
        )


def _groups() -> Iterator[Group]:
    for key, row in _json("groups.json").items():
        yield Group(
            key=key,
            names={language: row[language] for language in LANGUAGES},
            members=tuple(m for m in row["members"] if not m.startswith("-")),
            excluded=frozenset(m[1:] for m in row["members"] if m.startswith("-")),
            synonyms=tuple(row["also"]),
            kind=row["kind"],
        )


def _memberships(groups: Mapping[str, Group]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for group in groups.values():
        for member in group.members:
            found[member].add(f"group:{group.key}")
    return {member: frozenset(keys) for member, keys in found.items()}


@cache
def _names() -> Mapping[str, str]:
    """Codes by the skeletons of names; 50 ms that only what is typed needs."""
    found: dict[str, str] = {}
    for group in facts().groups.values():
        if group.kind:
            for name in (group.key, *group.names.values(), *group.synonyms):
                found[skeleton(name)] = f"group:{group.key}"
    for one in facts().substances.values():
        for name in (one.name, *one.names.values(), *one.synonyms):
            found[skeleton(name)] = f"substance:{one.name}"
    return found


def _interactions() -> Mapping[str, tuple[tuple[str, Known], ...]]:
    texts = _json("interaction_texts.json")
    found: dict[str, list[tuple[str, Known]]] = defaultdict(list)
    for row in _rows("interactions.csv"):
        known = Known(
            row["first"],
            row["second"],
            row["severity"],
            texts["effects"][row["effect"]],
            texts["advice"][row["advice"]],
            row["source"],
        )
        found[known.first].append((known.second, known))
        if known.first != known.second:
            found[known.second].append((known.first, known))
    return {agent: tuple(rows) for agent, rows in found.items()}


def _limits() -> Mapping[str, tuple[Limit, ...]]:
    found: dict[str, list[Limit]] = defaultdict(list)
    for row in _rows("doses.csv"):
        limit = Limit(
            routes=frozenset(_parts(row["routes"])),
            unit=row["unit"],
            single=_number(row["single"]),
            daily=_number(row["daily"]),
            child_single_kg=_number(row["child_single_kg"]),
            child_daily_kg=_number(row["child_daily_kg"]),
            min_age_months=int(row["min_age_months"]),
            age_grade=row["age_grade"],
            source=row["source"],
        )
        found[row["substance"]].append(limit)
    return {name: tuple(rows) for name, rows in found.items()}


def _rhythms() -> Mapping[str, Rhythm]:
    return {
        row["substance"]: Rhythm(
            routes=frozenset(_parts(row["routes"])),
            unit=row["unit"],
            once_a_week=row["once_a_week"] == "yes",
            weekly=float(row["weekly"]),
            source=row["source"],
        )
        for row in _rows("rhythms.csv")
    }


def _number(text: str) -> float | None:
    return float(text) if text else None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def _text(name: str) -> str:
    return (files("telesalud.orders.medicines") / "data" / name).read_text("utf-8")


def _rows(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(_text(name)))


def _json(name: str) -> Any:
    return json.loads(_text(name))
