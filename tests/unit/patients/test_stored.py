"""What earlier releases stored opens, and keeps what later ones added to it."""

from schemas import (
    admissions,
    care,
    chart,
    coverage,
    custody,
    documents,
    encounters,
    forms,
    patients,
)
from telesalud.patients.stored import STORED
from tests.support import golden

EVENTS = (
    patients.EVENTS
    | admissions.EVENTS
    | care.EVENTS
    | chart.EVENTS
    | coverage.EVENTS
    | custody.EVENTS
    | documents.EVENTS
    | encounters.EVENTS
    | forms.EVENTS
)


def test_what_any_release_stored_opens() -> None:
    golden.check("patients", {**STORED, **EVENTS})
