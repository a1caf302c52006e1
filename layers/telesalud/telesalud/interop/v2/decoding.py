"""From the bytes of a message to its text, by the character set that MSH-18 declares."""

import codecs
import re
from typing import Final, NamedTuple

from telesalud.interop.v2.errors import Unreadable

CHARSETS: Final = {
    "": "",
    "ASCII": "ascii",
    "8859/1": "iso-8859-1",
    "8859/2": "iso-8859-2",
    "8859/3": "iso-8859-3",
    "8859/4": "iso-8859-4",
    "8859/5": "iso-8859-5",
    "8859/7": "iso-8859-7",
    "8859/9": "iso-8859-9",
    "8859/15": "iso-8859-15",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UNICODE UTF-16": "utf-16",
    "UTF-8": "utf-8",
}
"""HL7 table 0211, with the two names that senders use beside it."""
_MSH_18: Final = 17
"""Separators before MSH-18: MSH-1 is the first of them."""
_BYTE_ORDER_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Decoded(NamedTuple):
    """A message's text and the Python name of the character set it was read in."""

    text: str
    charset: str


def decode(data: bytes, otherwise: str = "iso-8859-1") -> Decoded:
    """The text of a message.

    Without a declared character set UTF-8 is tried strictly, then `otherwise`, the channel's own.
    Only the first one of several (MSH-18 may repeat) counts. Raises Unreadable for a set that is
    not known, and for bytes that the declared set does not have: a name must not be guessed.
    """
    if data.startswith(_BYTE_ORDER_MARKS):
        return Decoded(_strictly(data, "utf-16"), "utf-16")
    data = data.removeprefix(codecs.BOM_UTF8)
    declared = _declared(data)
    if declared not in CHARSETS:
        raise Unreadable("MSH-18 names a character set that is not known", "MSH-18")
    if charset := CHARSETS[declared]:
        return Decoded(_strictly(data, charset), charset)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return Decoded(_strictly(data, otherwise), otherwise)


def _declared(data: bytes) -> str:
    header = re.split(rb"[\r\n]", data, maxsplit=1)[0]
    if not header.startswith(b"MSH") or len(header) < len("MSH|^"):
        return ""
    fields = header.split(header[3:4])
    if len(fields) <= _MSH_18:
        return ""
    repetition = header[5:6] or b"~"
    return fields[_MSH_18].split(repetition)[0].decode("ascii", "replace").strip().upper()


def _strictly(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"the bytes at {error.start} are not {charset}, which the message says it is in",
            "MSH-18",
        ) from error
