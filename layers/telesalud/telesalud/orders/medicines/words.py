"""Names of medicines as people write them, in Spanish, Portuguese or English.

International names differ between the three languages by spelling rules, so most are found without
a list: `skeleton` takes away what the rules change. What no rule explains (aspirina, dipirona) is a
synonym in `data/substances.csv`.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final

_SHORT: Final = 2
_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
_SPELLING: Final = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"ph", "f"),
        (r"th", "t"),
        (r"[ckqxzs]h?u?(?=[eiy])", "c"),  # quetiapine, cetiapina; chetamina
        (r"[ckqzs]", "c"),
        (r"h", ""),
        (r"w", "v"),
        (r"y", "i"),
        (r"m(?=[ctdlrv])", "n"),  # simvastatin, sinvastatina; amlodipine, anlodipino
        (r"(.)\1+", r"\1"),
        (r"^ec(?=[tpc])", "c"),  # espironolactona, spironolactone
        (r"(um|us)$", ""),
        (r"[aeio]$", ""),
    )
)


def fold(text: str) -> str:
    """Lower case without accents, words parted by one blank."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain).strip()


@cache
def skeleton(text: str) -> str:
    """What is left of a name without what spelling rules change between the languages."""
    return " ".join(_bone(word) for word in fold(text).split())


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of a file in `data/`."""
    path = files("telesalud.orders.medicines") / "data" / f"{name}.txt"
    return frozenset(path.read_text("utf-8").split())


def without_salt(text: str) -> str:
    """The name without the words of its salt, unless nothing else is left."""
    words = fold(text).split()
    rest = [word for word in words if word not in word_list("salts")]
    return " ".join(rest or words)


def _bone(word: str) -> str:
    if len(word) <= _SHORT:
        return word  # vitamina C, vitamina K
    for pattern, put in _SPELLING:
        word = pattern.sub(put, word)
    return word
