"""Contracts of lists of the chart's entries: pages of present versions, and histories."""

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


class _EntryList(Contract):
    withheld: int = 0
    """How many on this page the caller may not see, because they are sensitive."""
    cursor: str | None = None


class ProblemList(_EntryList):
    """A page of present versions."""

    items: tuple[Problem, ...]


class ProblemHistory(Contract):
    """Every version, oldest first."""

    items: tuple[Problem, ...]


class AllergyList(_EntryList):
    """A page of present versions."""

    items: tuple[Allergy, ...]


class AllergyHistory(Contract):
    """Every version, oldest first."""

    items: tuple[Allergy, ...]


class MedicationList(_EntryList):
    """A page of present versions."""

    items: tuple[Medication, ...]


class MedicationHistory(Contract):
    """Every version, oldest first."""

    items: tuple[Medication, ...]


class ImmunizationList(_EntryList):
    """A page of present versions."""

    items: tuple[Immunization, ...]


class ImmunizationHistory(Contract):
    """Every version, oldest first."""

    items: tuple[Immunization, ...]


class ProcedureList(_EntryList):
    """A page of present versions."""

    items: tuple[Procedure, ...]


class ProcedureHistory(Contract):
    """Every version, oldest first."""

    items: tuple[Procedure, ...]


class FamilyHistoryList(_EntryList):
    """A page of present versions."""

    items: tuple[FamilyHistory, ...]


class FamilyHistoryHistory(Contract):
    """Every version, oldest first."""

    items: tuple[FamilyHistory, ...]


class SocialHistoryList(_EntryList):
    """A page of present versions."""

    items: tuple[SocialHistory, ...]


class SocialHistoryHistory(Contract):
    """Every version, oldest first."""

    items: tuple[SocialHistory, ...]


class ConsentList(_EntryList):
    """A page of present versions."""

    items: tuple[Consent, ...]


class ConsentHistory(Contract):
    """Every version, oldest first."""

    items: tuple[Consent, ...]
