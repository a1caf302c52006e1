"""An SMS is one segment of its alphabet."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telesalud.platform.words import sms

NAMES = st.text(min_size=1, max_size=120)


@pytest.mark.parametrize(
    ("text", "count", "parts"),
    [
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 307, 307, 3),
        # An escape before each: TS 23.038, 6.2.1.1.
        ("€" * 80, 160, 1),
        ("[" * 81, 162, 2),
        ("ñéàü¿¡", 6, 1),
        # One letter outside turns all of it to UCS-2.
        ("á" + "a" * 69, None, 1),
        ("á" + "a" * 70, None, 2),
        ("\N{GRINNING FACE}" * 35, None, 1),
        ("\N{GRINNING FACE}" * 36, None, 2),
    ],
)
def test_letters_are_counted_as_networks_count_them(
    text: str, count: int | None, parts: int
) -> None:
    assert sms.septets(text) == count
    assert sms.segments(text) == parts


def test_accents_that_the_alphabet_lacks_fall_away_and_others_stay() -> None:
    assert sms.plain("Clínica São José, 1º piso \N{EN DASH} ñandú, Núñez") == (
        "Clinica Sao José, 1o piso - ñandu, Nuñez"
    )
    assert sms.plain(unicodedata.normalize("NFD", "Ñuñoa é")) == "Ñuñoa é"
    assert sms.plain("Клиника 3") == " 3"


@given(NAMES)
def test_whatever_is_written_plainly_has_a_count(text: str) -> None:
    assert sms.septets(sms.plain(text)) is not None


@given(NAMES, st.integers(0, 60))
def test_a_shortened_name_is_never_longer_than_asked(name: str, most: int) -> None:
    short = sms.shortened(name, most)
    count = sms.septets(short)
    assert count is not None
    assert count <= most


def test_a_name_is_abbreviated_before_it_is_cut_and_cut_behind_a_word() -> None:
    name = "Hospital Nacional de la Universidad de San Marcos"
    assert sms.shortened(name, 60) == name
    assert sms.shortened(name, 44) == "Hosp. Nac. de la Universidad de San Marcos"
    assert sms.shortened(name, 30) == "Hosp. Nac. de la Universidad"
    assert sms.shortened(name, 17) == "Hosp. Nac."
    assert sms.shortened("Supercalifragilístico", 8) == "Supercal"
