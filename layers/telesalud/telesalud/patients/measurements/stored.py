"""What is stored of measurements: a set with what follows from it, each value for trends, what an
institution sets for them, what is known of a person that changes their meaning.

Findings, ranges and pregnancies are stored as the contracts of these value objects have them.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from schemas.measuring import Gestation, ObstetricHistory, OwnRange, Pregnancy
from schemas.vitals import (
    Consciousness,
    GrowthFinding,
    NotMeasured,
    NutritionFinding,
    Oedema,
    Oxygen,
    ScoreFinding,
    TrendPoint,
    VitalFinding,
    VitalsSet,
)


class StoredVitals(BaseModel):
    """A set of vital signs."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    patient: str
    version: int
    measured_at: datetime
    recorded_at: datetime
    recorded_by: str
    encounter: str | None
    temperature_method: str | None
    findings: tuple[VitalFinding, ...]
    growth: tuple[GrowthFinding, ...]
    entered_in_error: bool = False
    lying: bool | None = None
    site: str | None = None
    altitude_m: int | None = None
    consciousness: Consciousness | None = None
    oxygen: Oxygen | None = None
    oedema: Oedema | None = None
    not_measured: tuple[NotMeasured, ...] = ()
    nutrition: tuple[NutritionFinding, ...] = ()
    scores: tuple[ScoreFinding, ...] = ()
    gestation_days: int | None = None
    corrects: str | None = None

    @property
    def view(self) -> VitalsSet:
        """What callers see."""
        fields = {name: getattr(self, name) for name in VitalsSet.model_fields}
        return VitalsSet(**fields)


class StoredTrendPoint(BaseModel):
    """One value of one vital sign."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    set: str
    measured_at: datetime
    finding: VitalFinding

    @property
    def view(self) -> TrendPoint:
        """What callers see."""
        return TrendPoint(set=self.set, measured_at=self.measured_at, finding=self.finding)


class StoredRules(BaseModel):
    """What an institution sets for all its measurements; nothing personal."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    altitude_m: int | None = None
    ranges: tuple[OwnRange, ...] = ()


class StoredCircumstances(BaseModel):
    """What is known of a person that changes what a measurement means."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    gestation_at_birth: Gestation | None = None
    oxygen_scale: Literal[1, 2] = 1
    pregnancies: tuple[Pregnancy, ...] = ()
    obstetric_history: ObstetricHistory | None = None
    recorded_by: str = ""
    recorded_at: datetime | None = None
