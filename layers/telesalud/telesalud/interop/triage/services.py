"""What use cases take that reach the record: storage, and the contexts that have patients."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from schemas.appointments import Appointment, Book
from schemas.patients import Patient, PatientList, PatientSearch
from telesalud.platform.work import Services


class Place(NamedTuple):
    """Where an appointment is, as far as the citizen has to know."""

    zone: str


class Neighbours(Protocol):
    """Patients and agendas, asked with the caller's own token: what they may not see or do, they
    may not see or do from the inbox either."""

    def search(self, query: PatientSearch) -> PatientList:
        """Patients that fit. Raises Forbidden, Unavailable."""

    def patient(self, which: str) -> Patient:
        """Who somebody is. Raises NotFound, Forbidden, Gone, Unavailable."""

    def place(self, site: str) -> Place:
        """A site. Raises NotFound, Forbidden, Unavailable."""

    def book(self, new: Book, key: str) -> Appointment:
        """An appointment; the same `key` and body book once. Raises Conflict (the slot is taken or
        closed), Invalid, Forbidden, NotFound, Unavailable."""


@dataclass(frozen=True, slots=True)
class TriageServices(Services):
    """`Services` for one caller."""

    neighbours: Neighbours
