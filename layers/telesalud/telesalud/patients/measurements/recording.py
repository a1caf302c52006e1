"""Vital signs: recording a set, its meaning at the patient's age, trends, taking an error back.

CHART#<t>#<patient> / VITALS#<measured>#<set>           a set with what follows from it
CHART#<t>#<patient> / SET#<set>                         where the set is
CHART#<t>#<patient> / TREND#<vital>#<measured>#<set>    one value, for trends
"""

from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import BaseModel

from schemas.summary import TimelineEntry
from schemas.vitals import (
    Correction,
    GrowthFinding,
    LastVital,
    MeasuredValue,
    NotMeasured,
    NutritionFinding,
    ScoreFinding,
    Trend,
    TrendQuery,
    VitalFinding,
    VitalName,
    VitalsBody,
    VitalsList,
    VitalsQuery,
    VitalsSet,
)
from telesalud.patients.access.opening import Chart, chart_partition, open_chart
from telesalud.patients.access.paging import owner_of, page
from telesalud.patients.chart import timeline
from telesalud.patients.encounters.references import check_encounter
from telesalud.patients.measurements.assessment import Finding
from telesalud.patients.measurements.gathering import NAMES, Gathered, gather
from telesalud.patients.measurements.growth import BY_STATURE, PERCENTILE_LOINC, Growth
from telesalud.patients.measurements.news2 import Score
from telesalud.patients.measurements.stored import StoredTrendPoint, StoredVitals
from telesalud.patients.policy import READ_RECORD, WRITE_RECORD
from telesalud.patients.summary import parts
from telesalud.patients.summary.stored import Vitals
from telesalud.platform.clock import to_text
from telesalud.platform.errors import NotFound, StaleVersion
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

KIND: Final = "vitals"
PREFIX: Final = "VITALS#"


def record(services: Services, call: Call, patient: str, body: VitalsBody) -> VitalsSet:
    """Keep a set of vital signs with what it means; of one that was wrong, in its place.

    Raises Forbidden, NotFound, Invalid naming each value that is not humanly possible or is to be
    looked at again; StaleVersion when somebody else changed the set to correct.
    """

    def step() -> VitalsSet:
        chart = open_chart(services, call, patient, WRITE_RECORD, names=NAMES)
        check_encounter(chart, body.encounter)
        gathered = gather(chart, body)
        made = _made(chart, body, gathered)
        work = Work(services, call)
        wrong = _wrong(chart, body.corrects)
        _collect(work, chart, made, wrong)
        chart.audit(work, "patients.record_vitals", f"{KIND}/{made.id}")
        answer = made.view
        _commit(work, answer, 1, wrong.item.key if wrong else None)
        return answer

    return retrying(step)


def void(services: Services, call: Call, patient: str, which: str, version: int) -> VitalsSet:
    """Mark a set as entered in error: it stays readable, and counts nowhere.

    Raises Forbidden, NotFound, StaleVersion.
    """

    def step() -> VitalsSet:
        chart = open_chart(services, call, patient, WRITE_RECORD, names=(parts.VITALS,))
        wrong = _opened_wrong(chart, which, version)
        work = Work(services, call)
        work.add(*_voiding(chart, wrong))
        part = parts.part_in(chart, wrong.owner, parts.VITALS)
        work.add(part.without_set(services.vault, which, _instead(chart, wrong)))
        chart.audit(work, "patients.void_vitals", f"{KIND}/{which}")
        answer = wrong.voided.view
        _commit(work, answer, version + 1, wrong.item.key)
        return answer

    return retrying(step)


def list_sets(services: Services, call: Call, patient: str, query: VitalsQuery) -> VitalsList:
    """Sets of vital signs, latest first; audited. Raises Forbidden, NotFound, Invalid."""
    chart = open_chart(services, call, patient, READ_RECORD)
    found = page(chart, (PREFIX,), query)
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


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A set that was entered in error."""

    item: Item
    owner: str
    known: StoredVitals

    @property
    def voided(self) -> StoredVitals:
        """As it stands from now on."""
        update = {"entered_in_error": True, "version": self.item.version + 1}
        return self.known.model_copy(update=update)


def _wrong(chart: Chart, corrects: Correction | None) -> _Wrong | None:
    if corrects is None:
        return None
    return _opened_wrong(chart, corrects.set, corrects.version)


def _opened_wrong(chart: Chart, which: str, version: int) -> _Wrong:
    item = _find(chart, which)
    if item.version != version:
        raise StaleVersion
    owner = owner_of(item)
    return _Wrong(item, owner, _opened(chart, item, StoredVitals))


def _voiding(chart: Chart, wrong: _Wrong) -> list[Put | Delete]:
    """The writes that make a set an error, without the summary's."""
    scope = Scope(chart.tenant, wrong.owner)
    key = wrong.item.key
    sealed = seal_model(chart.services.vault, scope, key, wrong.voided)
    put = Put(key, {ATTRIBUTE: sealed}, when=at_version(wrong.item.version))
    return [put, *(Delete(_trend_key(scope, wrong.known, one)) for one in wrong.known.findings)]


def _instead(chart: Chart, wrong: _Wrong) -> list[LastVital]:
    """The values that are the last ones without a set."""
    part = parts.part_in(chart, wrong.owner, parts.VITALS)
    shown = part.read(chart.services.vault, Vitals).items
    affected = [one.finding.vital for one in shown if one.set == wrong.known.id]
    scope = Scope(chart.tenant, wrong.owner)
    found = (_last(chart, scope, vital, wrong.known.id) for vital in affected)
    return [one for one in found if one is not None]


def _commit(work: Work, answer: VitalsSet, version: int, changed: Key | None) -> None:
    try:
        work.commit(answer, version)
    except ConditionFailed as failed:
        if changed is not None and failed.at(changed):
            raise StaleVersion from failed
        raise


def _made(chart: Chart, body: VitalsBody, gathered: Gathered) -> StoredVitals:
    assessed, person = gathered.assessment, gathered.person
    return StoredVitals(
        id=chart.services.new_id(),
        patient=chart.patient,
        version=1,
        measured_at=body.measured_at,
        recorded_at=chart.services.clock(),
        recorded_by=chart.call.caller.subject,
        encounter=body.encounter,
        temperature_method=body.temperature_method,
        findings=tuple(_finding(one) for one in assessed.findings),
        growth=tuple(_growth(one) for one in assessed.growth),
        lying=body.lying,
        site=gathered.site,
        altitude_m=gathered.altitude_m,
        consciousness=body.consciousness,
        oxygen=body.oxygen,
        oedema=body.oedema,
        not_measured=tuple(
            NotMeasured(vital=vital, reason=reason) for vital, reason in body.not_measured.items()
        ),
        nutrition=tuple(
            NutritionFinding(code=one.code, basis=one.basis) for one in assessed.nutrition
        ),
        scores=(_score(assessed.score),) if assessed.score else (),
        gestation_days=person.maternal.gestation_days if person.maternal else None,
        corrects=body.corrects.set if body.corrects else None,
    )


def _growth(one: Growth) -> GrowthFinding:
    by_stature = one.indicator in BY_STATURE
    return GrowthFinding(
        indicator=one.indicator.value,
        loinc=PERCENTILE_LOINC.get(one.indicator) if one.standard == "who" else None,
        z_score=round(one.z_score, 2),
        percentile=round(one.percentile, 1),
        implausible=one.implausible,
        value=round(one.value, 3),
        stature=round(one.at, 1) if by_stature else None,
        standard=one.standard,
        age_days=None if by_stature else int(one.at),
    )


def _score(score: Score) -> ScoreFinding:
    return ScoreFinding(
        value=score.value,
        band=score.band,
        parts=dict(score.parts),
        missing=score.missing,
        scale=score.scale,
    )


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
        grade=one.grade,
        source=one.range.source if one.range else None,
    )


def _collect(work: Work, chart: Chart, made: StoredVitals, wrong: _Wrong | None) -> None:
    vault, scope = work.services.vault, chart.scope
    partition = chart_partition(chart.tenant, chart.patient)
    key = Key(partition, f"{PREFIX}{to_text(made.measured_at)}#{made.id}")
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
    part = parts.part_in(chart, chart.patient, parts.VITALS)
    if wrong is None:
        work.add(part.with_vitals(vault, last))
    else:
        work.add(*_voiding(chart, wrong))
        instead = _instead(chart, wrong)
        if wrong.owner == chart.patient:
            work.add(part.corrected(vault, wrong.known.id, instead, last))
        else:
            others = parts.part_in(chart, wrong.owner, parts.VITALS)
            work.add(part.with_vitals(vault, last))
            work.add(others.without_set(vault, wrong.known.id, instead))
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
