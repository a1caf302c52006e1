"""What is known of a person that changes what a measurement means: pregnancies, a preterm birth,
the target of oxygen saturation.

CHART#<t>#<patient> / MEASURING              as it stands
CHART#<t>#<patient> / MEASURING#<nnnnnn>     each version of it; never changed
"""

from datetime import date, timedelta
from typing import Final

from schemas.measuring import (
    Circumstances,
    CircumstancesBody,
    CurrentPregnancy,
    Pregnancy,
)
from telesalud.patients.access.opening import Chart, chart_partition, open_chart
from telesalud.patients.measurements.pregnancy import (
    LONGEST_DAYS,
    TERM_DAYS,
    Maternal,
    gestation_days,
    maternal_on,
)
from telesalud.patients.measurements.stored import StoredCircumstances
from telesalud.patients.policy import READ_RECORD, WRITE_RECORD
from telesalud.platform.errors import FieldError, Invalid, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

NAME: Final = "MEASURING"


def read(services: Services, call: Call, patient: str) -> Circumstances:
    """What is known; version 0 when nothing is. Audited. Raises Forbidden, NotFound."""
    chart = open_chart(services, call, patient, READ_RECORD, names=(NAME,))
    chart.log("patients.read_circumstances", f"patient/{chart.patient}")
    item = _item(chart, chart.patient)
    return _view(chart, known_of(chart), item.version if item else 0)


def put(
    services: Services, call: Call, patient: str, body: CircumstancesBody, version: int
) -> Circumstances:
    """Replace what is known (version 0: for the first time); earlier versions are kept.

    Raises Forbidden, NotFound, StaleVersion, Invalid for days that do not fit each other.
    """
    chart = open_chart(services, call, patient, WRITE_RECORD, names=(NAME,))
    today = services.clock().date()
    faults = [
        fault
        for place, one in enumerate(body.pregnancies)
        for fault in _faults(f"/pregnancies/{place}", one, chart, today)
    ]
    if faults:
        raise Invalid("the days of a pregnancy do not fit each other", faults)
    update = {name: getattr(body, name) for name in CircumstancesBody.model_fields}
    update |= {"recorded_by": call.caller.subject, "recorded_at": services.clock()}
    stored = known_of(chart).model_copy(update=update)
    partition = chart_partition(chart.tenant, chart.patient)
    now = Key(partition, NAME)
    kept = Key(partition, f"{NAME}#{version + 1:06d}")
    vault, scope = services.vault, chart.scope
    work = Work(services, call)
    work.add(
        Put(
            now,
            {ATTRIBUTE: seal_model(vault, scope, now, stored)},
            when=at_version(version) if version else ABSENT,
        ),
        Put(kept, {ATTRIBUTE: seal_model(vault, scope, kept, stored)}, when=ABSENT),
    )
    chart.audit(work, "patients.set_circumstances", f"patient/{chart.patient}")
    answer = _view(chart, stored, version + 1)
    try:
        work.commit(answer, version + 1)
    except ConditionFailed as failed:
        if failed.at(now) or failed.at(kept):
            raise StaleVersion from failed
        raise
    return answer


def known_of(chart: Chart) -> StoredCircumstances:
    """What is known of a patient whose chart came with `NAME`; of one who absorbed others, what
    was recorded of themselves, or else of the first of those."""
    for member in chart.members:
        item = _item(chart, member)
        if item is not None:
            scope = Scope(chart.tenant, member)
            return open_model(chart.services.vault, scope, item, StoredCircumstances)
    return StoredCircumstances()


def maternal_of(known: StoredCircumstances, day: date) -> Maternal | None:
    """The pregnancy of a day, one that goes on before one that ended."""
    found = [maternal_on(day, one.due_on, one.ended_on) for one in known.pregnancies]
    present = [one for one in found if one is not None]
    return next((one for one in present if one.pregnant), present[0] if present else None)


def _item(chart: Chart, member: str) -> Item | None:
    return chart.items.get(Key(chart_partition(chart.tenant, member), NAME))


def _view(chart: Chart, known: StoredCircumstances, version: int) -> Circumstances:
    today = chart.services.clock().date()
    going_on = [
        one
        for one in known.pregnancies
        if one.ended_on is None and 0 <= gestation_days(one.due_on, today) <= LONGEST_DAYS
    ]
    current = None
    if going_on:
        one = going_on[0]
        weeks, days = divmod(gestation_days(one.due_on, today), 7)
        current = CurrentPregnancy(
            id=one.id, weeks=weeks, days=days, due_on=one.due_on, fetuses=one.fetuses
        )
    maternal = maternal_of(known, today)
    return Circumstances(
        gestation_at_birth=known.gestation_at_birth,
        oxygen_scale=known.oxygen_scale,
        pregnancies=known.pregnancies,
        obstetric_history=known.obstetric_history,
        version=version,
        current=current,
        puerperium=maternal is not None and not maternal.pregnant,
    )


def _faults(pointer: str, one: Pregnancy, chart: Chart, today: date) -> list[FieldError]:
    began = one.due_on - timedelta(days=TERM_DAYS)
    faults = []
    if began > today + timedelta(days=1):
        detail = "it would begin in the future"
        faults.append(FieldError(f"{pointer}/due_on", "in-future", detail))
    if began < chart.found.stored.body.birth_date:
        faults.append(FieldError(f"{pointer}/due_on", "before-birth", "this is before the birth"))
    if one.ended_on is None and one.due_on + timedelta(days=LONGEST_DAYS - TERM_DAYS) < today:
        detail = "nobody is pregnant for more than 44 weeks: say when and how it ended"
        faults.append(FieldError(f"{pointer}/ended_on", "overdue", detail))
    if one.ended_on is not None and not began <= one.ended_on <= today + timedelta(days=1):
        detail = "it ended before it began or in the future"
        faults.append(FieldError(f"{pointer}/ended_on", "order", detail))
    by_menstruation = one.dated_by == "menstruation" and one.menstruation_on is not None
    if by_menstruation and one.menstruation_on != began:
        detail = "the due date is 280 days after the last menstruation"
        faults.append(FieldError(f"{pointer}/due_on", "menstruation", detail))
    return faults
