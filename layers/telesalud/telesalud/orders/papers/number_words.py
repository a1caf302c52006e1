"""Whole numbers in words, as several countries want quantities on prescriptions."""

from collections.abc import Mapping
from typing import Final, NamedTuple

MOST: Final = 999_999


class _Words(NamedTuple):
    small: tuple[str, ...]
    """From zero on, as far as they are one word."""
    tens: tuple[str, ...]
    """From twenty on, or thirty."""
    hundreds: tuple[str, ...]
    hundred: str
    """Alone."""
    thousand: str
    link: str
    """Between tens and units."""
    link_hundreds: str
    """Between hundreds and what follows."""


_ES: Final = _Words(
    (
        "cero",
        "uno",
        "dos",
        "tres",
        "cuatro",
        "cinco",
        "seis",
        "siete",
        "ocho",
        "nueve",
        "diez",
        "once",
        "doce",
        "trece",
        "catorce",
        "quince",
        "dieciséis",
        "diecisiete",
        "dieciocho",
        "diecinueve",
        "veinte",
        "veintiuno",
        "veintidós",
        "veintitrés",
        "veinticuatro",
        "veinticinco",
        "veintiséis",
        "veintisiete",
        "veintiocho",
        "veintinueve",
    ),
    ("treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"),
    (
        "ciento",
        "doscientos",
        "trescientos",
        "cuatrocientos",
        "quinientos",
        "seiscientos",
        "setecientos",
        "ochocientos",
        "novecientos",
    ),
    "cien",
    "mil",
    " y ",
    " ",
)
_PT: Final = _Words(
    (
        "zero",
        "um",
        "dois",
        "três",
        "quatro",
        "cinco",
        "seis",
        "sete",
        "oito",
        "nove",
        "dez",
        "onze",
        "doze",
        "treze",
        "catorze",
        "quinze",
        "dezesseis",
        "dezessete",
        "dezoito",
        "dezenove",
    ),
    ("vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta", "noventa"),
    (
        "cento",
        "duzentos",
        "trezentos",
        "quatrocentos",
        "quinhentos",
        "seiscentos",
        "setecentos",
        "oitocentos",
        "novecentos",
    ),
    "cem",
    "mil",
    " e ",
    " e ",
)
_EN: Final = _Words(
    (
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ),
    ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
    tuple(
        f"{n} hundred"
        for n in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    ),
    "one hundred",
    "thousand",
    "-",
    " ",
)
_LANGUAGES: Final[Mapping[str, _Words]] = {"es": _ES, "pt": _PT, "en": _EN}


def in_words(number: int, language: str) -> str:
    """`number` (0 to MOST) in the masculine: `veintiuno`, `vinte e um`, `twenty-one`."""
    words = _LANGUAGES[language]
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _below_thousand(rest, words)
    many = _below_thousand(thousands, words)
    if language == "es" and many.endswith("uno"):
        # Apocope before a noun: veintiún mil, treinta y un mil.
        many = many.removesuffix("veintiuno") + "veintiún" if "veintiuno" in many else many[:-1]
    alone = thousands == 1 and language != "en"
    head = words.thousand if alone else f"{many} {words.thousand}"
    if not rest:
        return head
    linked = language == "pt" and (rest < 100 or rest % 100 == 0)
    return f"{head}{' e ' if linked else ' '}{_below_thousand(rest, words)}"


def _below_thousand(number: int, words: _Words) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest, words)
    if not rest:
        return words.hundred if hundreds == 1 else words.hundreds[hundreds - 1]
    return f"{words.hundreds[hundreds - 1]}{words.link_hundreds}{_below_hundred(rest, words)}"


def _below_hundred(number: int, words: _Words) -> str:
    if number < len(words.small):
        return words.small[number]
    tens, units = divmod(number, 10)
    first = words.tens[tens - len(words.small) // 10]
    return first + (words.link + words.small[units] if units else "")
