"""Checking that an encounter which something names is one of the patient's own."""

from telesalud.patients.access.opening import Chart
from telesalud.patients.encounters.repository import encounter_key
from telesalud.platform.errors import FieldError, Invalid


def check_encounter(chart: Chart, encounter: str | None) -> None:
    """Raise Invalid for an encounter that the patient does not have."""
    if encounter is None:
        return
    item = chart.services.store.get(encounter_key(chart.tenant, encounter))
    if item is None or item.text("patient") not in chart.members:
        fault = FieldError("/encounter", "unknown", "the patient has no such encounter")
        raise Invalid("the encounter is not known", [fault])
