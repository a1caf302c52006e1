"""Ñ and tildes arrive, in whatever character set the sender writes."""

import pytest

from telesalud.interop.v2.decoding import decode
from telesalud.interop.v2.errors import Unreadable

TEXT = "MSH|^~\\&|HIS|H|TS|R|2026||ADT^A01|1|P|2.5|||||PE|{}\rPID|1||7||Núñez^Íñigo\r"


@pytest.mark.parametrize(
    ("declared", "charset"),
    [
        ("8859/1", "iso-8859-1"),
        ("8859/15", "iso-8859-15"),
        ("UNICODE UTF-8", "utf-8"),
        ("unicode utf-8", "utf-8"),
        ("UTF-8", "utf-8"),
        ("8859/1~UNICODE UTF-8", "iso-8859-1"),
        ("", "utf-8"),
        ("", "iso-8859-1"),
    ],
)
def test_a_name_is_read_in_the_senders_character_set(declared: str, charset: str) -> None:
    text = TEXT.format(declared)
    assert decode(text.encode(charset)) == (text, charset)


def test_a_byte_order_mark_is_no_part_of_the_message() -> None:
    text = TEXT.format("")
    assert decode(text.encode("utf-8-sig")).text == text
    assert decode(text.encode("utf-16")).text == text


@pytest.mark.parametrize("declared", ["ASCII", "UNICODE UTF-8"])
def test_bytes_that_the_declared_set_has_not_are_refused_and_not_guessed(declared: str) -> None:
    with pytest.raises(Unreadable):
        decode(TEXT.format(declared).encode("iso-8859-1"))


def test_a_set_that_is_not_known_is_refused() -> None:
    with pytest.raises(Unreadable, match="MSH-18"):
        decode(TEXT.format("ISO IR87").encode())


@pytest.mark.parametrize("data", [b"", b"\xff", b"MSH", b"MSH|"])
def test_what_has_no_header_is_still_text(data: bytes) -> None:
    assert decode(data).text is not None
