"""Whose values are assessed, and under which circumstances they were taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from telesalud.patients.measurements.news2 import Consciousness
from telesalud.patients.measurements.oxygen import OxygenScale
from telesalud.patients.measurements.pregnancy import Maternal
from telesalud.patients.measurements.preterm import corrected_days
from telesalud.patients.measurements.ranges import Range, Sex
from telesalud.patients.people.births import Age

StandardSex = Literal["male", "female"]
GROWN_UP_MONTHS = 19 * 12


@dataclass(frozen=True, slots=True)
class Person:
    """Whose values they are; `lying` tells how the height of a small child was taken."""

    age: Age
    sex: Sex
    lying: bool | None = None
    birth_estimated: bool = False
    gestation_at_birth_days: int | None = None
    maternal: Maternal | None = None
    height_cm: Decimal | None = None
    """A recent height, for a pressure that was taken without one."""

    @property
    def growth_days(self) -> int:
        """The age that growth is compared at; negative before a preterm child's term."""
        return corrected_days(self.age.total_days, self.gestation_at_birth_days)

    @property
    def grows(self) -> bool:
        """Whether growth standards apply."""
        return self.age.total_months < GROWN_UP_MONTHS

    @property
    def standard_sexes(self) -> tuple[StandardSex, ...]:
        """The sexes that standards know among which this person may be."""
        if self.sex == "male":
            return ("male",)
        return ("female",) if self.sex == "female" else ("male", "female")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and how values were taken."""

    altitude_m: int | None = None
    temperature_method: str | None = None
    consciousness: Consciousness | None = None
    on_oxygen: bool | None = None
    oxygen_scale: OxygenScale = 1
    oedema: bool = False
    """Pitting oedema of both feet: a child's weight says nothing then (WHO)."""
    ranges: Sequence[Range] = field(default=())
    """The institution's own, which come before the shipped ones."""
