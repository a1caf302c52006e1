"""Recording a dose that is given here: whoever gives it is asked when it would not count, or when
something in the record speaks against it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from schemas.chart import EventStatus, ImmunizationBody
from telesalud.patients import country
from telesalud.patients.access.opening import Chart, open_chart
from telesalud.patients.chart import entries
from telesalud.patients.chart.kinds import Entry
from telesalud.patients.chart.vaccinations import answered, vaccinations
from telesalud.patients.immunization.persons import Given, Person
from telesalud.patients.immunization.planning import plan
from telesalud.patients.immunization.reading import NAMES, person_of
from telesalud.patients.immunization.schedules import PREFIX, Vaccine, schedule_of, vaccines
from telesalud.patients.policy import WRITE_RECORD
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.work import Call, Services

_NEW = ""
"""The entry of the dose that is about to be recorded."""


def record(services: Services, call: Call, patient: str, body: ImmunizationBody) -> Entry:
    """Add a vaccination.

    Raises Forbidden, NotFound, Invalid; Invalid with the codes `too_young`, `interval`, `live` and
    `barred` until `confirm_objections` says that the dose was given all the same.
    """
    if _is_asked_about(body):
        chart = open_chart(services, call, patient, WRITE_RECORD, names=NAMES)
        if not answered(chart):
            faults = list(_objections(chart, body))
            if faults:
                raise Invalid("look whether this dose should be given", faults)
    return entries.record(services, call, patient, body)


def _is_asked_about(body: ImmunizationBody) -> bool:
    given_here = body.status is EventStatus.COMPLETED and body.primary_source
    return given_here and not body.confirm_objections and bool(_known(body.codes))


def _known(codes: Sequence[str]) -> list[Vaccine]:
    known = (code.removeprefix(PREFIX) for code in codes if code.startswith(PREFIX))
    return [vaccines()[code] for code in known if code in vaccines()][:1]


def _objections(chart: Chart, body: ImmunizationBody) -> Iterator[FieldError]:
    [vaccine] = _known(body.codes)
    person = person_of(chart, list(vaccinations(chart)))
    against = [bar.code for bar in person.bars if bar.stands_against(vaccine)]
    if against:
        reasons = ", ".join(dict.fromkeys(against))
        detail = "something in the record speaks against this vaccine"
        yield FieldError("/codes", "barred", detail, {"reasons": reasons})
    if isinstance(body.given_on, date):
        dose = Given(_NEW, vaccine, body.given_on, body.given_on)
        yield from _uncounted(chart, person, dose)


def _uncounted(chart: Chart, person: Person, dose: Given) -> Iterator[FieldError]:
    """Why a dose would count against nothing, and from when it would."""
    schedule = schedule_of(country.profile_of(chart.services, chart.tenant).country)
    if schedule is None or dose.first > person.today:
        return
    planned = plan(schedule, replace(person, given=(*person.given, dose)))
    counts = any(one.given is dose for series in planned for one in series.doses)
    void = [one for series in planned for one in series.void if one.given is dose]
    told = [one for one in void if one.fault != "same_day"]
    if told and not counts:
        first = min(told, key=lambda one: one.counts_from)
        params = {"counts_from": first.counts_from.isoformat()}
        yield FieldError("/given_on", first.fault, "the dose would not count", params)
