"""What waits for whom: to sign, to finalise, to co-sign; complete, current, and nobody else's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import encounters as e
from schemas.chart import ChartQuery
from schemas.encounters import PendingQuery, PendingScope, PendingTask
from schemas.patients import EncounterStatus
from schemas.vitals import VitalsBody
from telesalud.patients.chart import timeline
from telesalud.patients.chart.stored import TimelineLine
from telesalud.patients.encounters import pending, reading, signing, writing
from telesalud.patients.encounters.repository import encounter_key
from telesalud.patients.encounters.tasks import todo_partition, unsigned_partition
from telesalud.patients.measurements import recording
from telesalud.patients.people import merging
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, Invalid
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import Delete, Key, Put
from telesalud.platform.vault import Scope
from tests.worlds.patients.archive import Archive
from tests.worlds.patients.people import dni, register
from tests.worlds.patients.ward import COLLEAGUE, DOCTOR, SIGNED, STRANGER, Ward, person
from tests.worlds.world import START, TENANT, World, call

PHYSICIAN = person(COLLEAGUE, Role.PHYSICIAN)
DIRECTOR = person(STRANGER, Role.ADMINISTRATOR, Role.PHYSICIAN)
NAMED = "Demostración Uno Paciente"


@pytest.fixture
def ward() -> Ward:
    return Ward()


def listed(ward: Ward, by: Caller | None = None, **query: object) -> Iterator[e.PendingEncounter]:
    """Everything on somebody's list, page by page."""
    cursor: str | None = None
    while True:
        asked = PendingQuery.model_validate({"cursor": cursor, **query})
        page = pending.page(ward.services, ward.by(by), asked)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return


def tasks(ward: Ward, by: Caller | None = None) -> list[tuple[str, PendingTask]]:
    return [(one.encounter, one.task) for one in listed(ward, by)]


def sign(ward: Ward, begun: e.EncounterState, **changes: object) -> e.EncounterState:
    ward.note(begun.id)
    body = e.AuthorSignature.model_validate({"name": SIGNED.name} | changes)
    return signing.sign(ward.services, ward.by(), begun.id, body, begun.version + 1)


def test_an_encounter_waits_for_its_author_until_he_has_finalised_it(ward: Ward) -> None:
    assert list(listed(ward)) == []
    begun = ward.begin()
    [one] = listed(ward)
    assert one.patient_name == NAMED
    assert one.record_number
    assert (one.task, one.imported) == (PendingTask.SIGN, False)
    assert one.practitioners == ("Médica Demostración",)
    signed = sign(ward, begun)
    assert tasks(ward) == [(begun.id, PendingTask.FINALISE)]
    signing.finalise(ward.services, ward.by(), begun.id, signed.version)
    assert tasks(ward) == []


def test_nobody_else_sees_it_and_a_director_sees_the_unsigned_of_all(ward: Ward) -> None:
    begun = ward.begin()
    assert tasks(ward, PHYSICIAN) == []
    whole = {"scope": PendingScope.INSTITUTION}
    assert [one.encounter for one in listed(ward, DIRECTOR, **whole)] == [begun.id]
    for refused in (PHYSICIAN, person("desk-1", Role.FRONT_DESK)):
        with pytest.raises(Forbidden):
            list(listed(ward, refused, **whole))
    with pytest.raises(Forbidden):
        list(listed(ward, person("desk-1", Role.FRONT_DESK)))
    assert list(listed(ward, replace(DIRECTOR, tenant="another"), **whole)) == []
    sign(ward, begun)
    assert list(listed(ward, DIRECTOR, **whole)) == []


def test_who_is_asked_to_cosign_may_read_it_and_has_it_on_his_list(ward: Ward) -> None:
    signed = sign(ward, ward.begin(), cosigner=COLLEAGUE)
    assert signed.cosigner == COLLEAGUE
    assert tasks(ward, PHYSICIAN) == [(signed.id, PendingTask.COSIGN)]
    final = signing.finalise(ward.services, ward.by(), signed.id, signed.version)
    assert tasks(ward, PHYSICIAN) == [(signed.id, PendingTask.COSIGN)]
    read = reading.read_encounter(ward.services, ward.by(PHYSICIAN), signed.id)
    assert read.status is EncounterStatus.FINALISED
    signing.cosign(ward.services, ward.by(PHYSICIAN), signed.id, SIGNED, final.version)
    assert tasks(ward, PHYSICIAN) == []
    granted = [event.data for event in ward.world.events() if "relation_granted" in event.type]
    assert [fact["user_id"] for fact in granted] == [COLLEAGUE]


def test_nobody_is_asked_to_cosign_what_he_signs_himself(ward: Ward) -> None:
    begun = ward.begin()
    with pytest.raises(Invalid) as refused:
        sign(ward, begun, cosigner=DOCTOR)
    assert refused.value.fields[0].pointer == "/cosigner"
    assert tasks(ward) == [(begun.id, PendingTask.SIGN)]


def test_the_oldest_comes_first_and_a_corrected_beginning_moves_it(ward: Ward) -> None:
    ids = [ward.begin(started_at=START - timedelta(hours=h)) for h in (1, 3, 2)]
    expected = [ids[1].id, ids[2].id, ids[0].id]
    assert [one.encounter for one in listed(ward, limit=1)] == expected
    body = e.EncounterBody(kind=ids[0].kind, started_at=START - timedelta(hours=9))
    writing.correct(ward.services, ward.by(), ids[0].id, body, ids[0].version)
    assert [one.encounter for one in listed(ward, limit=2)] == [ids[0].id, *expected[:2]]


def test_what_was_open_before_the_lists_existed_is_taken_over_once(ward: Ward) -> None:
    old, signed = ward.begin(), ward.begin(started_at=START - timedelta(hours=2))
    store = ward.services.store
    mine = todo_partition(TENANT, DOCTOR)
    store.transact([Delete(item.key) for item in store.query(mine).items])
    state = sign(ward, signed)
    assert tasks(ward) == [(signed.id, PendingTask.FINALISE), (old.id, PendingTask.SIGN)]
    signing.finalise(ward.services, ward.by(), signed.id, state.version)
    store.transact([Delete(item.key) for item in store.query(mine, "2026").items])
    assert tasks(ward) == []


def test_a_merged_patient_is_named_by_the_one_who_survived(ward: Ward) -> None:
    ward.begin()
    other = register(ward.world, documents=(dni(2),), confirm_not_duplicate=True)
    administrator = call(person("administrator-1", Role.ADMINISTRATOR))
    merging.merge(ward.services, administrator, other.id, ward.patient, other.version)
    [one] = listed(ward)
    assert one.record_number == other.record_number


def test_a_destroyed_record_leaves_nothing_on_any_list() -> None:
    archive = Archive()
    begun = archive.begin()
    user = archive.by().caller.subject
    item = archive.services.store.get(encounter_key(TENANT, begun.id))
    assert item is not None
    assert item.attributes["awaits"] == (user,)
    archive.agree(archive.ask())
    archive.work_off()
    store = archive.services.store
    assert [i.key.sk for i in store.query(todo_partition(TENANT, user)).items] == []
    assert list(store.query(unsigned_partition(TENANT)).items) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["begin", "sign", "ask", "finalise", "cosign"]), max_size=12))
def test_the_lists_always_say_what_the_encounters_say(steps: list[str]) -> None:
    ward = Ward(World())
    states: list[e.EncounterState] = []
    for turn, step in enumerate(steps):
        if step == "begin":
            states.append(ward.begin(started_at=START - timedelta(minutes=turn + 1)))
            continue
        for at, state in enumerate(states):
            after = _step(ward, step, state)
            if after is not None:
                states[at] = after
                break
    for who in (DOCTOR, COLLEAGUE):
        by = person(who, Role.PHYSICIAN)
        expected = {(s.id, task) for s in states for u, task in _tasks(s).items() if u == who}
        assert set(tasks(ward, by)) == expected


def _step(ward: Ward, step: str, state: e.EncounterState) -> e.EncounterState | None:
    status = state.status
    if step in ("sign", "ask") and status is EncounterStatus.OPEN:
        return sign(ward, state, **({"cosigner": COLLEAGUE} if step == "ask" else {}))
    if step == "finalise" and status is EncounterStatus.SIGNED:
        return signing.finalise(ward.services, ward.by(), state.id, state.version)
    asked = state.cosigner is not None and len(state.signatures) == 1
    if step == "cosign" and asked and status is not EncounterStatus.OPEN:
        by = ward.by(PHYSICIAN)
        return signing.cosign(ward.services, by, state.id, SIGNED, state.version)
    return None


def _tasks(state: e.EncounterState) -> dict[str, PendingTask]:
    if state.status is EncounterStatus.OPEN:
        return {DOCTOR: PendingTask.SIGN}
    found = {}
    if state.status is EncounterStatus.SIGNED:
        found[DOCTOR] = PendingTask.FINALISE
    if state.cosigner is not None and len(state.signatures) == 1:
        found[COLLEAGUE] = PendingTask.COSIGN
    return found


# --- the timeline's vital signs ------------------------------------------------------------------


def test_the_timeline_gives_vital_signs_as_values_and_reads_old_lines(ward: Ward) -> None:
    values = {"pulse": {"value": 72, "unit": "/min"}, "temperature": {"value": 36.5, "unit": "Cel"}}
    body = VitalsBody.model_validate({"measured_at": START, "values": values})
    recording.record(ward.services, ward.by(), ward.patient, body)
    query = ChartQuery()
    [line] = timeline.timeline(ward.services, ward.by(), ward.patient, query).items
    shown = [(one.vital, float(one.value), one.unit) for one in line.measured]
    assert (line.text, shown) == ("", [("pulse", 72, "/min"), ("temperature", 36.5, "Cel")])
    _as_before(ward)
    [old] = timeline.timeline(ward.services, ward.by(), ward.patient, query).items
    assert old == line


def _as_before(ward: Ward) -> None:
    """The line as it was written before values were kept apart."""
    scope = Scope(TENANT, ward.patient)
    store = ward.services.store
    [item] = store.query(f"CHART#{TENANT}#{ward.patient}", "TIME#").items
    stored = TimelineLine(text="pulse 72 /min, temperature 36.5 Cel", by=DOCTOR)
    sealed = seal_model(ward.services.vault, scope, item.key, stored)
    store.transact([Put(Key(*item.key), {ATTRIBUTE: sealed})])
