"""What stands on labels and receipts, in Spanish, Portuguese and English."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from schemas.prescriptions import Dose, Frequency, PrescriptionLine
from telesalud.platform.printing.doses import INDEX, amount_of, dose_of, route_of
from telesalud.platform.words.countries import comma, country_of

_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "receipt": ("Constancia de entrega", "Comprovante de entrega", "Dispensing receipt"),
    "patient": ("Paciente", "Paciente", "Patient"),
    "record": ("Historia clínica", "Prontuário", "Record"),
    "prescriber": ("Prescrito por", "Prescrito por", "Prescribed by"),
    "given_by": ("Entregado por", "Entregue por", "Given by"),
    "second": ("Segunda firma", "Segunda assinatura", "Second signature"),
    "receiver": ("Recibido por", "Recebido por", "Received by"),
    "signature": ("Firma", "Assinatura", "Signature"),
    "lot": ("Lote", "Lote", "Lot"),
    "expiry": ("Vence", "Validade", "Expires"),
    "route": ("Vía", "Via", "Route"),
    "days": ("Días", "Dias", "Days"),
    "substitute": (
        "En lugar del producto recetado",
        "No lugar do produto receitado",
        "In place of the product prescribed",
    ),
    "waits": (
        "Pendiente de segunda firma: aún no se ha entregado nada.",
        "Aguarda a segunda assinatura: nada foi entregue ainda.",
        "Awaits a second signature: nothing has been given yet.",
    ),
    "children": (
        "Manténgase fuera del alcance de los niños.",
        "Mantenha fora do alcance das crianças.",
        "Keep out of the reach of children.",
    ),
    "morning": ("por la mañana", "pela manhã", "in the morning"),
    "noon": ("al mediodía", "ao meio-dia", "at noon"),
    "evening": ("por la tarde", "à tarde", "in the evening"),
    "bedtime": ("al acostarse", "ao deitar", "at bedtime"),
}


class Words:
    """The words of one language, at a warehouse."""

    def __init__(self, language: str, zone: str) -> None:
        self.language, self._zone = language, ZoneInfo(zone)
        self._comma = comma(country_of(zone), language)

    def __call__(self, name: str) -> str:
        return _WORDS[name][INDEX[self.language]]

    def day(self, day: date) -> str:
        """A date; English papers carry ISO 8601."""
        return day.isoformat() if self.language == "en" else day.strftime("%d/%m/%Y")

    def moment(self, at: datetime) -> str:
        """A moment by the clock of the warehouse."""
        local = at.astimezone(self._zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def amount(self, units: int, unit: str) -> str:
        """How many of a unit."""
        return amount_of(units, unit, comma=self._comma)

    def taken(self, line: PrescriptionLine) -> tuple[str, ...]:
        """How a medicine is taken, a sentence for each part of the regimen."""
        route = f"{self('route')}: {route_of(line.route, self.language)}"
        if not line.steps:
            said: tuple[str, ...] = (self._dose(line.dose, line.frequency),)
        else:
            said = tuple(
                f"{self._dose(step.dose, step.frequency)}"
                f"{f', {self(step.at.value)}' if step.at else ''}"
                f" ({self('days')}: {step.days})"
                for step in line.steps
            )
        course = () if line.continuous or line.steps else (f"{self('days')}: {line.duration_days}",)
        more = tuple(text for text in (line.as_needed_for, line.instructions) if text)
        return (*said, ", ".join((route, *course)), *more)

    def _dose(self, dose: Dose, frequency: Frequency) -> str:
        return dose_of(dose, frequency, self.language, comma=self._comma)
