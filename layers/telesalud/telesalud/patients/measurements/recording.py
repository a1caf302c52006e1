"""Vital signs: recording a set, its meaning at the patient's age, trends, taking an error back.

CHART#<t>#<patient> / VITALS#<measured>#<set>           a set with what follows from it
CHART#<t>#<patient> / SET#<set>                         where the set is
CHART#<t>#<patient> / TREND#<vital>#<measured>#<set>    one value, for trends
"""

from datetime import timedelta
from typing import Final, TypeVar

from pydantic import BaseModel

from schemas.summary import TimelineEntry
from schemas.vitals import (
    Given,
    GrowthFinding,
    LastVital,
    MeasuredValue,
    Trend,
    TrendQuery,
    VitalFinding,
    VitalName,
    VitalsBody,
    VitalsList,
    VitalsQuery,
    VitalsSet,
)
from telesalud.patients import country
from telesalud.patients.access.opening import Chart, chart_partition, open_chart
from telesalud.patients.access.paging import owner_of, page
from telesalud.patients.chart import timeline
from telesalud.patients.encounters.references import check_encounter
from telesalud.patients.measurements.assessment import Assessment, Finding, Measured, Person, assess
from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.growth import BY_STATURE, PERCENTILE_LOINC
from telesalud.patients.measurements.stored import StoredTrendPoint, StoredVitals
from telesalud.patients.people.births import Age, age_on
from telesalud.patients.policy import READ_RECORD, WRITE_RECORD
from telesalud.patients.summary import parts
from telesalud.patients.summary.stored import Vitals
from telesalud.platform.clock import to_text
from telesalud.platform.errors import FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Delete,
    Item,
    Key,
    Put,
    at_version,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

M = TypeVar("M", bound=BaseModel)

SKEW: Final = timedelta(minutes=5)
"""How far a client's clock may be ahead."""
KIND: Final = "vitals"


def record(services: Services, call: Call, patient: str, body: VitalsBody) -> VitalsSet:
    """Keep a set of vital signs with what it means.

    Raises Forbidden, NotFound, Invalid naming each value that is not humanly possible.
    """

    def step() -> VitalsSet:
        chart = open_chart(services, call, patient, WRITE_RECORD, names=(parts.VITALS,))
        check_encounter(chart, body.encounter)
        assessed = _assess(chart, body)
        made = StoredVitals(
            id=services.new_id(),
            patient=chart.patient,
            version=1,
            measured_at=body.measured_at,
            recorded_at=services.clock(),
            recorded_by=call.caller.subject,
            encounter=body.encounter,
            temperature_method=body.temperature_method,
            findings=tuple(_finding(one) for one in assessed.findings),
            growth=tuple(
                GrowthFinding(
                    indicator=one.indicator.value,
                    loinc=PERCENTILE_LOINC.get(one.indicator),
                    z_score=round(one.z_score, 2),
                    percentile=round(one.percentile, 1),
                    implausible=one.implausible,
                    value=round(one.value, 3),
                    stature=round(one.at, 1) if one.indicator in BY_STATURE else None,
                )
                for one in assessed.growth
            ),
        )
        work = Work(services, call)
        _collect(work, chart, made)
        chart.audit(work, "patients.record_vitals", f"{KIND}/{made.id}")
        answer = made.view
        work.commit(answer, 1)
        return answer

    return retrying(step)


def void(services: Services, call: Call, patient: str, which: str, version: int) -> VitalsSet:
    """Mark a set as entered in error: it stays readable, and counts nowhere.

    Raises Forbidden, NotFound, StaleVersion.
    """

    def step() -> VitalsSet:
        chart = open_chart(services, call, patient, WRITE_RECORD, names=(parts.VITALS,))
        item = _find(chart, which)
        if item.version != version:
            raise StaleVersion
        owner = owner_of(item)
        scope = Scope(chart.tenant, owner)
        known = open_model(services.vault, scope, item, StoredVitals)
        update = {"entered_in_error": True, "version": version + 1}
        voided = known.model_copy(update=update)
        work = Work(services, call)
        sealed = seal_model(services.vault, scope, item.key, voided)
        work.add(Put(item.key, {ATTRIBUTE: sealed}, when=at_version(version)))
        work.add(*(Delete(_trend_key(scope, known, one)) for one in known.findings))
        part = parts.part_in(chart, owner, parts.VITALS)
        shown = part.read(services.vault, Vitals).items
        affected = [one.finding.vital for one in shown if one.set == which]
        instead = [last for v in affected if (last := _last(chart, scope, v, which)) is not None]
        work.add(part.without_set(services.vault, which, instead))
        chart.audit(work, "patients.void_vitals", f"{KIND}/{which}")
        answer = voided.view
        try:
            work.commit(answer, version + 1)
        except ConditionFailed as failed:
            if failed.at(item.key):
                raise StaleVersion from failed
            raise
        return answer

    return retrying(step)


def list_sets(services: Services, call: Call, patient: str, query: VitalsQuery) -> VitalsList:
    """Sets of vital signs, latest first; audited. Raises Forbidden, NotFound, Invalid."""
    chart = open_chart(services, call, patient, READ_RECORD)
    found = page(chart, ("VITALS#",), query)
    chart.log("patients.list_vitals", f"patient/{chart.patient}")
    return VitalsList(
        items=tuple(_opened(chart, item, StoredVitals).view for item in found.items),
        cursor=found.cursor,
    )


def trend(services: Services, call: Call, patient: str, query: TrendQuery) -> Trend:
    """The values of one vital sign, latest first; audited. Raises Forbidden, NotFound, Invalid."""
    chart = open_chart(services, call, patient, READ_RECORD)
    found = page(chart, (f"TREND#{query.vital}#",), query)
    chart.log("patients.read_trend", f"patient/{chart.patient}")
    points = (_opened(chart, item, StoredTrendPoint).view for item in found.items)
    return Trend(items=tuple(points), cursor=found.cursor)


def _assess(chart: Chart, body: VitalsBody) -> Assessment:
    now, patient = chart.services.clock(), chart.found.stored.body
    if body.measured_at > now + SKEW:
        fault = FieldError("/measured_at", "in-future", "this is in the future")
        raise Invalid("the values cannot have been measured then", [fault])
    age = _age(chart, body)
    measured = {Vital(name): Measured(given.value, given.unit) for name, given in _given(body)}
    try:
        return assess(measured, Person(age, patient.sex.value, body.lying))
    except Invalid as refused:
        faults = [f._replace(pointer=f"/values{f.pointer}") for f in refused.fields]
        raise Invalid(refused.detail, faults) from refused


def _given(body: VitalsBody) -> list[tuple[VitalName, Given]]:
    return list(body.values.items())


def _age(chart: Chart, body: VitalsBody) -> Age:
    """The age at the measurement, by the calendar of the site."""
    birth = chart.found.stored.body.birth_date
    day = country.day_at(chart.services, chart.tenant, body.measured_at)
    if day < birth:
        fault = FieldError("/measured_at", "before-birth", "this is before the birth")
        raise Invalid("the values cannot have been measured then", [fault])
    died = chart.found.stored.body.deceased_on
    if died is not None and day > died:
        fault = FieldError("/measured_at", "after-death", "this is after the death")
        raise Invalid("the values cannot have been measured then", [fault])
    return age_on(birth, day)


def _finding(one: Finding) -> VitalFinding:
    return VitalFinding(
        vital=one.vital.value,
        loinc=one.loinc,
        value=one.value,
        unit=one.unit,
        interpretation=one.interpretation.value if one.interpretation else None,
        low=one.range.low if one.range else None,
        high=one.range.high if one.range else None,
        unusual=one.unusual,
        likely_unit=one.likely_unit,
    )


def _collect(work: Work, chart: Chart, made: StoredVitals) -> None:
    vault, scope = work.services.vault, chart.scope
    partition = chart_partition(chart.tenant, chart.patient)
    key = Key(partition, f"VITALS#{to_text(made.measured_at)}#{made.id}")
    work.add(
        Put(key, {ATTRIBUTE: seal_model(vault, scope, key, made)}, when=ABSENT),
        Put(Key(partition, f"SET#{made.id}"), {"at": key.sk}, when=ABSENT),
    )
    last: list[LastVital] = []
    for finding in made.findings:
        point = StoredTrendPoint(set=made.id, measured_at=made.measured_at, finding=finding)
        at = _trend_key(scope, made, finding)
        work.add(Put(at, {ATTRIBUTE: seal_model(vault, scope, at, point)}, when=ABSENT))
        last.append(LastVital(set=made.id, measured_at=made.measured_at, finding=finding))
    work.add(parts.part_in(chart, chart.patient, parts.VITALS).with_vitals(vault, last))
    line = TimelineEntry(
        at=made.measured_at,
        kind=KIND,
        id=made.id,
        version=1,
        text="",
        by=made.recorded_by,
        measured=tuple(
            MeasuredValue(vital=f.vital, value=f.value, unit=f.unit) for f in made.findings
        ),
    )
    work.add(timeline.note_line(work, scope, line, ()))


def _trend_key(scope: Scope, made: StoredVitals, finding: VitalFinding) -> Key:
    sort = f"TREND#{finding.vital}#{to_text(made.measured_at)}#{made.id}"
    return Key(chart_partition(scope.tenant, scope.patient), sort)


def _find(chart: Chart, which: str) -> Item:
    partitions = [chart_partition(chart.tenant, one) for one in chart.members]
    found = chart.services.store.get_many([Key(pk, f"SET#{which}") for pk in partitions])
    for pointer in found.values():
        item = chart.services.store.get(Key(pointer.key.pk, pointer.text("at")))
        if item is not None:
            return item
    raise NotFound("there is no such set of vital signs")


def _last(chart: Chart, scope: Scope, vital: VitalName, without: str) -> LastVital | None:
    """The latest value of a vital sign apart from one set's."""
    partition = chart_partition(scope.tenant, scope.patient)
    page = chart.services.store.query(partition, f"TREND#{vital}#", limit=2, newest_first=True)
    for item in page.items:
        if not item.key.sk.endswith(without):
            point = _opened(chart, item, StoredTrendPoint)
            return LastVital(set=point.set, measured_at=point.measured_at, finding=point.finding)
    return None


def _opened(chart: Chart, item: Item, kind: type[M]) -> M:
    scope = Scope(chart.tenant, owner_of(item))
    return open_model(chart.services.vault, scope, item, kind)
