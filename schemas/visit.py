"""Contract of a visit: what of the chart belongs to one encounter."""

from schemas.chart import (
    Allergy,
    Consent,
    FamilyHistory,
    Immunization,
    Medication,
    Problem,
    Procedure,
    SocialHistory,
)
from schemas.common import Contract
from schemas.documents import Document
from schemas.forms import FilledForm
from schemas.vitals import VitalsSet


class EncounterContents(Contract):
    """What was recorded in an encounter, in present versions, the first recorded first.

    Its notes come with the encounter, prescriptions, orders and papers from the orders context.
    """

    problems: tuple[Problem, ...]
    allergies: tuple[Allergy, ...]
    medications: tuple[Medication, ...]
    immunizations: tuple[Immunization, ...]
    procedures: tuple[Procedure, ...]
    family_history: tuple[FamilyHistory, ...]
    social_history: tuple[SocialHistory, ...]
    consents: tuple[Consent, ...]
    vitals: tuple[VitalsSet, ...]
    forms: tuple[FilledForm, ...]
    documents: tuple[Document, ...]
    withheld: int
    """How many of this encounter the caller may not see, because they are sensitive."""
