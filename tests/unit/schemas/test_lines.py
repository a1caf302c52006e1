"""A line of text reads as it is stored, wherever it is shown."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.common import Line, Text

LINE: TypeAdapter[str] = TypeAdapter(Line)
TEXT: TypeAdapter[str] = TypeAdapter(Text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("informe\u202efdp.exe", "informefdp.exe"),
        ("\u202a+51 999 000 111\u202c", "+51 999 000 111"),
        ("a\u2066b\u2069c", "abc"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("Niño José 👩‍⚕️", "Niño José 👩‍⚕️"),
    ],
)
def test_a_line_keeps_everything_but_what_turns_its_direction(typed: str, kept: str) -> None:
    assert LINE.validate_python(typed) == kept


@pytest.mark.parametrize("typed", ["", "  ", "\u202e", " \u2066 \u2069 ", "a\x00b"])
def test_a_line_of_nothing_or_with_control_characters_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        LINE.validate_python(typed)


def test_a_note_is_kept_as_it_was_pasted() -> None:
    assert TEXT.validate_python("tel. \u202a+51\u202c") == "tel. \u202a+51\u202c"
