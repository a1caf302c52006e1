"""What is stored of a patient's summary.

Entries in force and last values are stored as the contracts of these value objects have them, and
so are the practitioners, signatures and amendments of an encounter.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.encounters import Amendment, EncounterState, Sensitivity, Signature
from schemas.patients import EncounterKind, EncounterPractitioner, EncounterStatus
from schemas.summary import ActiveEntry
from schemas.vitals import LastVital


class LatestEncounter(BaseModel):
    """One of the last encounters."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    patient: str
    kind: EncounterKind
    status: EncounterStatus
    started_at: datetime
    ended_at: datetime | None
    practitioners: tuple[EncounterPractitioner, ...]
    reason: str | None
    consult: str | None
    appointment: str | None
    documents: int
    version: int
    site: str | None
    sensitivity: tuple[Sensitivity, ...]
    signatures: tuple[Signature, ...]
    amendments: tuple[Amendment, ...]
    cosigner: str | None = None
    admission: str | None = None

    @classmethod
    def of(cls, state: EncounterState) -> "LatestEncounter":
        """An encounter as answers show it."""
        return cls(**{name: getattr(state, name) for name in cls.model_fields})

    @property
    def view(self) -> EncounterState:
        """What callers see."""
        fields = {name: getattr(self, name) for name in EncounterState.model_fields}
        return EncounterState(**fields)


class Encounters(BaseModel):
    """The last encounters, latest first."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    items: tuple[LatestEncounter, ...] = ()


class Active(BaseModel):
    """The entries of one kind that are in force, in order of recording."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    items: tuple[ActiveEntry, ...] = ()


class Vitals(BaseModel):
    """The last value of each vital sign."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    items: tuple[LastVital, ...] = ()
