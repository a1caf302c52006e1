"""Vaccinations of a chart: asking whether one is recorded twice, and events of which the authority
is told.

    CHART#<t>#<patient> / VACCINATIONS    written with each vaccination, so that of two people who
                                          record the same dose at one moment the second is asked
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from schemas.chart import Diagnosis, EventStatus, ImmunizationBody, Verification
from telesalud.patients.access.opening import Chart, chart_partition
from telesalud.patients.chart.partial_dates import first_day, last_day, written
from telesalud.patients.chart.stored import StoredImmunization
from telesalud.patients.surveillance import cases
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.sealed import open_model
from telesalud.platform.store import ABSENT, Key, Operation, Put, at_version, every
from telesalud.platform.vault import Scope

PREFIX = "ENTRY#immunizations#"
TURN: Final = "VACCINATIONS"
_ICD10: Final = "T88.1"
"""Other complications following immunization: what a serious event counts under."""


def taken(chart: Chart) -> Put:
    """The write that makes two vaccinations of one patient take turns; the chart came with TURN."""
    key = Key(chart_partition(chart.tenant, chart.patient), TURN)
    item = chart.items.get(key)
    return Put(key, {}, when=at_version(item.version) if item else ABSENT)


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
        if one.status is EventStatus.COMPLETED and _same(one, body) and not answered(chart):
            detail = "this vaccine of that day is recorded; confirm that it was given twice"
            fault = FieldError("/given_on", "duplicate", detail, {"entry": one.id})
            raise Invalid("look whether this dose is recorded already", [fault])


def answered(chart: Chart) -> bool:
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


@dataclass(frozen=True, slots=True)
class _Event:
    """A serious event after a vaccination, as surveillance reads a diagnosis."""

    id: str
    diagnoses: tuple[Diagnosis, ...]
    verification: Verification
    onset_on: date | None
    recorded_by: str
    notifiable_since: datetime | None
    partial: Mapping[str, str] = field(default_factory=dict)
    """Empty: it began on a whole day, or nobody knows when."""


def notifiable_since(
    chart: Chart, body: ImmunizationBody, before: StoredImmunization | None
) -> datetime | None:
    """Since when the authority has to be told of a serious event; None without one."""
    if body.reaction is None or not body.reaction.serious:
        return None
    void = body.status is EventStatus.ERROR
    fields: dict[str, object] = {
        "diagnoses": _diagnoses(),
        "verification": Verification.ERROR if void else Verification.UNCONFIRMED,
    }
    known = _event(before) if before else None
    return cases.since(chart.services, chart.tenant, fields, known)


def told(
    chart: Chart, after: StoredImmunization, before: StoredImmunization | None
) -> Iterator[Operation]:
    """The writes that keep a serious event among what the authority is told."""
    scope = Scope(chart.tenant, after.patient)
    old = _event(before) if before else None
    return cases.moved(chart.services.vault, scope, old, _event(after), "immunizations")


def _event(entry: StoredImmunization) -> _Event:
    began = entry.reaction.began_on if entry.reaction else None
    since = entry.notifiable_since
    unsure = Verification.UNCONFIRMED
    return _Event(entry.id, _diagnoses(), unsure, began, entry.recorded_by, since)


def _diagnoses() -> tuple[Diagnosis, ...]:
    return (Diagnosis(code="ESAVI", icd10=_ICD10, codes=()),)
