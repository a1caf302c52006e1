"""What people say, and the codes that they mean: `data/spoken.csv`.

A line holds codes, the best first (an index takes those it has), and phrases in Spanish and
Portuguese: words of every day, abbreviations of clinics. Titles of a classification have neither.
"""

import csv
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from telesalud.patients.terminology.text import singular, telling_words, words

_LANGUAGES: Final = ("es", "pt")
_SHORTEST: Final = 3
"""Letters from which a beginning is looked for."""
_MOST: Final = 5
"""Codes that come first when the phrase was not said to its end."""
_NEAR: Final = 0.78
"""How alike a mistyped word is to the one that was meant."""
_EXTERNAL: Final = "P"
"""Codes of ICD-11 chapter 23: external causes."""
_INTENT: Final = ("PB8", "PB9", "PC", "PD", "PE", "PF", "PG", "PH", "PJ2")
"""Those of self-harm, assault, maltreatment and undetermined intent."""
_ASKING_INTENT: Final = (
    "agre",
    "asal",
    "assa",
    "atac",
    "atta",
    "autol",
    "autoag",
    "abus",
    "esfaq",
    "facad",
    "fuga",
    "harm",
    "homic",
    "maltr",
    "maus",
    "negli",
    "pega",
    "self",
    "suic",
    "viol",
)
"""How words begin that ask for violence or self-harm."""
_ASKING: Final = (
    *_ASKING_INTENT,
    "accid",
    "acid",
    "atrop",
    "caid",
    "choq",
    "colis",
    "expos",
    "fall",
    "mord",
    "pica",
    "qued",
)
"""How words begin that ask for external causes of any kind."""


class _Phrase(NamedTuple):
    text: str
    """Folded words, one blank between."""
    spaced: str
    telling: frozenset[str]
    language: str
    codes: tuple[str, ...]


def codes_said(query: str, language: str) -> list[str]:
    """Codes that people mean by this, the nearest first; none when nobody says so."""
    asked, telling = " ".join(words(query)), telling_words(query)
    if not asked:
        return []
    long = [singular(word) for word in telling if len(word) >= _SHORTEST]
    ranked = []
    for place, phrase in enumerate(_phrases()):
        rank = _rank(asked, telling, long, phrase)
        if rank is not None:
            ranked.append(((rank, phrase.language != language, place), phrase))
    ranked.sort(key=lambda one: one[0])
    exact = [phrase for (rank, *_), phrase in ranked if rank == 0]
    if exact:
        return _codes(exact)
    return _codes(phrase for _, phrase in ranked)[:_MOST]


def meant(query: str) -> str | None:
    """The query with its mistyped words put right, or None when there is nothing to put right."""
    vocabulary = _vocabulary()
    corrected = [_nearest(word, vocabulary) for word in words(query)]
    return " ".join(corrected) if corrected != words(query) else None


def is_external(code: str) -> bool:
    """Whether a code of ICD-11 says how somebody was hurt, and by whom."""
    return code.startswith(_EXTERNAL)


def accuses(code: str) -> bool:
    """Whether a code says that somebody did it, to themselves or to others, or may have."""
    return code.startswith(_INTENT)


def asks_for_external(spoken: Sequence[str]) -> bool:
    """Whether these folded words ask for how somebody was hurt."""
    return any(word.startswith(_ASKING) for word in spoken)


def asks_for_intent(spoken: Sequence[str]) -> bool:
    """Whether these folded words ask for violence or self-harm."""
    return any(word.startswith(_ASKING_INTENT) for word in spoken)


def _rank(asked: str, telling: Sequence[str], long: Sequence[str], phrase: _Phrase) -> int | None:
    """0: said so; 1: begun so; 2: every word begins one of the phrase; 3: the phrase and more."""
    if phrase.text == asked:
        return 0
    if len(asked) >= _SHORTEST and phrase.text.startswith(asked):
        return 1
    if long and all(f" {word}" in phrase.spaced for word in long):
        return 2
    if len(phrase.telling) > 1 and phrase.telling.issubset(telling):
        return 3
    return None


def _codes(phrases: Iterable[_Phrase]) -> list[str]:
    return list(dict.fromkeys(code for phrase in phrases for code in phrase.codes))


def _nearest(word: str, vocabulary: Sequence[str]) -> str:
    if len(word) <= _SHORTEST or word in vocabulary:
        return word
    alike = [one for one in vocabulary if one[0] == word[0] and abs(len(one) - len(word)) <= 2]
    near = get_close_matches(word, alike, n=1, cutoff=_NEAR)
    return near[0] if near else word


@cache
def _vocabulary() -> tuple[str, ...]:
    every = {word for phrase in _phrases() for word in phrase.text.split()}
    return tuple(sorted(word for word in every if len(word) > _SHORTEST))


@cache
def _phrases() -> tuple[_Phrase, ...]:
    text = files(__package__).joinpath("data", "spoken.csv").read_text("utf-8")
    return tuple(
        _Phrase(
            text=" ".join(words(phrase)),
            spaced=" " + " ".join(words(phrase)),
            telling=frozenset(telling_words(phrase)),
            language=language,
            codes=tuple(row["codes"].split()),
        )
        for row in csv.DictReader(text.splitlines(), delimiter=";")
        for language in _LANGUAGES
        for phrase in row[language].split("|")
    )
