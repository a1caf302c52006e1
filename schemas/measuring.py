"""Contracts of what changes the meaning of measurements: an institution's ranges and altitude, a
person's pregnancy, preterm birth and oxygen target."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from schemas.common import Contract, Day, Id, Line
from schemas.vitals import Altitude, Number, VitalName

Months = Annotated[int, Field(ge=0, le=2400)]


class OwnRange(Contract):
    """A reference range of the institution, which comes before the shipped ones.

    Limits are in the stored unit; at the critical ones and beyond a value is critical. Ages are in
    completed months, from inclusive, to exclusive; altitudes in metres likewise.
    """

    vital: VitalName
    from_months: Months = 0
    to_months: Months = 2400
    sex: Literal["male", "female"] | None = None
    pregnant: bool | None = None
    """For pregnant people only, for all others only, or for both."""
    from_altitude_m: Altitude | None = None
    to_altitude_m: Altitude | None = None
    critical_low: Number | None = None
    low: Number | None = None
    high: Number | None = None
    critical_high: Number | None = None
    source: Line
    """Who says so: a norm, a publication, the institution's own study."""

    @model_validator(mode="after")
    def _in_order(self) -> "OwnRange":
        limits = (self.critical_low, self.low, self.high, self.critical_high)
        present = [limit for limit in limits if limit is not None]
        if not present:
            raise ValueError("a range has at least one limit")
        if present != sorted(present):
            raise ValueError("limits rise from critically low to critically high")
        if self.from_months >= self.to_months:
            raise ValueError("a range begins at a younger age than it ends")
        low, high = self.from_altitude_m, self.to_altitude_m
        if low is not None and high is not None and low >= high:
            raise ValueError("a range begins at a lower altitude than it ends")
        return self


class MeasuringRulesBody(Contract):
    """What an institution sets for all its measurements."""

    altitude_m: Altitude | None = None
    """Of the institution, for sites that do not say theirs."""
    ranges: tuple[OwnRange, ...] = Field(default=(), max_length=200)


class MeasuringRules(MeasuringRulesBody):
    """The same, as it stands; version 0 when nothing was set."""

    version: int


class ShippedRange(Contract):
    """A reference range that comes with the product."""

    vital: VitalName
    from_months: int
    to_months: int
    sex: Literal["male", "female"] | None
    critical_low: Number | None
    low: Number | None
    high: Number | None
    critical_high: Number | None
    source: str


class ShippedRanges(Contract):
    """Every range that comes with the product, for whoever reviews them."""

    items: tuple[ShippedRange, ...]


class Gestation(Contract):
    """A gestational age."""

    weeks: int = Field(ge=20, le=44)
    days: int = Field(default=0, ge=0, le=6)


Outcome = Literal["birth", "stillbirth", "miscarriage", "abortion", "ectopic", "molar"]


class Pregnancy(Contract):
    """One pregnancy. The due date is 280 days after the last menstruation where that dates it."""

    id: Id
    due_on: Day
    dated_by: Literal["menstruation", "ultrasound", "conception", "examination"]
    menstruation_on: Day | None = None
    fetuses: int = Field(default=1, ge=1, le=9)
    ended_on: Day | None = None
    outcome: Outcome | None = None

    @model_validator(mode="after")
    def _ends_with_an_outcome(self) -> "Pregnancy":
        if (self.ended_on is None) != (self.outcome is None):
            raise ValueError("an ended pregnancy has a day and an outcome, others neither")
        if self.dated_by == "menstruation" and self.menstruation_on is None:
            raise ValueError("the last menstruation is missing, by which it was dated")
        return self


Count = Annotated[int, Field(ge=0, le=30)]


class ObstetricHistory(Contract):
    """Earlier pregnancies in figures, those before the record included."""

    pregnancies: Count
    births: Count
    caesareans: Count = 0
    losses: Count = 0
    living: Count = 0
    preterm: Count = 0


class CircumstancesBody(Contract):
    """What is known of a person that changes what a measurement means."""

    gestation_at_birth: Gestation | None = None
    """How far they were at their own birth: growth of preterm children is corrected."""
    oxygen_scale: Literal[1, 2] = 1
    """NEWS2's: 2 where the target of oxygen saturation is 88 to 92 %, as a clinician decided."""
    pregnancies: tuple[Pregnancy, ...] = Field(default=(), max_length=30)
    obstetric_history: ObstetricHistory | None = None

    @model_validator(mode="after")
    def _one_at_a_time(self) -> "CircumstancesBody":
        if sum(one.ended_on is None for one in self.pregnancies) > 1:
            raise ValueError("only one pregnancy goes on at a time")
        if len({one.id for one in self.pregnancies}) != len(self.pregnancies):
            raise ValueError("each pregnancy has an id of its own")
        return self


class CurrentPregnancy(Contract):
    """A pregnancy today."""

    id: Id
    weeks: int
    days: int
    due_on: Day
    fetuses: int


class Circumstances(CircumstancesBody):
    """The same, as it stands; version 0 when nothing was recorded."""

    version: int
    current: CurrentPregnancy | None = None
    puerperium: bool = False
    """Whether a pregnancy ended within the last six weeks."""
