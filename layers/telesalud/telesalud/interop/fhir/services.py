"""What the use cases of FHIR take."""

from dataclasses import dataclass
from typing import Protocol

from telesalud.interop.fhir.exact import Object
from telesalud.platform.work import Services


class Known(Protocol):
    """What the record's own contexts know, as one caller may see it."""

    def read(self, type_: str, id_: str) -> Object | None:
        """A resource; None when the record has none, or the token does not reach it."""

    def of_patient(self, type_: str, patient: str) -> list[Object]:
        """What belongs to a patient; empty when the record knows none of that id."""

    def register(self, type_: str) -> list[Object]:
        """Everybody or every place that the institution has registered."""

    def identified(self, system: str, value: str) -> list[Object]:
        """Patients with an identifier."""

    def named(self, name: str, birth_date: str = "") -> list[Object]:
        """Patients whose names begin so, or who were born on a day."""


@dataclass(frozen=True, slots=True)
class FhirServices(Services):
    """`Services`, where the server says that it is, and the record as the caller may see it."""

    base: str
    """Such as `https://clinic.example/api/interop/fhir/r4`, without a slash at its end."""
    record: Known | None = None
    """None where nobody asks whose token could be shown to the record."""
