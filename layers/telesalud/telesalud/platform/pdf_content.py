"""PDF files (ISO 32000): what is one, and what in it could act or cannot be looked into.

Looks at the file's bytes rather than at its structure, so that an object which a reader would find
by a broken or a second table is seen as well. Names may be written with `#` and hexadecimal digits
(7.3.5); objects may stand in compressed object streams (7.5.7), which are opened.
"""

import re
import zlib
from collections.abc import Iterator

HEADER_WITHIN = 1024
"""Readers look for the header in so many bytes: some programs write a byte order mark before it."""
_TRAILER_WITHIN = 2048
_MOST_UNPACKED = 64 * 1024 * 1024
_OTHER_BEGINNINGS = (
    *(b"MZ", b"PK", b"\x7fELF", b"\xd0\xcf\x11\xe0", b"#!", b"GIF8", b"\xff\xd8", b"\x89PNG"),
    *(b"Rar!", b"7z\xbc\xaf", b"\xca\xfe\xba\xbe", b"BM"),
)
"""Of files that another program would take for its own, header or not."""
_ACTS = re.compile(
    rb"/(JavaScript|Launch|SubmitForm|ImportData|GoToE|Rendition|RichMedia|EmbeddedFile)"
    rb"(?![A-Za-z0-9])"
    rb"|/(EF|XFA)\s*(<<|\[|\d+\s+\d+\s+R)"
)
"""Actions that run something (12.6.4), and files within the file (7.11.4)."""
_ENCRYPTED = re.compile(rb"/Encrypt\s*(<<|\d+\s+\d+\s+R)")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_LONGEST_DICTIONARY = 4096


def is_pdf(content: bytes) -> bool:
    """Whether readers open the content as a PDF, and no other program takes it for its own."""
    at = content.find(b"%PDF-", 0, HEADER_WITHIN + 5)
    if at < 0 or b"%%EOF" not in content[-_TRAILER_WITHIN:]:
        return False
    before = content[:at]
    markup = before.lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n\x00").startswith(b"<")
    return not before.startswith(_OTHER_BEGINNINGS) and not markup


def fault(content: bytes) -> str:
    """`encrypted` or `active-content`, or nothing."""
    if _ENCRYPTED.search(_written_out(content)):
        return "encrypted"
    try:
        parts = (content, *_object_streams(content))
        return "active-content" if any(_ACTS.search(_written_out(part)) for part in parts) else ""
    except (zlib.error, OverflowError):
        return "active-content"  # objects that a reader might open, and this cannot


def _object_streams(content: bytes) -> Iterator[bytes]:
    """What compressed object streams hold. Raises zlib.error, OverflowError for what is too much or
    packed in a way that nobody packs objects in."""
    left = _MOST_UNPACKED
    for found in _STREAM.finditer(content):
        start = max(content.rfind(b"obj", 0, found.start()), found.start() - _LONGEST_DICTIONARY)
        dictionary = _written_out(content[max(start, 0) : found.start()])
        if b"/ObjStm" not in dictionary or b"/Filter" not in dictionary:
            continue
        if b"/Predictor" in dictionary or dictionary.count(b"Decode") > 1:
            raise OverflowError
        unpacked = zlib.decompressobj().decompress(content[found.end() :], left)
        left -= len(unpacked)
        if left <= 0:
            raise OverflowError
        yield unpacked


def _written_out(content: bytes) -> bytes:
    """The content with `#4a` as the letter it stands for."""
    return _HEX.sub(lambda digits: bytes([int(digits[1], 16)]), content)
