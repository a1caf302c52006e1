"""What use cases take that reach a prescription: storage, and the contexts that have the rest."""

from dataclasses import dataclass
from typing import Protocol

from schemas.admissions import AdmittedPatient
from schemas.formulary import FormularyItem
from schemas.patients import Patient
from schemas.prescriptions import Checks, Prescription
from telesalud.platform.work import Services


class Neighbours(Protocol):
    """Prescriptions, the formulary and people, asked with the caller's own token: what they may
    not see, they may not dispense, and the patient's trail names them."""

    def prescription(self, which: str) -> Prescription:
        """A prescription as it is now. Raises NotFound, Forbidden, Gone, Unavailable."""

    def checks(self, which: str, language: str | None) -> Checks:
        """Its allergies and interactions as they are now. Raises the same, Conflict."""

    def patient(self, which: str) -> Patient:
        """Who somebody is, under the registration that survived. Raises the same."""

    def admitted(self, which: str) -> AdmittedPatient:
        """An admission. Raises the same."""

    def require_care(self, patient: str) -> None:
        """Raise Forbidden unless the caller is in the patient's care; the same besides."""

    def product(self, code: str) -> FormularyItem | None:
        """A product of the formulary, or None. Raises Forbidden, Unavailable."""


@dataclass(frozen=True, slots=True)
class PharmacyServices(Services):
    """`Services` for one caller."""

    neighbours: Neighbours
    site: str = ""
    """Which disconnected site this process serves; empty at the centre."""
