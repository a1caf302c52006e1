"""Who may see which record: denied unless there is a care relation, and always noted."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from schemas import chart as c
from schemas.appointments import AppointmentFact, Status
from schemas.care import (
    AccessQuery,
    BreakGlassBody,
    RelationBody,
    RelationKind,
    TrailQuery,
)
from schemas.encounters import Sensitivity
from schemas.patients import EncounterQuery
from telesalud.patients import handlers
from telesalud.patients.access import granting, trail
from telesalud.patients.chart import entries
from telesalud.patients.chart.kinds import KINDS
from telesalud.patients.encounters import reading
from telesalud.patients.summary import reading as summary
from telesalud.patients.teleconsultations.importing import Filing
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, Invalid, NotFound
from telesalud.platform.events import Event
from telesalud.platform.memory.files import MemoryBlobs
from tests.worlds.patients.teleconsultations import FakeConsults
from tests.worlds.patients.ward import COLLEAGUE, DOCTOR, NURSE, STRANGER, Ward, auditor, person
from tests.worlds.world import START, TENANT, partner

APPOINTMENT = "01900000-0000-7000-f000-000000000001"
SITE = "01900000-0000-7000-f000-000000000002"
REASON = BreakGlassBody(reason="Paciente inconsciente en urgencias")


@pytest.fixture
def ward() -> Ward:
    return Ward()


def colleague() -> Caller:
    return person(COLLEAGUE, Role.PHYSICIAN)


def sees(ward: Ward, caller: Caller) -> bool:
    try:
        summary.summary(ward.services, ward.by(caller), ward.patient)
    except Forbidden:
        return False
    return True


def grant(ward: Ward, kind: RelationKind, user: str = COLLEAGUE, days: int = 90) -> None:
    body = RelationBody(user=user, kind=kind, days=days)
    granting.grant(ward.services, ward.by(), ward.patient, body)


def booking(ward: Ward, type_: str, sequence: int, start: timedelta = timedelta(days=1)) -> None:
    """The queue brings an event of the agenda."""
    fact = AppointmentFact(
        appointment_id=APPOINTMENT,
        patient_id=ward.patient,
        practitioner_ids=(SITE,),
        user_ids=(COLLEAGUE,),
        site_id=SITE,
        category="first-visit",
        telemedicine=False,
        start=START + start,
        minutes=30,
        status=Status.BOOKED,
    )
    event = Event(
        id=ward.world.new_id(),
        type=f"appointments.appointment_{type_}",
        version=1,
        tenant=TENANT,
        subject=APPOINTMENT,
        sequence=sequence,
        at=START,
        data=json.loads(fact.model_dump_json()),
    )
    filing = Filing(ward.services, MemoryBlobs(), FakeConsults(ward.patient))
    handlers.handlers(lambda: filing)[event.type](event)


def test_without_a_relation_every_door_is_closed(ward: Ward) -> None:
    begun = ward.begin()
    by, kind = ward.by(colleague()), KINDS[c.EntryKind.PROBLEM]
    acts: list[Callable[[], object]] = [
        lambda: summary.summary(ward.services, by, ward.patient),
        lambda: reading.list_encounters(ward.services, by, ward.patient, EncounterQuery()),
        lambda: reading.read_encounter(ward.services, by, begun.id),
        lambda: entries.list_entries(ward.services, by, ward.patient, kind, c.ChartQuery()),
        lambda: entries.record(ward.services, by, ward.patient, c.ProblemBody(text="x")),
    ]
    for act in acts:
        with pytest.raises(Forbidden) as refused:
            act()
        assert refused.value.extra["right"] == "patients.care_relation"


def test_a_booking_lets_in_until_some_time_after_it(ward: Ward) -> None:
    booking(ward, "booked", 1)
    assert sees(ward, colleague())
    ward.world.clock.advance(days=30)
    assert sees(ward, colleague())
    ward.world.clock.advance(days=2)
    assert not sees(ward, colleague())


@pytest.mark.parametrize("order", [("booked", "cancelled"), ("cancelled", "booked")])
def test_a_cancelled_booking_lets_nobody_in_in_whatever_order_it_is_heard_of(
    ward: Ward, order: tuple[str, str]
) -> None:
    sequences = {"booked": 1, "cancelled": 2}
    for type_ in (*order, *order):
        booking(ward, type_, sequences[type_])
    assert not sees(ward, colleague())


def test_referral_and_team_let_in_for_their_days(ward: Ward) -> None:
    grant(ward, RelationKind.TEAM, days=2)
    assert sees(ward, colleague())
    ward.world.clock.advance(days=3)
    assert not sees(ward, colleague())


def test_nobody_lets_himself_or_a_strangers_patient_in(ward: Ward) -> None:
    body = RelationBody(user=COLLEAGUE, kind=RelationKind.TEAM)
    with pytest.raises(Forbidden):
        granting.grant(ward.services, ward.by(colleague()), ward.patient, body)
    desk = person(COLLEAGUE, Role.PHYSICIAN, Role.FRONT_DESK)
    with pytest.raises(Forbidden, match="themselves"):
        granting.grant(ward.services, ward.by(desk), ward.patient, body)
    with pytest.raises(Invalid):
        grant(ward, RelationKind.TREATED)


def test_a_broken_glass_opens_for_four_hours_and_tells(ward: Ward) -> None:
    by = ward.by(colleague())
    relation = granting.break_glass(ward.services, by, ward.patient, REASON)
    assert relation.until == START + timedelta(hours=4)
    assert summary.summary(ward.services, by, ward.patient).relations == (RelationKind.GLASS,)
    told = ward.world.events()[-1]
    assert (told.type, told.data["user_id"]) == ("patients.glass_broken", COLLEAGUE)
    assert REASON.reason not in str(told.data)
    looked = trail.accesses(ward.services, ward.by(auditor()), ward.patient, AccessQuery()).items
    assert [(one.action, one.reason) for one in looked if one.actor == COLLEAGUE] == [
        ("patients.read_summary", "break-glass"),
        ("patients.break_glass", "emergency"),
    ]
    ward.world.clock.advance(hours=4)
    assert not sees(ward, colleague())


def test_the_reason_of_a_broken_glass_is_not_in_clear(ward: Ward) -> None:
    granting.break_glass(ward.services, ward.by(colleague()), ward.patient, REASON)
    stored = str([change.new for change in ward.world.store.changes])
    assert "inconsciente" not in stored


def test_sensitive_information_needs_a_closer_relation(ward: Ward) -> None:
    given = (c.DiagnosisGiven(code="1C62.0"),)
    entries.record(
        ward.services, ward.by(), ward.patient, c.ProblemBody(text="VIH", diagnoses=given)
    )
    hidden = ward.begin(sensitivity=(Sensitivity.PSYCHIATRY,))
    own = summary.summary(ward.services, ward.by(), ward.patient)
    assert own.problems[0].sensitivity == (Sensitivity.HIV,)
    assert (len(own.encounters), own.withheld) == (1, 0)
    grant(ward, RelationKind.TEAM)
    by = ward.by(colleague())
    seen = summary.summary(ward.services, by, ward.patient)
    assert (seen.problems, seen.encounters, seen.withheld) == ((), (), 2)
    listed = reading.list_encounters(ward.services, by, ward.patient, EncounterQuery())
    assert (listed.items, listed.withheld) == ((), 1)
    with pytest.raises(Forbidden):
        reading.read_encounter(ward.services, by, hidden.id)
    grant(ward, RelationKind.REFERRED)
    assert summary.summary(ward.services, by, ward.patient).withheld == 0
    assert reading.read_encounter(ward.services, by, hidden.id).id == hidden.id


def test_partners_see_what_their_scopes_say(ward: Ward) -> None:
    ward.begin(sensitivity=(Sensitivity.VIOLENCE,))
    plain = ward.by(partner("patients.read_record"))
    assert summary.summary(ward.services, plain, ward.patient).withheld == 1
    close = ward.by(partner("patients.read_record", "patients.read_sensitive"))
    assert summary.summary(ward.services, close, ward.patient).withheld == 0
    with pytest.raises(Forbidden):
        summary.summary(ward.services, ward.by(partner("patients.read")), ward.patient)


@pytest.mark.parametrize(
    "role", [Role.FRONT_DESK, Role.PHARMACIST, Role.LABORATORY, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_roles_without_the_right_see_nothing_even_with_a_relation(ward: Ward, role: Role) -> None:
    grant(ward, RelationKind.REFERRED, NURSE)
    with pytest.raises(Forbidden) as refused:
        summary.summary(ward.services, ward.by(person(NURSE, role)), ward.patient)
    assert refused.value.extra["right"] == "patients.read_record"


def test_the_trail_pages_newest_first_and_is_for_the_auditor(ward: Ward) -> None:
    for _ in range(5):
        ward.world.clock.advance(seconds=1)
        summary.summary(ward.services, ward.by(), ward.patient)
    by = ward.by(auditor())
    first = trail.accesses(ward.services, by, ward.patient, AccessQuery(limit=3))
    rest = trail.accesses(ward.services, by, ward.patient, AccessQuery(cursor=first.cursor))
    times = [one.at for one in (*first.items, *rest.items)]
    assert times == sorted(times, reverse=True)
    assert {one.actor for one in first.items} == {DOCTOR}
    mine = trail.trail(ward.services, by, TrailQuery(subject=ward.patient))
    assert mine.items[0].action == "patients.read_accesses"
    for caller in (person(DOCTOR, Role.PHYSICIAN), person(STRANGER, Role.FRONT_DESK)):
        with pytest.raises(Forbidden):
            trail.accesses(ward.services, ward.by(caller), ward.patient, AccessQuery())
        with pytest.raises(Forbidden):
            trail.trail(ward.services, ward.by(caller), TrailQuery(subject=ward.patient))


def test_relations_are_listed_for_the_auditor(ward: Ward) -> None:
    grant(ward, RelationKind.TEAM)
    found = granting.relations(ward.services, ward.by(auditor()), ward.patient).items
    assert {(one.user, one.kind) for one in found} == {
        (DOCTOR, RelationKind.REGISTERED),
        (COLLEAGUE, RelationKind.TEAM),
    }


def test_access_stops_at_the_institution(ward: Ward) -> None:
    other = person(COLLEAGUE, Role.PHYSICIAN, Role.AUDITOR, tenant="clinic-two")
    by = ward.by(other)
    body = RelationBody(user=DOCTOR, kind=RelationKind.TEAM)
    acts: list[Callable[[], object]] = [
        lambda: granting.break_glass(ward.services, by, ward.patient, REASON),
        lambda: granting.grant(ward.services, by, ward.patient, body),
        lambda: granting.relations(ward.services, by, ward.patient),
        lambda: trail.accesses(ward.services, by, ward.patient, AccessQuery()),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert trail.trail(ward.services, by, TrailQuery(subject=ward.patient)).items == ()


def test_the_way_in_names_all_ids_and_the_relations_or_refuses(ward: Ward) -> None:
    way = granting.admission(ward.services, ward.by(), ward.patient)
    assert (way.patient, way.members, way.deceased) == (ward.patient, (ward.patient,), False)
    assert way.relations == (RelationKind.REGISTERED,)
    with pytest.raises(Forbidden):
        granting.admission(ward.services, ward.by(colleague()), ward.patient)
    body = BreakGlassBody(reason="Paciente inconsciente")
    granting.break_glass(ward.services, ward.by(colleague()), ward.patient, body)
    way = granting.admission(ward.services, ward.by(colleague()), ward.patient)
    assert way.relations == (RelationKind.GLASS,)
    elsewhere = person(DOCTOR, Role.PHYSICIAN, tenant="clinic-two")
    with pytest.raises(NotFound):
        granting.admission(ward.services, ward.by(elsewhere), ward.patient)
