"""How much, how often and by which route, in Spanish, Portuguese and English."""

from collections.abc import Mapping
from typing import Final

from schemas.formulary import Route
from schemas.prescriptions import Dose, Frequency
from telesalud.platform.printing.amounts import decimal, unit_for

INDEX: Final[Mapping[str, int]] = {"es": 0, "pt": 1, "en": 2}
"""Where a language stands in a row of words."""
_AS_NEEDED: Final = ("si es necesario", "se necessário", "as needed")
_ROUTES: Final[Mapping[Route, tuple[str, str, str]]] = {
    Route.ORAL: ("oral", "oral", "by mouth"),
    Route.SUBLINGUAL: ("sublingual", "sublingual", "under the tongue"),
    Route.INTRAVENOUS: ("intravenosa", "intravenosa", "intravenous"),
    Route.INTRAMUSCULAR: ("intramuscular", "intramuscular", "intramuscular"),
    Route.SUBCUTANEOUS: ("subcutánea", "subcutânea", "subcutaneous"),
    Route.INHALED: ("inhalatoria", "inalatória", "inhaled"),
    Route.NASAL: ("nasal", "nasal", "nasal"),
    Route.OPHTHALMIC: ("oftálmica", "oftálmica", "in the eye"),
    Route.OTIC: ("ótica", "otológica", "in the ear"),
    Route.TOPICAL: ("tópica", "tópica", "on the skin"),
    Route.TRANSDERMAL: ("transdérmica", "transdérmica", "transdermal"),
    Route.RECTAL: ("rectal", "retal", "rectal"),
    Route.VAGINAL: ("vaginal", "vaginal", "vaginal"),
}


def amount_of(value: float, unit: str, *, comma: bool) -> str:
    """How many of a unit: `21 tabletas`, `1 frasco`, `0,5 mg`; the sign is the country's."""
    return f"{decimal(value, comma=comma)} {unit_for(value, unit)}"


def route_of(route: Route, language: str) -> str:
    """A route of administration."""
    return _ROUTES[route][INDEX[language]]


def dose_of(dose: Dose, frequency: Frequency, language: str, *, comma: bool) -> str:
    """How much, how often."""
    said = f"{amount_of(dose.value, dose.unit, comma=comma)}, {_often(frequency, INDEX[language])}"
    return f"{said}, {_AS_NEEDED[INDEX[language]]}" if frequency.as_needed else said


def _often(frequency: Frequency, index: int) -> str:
    every = _every(frequency.hours)[index]
    if frequency.times == 1:
        return every
    return f"{frequency.times} {('veces', 'vezes', 'times')[index]} {every}"


def _every(hours: int) -> tuple[str, str, str]:
    """A rhythm of two days or more in days: of 168 hours nobody sees that they are a week."""
    if hours == 1:
        return ("cada hora", "a cada hora", "every hour")
    days, rest = divmod(hours, 24)
    if days > 1 and not rest:
        return (f"cada {days} días", f"a cada {days} dias", f"every {days} days")
    return (f"cada {hours} horas", f"a cada {hours} horas", f"every {hours} hours")
