"""What is stored of measurements: a set with what follows from it, and each value for trends.

Findings are stored as the contracts of these value objects have them.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.vitals import GrowthFinding, TrendPoint, VitalFinding, VitalsSet


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
