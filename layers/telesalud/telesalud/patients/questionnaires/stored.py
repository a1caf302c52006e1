"""What is stored of filled questionnaires.

Scores and observations are stored as the contracts of these value objects have them; a response is
FHIR's own JSON.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue

from schemas.encounters import Sensitivity
from schemas.forms import FilledForm, FormObservation, FormScore, FormStatus


class StoredForm(BaseModel):
    """A filled form, or a draft of one."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    patient: str
    version: int
    form: str
    status: FormStatus
    response: dict[str, JsonValue]
    scores: tuple[FormScore, ...]
    observations: tuple[FormObservation, ...]
    encounter: str | None
    sensitivity: tuple[Sensitivity, ...]
    recorded_by: str
    recorded_at: datetime

    @property
    def view(self) -> FilledForm:
        """What callers see."""
        fields = {name: getattr(self, name) for name in FilledForm.model_fields}
        return FilledForm(**fields)
