"""The form of an SMS: one segment of the GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1).

A letter outside the alphabet, such as á or ã, would turn the whole message to UCS-2, of which a
segment carries 70 instead of 160. Messages are therefore written without those accents.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€\f")
"""Behind an escape: they count twice."""
_ONE, _MANY = 160, 153
_UCS2_ONE, _UCS2_MANY = 70, 67
_WRITTEN: Final[Mapping[str, str]] = {
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "…": "...",
    "º": "o",
    "ª": "a",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
}
"""Letters that no decomposition turns into one of the alphabet's."""
_ABBREVIATED: Final[Mapping[str, str]] = {
    "hospital": "Hosp.",
    "nacional": "Nac.",
    "regional": "Reg.",
    "general": "Gral.",
    "municipal": "Mun.",
    "universitario": "Univ.",
    "universitário": "Univ.",
    "centro": "Ctro.",
    "clínica": "Clin.",
    "clinica": "Clin.",
    "policlínico": "Policl.",
    "unidad": "Un.",
    "unidade": "Un.",
    "consultorio": "Cons.",
    "consultório": "Cons.",
    "establecimiento": "Estab.",
    "instituto": "Inst.",
    "departamento": "Dpto.",
    "doctor": "Dr.",
    "doctora": "Dra.",
    "doutor": "Dr.",
    "doutora": "Dra.",
    "nuestra": "Ntra.",
    "señora": "Sra.",
    "nossa": "N.",
    "senhora": "Sra.",
}


def septets(text: str) -> int | None:
    """How many septets the text takes; None when the alphabet lacks one of its letters."""
    if not _BASIC.union(_EXTENDED).issuperset(text):
        return None
    return len(text) + sum(letter in _EXTENDED for letter in text)


def segments(text: str) -> int:
    """How many SMS the text takes."""
    count, one, many = septets(text), _ONE, _MANY
    if count is None:
        count, one, many = len(text.encode("utf-16-be")) // 2, _UCS2_ONE, _UCS2_MANY
    return 1 if count <= one else -(-count // many)


def plain(text: str) -> str:
    """The text in the alphabet: accents that it lacks fall away, other letters are left out."""
    return "".join(map(_plain, unicodedata.normalize("NFC", text)))


def _plain(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    if letter in _WRITTEN:
        return _WRITTEN[letter]
    base = unicodedata.normalize("NFKD", letter)
    return "".join(each for each in base if each in _BASIC or each in _EXTENDED)


def shortened(name: str, most: int) -> str:
    """A name in at most so many septets: common words abbreviated, then cut behind a word."""
    whole = " ".join(plain(name).split())
    if _length(whole) <= most:
        return whole
    words = [plain(_ABBREVIATED.get(word.casefold(), word)) for word in name.split()]
    short = " ".join(filter(None, words))
    if _length(short) <= most:
        return short
    while len(words) > 1:
        words.pop()
        if words[-1].casefold() in _LINKS:
            continue
        short = " ".join(words)
        if _length(short) <= most:
            return short
    while short and _length(short) > most:
        short = short[:-1]
    return short.rstrip()


_LINKS: Final = frozenset(
    ("de", "del", "da", "do", "dos", "das", "la", "el", "las", "los", "y", "e")
)
"""A name does not end in one of these."""


def _length(text: str) -> int:
    return septets(text) or 0


def fitted(name: str, parts: Sequence[Callable[[str], str]], least: int = 12) -> str:
    """The fullest of some wordings that fits one SMS, with the name shortened as far as needed.

    `parts` are wordings from the fullest to the barest, each given the name as it is written.
    Before a name is cut below `least` septets, a barer wording is taken. When even the barest
    does not fit, as with a very long address in it, it is given without the name.
    """
    for wording in parts:
        room = _ONE - _length(wording("")) - _length(": ")
        short = shortened(name, max(room, 0))
        if room >= min(least, _length(plain(name))) and _length(wording(short)) <= _ONE:
            return wording(short)
    return parts[-1]("")
