"""Amounts: units of doses as people write them, and how much of a substance a dose holds."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from schemas.formulary import FormularyItem
from schemas.prescriptions import Dose
from telesalud.orders.medicines.words import fold, word_list

MASS, VOLUME, ACTIVITY, OTHER, COUNT = "mg", "ml", "IU", "mmol", "count"


class Unit(NamedTuple):
    """What a unit measures, and how many mg, ml or IU it is."""

    of: str
    factor: float


_UNITS: Final[Mapping[str, Unit]] = {
    **dict.fromkeys(("mg", "miligramo", "miligramos", "miligrama", "miligramas"), Unit(MASS, 1)),
    **dict.fromkeys(("g", "gramo", "gramos", "grama", "gramas", "gram"), Unit(MASS, 1000)),
    **dict.fromkeys(
        ("ug", "mcg", "µg", "μg", "microgramo", "microgramos", "micrograma", "microgramas"),
        Unit(MASS, 0.001),
    ),
    "ng": Unit(MASS, 1e-6),
    **dict.fromkeys(("ml", "cc", "cm3", "mililitro", "mililitros", "mililiter"), Unit(VOLUME, 1)),
    **dict.fromkeys(("l", "litro", "litros"), Unit(VOLUME, 1000)),
    **dict.fromkeys(("gota", "gotas", "gtt", "drop", "drops"), Unit(VOLUME, 0.05)),
    **dict.fromkeys(("cucharadita", "cucharaditas", "cucharita", "colher de cha"), Unit(VOLUME, 5)),
    **dict.fromkeys(("cucharada", "cucharadas", "colher de sopa"), Unit(VOLUME, 15)),
    **dict.fromkeys(
        ("ui", "iu", "u", "unidad", "unidades", "unidade", "unit", "units", "u i", "iu i"),
        Unit(ACTIVITY, 1),
    ),
    **dict.fromkeys(("mui", "miu"), Unit(ACTIVITY, 1e6)),
    **dict.fromkeys(("meq", "mmol", "mol", "kcal", "mbq", "%"), Unit(OTHER, 1)),
}
_TEXT_OF_UNIT: Final = {MASS: "mg", ACTIVITY: "UI", VOLUME: "ml"}
_AMOUNT: Final = re.compile(r"[\d.,\s]+(?:mg|mcg|µg|μg|ug|ui|iu)")
_PART: Final = re.compile(
    r"^(?P<value>[\d.,\s]*\d)\s*(?P<unit>[a-zµμ%. ]+?)?\s*"
    r"(?:/\s*(?P<per>[\d.,]+)?\s*(?P<vessel>[a-zµμ. ]+))?$"
)
_MOST: Final[Mapping[str, float]] = {MASS: 100_000, VOLUME: 20_000, ACTIVITY: 1e8, OTHER: 10_000}
_MOST_COUNTED: Final = 200


class Amount(NamedTuple):
    """So much of a substance, in mg or IU."""

    value: float
    unit: str


def unit_of(text: str) -> Unit | None:
    """The unit, or None when it is none that doses have."""
    low = text.casefold().strip().rstrip(".")
    found = _UNITS.get(low) or (_UNITS.get(fold(text)) if low.replace(" ", "").isalpha() else None)
    if found:
        return found
    return Unit(COUNT, 1) if _words(text) & word_list("counted_units") else None


def fault_of(dose: Dose, product: FormularyItem) -> str | None:
    """Why a dose cannot be meant: `unit` for none that exists, `amount` for too many of it."""
    unit = unit_of(dose.unit)
    if unit is None:
        known = _words(dose.unit) & (_words(product.unit) | _words(product.form))
        return None if known else "unit"
    if unit.of == COUNT:
        return "amount" if dose.value > _MOST_COUNTED else None
    return "amount" if dose.value * unit.factor > _MOST[unit.of] else None


def amounts(dose: Dose, product: FormularyItem) -> Mapping[str, Amount]:
    """How much of each of the product's substances a dose holds, as far as can be told."""
    parts = strength_of(product.strength)
    names = product.substances
    unit = unit_of(dose.unit)
    if unit is not None and unit.of in (MASS, ACTIVITY):
        # Of a combination, doses by weight are those of its first substance.
        return {names[0]: Amount(dose.value * unit.factor, unit.of)}
    if len(parts) != len(names):
        return {}
    if unit is not None and unit.of == VOLUME:
        volume = dose.value * unit.factor
        return {
            name: Amount(volume * part.value / part.per, part.of)
            for name, part in zip(names, parts, strict=True)
            if part.per
        }
    if unit_of(product.unit) == Unit(VOLUME, 1):
        return {}  # so many tablets of a syrup
    return {
        name: Amount(dose.value * part.value, part.of)
        for name, part in zip(names, parts, strict=True)
        if not part.per or _words(dose.unit) & {"puff", "inhalacion", "dosis", "dose", "jato"}
    }


def units_in(dose: Dose, product: FormularyItem) -> float | None:
    """How many of the product's unit a dose takes; None where nobody can tell.

    A bottle, an inhaler or a tube holds an amount that the formulary does not say.
    """
    if dose.unit.casefold().strip() == product.unit.casefold().strip():
        return dose.value
    given, counted = unit_of(dose.unit), unit_of(product.unit)
    if given is None or counted is None or _words(product.unit) & word_list("containers"):
        return None
    if given.of != counted.of:
        return _by_strength(dose.value * given.factor, given.of, counted, product)
    if given.of == COUNT and not _alike(dose.unit, product.unit):
        return None
    return dose.value * given.factor / counted.factor


def _by_strength(value: float, of: str, counted: Unit, product: FormularyItem) -> float | None:
    """A dose by weight in the product's unit; of a combination that of its first substance."""
    parts = strength_of(product.strength)
    if not parts or len(parts) != len(product.substances):
        return None
    first = parts[0]
    if first.of != of or not first.value:
        return None
    if counted.of == COUNT and not first.per:
        return value / first.value
    if counted.of == VOLUME and first.per:
        return value / first.value * first.per / counted.factor
    return None


def _alike(one: str, other: str) -> bool:
    """Whether two words count the same: `comprimidos` and `comprimido`, tablets and capsules."""
    solid = word_list("solid_units")
    mine, theirs = _words(one), _words(other)
    return bool(mine & theirs) or (bool(mine & solid) and bool(theirs & solid))


class Part(NamedTuple):
    """One substance's share in a strength: so much, in so many ml (0: in one of the product)."""

    value: float
    of: str
    per: float


def strength_of(text: str) -> tuple[Part, ...]:
    """`500 mg`, `250 mg/5 ml`, `875 mg + 125 mg`, `500 mg/30 mg`, `200 mg/40 mg/5 ml`,
    `1 200 000 UI`; empty when it says otherwise."""
    low = text.casefold().replace("u.i.", "ui").strip()
    pieces = [piece.strip() for piece in low.split("+")]
    if len(pieces) == 1 and re.fullmatch(r"[\d.,]+(\s*/\s*[\d.,]+)+\s*[a-z]+", low):
        unit = re.sub(r"[\d.,/\s]", "", low)
        pieces = [f"{number} {unit}" for number in re.findall(r"[\d.,]+", low)]
    elif len(pieces) == 1:
        pieces = _beside(low)
    parts = [_part(piece) for piece in pieces]
    if any(part is None for part in parts):
        return ()
    last = parts[-1]
    per = last.per if last else 0
    return tuple(part._replace(per=part.per or per) for part in parts if part)


def _beside(low: str) -> list[str]:
    """The substances of a combination that are parted by strokes; what follows is the volume."""
    shares = re.split(r"\s*/\s*", low)
    amounts_ = next(
        (at for at, share in enumerate(shares) if not _AMOUNT.fullmatch(share)), len(shares)
    )
    if amounts_ < 2:
        return [low]
    return [*shares[: amounts_ - 1], "/".join(shares[amounts_ - 1 :])]


def _part(piece: str) -> Part | None:
    found = _PART.match(piece)
    if found is None or not found["unit"]:
        return None
    unit = unit_of(found["unit"].strip())
    if unit is None or unit.of not in (MASS, ACTIVITY):
        return None
    per = 0.0
    if found["vessel"]:
        vessel = unit_of(found["vessel"])
        if vessel is None:
            return None
        per = number(found["per"] or "1") * vessel.factor if vessel.of == VOLUME else 0.0
    return Part(number(found["value"]) * unit.factor, unit.of, per)


def number(text: str) -> float:
    """`1.200.000`, `1,200,000`, `1 200 000`, `0,5` or `2.5`."""
    plain = text.replace(" ", "")
    if re.fullmatch(r"[1-9]\d{0,2}([.,]\d{3}){2,}|[1-9]\d{0,2}[.,]000", plain):
        return float(re.sub(r"[.,]", "", plain))
    return float(plain.replace(",", "."))


def said(amount: Amount, language: str) -> str:
    """An amount in words, without an exponent."""
    value, unit = amount.value, _TEXT_OF_UNIT.get(amount.unit, amount.unit)
    if amount.unit == ACTIVITY and language == "en":
        unit = "IU"
    if amount.unit == MASS and value < 1:
        value, unit = value * 1000, "µg" if language == "en" else "mcg"
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return f"{text if language == 'en' else text.replace('.', ',')} {unit}"


def _words(text: str) -> set[str]:
    return set(fold(text).split())
