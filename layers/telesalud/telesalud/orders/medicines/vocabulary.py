"""Finding the code of what a patient is allergic to, or takes, by the words that people use."""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from schemas.formulary import Term, TermKind, TermList, TermPurpose, TermSearch
from telesalud.orders.medicines.facts import facts
from telesalud.orders.medicines.words import fold, skeleton
from telesalud.orders.policy import GRANTS, SEARCH
from telesalud.platform.access import require
from telesalud.platform.work import Call

_MOST: Final = 20
_KINDS: Final = {"drug": TermKind.GROUP, "food": TermKind.FOOD, "other": TermKind.OTHER}


class _Entry(NamedTuple):
    code: str
    kind: TermKind
    names: dict[str, str]
    forms: tuple[str, ...]
    """Every name, folded."""
    bones: tuple[str, ...]


def search(call: Call, query: TermSearch) -> TermList:
    """What the words name, groups before substances; without words the pick list of allergies."""
    require(call.caller, SEARCH, GRANTS)
    allergy = query.purpose is TermPurpose.ALLERGY
    entries = [e for e in _entries() if allergy or e.kind is TermKind.SUBSTANCE]
    words = fold(query.q)
    if not words:
        found = [e for e in entries if e.kind is not TermKind.SUBSTANCE]
    else:
        ranked = [(rank, e) for e in entries if (rank := _rank(e, words)) is not None]
        found = [e for _, e in sorted(ranked, key=lambda pair: pair[0])][:_MOST]
    return TermList(
        items=tuple(Term(code=e.code, name=e.names[query.language], kind=e.kind) for e in found)
    )


def _rank(entry: _Entry, words: str) -> tuple[int, bool, int] | None:
    """How near an entry is: the whole name, its beginning, its words, its sound; None if not."""
    substance = entry.kind is TermKind.SUBSTANCE
    if words in entry.forms:
        return 0, substance, 0
    begun = [form for form in entry.forms if form.startswith(words)]
    if begun:
        return 1, substance, min(map(len, begun))
    wanted = [f" {word}" for word in words.split()]
    if any(all(word in f" {form}" for word in wanted) for form in entry.forms):
        return 2, substance, 0
    bone = skeleton(words)
    if len(bone) >= 3 and any(each.startswith(bone) for each in entry.bones):
        return 3, substance, 0
    return None


@cache
def _entries() -> tuple[_Entry, ...]:
    return tuple(_all())


def _all() -> Iterator[_Entry]:
    for group in facts().groups.values():
        if group.kind:
            names = (*group.names.values(), *group.synonyms)
            yield _entry(f"group:{group.key}", _KINDS[group.kind], dict(group.names), names)
    for one in facts().substances.values():
        names = (one.name, *one.names.values(), *one.synonyms)
        yield _entry(f"substance:{one.name}", TermKind.SUBSTANCE, dict(one.names), names)


def _entry(code: str, kind: TermKind, names: dict[str, str], forms: tuple[str, ...]) -> _Entry:
    return _Entry(code, kind, names, tuple(map(fold, forms)), tuple(map(skeleton, forms)))
