"""Names of people: kept as they are written, compared without accents, case or particles."""

import re
import unicodedata
from itertools import permutations
from typing import Final

import jellyfish

from telesalud.patients.terminology.text import fold
from telesalud.platform.errors import FieldError, Invalid

MAX_LENGTH: Final = 100
_LINKS = "da das de del della di do dos e el la las los van von y"
PARTICLES: Final = frozenset(_LINKS.split())
"""Spanish, Portuguese and Italian links between names, often written or left out at random."""

_APOSTROPHES = re.compile("['\u2018\u2019\u02bb\u02bc\u2032\u00b4`\ua78b\ua78c]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Soft hyphens and blanks without width, which come along with what is pasted."""
_WORD = re.compile(r"[^\W\d_]+")


def tidy(text: str, field: str = "/name") -> str:
    """The name as it will be stored: one form of Unicode (NFC), single blanks.

    A newborn without a name yet is registered as `RN 1`, so a number may be a word. Raises Invalid
    for what has no letter, is too long, or holds control characters or digits within a word.
    """
    name = unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", text).split()))
    if not _WORD.search(name):
        raise Invalid(fields=[FieldError(field, "empty", "a name has at least one letter")])
    if len(name) > MAX_LENGTH:
        raise Invalid(fields=[FieldError(field, "too-long", f"at most {MAX_LENGTH} characters")])
    if any(unicodedata.category(c)[0] == "C" for c in name):
        detail = "a name has no control characters; type it instead of pasting it"
        raise Invalid(fields=[FieldError(field, "characters", detail)])
    if any(not word.isdecimal() and any(c.isdigit() for c in word) for word in name.split()):
        detail = "a digit stands in a word of its own, as in RN 1"
        raise Invalid(fields=[FieldError(field, "digits", detail)])
    return name


def tokens(text: str) -> list[str]:
    """The words of a name for search and comparison: `María de la O'Núñez` is maria, onunez."""
    every = _WORD.findall(fold(_APOSTROPHES.sub("", text)))
    return [word for word in every if word not in PARTICLES] or every


def variants(text: str) -> list[str]:
    """What else a word is called by: of `O'Higgins`, `higgins`; of `Đặng`, `dang`.

    A stroke through a letter is no accent that Unicode could take off.
    """
    plain = [word.translate(_STROKES) for word in tokens(text)]
    others = [
        word
        for written in text.split()
        if _APOSTROPHES.search(written)
        for word in tokens(_APOSTROPHES.sub(" ", written))
        if len(word) >= _TELLING
    ]
    return others + [word for word in plain if word not in tokens(text)]


def joined(text: str) -> str:
    """The text with single letters drawn to the word that follows: `o higgins` is `ohiggins`."""
    return _SINGLE.sub(r"\1", _APOSTROPHES.sub(" ", text))


_STROKES: Final = str.maketrans("đðħłøŧƀɨʉɓɗɠəı", "ddhlotbiubdgei") | {
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("þ"): "th",
}
_TELLING: Final = 3  # letters of a part that somebody would search for
_SINGLE = re.compile(r"\b([^\W\d_])\s+(?=[^\W\d_]{2})")


def similarity(one: str, other: str) -> float:
    """How alike two names are, 0 to 1, in any order of their words.

    Words are paired for the best total of their Jaro-Winkler similarities; a name with a word
    fewer (a second given name left out) loses little. Two empty names are not alike.
    """
    short, long = sorted((tokens(one)[:_MOST], tokens(other)[:_MOST]), key=lambda t: (len(t), t))
    if not short:
        return 0.0
    alike = [[jellyfish.jaro_winkler_similarity(a, b) for b in long] for a in short]
    best = max(
        sum(alike[row][column] for row, column in enumerate(order))
        for order in permutations(range(len(long)), len(short))
    )
    return best / len(short) * (1 - _MISSING * (len(long) - len(short)))


_MOST: Final = 5  # words compared: 5! orders at most
_MISSING: Final = 0.04  # lost per word that only one of the names has
