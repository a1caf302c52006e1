"""Contracts of the catalogue of tests: what can be ordered, and how its results are judged."""

from pydantic import Field, model_validator

from schemas.common import Contract, Language, Line, Query
from schemas.formulary import Loinc, NationalCode, OrderKind
from schemas.patients import Sex


class ReferenceLimits(Contract):
    """A reference range and critical limits, in the test's unit, for an age (days) and a sex.

    The range includes its ends; a critical limit is critical itself.
    """

    sex: Sex | None = None
    """None: of everybody."""
    from_days: int = Field(default=0, ge=0)
    until_days: int | None = Field(default=None, ge=1)
    low: float | None = Field(default=None, allow_inf_nan=False)
    high: float | None = Field(default=None, allow_inf_nan=False)
    critical_low: float | None = Field(default=None, allow_inf_nan=False)
    critical_high: float | None = Field(default=None, allow_inf_nan=False)

    @model_validator(mode="after")
    def _rising(self) -> "ReferenceLimits":
        given = [
            limit
            for limit in (self.critical_low, self.low, self.high, self.critical_high)
            if limit is not None
        ]
        if given != sorted(given):
            raise ValueError("limits rise from critical_low over low and high to critical_high")
        return self


class OrderableTest(Contract):
    """A test: how it is called, in which unit it is measured, what can be, what is usual."""

    loinc: Loinc | None = None
    code: NationalCode | None = None
    """The institution's own code."""
    kind: OrderKind = OrderKind.LABORATORY
    es: Line
    pt: Line
    en: Line
    words: tuple[Line, ...] = Field(default=(), max_length=40)
    """What people type instead."""
    unit: Line | None = None
    """UCUM; None of what is not a number. It has the dimension of the LOINC code's property."""
    molar_mass: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """g/mol, to convert between mass and amount."""
    charge: int | None = Field(default=None, ge=1, le=4)
    """Equivalents per mole."""
    lowest: float | None = Field(default=None, allow_inf_nan=False)
    highest: float | None = Field(default=None, allow_inf_nan=False)
    """What is measured lies between; beyond it a value was mistyped or has another unit."""
    limits: tuple[ReferenceLimits, ...] = Field(default=(), max_length=40)

    @model_validator(mode="after")
    def _coded(self) -> "OrderableTest":
        if self.loinc is None and self.code is None:
            raise ValueError("a test has a LOINC code or a code of the institution")
        if self.unit is None and (self.limits or self.lowest is not None):
            raise ValueError("limits are in a unit")
        return self


class FoundTest(Contract):
    """A test as it is offered to whoever orders."""

    loinc: Loinc | None
    code: NationalCode | None
    kind: OrderKind
    display: Line
    unit: str | None


class FindTests(Query):
    """By words, abbreviations or a code; the nearest first."""

    q: str = Field(min_length=1, max_length=100)
    language: Language = "es"
    kind: OrderKind | None = None
    limit: int = Field(default=20, ge=1, le=50)


class FoundTests(Contract):
    """Tests found, the nearest first."""

    items: tuple[FoundTest, ...]
