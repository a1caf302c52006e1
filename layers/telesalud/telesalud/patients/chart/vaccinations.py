"""Vaccinations of a chart, and asking whether one is recorded for the second time."""

from collections.abc import Iterator

from schemas.chart import EventStatus, ImmunizationBody
from telesalud.patients.access.opening import Chart, chart_partition
from telesalud.patients.chart.partial_dates import first_day, last_day, written
from telesalud.patients.chart.stored import StoredImmunization
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.sealed import open_model
from telesalud.platform.store import every
from telesalud.platform.vault import Scope

PREFIX = "ENTRY#immunizations#"


def vaccinations(chart: Chart) -> Iterator[StoredImmunization]:
    """The present versions of all that is recorded, also of those who were merged in."""
    for member in chart.members:
        scope = Scope(chart.tenant, member)
        partition = chart_partition(chart.tenant, member)
        for item in every(chart.services.store, partition, PREFIX):
            yield open_model(chart.services.vault, scope, item, StoredImmunization)


def ask_if_twice(chart: Chart, body: ImmunizationBody) -> None:
    """Raise Invalid, code `duplicate`, for the same vaccine of the same day, unless confirmed."""
    if body.confirm_not_duplicate or body.status is not EventStatus.COMPLETED:
        return
    for one in vaccinations(chart):
        if one.status is EventStatus.COMPLETED and _same(one, body) and not _answered(chart):
            detail = "this vaccine of that day is recorded; confirm that it was given twice"
            fault = FieldError("/given_on", "duplicate", detail, {"entry": one.id})
            raise Invalid("look whether this dose is recorded already", [fault])


def _answered(chart: Chart) -> bool:
    """Whether it is this very request that was recorded, while its repetition was on its way."""
    once = chart.call.once
    return once is not None and (
        chart.services.store.get(once.store_key(chart.call.caller)) is not None
    )


def _same(one: StoredImmunization, body: ImmunizationBody) -> bool:
    given = written(one.given_on, one.partial.get("given_on"))
    apart = last_day(given) < first_day(body.given_on) or last_day(body.given_on) < first_day(given)
    if apart:
        return False
    if one.codes and body.codes:
        return bool(set(one.codes) & set(body.codes))
    return one.text.casefold().strip() == body.text.casefold().strip()
