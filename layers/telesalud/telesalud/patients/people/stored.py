"""What is stored of people: a patient, and what the lookups say of them.

What people type of a patient is stored as the contract `PatientBody` has it, with the value objects
in it.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.patients import Patient, PatientBody


class StoredPatient(BaseModel):
    """A patient as stored."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    body: PatientBody
    record_number: str
    registered_at: datetime

    def view(self, patient: str, version: int) -> Patient:
        """What callers see."""
        fields = {name: getattr(self.body, name) for name in PatientBody.model_fields}
        return Patient(
            id=patient,
            record_number=self.record_number,
            version=version,
            registered_at=self.registered_at,
            **fields,
        )


class BirthPosting(BaseModel):
    """What the lookup by birth date tells of a person, for the duplicate warning."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    given_names: str
    surnames: str
    sex: str


class NamePosting(BaseModel):
    """The words of a name, in the lookups by its beginnings."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    words: tuple[str, ...]
