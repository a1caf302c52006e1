"""Units of measure: UCUM codes (ucum.org, version 2.1) as far as results use them.

A unit is read into its dimension and its size, so that any two of one dimension convert, and mass,
amount and charge do where the substance's molar mass is known. What people type instead of UCUM
(`mg/dl`, `mEq/L`, `x10^3/uL`, `UI/L`) is understood and kept as UCUM.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

Dimension = tuple[tuple[str, int], ...]
"""Powers of the bases, sorted; dm is the base of lengths, so that a litre is dm³."""

_U: Final = 1e-6 / 60
"""The enzyme unit, µmol a minute, in mol/s."""
_ATOMS: Final[dict[str, tuple[float, dict[str, int], bool]]] = {
    # code: size in the bases, powers of the bases, whether it takes a metric prefix
    "g": (1.0, {"g": 1}, True),
    "m": (10.0, {"dm": 1}, True),
    "L": (1.0, {"dm": 3}, True),
    "l": (1.0, {"dm": 3}, True),
    "mol": (1.0, {"mol": 1}, True),
    "eq": (1.0, {"eq": 1}, True),
    "osm": (1.0, {"osm": 1}, True),
    "s": (1.0, {"s": 1}, True),
    "min": (60.0, {"s": 1}, False),
    "h": (3600.0, {"s": 1}, False),
    "d": (86400.0, {"s": 1}, False),
    "wk": (604800.0, {"s": 1}, False),
    "mo": (2629800.0, {"s": 1}, False),
    "a": (31557600.0, {"s": 1}, False),
    "U": (_U, {"mol": 1, "s": -1}, True),
    "kat": (1.0, {"mol": 1, "s": -1}, True),
    "[IU]": (1.0, {"[IU]": 1}, True),
    "[iU]": (1.0, {"[IU]": 1}, True),
    "[arb'U]": (1.0, {"[arb'U]": 1}, True),
    "[CFU]": (1.0, {}, True),
    "[HPF]": (1.0, {"[HPF]": 1}, False),
    "[LPF]": (1.0, {"[LPF]": 1}, False),
    "[GPL'U]": (1.0, {"[GPL'U]": 1}, False),
    "[MPL'U]": (1.0, {"[MPL'U]": 1}, False),
    "[pH]": (1.0, {"[pH]": 1}, False),
    "Cel": (1.0, {"Cel": 1}, False),
    "Pa": (10_000.0 / 1000, {"g": 1, "dm": -1, "s": -2}, True),
    "bar": (1e9 / 1000, {"g": 1, "dm": -1, "s": -2}, True),
    "m[Hg]": (133_322.0 * 10_000 / 1000, {"g": 1, "dm": -1, "s": -2}, True),
    "%": (0.01, {}, False),
    "[ppth]": (1e-3, {}, False),
    "[ppm]": (1e-6, {}, False),
}
_PREFIXES: Final = {
    "k": 1e3,
    "M": 1e6,
    "d": 1e-1,
    "c": 1e-2,
    "m": 1e-3,
    "u": 1e-6,
    "n": 1e-9,
    "p": 1e-12,
    "f": 1e-15,
}
_TOKEN: Final = re.compile(
    r"(?P<ten>10\*(?P<power>[+-]?\d+))|(?P<note>\{[^{}]*\})|(?P<number>\d+(?!\*))"
    r"|(?P<unit>(?:[A-Za-z%]|\[[^\]]+\])+)(?P<exponent>[+-]?\d+)?(?P<told>\{[^{}]*\})?"
)
_TYPED: Final[tuple[tuple[str, str], ...]] = (
    # What is typed (a pattern over the whole text, case ignored), and the UCUM code.
    (r"g ?%|gr?/ ?dl", "g/dL"),
    (r"mg ?%", "mg/dL"),
    (r"(?:u|mc)g ?%", "ug/dL"),
    (r"seg(?:undos?)?|sec|secs?", "s"),
    (r"mm ?hg", "mm[Hg]"),
    (r"°? ?c|grados", "Cel"),
    (r"ph", "[pH]"),
    (r"inr|rni", "{INR}"),
    (r"(?:ratio|raz[oó]n|índice|indice|index|s/co|coi?)", "{ratio}"),
    (r"(?:x ?)?10(?:\^|\*|e)?3 ?/ ?(?:ul|mm3)|(?:k|mil|miles)/(?:ul|mm3)", "10*3/uL"),
    (r"(?:x ?)?10(?:\^|\*|e)?6 ?/ ?(?:ul|mm3)|(?:m|mill|millones)/(?:ul|mm3)", "10*6/uL"),
    (r"(?:x ?)?10(?:\^|\*|e)?9 ?/ ?l|g/l \(giga\)", "10*9/L"),
    (r"(?:x ?)?10(?:\^|\*|e)?12 ?/ ?l", "10*12/L"),
    (r"(?:cel|cels|células|celulas|cells?|leucocitos)?/(?:mm3|ul)", "/uL"),
    (r"(?:cel|células|celulas|cells?)?/campo|/hpf|x campo|por campo", "/[HPF]"),
    (r"ml/min(?:/|x| por )1[.,]73 ?m2", "mL/min/{1.73_m2}"),
    (r"(?:ufc|cfu)/ml", "[CFU]/mL"),
    (r"(?:copias|copies|cópias)/ml", "{copies}/mL"),
    (r"mm/(?:h|hr|hora)", "mm/h"),
    (r"%|por ?ciento|percent", "%"),
)
_COMPILED: Final = tuple((re.compile(typed), code) for typed, code in _TYPED)
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_PARTS: Final = {
    "dl": "dL",
    "ml": "mL",
    "ul": "uL",
    "nl": "nL",
    "fl": "fL",
    "l": "L",
    "gr": "g",
    "grs": "g",
    "mgr": "mg",
    "mcg": "ug",
    "mcl": "uL",
    "mcmol": "umol",
    "mcu": "uU",
    "mm3": "uL",
    "meq": "meq",
    "ui": "[IU]",
    "iu": "[IU]",
    "mui": "m[IU]",
    "miu": "m[IU]",
    "uui": "u[IU]",
    "uiu": "u[IU]",
    "kui": "k[IU]",
    "kiu": "k[IU]",
    "u": "U",
    "mu": "mU",
    "uu": "uU",
    "ku": "kU",
    "hr": "h",
    "hora": "h",
    "horas": "h",
    "24h": "(24.h)",
    "dia": "d",
    "día": "d",
    "kg": "kg",
    "mosm": "mosm",
    "mosmol": "mosm",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its UCUM code, its dimension, and its size in the bases."""

    code: str
    dimension: Dimension
    size: float

    @classmethod
    def read(cls, typed: str) -> Self | None:
        """The unit that was typed, in UCUM or in an everyday notation; None for anything else."""
        for code in _candidates(typed):
            found = _parse(code)
            if found is not None:
                return cls(code, *found)
        return None


def convert(
    value: float, of: Unit, to: Unit, *, molar_mass: float | None = None, charge: int | None = None
) -> float | None:
    """`value` in another unit; None where none is defined.

    `molar_mass` (g/mol) joins mass and amount; `charge`, equivalents per mole, amount and eq.
    """
    size, powers = of.size, dict(of.dimension)
    wanted = dict(to.dimension)
    if powers != wanted:
        size *= _as_amount(powers, molar_mass, charge)
        back = _as_amount(wanted, molar_mass, charge)
        if powers != wanted or not size or not back:
            return None
        return value * size / (to.size * back)
    return value * size / to.size


def _as_amount(powers: dict[str, int], molar_mass: float | None, charge: int | None) -> float:
    """Express a mass, a charge or international units as an amount; the factor, 0 if unknown.

    An international unit of an enzyme is its U, and laboratories print either for hormones.
    """
    if powers.get("[IU]") == 1:
        del powers["[IU]"]
        powers["mol"] = 1
        powers["s"] = powers.get("s", 0) - 1
        return _U
    if powers.get("g") == 1 and "s" not in powers:
        if not molar_mass:
            return 0.0
        del powers["g"]
        powers["mol"] = 1
        return 1 / molar_mass
    if powers.get("eq") == 1:
        if not charge:
            return 0.0
        del powers["eq"]
        powers["mol"] = 1
        return 1 / charge
    return 1.0


def _candidates(typed: str) -> list[str]:
    """What may have been meant, the text itself first: UCUM tells `M` from `m`."""
    text = re.sub("10(?=[⁰¹²³⁴⁵⁶⁷⁸⁹⁻])", "10^", unicodedata.normalize("NFC", typed.strip()))
    text = text.translate(_SUPERSCRIPTS).replace("10^", "10*")
    text = text.replace("µ", "u").replace("μ", "u").replace("\u00d7", "x").replace("·", ".")
    found = [text]
    folded = re.sub(r"\s+", " ", text.casefold())
    found += [code for pattern, code in _COMPILED if pattern.fullmatch(folded)]
    parts = re.split(r"([/.])", folded.replace(" ", ""))
    found.append("".join(_PARTS.get(part, part) for part in parts))
    return found


@lru_cache(maxsize=512)
def _parse(code: str) -> tuple[Dimension, float] | None:
    if not code or len(code) > 40:
        return None
    powers: dict[str, int] = {}
    size = _terms(code, powers) if code == "1" or re.search(r"[A-Za-z%{]", code) else None
    if size is None:
        return None
    for base in ("g", "mol"):
        if powers.get(base) == 0:  # mmol/mol is no percentage: haemoglobin A1c is measured in both
            powers[f"{base}/{base}"] = 1
    return tuple(sorted((base, power) for base, power in powers.items() if power)), size


def _terms(code: str, powers: dict[str, int]) -> float | None:
    """The product of a code's terms; parentheses only around a number and a unit: `(24.h)`."""
    size, sign, rest = 1.0, 1, re.sub(r"\((\d+)\.([A-Za-z]+)\)", r"\1!\2", code)
    if rest.startswith("/"):
        sign, rest = -1, rest[1:]
    for place, part in enumerate(re.split(r"([./])(?![^{]*\})", rest)):
        if place % 2:
            sign = -1 if part == "/" else 1
            continue
        number, _, unit = part.rpartition("!")
        factor = _term(unit, powers, sign)
        if factor is None:
            return None
        size *= (float(number) ** sign if number else 1.0) * factor
    return size


def _term(part: str, powers: dict[str, int], sign: int) -> float | None:
    match = _TOKEN.fullmatch(part)
    if match is None:
        return None
    if match["ten"]:
        return float(10.0 ** (sign * int(match["power"])))
    if match["note"] is not None:
        return 1.0
    if match["number"]:
        number = int(match["number"])
        return float(number) ** sign if number else None
    atom = _atom(match["unit"])
    if atom is None:
        return None
    size, bases = atom
    exponent = sign * int(match["exponent"] or 1)
    for base, power in bases.items():
        powers[base] = powers.get(base, 0) + power * exponent
    return float(size**exponent)


def _atom(name: str) -> tuple[float, dict[str, int]] | None:
    if name in _ATOMS:
        size, bases, _ = _ATOMS[name]
        return size, bases
    rest = _ATOMS.get(name[1:])
    prefix = _PREFIXES.get(name[0])
    if rest is None or prefix is None or not rest[2]:
        return None
    return rest[0] * prefix, rest[1]
