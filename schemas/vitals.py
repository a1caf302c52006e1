"""Contracts of measurements: vital signs, what they mean, trends."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints

from schemas.common import Contract, Id, Line, Moment, PageQuery, Query

VitalName = Literal[
    "systolic",
    "diastolic",
    "pulse",
    "respiration",
    "temperature",
    "oxygen_saturation",
    "oxygen_flow",
    "oxygen_concentration",
    "weight",
    "height",
    "head_circumference",
    "waist",
    "bmi",
]


def _exact(value: object) -> object:
    """A JSON number becomes the decimal that was written, never a binary fraction."""
    return Decimal(str(value)) if type(value) in (int, float) else value


Number = Annotated[
    Decimal,
    BeforeValidator(_exact, json_schema_input_type=float),
    Field(allow_inf_nan=False, max_digits=9),
    PlainSerializer(float, return_type=float, when_used="json"),
]


class Given(Contract):
    """A value as it was measured; `unit` in UCUM."""

    value: Number
    unit: Annotated[str, StringConstraints(min_length=1, max_length=20)]


class MeasuredValue(Contract):
    """A value in its stored unit, UCUM."""

    vital: VitalName
    value: Number
    unit: str


class VitalsBody(Contract):
    """One set of vital signs."""

    measured_at: Moment
    values: dict[VitalName, Given] = Field(min_length=1)
    lying: bool | None = None
    """How the length of a small child was taken."""
    temperature_method: Line | None = None
    encounter: Id | None = None


class VitalFinding(Contract):
    """A value in its stored unit and what it means."""

    vital: VitalName
    loinc: str
    value: Number
    unit: str
    interpretation: str | None
    """HL7 v3 ObservationInterpretation: N, L, H, LL, HH."""
    low: Number | None
    high: Number | None
    unusual: bool
    likely_unit: str | None
    """The unit that was probably meant, when the number is unusual in the given one."""


class GrowthFinding(Contract):
    """A child's place among children (WHO)."""

    indicator: str
    loinc: str | None
    z_score: float
    percentile: float
    implausible: bool
    value: float | None = None
    """What was compared, in kg, cm or kg/m2, its posture corrected; none in older records."""
    stature: float | None = None
    """The length or height in cm at which a weight was compared, where age does not decide."""


GrowthIndicator = Literal[
    "weight-for-age",
    "length-height-for-age",
    "bmi-for-age",
    "head-circumference-for-age",
    "weight-for-length",
    "weight-for-height",
]


class GrowthCurvesQuery(Query):
    """Which of WHO's charts."""

    indicator: GrowthIndicator
    sex: Literal["male", "female"]


class GrowthCurve(Contract):
    """One line of a growth chart: a percentile, standard deviations, or for the median both."""

    percentile: int | None
    deviations: int | None
    values: tuple[float, ...]
    """At each `x` of the chart, in its unit."""


class GrowthCurves(Contract):
    """One of WHO's growth charts, lowest curve first. There is nothing of any patient in it."""

    indicator: GrowthIndicator
    sex: Literal["male", "female"]
    unit: Literal["kg", "cm", "kg/m2"]
    x_unit: Literal["mo", "cm"]
    """UCUM: months of 30.4375 days, or cm of length or height."""
    x: tuple[float, ...]
    curves: tuple[GrowthCurve, ...]


class LastVital(Contract):
    """The last value of one vital sign."""

    set: Id
    measured_at: Moment
    finding: VitalFinding


class VitalsSet(Contract):
    """A recorded set of vital signs."""

    id: Id
    patient: Id
    version: int
    measured_at: Moment
    recorded_at: Moment
    recorded_by: str
    encounter: Id | None
    temperature_method: str | None
    findings: tuple[VitalFinding, ...]
    growth: tuple[GrowthFinding, ...]
    entered_in_error: bool = False


class VitalsList(Contract):
    """Sets of vital signs, latest first."""

    items: tuple[VitalsSet, ...]
    cursor: str | None = None


class VitalsQuery(PageQuery):
    """Pages through measurements, latest first."""


class TrendQuery(Query):
    """The course of one vital sign."""

    vital: VitalName
    cursor: str | None = Field(default=None, max_length=512)
    limit: int = Field(default=100, ge=1, le=500)


class TrendPoint(Contract):
    """One value of a trend."""

    set: Id
    measured_at: Moment
    finding: VitalFinding


class Trend(Contract):
    """Values of one vital sign, latest first."""

    items: tuple[TrendPoint, ...]
    cursor: str | None = None
