"""What a set of measurements is assessed with: the age, what is known of the person, where it was
measured, what the institution set, and the values before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from schemas.vitals import LastVital, VitalsBody
from telesalud.patients import country
from telesalud.patients.access.opening import Chart
from telesalud.patients.encounters import repository as encounters
from telesalud.patients.encounters.stored import StoredEncounter
from telesalud.patients.measurements import circumstances, rules, sites
from telesalud.patients.measurements.assessment import Assessment, assess
from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.converting import Measured
from telesalud.patients.measurements.doubts import Doubt, Last, doubts
from telesalud.patients.measurements.person import Person, Setting
from telesalud.patients.measurements.preterm import corrected_days
from telesalud.patients.measurements.stored import StoredRules
from telesalud.patients.people.births import Age, age_on
from telesalud.patients.summary import parts
from telesalud.patients.summary.stored import Vitals
from telesalud.platform.clock import to_text
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.sealed import open_model
from telesalud.platform.vault import Scope

SKEW: Final = timedelta(minutes=5)
"""How far a client's clock may be ahead."""
NAMES: Final = (parts.VITALS, circumstances.NAME)
"""What a chart has to come with."""
_HEIGHT_LASTS: Final = timedelta(days=183)
"""How long a child's height serves for a pressure that was taken without one."""
_ROOM_AIR: Final = 21


@dataclass(frozen=True, slots=True)
class Gathered:
    """An assessed set with the circumstances that are kept with it."""

    assessment: Assessment
    person: Person
    site: str | None
    altitude_m: int | None


def gather(chart: Chart, body: VitalsBody) -> Gathered:
    """Assess a set of a chart that came with `NAMES`.

    Raises Invalid for a time that cannot be, values that nobody has, and, with the code `doubtful`,
    values to look at again, unless they are confirmed.
    """
    if body.measured_at > chart.services.clock() + SKEW:
        fault = FieldError("/measured_at", "in-future", "this is in the future")
        raise Invalid("the values cannot have been measured then", [fault])
    site, place, set_rules = _where(chart, body)
    age = _age(chart, body.measured_at, place.zone)
    known = circumstances.known_of(chart)
    latest = _latest(chart, "" if body.corrects is None else body.corrects.set)
    patient = chart.found.stored.body
    born = known.gestation_at_birth
    person = Person(
        age,
        patient.sex.value,
        body.lying,
        birth_estimated=patient.birth_date_estimated,
        gestation_at_birth_days=born.weeks * 7 + born.days if born else None,
        maternal=circumstances.maternal_of(known, _day(body.measured_at, place.zone)),
        height_cm=_recent_height(latest, body.measured_at),
    )
    altitude = next(
        (m for m in (body.altitude_m, place.altitude_m, set_rules.altitude_m) if m is not None),
        None,
    )
    setting = Setting(
        altitude_m=altitude,
        temperature_method=body.temperature_method,
        consciousness=body.consciousness,
        on_oxygen=_on_oxygen(body),
        oxygen_scale=known.oxygen_scale,
        oedema=body.oedema not in (None, "none"),
        ranges=rules.ranges_of(set_rules),
    )
    assessment = _assessed(body, person, setting)
    _ask(chart, body, assessment, person, latest)
    return Gathered(assessment, person, site, altitude)


def _assessed(body: VitalsBody, person: Person, setting: Setting) -> Assessment:
    measured = {
        Vital(name): Measured(given.value, given.unit) for name, given in body.values.items()
    }
    try:
        return assess(measured, person, setting)
    except Invalid as refused:
        faults = [f._replace(pointer=f"/values{f.pointer}") for f in refused.fields]
        raise Invalid(refused.detail, faults) from refused


def _where(chart: Chart, body: VitalsBody) -> tuple[str | None, sites.Place, StoredRules]:
    """The site, what is known of it, and the institution's rules: one round trip, two for an
    encounter at a site."""
    tenant, store = chart.tenant, chart.services.store
    rules_key = rules.rules_key(tenant)
    keys = [rules_key]
    if body.site:
        keys.append(sites.site_key(tenant, body.site))
    if body.encounter and not body.site:
        keys.append(encounters.encounter_key(tenant, body.encounter))
    found = store.get_many(keys)
    set_rules = rules.rules_of(found.get(rules_key))
    site = body.site
    if body.encounter and not site:
        item = found.get(encounters.encounter_key(tenant, body.encounter))
        if item is not None and item.text("patient") in chart.members:
            scope = Scope(tenant, item.text("patient"))
            site = open_model(chart.services.vault, scope, item, StoredEncounter).site
        if site:
            found = store.get_many([sites.site_key(tenant, site)])
    item = found.get(sites.site_key(tenant, site)) if site else None
    if item is None:
        return site, sites.Place(zone=country.zone_of(chart.services, tenant).key), set_rules
    return site, sites.place_of(item), set_rules


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _age(chart: Chart, measured_at: datetime, zone: str) -> Age:
    """The age at the measurement, by the site's calendar; it may be a day behind UTC's."""
    birth = chart.found.stored.body.birth_date
    day = _day(measured_at, zone)
    if day < birth and measured_at.date() < birth:
        fault = FieldError("/measured_at", "before-birth", "this is before the birth")
        raise Invalid("the values cannot have been measured then", [fault])
    died = chart.found.stored.body.deceased_on
    if died is not None and day > died:
        fault = FieldError("/measured_at", "after-death", "this is after the death")
        raise Invalid("the values cannot have been measured then", [fault])
    return age_on(birth, max(day, birth))


def _on_oxygen(body: VitalsBody) -> bool | None:
    flow, share = body.values.get("oxygen_flow"), body.values.get("oxygen_concentration")
    if (flow and flow.value > 0) or (share and share.unit == "%" and share.value > _ROOM_AIR):
        return True
    return None if body.oxygen is None else body.oxygen == "supplemental"


def _latest(chart: Chart, without: str) -> dict[Vital, LastVital]:
    """The last value of each vital sign, apart from those of one set."""
    latest: dict[Vital, LastVital] = {}
    for member in chart.members:
        part = parts.part_in(chart, member, parts.VITALS)
        for one in part.read(chart.services.vault, Vitals).items:
            vital = Vital(one.finding.vital)
            known = latest.get(vital)
            if one.set != without and (known is None or known.measured_at < one.measured_at):
                latest[vital] = one
    return latest


def _recent_height(latest: Mapping[Vital, LastVital], at: datetime) -> Decimal | None:
    height = latest.get(Vital.HEIGHT)
    if height is None or abs(at - height.measured_at) > _HEIGHT_LASTS:
        return None
    return height.finding.value


def _ask(
    chart: Chart,
    body: VitalsBody,
    assessment: Assessment,
    person: Person,
    latest: Mapping[Vital, LastVital],
) -> None:
    birth = chart.found.stored.body.birth_date
    lasts = {
        vital: Last(
            one.finding.value,
            one.measured_at,
            corrected_days((one.measured_at.date() - birth).days, person.gestation_at_birth_days),
        )
        for vital, one in latest.items()
    }
    values = {one.vital: one.value for one in assessment.findings if str(one.vital) in body.values}
    strange = [one.vital for one in assessment.findings if one.unusual]
    confirmed = [Vital(name) for name in body.confirmed]
    found = doubts(values, strange, person, lasts, confirmed)
    if found:
        raise Invalid("some values should be looked at again", list(_faults(found)))


def _faults(found: Iterable[Doubt]) -> Iterable[FieldError]:
    for one in found:
        params: dict[str, str | int | float | bool | None] = {"reason": one.reason}
        detail = "unusual; send it as confirmed if it is right"
        if one.last is not None:
            params |= {"last": float(one.last.value), "last_at": to_text(one.last.at)}
        if one.times is not None:
            params["times"] = one.times
            detail = f"{one.times} times the last one; send it as confirmed if it is right"
        if one.meant is not None:
            params["meant"] = float(one.meant)
        yield FieldError(f"/values/{one.vital}", "doubtful", detail, params)
