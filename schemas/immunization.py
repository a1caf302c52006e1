"""Contracts of vaccination plans."""

from datetime import date
from typing import Literal

from schemas.common import Contract, Id

DoseStatus = Literal["done", "due", "late", "upcoming", "no_longer", "barred"]
"""`barred`: it would be due, and something in the record speaks against it."""


class Words(Contract):
    """The same words in three languages."""

    es: str
    pt: str
    en: str


class ScheduleInUse(Contract):
    """The national schedule that a plan follows."""

    country: str
    titles: Words
    version: str
    source: str
    source_date: str
    confirm: str
    """Who has to confirm the product's table before it is used."""
    not_covered: tuple[str, ...]
    """`covid`, `dengue`, `rabies`, `risk_groups`, `campaigns`: what the plan says nothing of."""


class VaccineName(Contract):
    """A vaccine that may be chosen."""

    code: str
    """`cvx:` and CDC's code."""
    titles: Words


class Vaccines(Contract):
    """Every vaccine that plans know."""

    items: tuple[VaccineName, ...]


class PlannedDose(Contract):
    """One dose of a series."""

    number: int
    status: DoseStatus
    due_on: date | None = None
    late_on: date | None = None
    entry: Id | None = None
    """The entry of the chart that says that it was given."""
    given_on: str | None = None
    """A date, or a month or year where no more is known."""


class VoidDose(Contract):
    """A dose that does not count and has to be given again."""

    entry: Id
    given_on: str
    reason: Literal["too_young", "interval", "live", "same_day"]
    """`live`: within 28 days of another live vaccine."""
    counts_from: date
    """From when it would have counted."""


class Objection(Contract):
    """What in the record speaks against the vaccine."""

    reason: Literal["pregnant", "immunosuppressed", "allergy", "reaction", "withheld"]
    """`withheld`: an entry that the caller may not see."""
    entry: Id | None = None
    text: str = ""


class PlannedSeries(Contract):
    """The doses against one disease."""

    id: str
    titles: Words
    vaccine: VaccineName
    """What is usually given."""
    doses: tuple[PlannedDose, ...]
    void: tuple[VoidDose, ...] = ()
    objections: tuple[Objection, ...] = ()
    refused_on: date | None = None
    refused_because: str = ""


class ImmunizationPlan(Contract):
    """What is done, due, late and to come for a patient."""

    schedule: ScheduleInUse | None
    """Null where the institution has no country, or its schedule is not known here."""
    series: tuple[PlannedSeries, ...] = ()
    late: int = 0
    due: int = 0
    uncounted: tuple[Id, ...] = ()
    """Vaccinations without a code that plans know: nobody can say what they count for."""
    not_checked: tuple[
        Literal["birth_date_estimated", "allergies_not_asked", "no_schedule", "deceased"], ...
    ] = ()
    """What the plan could not look at."""
