"""People of some age whose values are assessed."""

from decimal import Decimal
from typing import Any, Final

from telesalud.patients.measurements.assessment import Assessment, Finding, assess
from telesalud.patients.measurements.catalogue import CATALOGUE, Vital
from telesalud.patients.measurements.converting import Measured
from telesalud.patients.measurements.person import Person, Setting
from telesalud.patients.measurements.ranges import Sex
from telesalud.patients.people.births import Age

SEA: Final = Setting()


def of_days(days: int, sex: Sex = "female") -> Person:
    """Somebody of so many days."""
    months = int(days / 30.4375)
    return Person(Age(months // 12, months % 12, 0, days), sex)


def of_years(years: float, sex: Sex = "female") -> Person:
    """Somebody of so many years and a few days."""
    return of_days(round(years * 365.25) + 3, sex)


def assessed(person: Person, setting: Setting = SEA, /, **values: Any) -> Assessment:
    """What follows from values in their stored units."""
    measured = {
        Vital(name): Measured(Decimal(text), CATALOGUE[Vital(name)].unit)
        for name, text in values.items()
    }
    return assess(measured, person, setting)


def found(made: Assessment, vital: Vital) -> Finding:
    """What was found of one vital sign."""
    return next(one for one in made.findings if one.vital is vital)
