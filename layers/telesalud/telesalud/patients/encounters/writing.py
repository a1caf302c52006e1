"""Beginning an encounter and correcting what is known of it until it is signed."""

from datetime import date, datetime, timedelta
from typing import Final

from schemas.care import RelationKind
from schemas.encounters import EncounterBody, EncounterState, NewEncounter
from schemas.patients import EncounterPractitioner, EncounterStatus
from telesalud.patients.access.opening import Chart, chart_partition, labels, open_chart
from telesalud.patients.encounters import changing
from telesalud.patients.encounters.changing import announce, commit, save
from telesalud.patients.encounters.opening import open_encounter
from telesalud.patients.encounters.references import check_admission
from telesalud.patients.encounters.repository import begun_name
from telesalud.patients.encounters.stored import StoredEncounter
from telesalud.patients.people.relations import WRITING_FOR, granted, relation_key
from telesalud.patients.policy import WRITE_RECORD
from telesalud.patients.summary import parts
from telesalud.platform.access import CallerKind, own_name
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.store import ABSENT, Key, Put
from telesalud.platform.work import Call, Services, Work, retrying

SKEW: Final = timedelta(minutes=5)
"""How far a client's clock may be ahead."""


def begin(services: Services, call: Call, patient: str, command: NewEncounter) -> EncounterState:
    """Begin an encounter, attended by the caller; the one that was begun at the same appointment,
    if there is one. Raises Forbidden, NotFound, Invalid."""
    at = () if command.appointment is None else (begun_name(command.appointment),)

    def step() -> EncounterState:
        names = (parts.ENCOUNTERS, *at)
        chart = open_chart(services, call, patient, WRITE_RECORD, names=names)
        if (begun := _begun_at(chart, at)) is not None:
            return _again(services, call, begun)
        check_times(chart, command)
        check_admission(chart, command.admission)
        attending = EncounterPractitioner(id=call.caller.subject, name=_name(call, command))
        stored = StoredEncounter(
            kind=command.kind,
            status=EncounterStatus.OPEN,
            started_at=command.started_at,
            ended_at=command.ended_at,
            practitioners=(attending,),
            reason=command.reason,
            consult=None,
            appointment=command.appointment,
            documents=0,
            site=command.site,
            admission=command.admission,
            sensitivity=labels(command.sensitivity),
        )
        work = Work(services, call)
        state = stored.state(services.new_id(), chart.patient, 1)
        _add(work, chart, stored, state)
        mark = {"encounter": state.id}
        work.add(*(Put(_in(chart, chart.patient, name), mark, when=ABSENT) for name in at))
        announce(work, state, "opened")
        chart.audit(work, "patients.begin_encounter", f"encounter/{state.id}")
        work.commit(state, 1)
        return state

    return retrying(step)


def _begun_at(chart: Chart, names: tuple[str, ...]) -> str | None:
    """The encounter that was begun at the appointment."""
    keys = (_in(chart, member, name) for member in chart.members for name in names)
    return next((chart.items[key].text("encounter") for key in keys if key in chart.items), None)


def _in(chart: Chart, patient: str, name: str) -> Key:
    return Key(chart_partition(chart.tenant, patient), name)


def _again(services: Services, call: Call, encounter: str) -> EncounterState:
    """The encounter that there is, as the answer to who begins it again."""
    loaded = open_encounter(services, call, encounter, WRITE_RECORD)
    work = Work(services, call)
    loaded.chart.audit(work, "patients.read_encounter", f"encounter/{encounter}")
    work.commit(loaded.state, loaded.version)
    return loaded.state


def _name(call: Call, command: NewEncounter) -> str:
    """Who attends. Raises Invalid for a partner that names nobody, or a user that is not theirs."""
    if call.caller.kind is CallerKind.USER:
        return own_name(call.caller, command.practitioner_name, "practitioner_name")
    if command.practitioner_name is None:
        fault = FieldError("/practitioner_name", "required", "name who attended")
        raise Invalid("name who attended", [fault])
    return command.practitioner_name


def _add(work: Work, chart: Chart, stored: StoredEncounter, state: EncounterState) -> None:
    caller = work.call.caller
    latest = parts.part_in(chart, chart.patient, parts.ENCOUNTERS)
    changing.add(work, chart.scope, stored, state, latest)
    # What was begun can be completed; more follows of a signature only. Who let themselves in does
    # not stay in by attending: by a broken glass the next access says why again.
    if caller.kind is CallerKind.USER and not chart.self_made:
        until = work.services.clock() + WRITING_FOR
        who = (chart.tenant, chart.patient, caller.subject)
        before = chart.items.get(relation_key(*who))
        work.add(granted(*who, RelationKind.TEAM, until, before=before))


def correct(
    services: Services, call: Call, encounter: str, body: EncounterBody, version: int
) -> EncounterState:
    """Replace kind, times, site, reason and labels while it is open.

    Raises Forbidden, NotFound, StaleVersion, Invalid, InvalidTransition once it is signed.
    """

    def step() -> EncounterState:
        loaded = open_encounter(services, call, encounter, WRITE_RECORD).at(version)
        loaded.must_be(EncounterStatus.OPEN, to="corrected")
        check_times(loaded.chart, body)
        if not loaded.attended:
            loaded.chart.require(body.sensitivity)
        fields = {name: getattr(body, name) for name in EncounterBody.model_fields}
        fields["sensitivity"] = labels(body.sensitivity)
        work = Work(services, call)
        state = save(work, loaded, loaded.stored.model_copy(update=fields), "changed")
        loaded.chart.audit(work, "patients.correct_encounter", f"encounter/{encounter}")
        return commit(work, loaded, state)

    return retrying(step)


def check_times(chart: Chart, body: EncounterBody) -> None:
    """Raise Invalid for times in the future, before birth or after death."""
    now = chart.services.clock()
    person = chart.found.stored.body
    faults = [
        FieldError(f"/{name}", "in-future", "this is in the future")
        for name, at in (("started_at", body.started_at), ("ended_at", body.ended_at))
        if at is not None and at > now + SKEW
    ]
    if day_at_most(body.started_at) < person.birth_date:
        faults.append(FieldError("/started_at", "before-birth", "this is before the birth"))
    died = person.deceased_on
    if died is not None and day_at_least(body.started_at) > died:
        faults.append(FieldError("/started_at", "after-death", "this is after the death"))
    if faults:
        raise Invalid("the encounter cannot have been then", faults)


# A calendar day at the patient's site differs from UTC's by at most one; what is refused is
# impossible in every time zone (UTC-12 to UTC+14).
def day_at_most(at: datetime) -> date:
    """The latest calendar day that it may have been anywhere."""
    return (at + timedelta(hours=14)).date()


def day_at_least(at: datetime) -> date:
    """The earliest calendar day that it may have been anywhere."""
    return (at - timedelta(hours=12)).date()
