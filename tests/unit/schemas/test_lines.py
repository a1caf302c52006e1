"""Text is kept as it is meant: one line is one line, and what nobody typed does no harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.common import Line, Text, compact, tidy_line, tidy_text
from schemas.identity import AppCode, NewUser, OneTimeSecret, SecondFactor, TenantId
from schemas.orders import Narrative

LINE: TypeAdapter[str] = TypeAdapter(Line)
TEXT: TypeAdapter[str] = TypeAdapter(Text)
NARRATIVE: TypeAdapter[str] = TypeAdapter(Narrative)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("informe\u202efdp.exe", "informefdp.exe"),
        ("\u202a+51 999 000 111\u202c", "+51 999 000 111"),
        ("a\u2066b\u2069c", "abc"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("Niño José 👩‍⚕️", "Niño José 👩‍⚕️"),
        ("dos  blancos", "dos  blancos"),
    ],
)
def test_a_line_keeps_everything_but_what_turns_its_direction(typed: str, kept: str) -> None:
    assert LINE.validate_python(typed) == kept


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\t"])
def test_one_line_is_one_line_whatever_ends_it(end: str) -> None:
    assert LINE.validate_python(f"Ana {end} {end}Paz{end}") == "Ana Paz"
    assert LINE.validate_python(f"Na{end}140") == "Na 140"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_text_of_a_word_processor_is_kept_with_its_lines(end: str) -> None:
    assert TEXT.validate_python(f"uno{end}dos") == "uno\ndos"
    assert NARRATIVE.validate_python(f"uno{end}dos\tt") == "uno\ndos\tt"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("O\x92Higgins", "O\u2019Higgins"),
        ("\x93sano\x94 \x96 36\xa0\xba", "\u201csano\u201d \u2013 36\xa0\xba"),
        ("a\x81b\x7f", "ab"),
        ("\ufeffZo\u200be\u2060", "Zoe"),
    ],
)
def test_what_was_read_in_another_alphabet_is_what_was_meant(typed: str, kept: str) -> None:
    assert LINE.validate_python(typed) == kept
    assert TEXT.validate_python(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "  ", "\u202e", " \u2066 \u2069 ", "a\x00b", "\u200b", "\x81"]
)
def test_a_line_of_nothing_or_with_control_characters_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        LINE.validate_python(typed)


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b"])
def test_what_means_nothing_in_a_text_is_refused_by_its_field(control: str) -> None:
    assert NARRATIVE.validate_python(f"a{control}b") == "ab", "it took anything once"
    for adapter in (LINE, TEXT):
        with pytest.raises(ValidationError, match="control characters"):
            adapter.validate_python(f"a{control}b")


def test_a_note_is_kept_as_it_was_pasted() -> None:
    assert TEXT.validate_python("tel. \u202a+51\u202c") == "tel. \u202a+51\u202c"


@given(st.text())
def test_what_was_tidied_stays_as_it_is(text: str) -> None:
    """What is stored opens as it was written."""
    for tidy in (tidy_text, tidy_line):
        try:
            once = tidy(text)
        except ValueError:
            continue
        assert tidy(once) == once
        assert not set(once) & set("\r\v\f\x85\u2028\u2029")


@pytest.mark.parametrize(
    "typed",
    [
        "123 456",
        "123-456",
        " 123456\n",
        "123\u202f456",
        "123\xa0456",
        "123\u2013456",
        "\uff11\uff12\uff13456",
    ],
)
def test_a_code_is_taken_however_it_is_grouped(typed: str) -> None:
    for adapter in (TypeAdapter[str](SecondFactor), TypeAdapter[str](AppCode)):
        assert adapter.validate_python(typed, strict=True) == "123456"


def test_a_printed_code_is_taken_with_its_hyphens_or_blanks_or_without() -> None:
    for typed in ("ABCDE-FGHJK-MNPQR-STVWX", "abcde fghjk mnpqr stvwx ", "ABCDEFGHJKMNPQRSTVWX"):
        for adapter in (TypeAdapter[str](SecondFactor), TypeAdapter[str](OneTimeSecret)):
            assert adapter.validate_python(typed).upper() == "ABCDEFGHJKMNPQRSTVWX"
    assert compact(7) == 7


def test_an_institution_is_found_in_capitals_and_with_blanks() -> None:
    assert TypeAdapter[str](TenantId).validate_python(" Hospital-Demo ") == "hospital-demo"


def test_nobody_new_is_called_like_somebody_else_in_another_alphabet() -> None:
    for name in ("ana.peña", "anna_2", "анна.пас"):
        assert NewUser(user_name=name, display_name="Ana", roles=("nurse",)).user_name == name
    with pytest.raises(ValidationError, match="one alphabet"):
        NewUser(user_name="\u0430na.pena", display_name="Ana", roles=("nurse",))
