"""What is known of tests: what is shipped, with what an institution's own catalogue says instead.

`data/tests.csv` has names, units and what can be measured at all; `data/limits.csv` usual reference
ranges and critical limits by age and sex. An institution's entry replaces the shipped one of the
same LOINC code as a whole. Sources, and who must confirm them: docs/cases/results.md.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Final, Self

from schemas.formulary import OrderKind
from schemas.laboratory import FoundTest, OrderableTest, ReferenceLimits

_LANGUAGES: Final = ("es", "pt", "en")
_IMAGING: Final = frozenset({"36643-5"})
_SERVICES: Final = frozenset({"11524-6"})
_LOINC: Final = re.compile(r"[1-9]\d{0,6}-\d")
_WORD: Final = re.compile(r"[0-9a-z]+")
_NEAR: Final = 0.8
"""How alike a mistyped word is to the one that was meant."""


def plain(text: str) -> str:
    """Lower case words without accents, one blank between."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_WORD.findall("".join(c for c in decomposed if not unicodedata.combining(c))))


@dataclass(frozen=True, slots=True)
class Known:
    """A test and whether the institution says so."""

    test: OrderableTest
    own: bool


@dataclass(frozen=True)
class KnownTests:
    """Every test that an institution can order."""

    by_loinc: Mapping[str, Known]
    by_name: Mapping[str, Known]
    """KnownTests that are measured, by each of their names and abbreviations."""
    index: Sequence[tuple[tuple[str, ...], OrderableTest]]
    """Everything that a test is called, folded: the names first."""
    vocabulary: Sequence[str]
    """Every word of four letters or more, for what was mistyped."""

    @classmethod
    def of(cls, own: Iterable[OrderableTest] = ()) -> Self:
        """The institution's tests, and those shipped that it does not define itself."""
        mine = [Known(test, own=True) for test in own]
        defined = {known.test.loinc for known in mine if known.test.loinc}
        known = [*mine, *(Known(t, own=False) for t in shipped() if t.loinc not in defined)]
        names: dict[str, Known] = {}
        for one in reversed(known):
            if one.test.unit is not None:
                names.update(dict.fromkeys(_called(one.test), one))
        index = [(_called(one.test), one.test) for one in known]
        words = {word for called, _ in index for name in called for word in name.split()}
        return cls(
            {one.test.loinc: one for one in known if one.test.loinc},
            names,
            index,
            sorted(word for word in words if len(word) > 3),
        )

    def find(self, loinc: str | None, display: str) -> Known | None:
        """The test of a code, or of a name when there is no code."""
        return self.by_loinc.get(loinc) if loinc else self.by_name.get(plain(display))

    def search(self, text: str, language: str, kind: OrderKind | None) -> list[FoundTest]:
        """KnownTests that are called so, the nearest first; what was mistyped is guessed."""
        asked = plain(text)
        if not asked:
            return []
        found = self._matches(asked, kind)
        if not found:
            meant = [_meant(word, self.vocabulary) for word in asked.split()]
            found = self._matches(" ".join(meant), kind)
        return [_offered(test, language) for test in found]

    def _matches(self, asked: str, kind: OrderKind | None) -> list[OrderableTest]:
        ranked = []
        for place, (called, test) in enumerate(self.index):
            rank = _rank(asked, called, test)
            if rank is not None and kind in (None, test.kind):
                ranked.append((rank, place, test))
        return [test for _, _, test in sorted(ranked, key=lambda one: one[:2])]


def limits_for(test: OrderableTest, age_days: int) -> ReferenceLimits | None:
    """The limits for an age; of both sexes the wider range, since the label does not say which."""
    fitting = [
        one
        for one in test.limits
        if one.from_days <= age_days and (one.until_days is None or age_days < one.until_days)
    ]
    if not fitting:
        return None
    return ReferenceLimits(
        low=_widest(min, [one.low for one in fitting]),
        high=_widest(max, [one.high for one in fitting]),
        critical_low=max(
            (x for one in fitting if (x := one.critical_low) is not None), default=None
        ),
        critical_high=min(
            (x for one in fitting if (x := one.critical_high) is not None), default=None
        ),
    )


@cache
def shipped() -> tuple[OrderableTest, ...]:
    """What comes with the product."""
    limits: dict[str, list[ReferenceLimits]] = {}
    for row in _rows("limits.csv"):
        limits.setdefault(row.pop("loinc"), []).append(
            ReferenceLimits.model_validate(
                {name: _cell(name, text) for name, text in row.items() if text}, strict=False
            )
        )
    return tuple(_test(row, limits.get(row["loinc"], [])) for row in _rows("tests.csv"))


def _test(row: Mapping[str, str], limits: Sequence[ReferenceLimits]) -> OrderableTest:
    code = row["loinc"]
    named = {name: text for name, text in row.items() if text and name not in ("loinc", "words")}
    kind = (
        OrderKind.IMAGING
        if code in _IMAGING
        else OrderKind.SERVICE
        if code in _SERVICES
        else OrderKind.LABORATORY
    )
    numbers = {"molar_mass": float, "lowest": float, "highest": float, "charge": int}
    return OrderableTest.model_validate(
        {
            **{name: numbers.get(name, str)(text) for name, text in named.items()},
            "loinc" if _LOINC.fullmatch(code) else "code": code,
            "kind": kind,
            "words": tuple(word for word in row["words"].split("|") if word),
            "limits": tuple(limits),
        }
    )


def _cell(name: str, text: str) -> object:
    if name == "sex":
        return text
    return int(text) if name.endswith("_days") else float(text)


def _rows(name: str) -> Iterable[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text("utf-8")
    return csv.DictReader(text.splitlines(), delimiter=";")


def _called(test: OrderableTest) -> tuple[str, ...]:
    names = [plain(text) for text in (test.es, test.pt, test.en, *test.words)]
    return tuple(dict.fromkeys(name for name in names if name))


def _rank(asked: str, called: Sequence[str], test: OrderableTest) -> int | None:
    """How near: called exactly so, begun so, all words begin so; None: not."""
    if asked.replace(" ", "-") in (test.loinc, plain(test.code or "").replace(" ", "-")):
        return 0
    if asked in called:
        return 0
    if any(name.startswith(asked) for name in called):
        return 1
    words = asked.split()
    for name in called:
        if all(f" {word}" in f" {name}" for word in words):
            return 2
    everything = " ".join(("", *called))
    return 3 if all(f" {word}" in everything for word in words) else None


def _meant(word: str, vocabulary: Sequence[str]) -> str:
    near = get_close_matches(word, vocabulary, n=1, cutoff=_NEAR)
    return near[0] if near else word


def _widest(choose: Callable[[Sequence[float]], float], of: Sequence[float | None]) -> float | None:
    given = [one for one in of if one is not None]
    return choose(given) if len(given) == len(of) else None


def _offered(test: OrderableTest, language: str) -> FoundTest:
    names = dict(zip(_LANGUAGES, (test.es, test.pt, test.en), strict=True))
    return FoundTest(
        loinc=test.loinc, code=test.code, kind=test.kind, display=names[language], unit=test.unit
    )
