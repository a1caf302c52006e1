"""Which characters can be printed, and how text is made ready for it.

Nothing that can be seen is ever left out: what has no glyph is refused where it is written
(`unprintable`), and on a paper that was signed before it stands as its number, `[U+1F600]`.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import BaseModel

from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.printing.fonts import covered

PAGES: Final = "\x01"
"""Stands for the number of pages until it is known; no contract lets anybody type it."""
_SPACES: Final = dict.fromkeys(map(ord, "\t\v\f"), " ")
_LINES: Final = {0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_INVISIBLE: Final = dict.fromkeys(
    (
        *(0xAD, 0x2060, 0xFEFF),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xFE00, 0xFE10),
    )
)
"""Soft hyphens, joiners, marks of direction, and choices of a glyph."""
_TABLE: Final = {**_SPACES, **_LINES, **_INVISIBLE}


def prepared(text: str) -> str:
    """The text as it is set: composed letters, a blank for a tab, nothing that has no width."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.translate(_TABLE)


def shown(text: str) -> str:
    """The prepared text with the number of each character that has no glyph in its place."""
    return "".join(c if c in _SET or covered(c) else f"[U+{ord(c):04X}]" for c in prepared(text))


_SET: Final = ("\n", PAGES)


def needs_shaping(text: str) -> bool:
    """Whether letters take their place or form by their neighbours."""
    return not text.isascii() and any(
        unicodedata.combining(c) or unicodedata.bidirectional(c) in ("R", "AL") for c in text
    )


def unprintable(text: str) -> str:
    """The characters that have no glyph, each once."""
    return "".join(dict.fromkeys(c for c in prepared(text) if c != "\n" and not covered(c)))


def refuse_unprintable(*parts: tuple[str, object]) -> None:
    """Raise Invalid for every text, at any depth below a JSON pointer, that cannot be printed."""
    faults = [
        FieldError(
            pointer,
            "unprintable",
            f"papers cannot show: {' '.join(missing)}",
            {"characters": " ".join(missing)},
        )
        for where, value in parts
        for pointer, text in _texts(where, value)
        if (missing := unprintable(text))
    ]
    if faults:
        raise Invalid("some characters cannot be printed", faults)


def _texts(where: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
        return
    inside: Iterable[tuple[object, object]] = ()
    if isinstance(value, BaseModel):
        inside = value
    elif isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list | tuple):
        inside = enumerate(value)
    for name, held in inside:
        yield from _texts(f"{where}/{name}", held)
