"""Contracts of measurements: vital signs, what they mean, trends."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, model_validator

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
    "arm_circumference",
    "mean_pressure",
    "pain",
    "glucose",
    "peak_flow",
    "fundal_height",
    "fetal_heart_rate",
]
Consciousness = Literal["alert", "confused", "voice", "pain", "unresponsive"]
"""ACVPU: alert, newly confused, answers to voice, to pain, not at all."""
Oxygen = Literal["air", "supplemental"]
Oedema = Literal["none", "mild", "moderate", "severe"]
"""Pitting oedema of both feet: WHO's +, ++, +++."""
AbsentReason = Literal[
    "undetectable", "declined", "unable", "no-equipment", "instrument-error", "not-done"
]
"""Why a value is missing (FHIR dataAbsentReason); `undetectable` may be urgent."""
Altitude = Annotated[int, Field(ge=-430, le=6000)]
"""Metres above the sea."""


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
    values: dict[VitalName, Given] = Field(default={})
    lying: bool | None = None
    """How the length of a small child was taken."""
    temperature_method: Line | None = None
    """axillary, oral, tympanic, rectal, forehead; others are kept and change nothing."""
    encounter: Id | None = None
    site: Id | None = None
    """Where it was measured; of an encounter it is the encounter's site."""
    altitude_m: Altitude | None = None
    """Where the site's is not the one: at home, on a brigade."""
    consciousness: Consciousness | None = None
    oxygen: Oxygen | None = None
    oedema: Oedema | None = None
    not_measured: dict[VitalName, AbsentReason] = Field(default={})
    confirmed: tuple[VitalName, ...] = Field(default=(), max_length=30)
    """Doubtful values that somebody looked at again: without it they are refused as `doubtful`."""
    corrects: "Correction | None" = None
    """The set that this one replaces, which becomes an error in the same moment."""

    @model_validator(mode="after")
    def _says_something(self) -> "VitalsBody":
        said = (self.values, self.not_measured, self.consciousness, self.oedema)
        if not any(said):
            raise ValueError("a set has at least one value, or says why there is none")
        both = sorted(set(self.values) & set(self.not_measured))
        if both:
            raise ValueError(f"measured and not measured at once: {', '.join(both)}")
        return self


class Correction(Contract):
    """A set that was wrong, at the version that was seen."""

    set: Id
    version: int = Field(ge=1)


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
    grade: str | None = None
    """A stage of blood pressure or of body mass: `stage-2`, `severe`, `obesity-1`, …"""
    source: str | None = None
    """Where the range comes from; none in older records."""


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
    standard: str = "who"
    """`who`, or `intergrowth-21st` for preterm children before term."""
    age_days: int | None = None
    """The age at which it was compared, of preterm children the corrected one."""


class NutritionFinding(Contract):
    """What is said of a child's nutrition in WHO's words, and what it was found by."""

    code: str
    basis: tuple[str, ...]


class ScoreFinding(Contract):
    """A score of several signs (NEWS2); without a value, what is missing for it."""

    name: Literal["news2"] = "news2"
    value: int | None
    band: str | None
    """low, low-medium, medium, high."""
    parts: dict[str, int]
    missing: tuple[str, ...]
    scale: int
    """NEWS2's scale of oxygen saturation, 1 or 2."""


class NotMeasured(Contract):
    """A value that could not be taken."""

    vital: VitalName
    reason: AbsentReason


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
    lying: bool | None = None
    site: Id | None = None
    altitude_m: int | None = None
    """Where the values were read as at; none was taken for the sea's level."""
    consciousness: Consciousness | None = None
    oxygen: Oxygen | None = None
    oedema: Oedema | None = None
    not_measured: tuple[NotMeasured, ...] = ()
    nutrition: tuple[NutritionFinding, ...] = ()
    scores: tuple[ScoreFinding, ...] = ()
    gestation_days: int | None = None
    """Days of the pregnancy at the measurement."""
    corrects: Id | None = None
    """The set that this one replaced."""


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
