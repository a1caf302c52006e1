"""The five delimiters of a message, and escaping (HL7 2.5.1, chapter 2, sections 2.5.4 and 2.7)."""

import re
from typing import NamedTuple

_SEQUENCE_LENGTH = 400
"""Characters; what looks like an escape and is longer is text with a stray escape character."""


class Delimiters(NamedTuple):
    """What separates the parts of a message; the usual ones are `|^~\\&`."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def encoding_characters(self) -> str:
        """MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent


USUAL = Delimiters()


def unescape(text: str, delimiters: Delimiters, charset: str = "utf-8") -> str:
    """Text as a person reads it.

    Line breaks of formatted text (`.br`, `.sp`) become line ends, hexadecimal data is read in the
    message's `charset`, highlighting is dropped. What is not known stays as it was written, so
    that nothing is lost.
    """
    mark = delimiters.escape
    if not mark or mark not in text:
        return text
    sequence = re.compile(
        f"{re.escape(mark)}([^{re.escape(mark)}\r\n]{{1,{_SEQUENCE_LENGTH}}}){re.escape(mark)}"
    )
    return sequence.sub(lambda match: _meaning(match, delimiters, charset), text)


def _meaning(match: re.Match[str], delimiters: Delimiters, charset: str) -> str:
    code = match[1]
    signs = {
        "F": delimiters.field,
        "S": delimiters.component,
        "R": delimiters.repetition,
        "E": delimiters.escape,
        "T": delimiters.subcomponent,
        "H": "",
        "N": "",
    }
    if code in signs:
        return signs[code]
    if code[0] == "X":
        return _hexadecimal(code[1:], charset) or match[0]
    if formatted := re.fullmatch(r"\.(br|sp)\+?(\d{0,2})", code):
        return "\n" * max(1, int(formatted[2] or 1))
    return match[0]


def _hexadecimal(digits: str, charset: str) -> str | None:
    try:
        return bytes.fromhex(digits).decode(charset)
    except ValueError:  # includes a charset's refusal
        return None


def escape(text: str, delimiters: Delimiters = USUAL) -> str:
    """Text as it stands in a message; `unescape` reads the same text again.

    Line ends become `.br`, so that they cannot end the segment; other control characters become
    hexadecimal data.
    """
    names = {
        delimiters.escape: "E",
        delimiters.field: "F",
        delimiters.component: "S",
        delimiters.repetition: "R",
        delimiters.subcomponent: "T",
        "\n": ".br",
    }
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_written(sign, names, delimiters.escape) for sign in lines)


def _written(sign: str, names: dict[str, str], mark: str) -> str:
    if sign in names:
        return f"{mark}{names[sign]}{mark}"
    if ord(sign) < 0x20 or sign == "\x7f":
        return f"{mark}X{ord(sign):02X}{mark}"
    return sign
