"""Whether two registrations are likely to be one person, with the reasons, for a person to judge.

A sum of weights for agreeing and disagreeing attributes, after Fellegi and Sunter ("A theory for
record linkage", JASA 64, 1969); the weights are ours, set so that twins of different names, and
father and son of the same name, stay below `PROBABLE`. Nothing is merged by this score.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from telesalud.patients.people.identity_documents import Document
from telesalud.patients.people.names import similarity, tokens

PROBABLE: Final = 70
"""From here on registration stops and asks; at or above 90 it is practically certain."""

POSSIBLE: Final = 45
"""From here on the candidate is shown."""

_EQUAL: Final = 0.985
_ALIKE: Final = 0.88
_FEW_DAYS: Final = 7
_GENERATION: Final = 14


class Reason(StrEnum):
    """What spoke for or against; the interface translates it."""

    SAME_DOCUMENT = "same-document"
    OTHER_DOCUMENT = "other-document"
    SAME_BIRTH_DATE = "same-birth-date"
    BIRTH_DAY_AND_MONTH_SWAPPED = "birth-day-and-month-swapped"
    CLOSE_BIRTH_DATE = "close-birth-date"
    OTHER_BIRTH_DATE = "other-birth-date"
    SAME_NAMES = "same-names"
    SIMILAR_NAMES = "similar-names"
    OTHER_NAMES = "other-names"
    SAME_SURNAMES = "same-surnames"
    SIMILAR_SURNAMES = "similar-surnames"
    OTHER_SURNAMES = "other-surnames"
    SAME_CONTACT = "same-contact"
    OTHER_SEX = "other-sex"


WEIGHTS: Final = {
    Reason.SAME_DOCUMENT: 75,
    Reason.OTHER_DOCUMENT: -25,
    Reason.SAME_BIRTH_DATE: 35,
    Reason.BIRTH_DAY_AND_MONTH_SWAPPED: 25,
    Reason.CLOSE_BIRTH_DATE: 20,
    Reason.OTHER_BIRTH_DATE: -20,
    Reason.SAME_NAMES: 25,
    Reason.SIMILAR_NAMES: 18,
    Reason.OTHER_NAMES: -20,
    Reason.SAME_SURNAMES: 25,
    Reason.SIMILAR_SURNAMES: 18,
    Reason.OTHER_SURNAMES: -10,
    Reason.SAME_CONTACT: 8,
    Reason.OTHER_SEX: -10,
}


@dataclass(frozen=True, slots=True)
class Person:
    """What is compared. `contacts` are telephone numbers or addresses in canonical form."""

    given_names: str
    surnames: str
    birth_date: date | None = None
    birth_estimated: bool = False
    sex: str | None = None
    documents: frozenset[Document] = frozenset()
    contacts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """`score` is 0 to 100; `reasons` are the weightiest first."""

    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_probable(self) -> bool:
        """Whether a registration has to be confirmed before it goes on."""
        return self.score >= PROBABLE


def compare(one: Person, other: Person) -> Match:
    """How likely two registrations are one person. The order of the two does not matter."""
    reasons = [
        *_documents(one.documents, other.documents),
        *_births(one, other),
        *_names(one, other),
    ]
    if one.contacts & other.contacts:
        reasons.append(Reason.SAME_CONTACT)
    if one.sex and other.sex and one.sex != other.sex:
        reasons.append(Reason.OTHER_SEX)
    score = sum(WEIGHTS[reason] for reason in reasons)
    if Reason.SAME_DOCUMENT in reasons:
        # One document belongs to one person: either it is they, or somebody mistyped. Always ask.
        score = max(score, PROBABLE)
    ordered = sorted(reasons, key=lambda reason: (-abs(WEIGHTS[reason]), reason))
    return Match(min(max(score, 0), 100), tuple(ordered))


def rank(person: Person, others: Iterable[tuple[str, Person]]) -> list[tuple[str, Match]]:
    """The candidates (id, person) that are at least possible, likeliest first."""
    matches = [(identifier, compare(person, other)) for identifier, other in others]
    found = [pair for pair in matches if pair[1].score >= POSSIBLE]
    return sorted(found, key=lambda pair: (-pair[1].score, pair[0]))


def _documents(one: frozenset[Document], other: frozenset[Document]) -> Iterator[Reason]:
    if one & other:
        yield Reason.SAME_DOCUMENT
        return
    kinds = {(document.country, document.kind) for document in one}
    if any((document.country, document.kind) in kinds for document in other):
        yield Reason.OTHER_DOCUMENT


def _births(one: Person, other: Person) -> Iterator[Reason]:
    a, b = one.birth_date, other.birth_date
    if a is None or b is None:
        return
    estimated = one.birth_estimated or other.birth_estimated
    if a == b and not estimated:
        yield Reason.SAME_BIRTH_DATE
    elif (a.year, a.month, a.day) == (b.year, b.day, b.month) and not estimated:
        yield Reason.BIRTH_DAY_AND_MONTH_SWAPPED
    elif _close(a, b, estimated=estimated):
        yield Reason.CLOSE_BIRTH_DATE
    else:
        yield Reason.OTHER_BIRTH_DATE


def _close(a: date, b: date, *, estimated: bool) -> bool:
    """Two years apart at most if one is an estimate; else a few days, or one part of the date.

    A year that differs by as much as a generation is no slip, so are parent and child told apart,
    unless the century was mistyped or its digits changed places: 1948 for 1984.
    """
    if estimated:
        return abs((a - b).days) <= 731
    if abs((a - b).days) <= _FEW_DAYS:
        return True
    one_part = (a.year == b.year) + (a.month == b.month) + (a.day == b.day) == 2
    slip = a.year % 100 == b.year % 100 or sorted(str(a.year)) == sorted(str(b.year))
    return one_part and (abs(a.year - b.year) < _GENERATION or slip)


def _names(one: Person, other: Person) -> Iterator[Reason]:
    for a, b, same, similar, differing in (
        (
            one.given_names,
            other.given_names,
            Reason.SAME_NAMES,
            Reason.SIMILAR_NAMES,
            Reason.OTHER_NAMES,
        ),
        (
            one.surnames,
            other.surnames,
            Reason.SAME_SURNAMES,
            Reason.SIMILAR_SURNAMES,
            Reason.OTHER_SURNAMES,
        ),
    ):
        if not tokens(a) or not tokens(b):
            continue
        alike = similarity(a, b)
        yield same if alike >= _EQUAL else similar if alike >= _ALIKE else differing
