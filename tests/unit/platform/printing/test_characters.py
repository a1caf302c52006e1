# ruff: noqa: RUF001  # the letters of America look like others on purpose
"""Characters on paper: all that can be seen is printed, or refused before it is signed."""

import io
from datetime import UTC, datetime
from typing import Final

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from telesalud.platform.errors import Invalid
from telesalud.platform.printing.characters import (
    needs_shaping,
    prepared,
    refuse_unprintable,
    shown,
    unprintable,
)
from telesalud.platform.printing.fonts import DEJAVU, REST, covered
from telesalud.platform.printing.sheet import Frame, Sheet

AMERICA: Final = {
    "Guaraní": "Zaqg̃uy G̃ ãẽĩõũỹ ÃẼĨÕŨỸ ñandejára pytyvõhára",
    "Quechua": "ch’ulla q’uñi ñawi p’uñuy",
    "Aimara": "qullqi jach’a ä ï ü Ñ",
    "Maya": "b’aq’ k’iche’ tz’utujil ꞌ Ꞌ ɓ",
    "Mazahua": "Ꞹ ꞹ ø̱ ʉ",
    "Náhuatl": "ā ē ī ō Ā Ē Ī Ō cuāhuitl",
    "Mixteco": "ñu’u ɨ ɨ̱ ka̱a̱ ndɨ̀vɨ́",
    "Wichí": "ḧ â n̈ fwiy’",
    "Tikuna": "ü̃ ü̱ ã̱ ɨ̃",
    "Cherokee": "tsalagi v̋",
    "Inuktitut": "ᐃᓄᒃᑎᑐᑦ",
    "Navajo": "Łį́ńłééh ą́ ǫ́ ʼ",
    "Lakota": "Ȟ ȟ ŋ š ž ǧ",
    "Haida": "x̱ ḵ G̱ g̱ ƛ̓",
    "Português": "ação coração às pôr û ª º",
    "Français": "œuvre cœur Œ ç",
    "Deutsch": "Straße ẞ",
}
SIGNS: Final = (
    "⅓ ½ ¼ ¾ ⅔ ⅛ ≤ ≥ ± × ÷ ≈ ≠ ° ℃ ™ ® µg μ Δ α β γ √ ∞ → ← ↑ ↓ ⇒ ♀ ♂ ℞ • …"
    " — – ″ ′ “” «» ✓ ☐ ☑ ² ³ ₂ ⁻¹ ∅ № † ‡ § ¶ € ₡ ₲ ₱ ∑ ∫ ‰"
)


def sheet_of(text: str, *, bold: bool = False) -> str:
    sheet = Sheet(Frame("a4", 18, 20), "Prueba", datetime(2026, 11, 30, tzinfo=UTC))
    sheet.add_page()
    sheet.bold(10) if bold else sheet.plain(10)
    sheet.line_of(text)
    said = PdfReader(io.BytesIO(bytes(sheet.output()))).pages[0].extract_text()
    # The number of a shaped blank within the font, which the reader takes for a character.
    return "".join(c for c in said if c == "\n" or c >= " ")


def bare(text: str) -> str:
    """What is to be seen of it, wherever lines break."""
    return "".join(prepared(text).split())


@pytest.mark.parametrize("text", [*AMERICA.values(), SIGNS], ids=[*AMERICA, "signs"])
@pytest.mark.parametrize("bold", [False, True])
def test_the_languages_of_america_and_the_signs_of_medicine_print(text: str, bold: bool) -> None:
    assert unprintable(text) == ""
    assert bare(sheet_of(text, bold=bold)) == bare(text)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24FF, codec="utf-8"), max_size=80))
def test_what_is_shown_leaves_nothing_out(text: str) -> None:
    """What has no glyph is there by its number."""
    kept = [c for c in prepared(text) if c == "\n" or covered(c)]
    rest = iter(shown(text))
    assert all(c in rest for c in kept)
    assert shown(text).count("[U+") >= len(unprintable(text))


@pytest.mark.parametrize("text", ["uno\tdos", "uno\u000bdos", "uno\u2003dos", "uno\u00a0dos"])
def test_a_tab_or_a_strange_blank_stays_a_blank(text: str) -> None:
    assert sheet_of(text).split() == ["uno", "dos"]


def test_nothing_that_a_person_types_becomes_the_number_of_pages() -> None:
    assert "tomar {nb} tabletas" in sheet_of("tomar {nb} tabletas")


def test_zero_width_signs_of_a_paste_are_no_characters() -> None:
    assert unprintable("Ana\u200b Ma\u00adría\ufeff") == ""
    assert sheet_of("Ana\u200b Ma\u00adría\ufeff").strip() == "Ana María"


def test_a_letter_and_its_mark_that_compose_are_one_glyph() -> None:
    assert prepared("n\u0303") == "ñ"
    assert not needs_shaping("Nuñez")
    assert needs_shaping("g\u0303")


def test_what_cannot_be_printed_is_refused_with_the_character_and_the_field() -> None:
    with pytest.raises(Invalid) as refused:
        refuse_unprintable(("/lines", [{"instructions": "Tomar 🌡 y 漢"}]), ("/reason", "bien"))
    (fault,) = refused.value.fields
    assert fault.pointer == "/lines/0/instructions"
    assert "🌡" in fault.detail
    assert "漢" in fault.detail


def test_what_was_signed_before_it_could_be_refused_shows_the_number_of_the_character() -> None:
    assert "[U+1F321]" in sheet_of("Tomar 🌡")


def test_the_table_of_characters_is_that_of_the_fonts() -> None:
    for style in ("", "B"):
        have = {*TTFont(DEJAVU[style]).getBestCmap(), *TTFont(REST[style]).getBestCmap()}
        missing = [hex(p) for p in range(0x20, 0x20000) if covered(chr(p)) and p not in have]
        assert missing == []
