"""What use cases take that reach a patient: storage, and the context that knows people."""

from dataclasses import dataclass
from typing import Protocol

from schemas.coverage import Coverage
from schemas.patients import Patient
from telesalud.platform.work import Services


class Neighbours(Protocol):
    """People and their coverage, asked with the caller's own token."""

    def patient(self, which: str) -> Patient:
        """Who somebody is, under the registration that survived. Raises NotFound, Forbidden, Gone,
        Unavailable."""

    def coverages(self, which: str) -> tuple[Coverage, ...]:
        """What they are covered by, also what has ended. Raises the same."""


@dataclass(frozen=True, slots=True)
class BillingServices(Services):
    """`Services` for one caller."""

    neighbours: Neighbours
    site: str = ""
    """Which disconnected site this process serves; empty at the centre."""
