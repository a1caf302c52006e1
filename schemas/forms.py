"""Contracts of questionnaires: definitions, filled forms, scores, observations."""

from enum import StrEnum

from pydantic import Field, JsonValue

from schemas.common import Contract, Id, Language, Moment, Query
from schemas.encounters import Sensitivity


class FormQuery(Query):
    """The language in which a form is shown."""

    language: Language = "es"


class FormSummary(Contract):
    """A form that can be filled."""

    id: str
    title: str
    canonical: str
    """`url|version`, as responses name it."""
    from_years: int | None = None
    """Age from which it was validated; None: any age."""


class FormCatalogue(Contract):
    """The forms that can be filled."""

    items: tuple[FormSummary, ...]


class CrisisLine(Contract):
    """Whom somebody in danger can call."""

    name: str
    number: str


class StandardDrink(Contract):
    """What a drink means in questions about alcohol."""

    grams: int
    own: bool
    """Whether it is the country's own size; otherwise it is that of the questionnaire."""


class FormDefinition(Contract):
    """A form in one language: a FHIR R4 Questionnaire."""

    id: str
    questionnaire: dict[str, JsonValue]
    crisis_line: CrisisLine | None = None
    """Of the institution's country, for a form of which an answer may raise an alarm."""
    drink: StandardDrink | None = None
    """For a form that counts drinks."""


class FormBody(Contract):
    """A filled form: a FHIR R4 QuestionnaireResponse, `in-progress` or `completed`."""

    form: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    response: dict[str, JsonValue]
    encounter: Id | None = None
    sensitivity: tuple[Sensitivity, ...] = Field(default=(), max_length=5)


class FormStatus(StrEnum):
    """FHIR questionnaire-response-status, as far as used."""

    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"


class FormScore(Contract):
    """A sum; None while answers are missing. `alerts` need somebody at once, for the answers to
    the questions `alarming`."""

    code: str
    value: int | None
    severity: str | None
    alerts: tuple[str, ...]
    missing: tuple[str, ...]
    alarming: tuple[str, ...] = ()
    """Link ids, one for each alert."""


class FormObservation(Contract):
    """What an answer or score says, by LOINC code."""

    code: str
    display: str | None
    value: float | bool | str
    value_code: str | None = None
    unit: str | None


class FilledForm(Contract):
    """A filled form as it is kept. Once completed it does not change."""

    id: Id
    patient: Id
    version: int
    form: str
    status: FormStatus
    response: dict[str, JsonValue]
    scores: tuple[FormScore, ...]
    observations: tuple[FormObservation, ...]
    encounter: Id | None
    sensitivity: tuple[Sensitivity, ...]
    recorded_by: str
    recorded_at: Moment


class FilledForms(Contract):
    """Filled forms, latest begun first."""

    items: tuple[FilledForm, ...]
    withheld: int = 0
    cursor: str | None = None


class FormAlert(Contract):
    """Data of `patients.form_alert`: an answer that needs somebody at once."""

    patient_id: Id
    response_id: Id
    form: str
    alerts: tuple[str, ...]
    recorded_by: str | None = None
    """Who filled the form, and is told first."""


EVENTS: dict[str, type[Contract]] = {"patients.form_alert": FormAlert}
"""Event types and the models of their `data`."""
