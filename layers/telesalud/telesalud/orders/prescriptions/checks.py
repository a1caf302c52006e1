"""What of a prescription is checked, and with what: the engine of `orders/medicines` does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from schemas.prescriptions import Alert, PrescriptionLine
from telesalud.orders.catalogues.releases import Formulary, Interactions
from telesalud.orders.current_state import Allergy, Taken
from telesalud.orders.medicines import engine
from telesalud.orders.medicines.engine import Findings, Question, blocking
from telesalud.orders.medicines.facts import EDITION
from telesalud.orders.medicines.parts import Against, Body, medicine_of

__all__ = ["Findings", "Knowledge", "blocking", "check", "codes_of", "findings"]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What checks go by, and the language they answer in."""

    formulary: Formulary
    interactions: Interactions
    language: str

    @property
    def edition(self) -> str:
        """Edition of our data, and the beginnings of the hashes of the institution's tables."""
        releases = (self.formulary.release[:8], self.interactions.release[:8])
        return " ".join((EDITION, *filter(None, releases)))


def codes_of(line: PrescriptionLine) -> tuple[str, ...]:
    """The codes of a line's product."""
    return medicine_of(line).codes


def findings(
    lines: Sequence[PrescriptionLine],
    allergies: Sequence[Allergy],
    taken: Sequence[Taken],
    knowledge: Knowledge,
    *,
    body: Body,
    today: date,
    others: Sequence[PrescriptionLine] = (),
) -> Findings:
    """Every alert, the gravest first, and what was not checked."""
    against = Against(knowledge.formulary, knowledge.interactions, knowledge.language)
    return engine.check(Question(lines, allergies, taken, body, today, others), against)


def check(
    lines: Sequence[PrescriptionLine],
    allergies: Sequence[Allergy],
    taken: Sequence[Taken],
    knowledge: Knowledge,
) -> tuple[Alert, ...]:
    """The alerts for a patient of whom neither age nor weight is known."""
    today = datetime.now(UTC).date()
    return findings(lines, allergies, taken, knowledge, body=Body(), today=today).alerts
