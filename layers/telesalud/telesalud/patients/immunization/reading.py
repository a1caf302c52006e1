"""A patient's vaccination plan, read from the chart."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from schemas.chart import EntryKind, EventStatus
from schemas.immunization import (
    ImmunizationPlan,
    Objection,
    PlannedDose,
    PlannedSeries,
    ScheduleInUse,
    VaccineName,
    Vaccines,
    VoidDose,
    Words,
)
from schemas.summary import ActiveEntry
from telesalud.patients import country
from telesalud.patients.access.opening import Chart, open_chart
from telesalud.patients.chart.partial_dates import last_day, written
from telesalud.patients.chart.stored import StoredImmunization
from telesalud.patients.chart.vaccinations import vaccinations
from telesalud.patients.immunization import bars
from telesalud.patients.immunization.persons import Bar, Given, Person, Refused
from telesalud.patients.immunization.planning import Planned, plan
from telesalud.patients.immunization.schedules import (
    PREFIX,
    Schedule,
    Vaccine,
    schedule_of,
    vaccines,
)
from telesalud.patients.measurements import circumstances
from telesalud.patients.people import births
from telesalud.patients.policy import GRANTS, READ, READ_RECORD
from telesalud.patients.summary import parts
from telesalud.patients.summary.stored import Active
from telesalud.platform.access import require
from telesalud.platform.work import Call, Services

_KINDS = (EntryKind.PROBLEM, EntryKind.ALLERGY, EntryKind.MEDICATION)
NAMES = (circumstances.NAME, *(parts.active(kind) for kind in _KINDS))
"""What is read together with the chart."""
_UNSEEN = Bar("withheld", None, "")
_ESTIMATED = timedelta(days=365)
"""How much younger somebody may be whose birth date is an estimate."""


def known_vaccines(call: Call) -> Vaccines:
    """Every vaccine that plans know, to choose from. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    return Vaccines(items=tuple(_name(one) for one in vaccines().values()))


def read_plan(services: Services, call: Call, patient: str) -> ImmunizationPlan:
    """What is done, due, late and to come by the schedule of the institution's country; audited.

    Raises Forbidden, NotFound, Gone.
    """
    chart = open_chart(services, call, patient, READ_RECORD, names=NAMES)
    profile = country.profile_of(services, chart.tenant)
    entries = list(vaccinations(chart))
    chart.log("patients.read_immunization_plan", f"patient/{chart.patient}")
    schedule = schedule_of(profile.country)
    uncounted = tuple(one.id for one in entries if chart.sees(one.sensitivity) and not _codes(one))
    if schedule is None:
        return ImmunizationPlan(schedule=None, uncounted=uncounted, not_checked=("no_schedule",))
    body = chart.found.stored.body
    if body.deceased_on is not None:
        return ImmunizationPlan(schedule=_in_use(schedule), not_checked=("deceased",))
    planned = plan(schedule, person_of(chart, entries))
    by_id = {one.id: one for one in entries}
    series = tuple(_series(chart, one, by_id) for one in planned)
    statuses = [dose.status for one in series for dose in one.doses]
    return ImmunizationPlan(
        schedule=_in_use(schedule),
        series=series,
        late=statuses.count("late"),
        due=statuses.count("due"),
        uncounted=uncounted,
        not_checked=tuple(_not_checked(chart)),
    )


def _not_checked(
    chart: Chart,
) -> Iterator[Literal["birth_date_estimated", "allergies_not_asked"]]:
    if chart.found.stored.body.birth_date_estimated:
        yield "birth_date_estimated"
    if not _active(chart, EntryKind.ALLERGY):
        yield "allergies_not_asked"


def person_of(chart: Chart, entries: Sequence[StoredImmunization]) -> Person:
    """Who is vaccinated, as a chart that came with NAMES says."""
    body = chart.found.stored.body
    today = country.today(chart.services, chart.tenant)
    maternal = circumstances.maternal_of(circumstances.known_of(chart), today)
    gestation = maternal.gestation_days if maternal else None
    born = body.birth_date
    latest = births.latest(born, body.birth_date_precision)
    if body.birth_date_estimated and body.birth_date_precision is None:
        latest = born + _ESTIMATED
    given = [one for one in entries if one.status is EventStatus.COMPLETED]
    return Person(
        born=born,
        born_latest=min(today, latest),
        sex=body.sex.value,
        today=today,
        gestation_days=gestation,
        given=tuple(_given(one, v) for one in given for v in _codes(one)),
        refused=tuple(
            Refused(one.id, vaccine, one.given_on, one.reason or "")
            for one in entries
            if one.status is EventStatus.NOT_DONE
            for vaccine in _codes(one)
        ),
        bars=tuple(_bars(chart, given, pregnant=gestation is not None)),
    )


def _codes(entry: StoredImmunization) -> list[Vaccine]:
    """The vaccine that an entry means: the first of its codes that is known."""
    known = [code.removeprefix(PREFIX) for code in entry.codes if code.startswith(PREFIX)]
    return [vaccines()[code] for code in known if code in vaccines()][:1]


def _given(entry: StoredImmunization, vaccine: Vaccine) -> Given:
    day = written(entry.given_on, entry.partial.get("given_on"))
    return Given(entry.id, vaccine, entry.given_on, last_day(day))


def _bars(chart: Chart, given: Sequence[StoredImmunization], *, pregnant: bool) -> Iterator[Bar]:
    """What speaks against vaccines; of what the caller may not see, no more than that."""
    if pregnant:
        yield bars.of_pregnancy()
    problems, allergies, medicines = (
        _active(chart, kind)
        for kind in (EntryKind.PROBLEM, EntryKind.ALLERGY, EntryKind.MEDICATION)
    )
    read: list[ActiveEntry | StoredImmunization] = [*problems, *allergies, *medicines, *given]
    hidden = {one.id for one in read if not chart.sees(one.sensitivity)}
    found = (
        *bars.of_problems(problems),
        *bars.of_medicines(medicines),
        *bars.of_allergies(allergies),
        *bars.of_reactions(given),
    )
    for bar in found:
        if bar.entry in hidden:
            yield replace(_UNSEEN, antigens=bar.antigens, live=bar.live)
        else:
            yield bar


def _active(chart: Chart, kind: EntryKind) -> list[ActiveEntry]:
    vault, name = chart.services.vault, parts.active(kind)
    return [
        line
        for member in chart.members
        for line in parts.part_in(chart, member, name).read(vault, Active).items
    ]


def _series(
    chart: Chart, planned: Planned, entries: dict[str, StoredImmunization]
) -> PlannedSeries:
    def seen(given: Given | None) -> tuple[str | None, str | None]:
        if given is None or not chart.sees(entries[given.entry].sensitivity):
            return None, None
        entry = entries[given.entry]
        return entry.id, str(written(entry.given_on, entry.partial.get("given_on")))

    doses = []
    for one in planned.doses:
        entry, given_on = seen(one.given)
        doses.append(
            PlannedDose(
                number=one.number,
                status=one.status,
                due_on=one.due_on,
                late_on=one.late_on,
                entry=entry,
                given_on=given_on,
            )
        )
    void = []
    for fault in planned.void:
        entry, given_on = seen(fault.given)
        if entry is not None and given_on is not None:
            void.append(
                VoidDose(
                    entry=entry,
                    given_on=given_on,
                    reason=fault.fault,
                    counts_from=fault.counts_from,
                )
            )
    refused = planned.refused
    return PlannedSeries(
        id=planned.series.id,
        titles=Words(**planned.series.titles),
        vaccine=_name(vaccines()[planned.series.vaccine]),
        doses=tuple(doses),
        void=tuple(void),
        objections=tuple(
            Objection.model_validate({"reason": bar.code, "entry": bar.entry, "text": bar.text})
            for bar in planned.bars
        ),
        refused_on=refused.on if refused else None,
        refused_because=refused.reason if refused else "",
    )


def _name(vaccine: Vaccine) -> VaccineName:
    return VaccineName(code=PREFIX + vaccine.code, titles=Words(**vaccine.titles))


def _in_use(schedule: Schedule) -> ScheduleInUse:
    return ScheduleInUse(
        country=schedule.country,
        titles=Words(**schedule.titles),
        version=schedule.version,
        source=schedule.source,
        source_date=schedule.source_date,
        confirm=schedule.confirm,
        not_covered=schedule.not_covered,
    )
