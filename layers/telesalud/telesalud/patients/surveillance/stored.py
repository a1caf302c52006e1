"""What is stored of notifiable diagnoses.

Events of the list are stored as the contract of this value object has them.
"""

from datetime import date

from pydantic import BaseModel, ConfigDict

from schemas.chart import Verification
from schemas.surveillance import NotifiableEvent


class CaseOwner(BaseModel):
    """Whose diagnosis it is."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    patient: str
    entry: str
    recorded_by: str
    kind: str = "problems"
    """Of the entry: a problem, or a vaccination after which something serious happened."""


class Case(BaseModel):
    """What was diagnosed."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    codes: tuple[str, ...]
    """As they were written: codes and clusters."""
    stems: tuple[str, ...]
    """Every code of the clusters."""
    icd10: tuple[str, ...]
    verification: Verification
    onset_on: date | None
    onset_precision: str | None = None
    """`year` or `month` where no more of the onset is known."""


class StoredSurveillance(BaseModel):
    """How an institution changed the list of its country."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    added: tuple[NotifiableEvent, ...] = ()
    removed: tuple[str, ...] = ()
