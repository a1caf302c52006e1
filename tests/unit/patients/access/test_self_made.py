"""Nobody lets themselves into a record without a trace that somebody looks at."""

import json
from datetime import date, timedelta

import pytest

from schemas.appointments import AppointmentFact, Status
from schemas.care import (
    AccessWay,
    BreakGlassBody,
    RelationBody,
    RelationKind,
    ReportedAccess,
    ReviewBody,
    ReviewOutcome,
    ReviewQuery,
)
from schemas.encounters import NewNote, Sensitivity
from telesalud.patients.access import granting
from telesalud.patients.access.bookings import follow_booking
from telesalud.patients.encounters import notes as note_writing
from telesalud.patients.encounters import reading, signing, writing
from telesalud.patients.people import merging
from telesalud.patients.reviews import reporting
from telesalud.patients.summary import reading as summary
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Conflict, Forbidden, Invalid
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import (
    COLLEAGUE,
    DOCTOR,
    NURSE,
    SIGNED,
    STRANGER,
    Ward,
    auditor,
    new_encounter,
    person,
)
from tests.worlds.staff import hire
from tests.worlds.world import START, TENANT, partner

APPOINTMENT = "01900000-0000-7000-f000-000000000001"
PLACE = "01900000-0000-7000-f000-000000000002"
DESK = "01900000-0000-7000-d000-0000000000de"
REASON = BreakGlassBody(reason="Paciente inconsciente en urgencias")


@pytest.fixture
def ward() -> Ward:
    return Ward()


@pytest.fixture
def secret(ward: Ward) -> str:
    """A finished encounter that only a closer relation opens."""
    return ward.begin(sensitivity=(Sensitivity.HIV,)).id


def physician(user: str = COLLEAGUE, *more: Role) -> Caller:
    return person(user, Role.PHYSICIAN, *more)


def books(
    ward: Ward,
    by: str = COLLEAGUE,
    *,
    start: timedelta = timedelta(hours=1),
    patient: str = "",
    sequence: int = 1,
    cancelled: bool = False,
    appointment: str = APPOINTMENT,
) -> None:
    """The agenda tells of an appointment with the colleague, made by somebody."""
    fact = AppointmentFact(
        appointment_id=appointment,
        patient_id=patient or ward.patient,
        practitioner_ids=(PLACE,),
        user_ids=(COLLEAGUE,),
        booked_by=by,
        site_id=PLACE,
        category="first-visit",
        telemedicine=False,
        start=START + start,
        minutes=30,
        status=Status.BOOKED,
    )
    follow_booking(ward.services, TENANT, fact, sequence, cancelled=cancelled)


def sees(ward: Ward, caller: Caller, encounter: str = "") -> bool:
    try:
        summary.summary(ward.services, ward.by(caller), ward.patient)
        if encounter:
            reading.read_encounter(ward.services, ward.by(caller), encounter)
    except Forbidden:
        return False
    return True


def waiting(ward: Ward) -> tuple[ReportedAccess, ...]:
    return reporting.listed(ward.services, ward.by(auditor()), ReviewQuery()).items


def ways(ward: Ward) -> list[tuple[AccessWay, str]]:
    return [(one.way, one.user) for one in waiting(ward)]


def grant(ward: Ward, by: Caller, kind: RelationKind, user: str = NURSE, days: int = 366) -> None:
    body = RelationBody(user=user, kind=kind, days=days)
    granting.grant(ward.services, ward.by(by), ward.patient, body)


def sign_one(ward: Ward, caller: Caller) -> str:
    by = ward.by(caller)
    begun = writing.begin(
        ward.services, by, ward.patient, new_encounter(practitioner_name=caller.name)
    )
    note_writing.add(ward.services, by, begun.id, NewNote(text="Control"))
    version = reading.read_encounter(ward.services, by, begun.id).version
    signing.sign(ward.services, by, begun.id, SIGNED, version)
    return begun.id


def test_who_books_themselves_comes_in_on_the_day_and_an_auditor_is_told(
    ward: Ward, secret: str
) -> None:
    books(ward, start=timedelta(days=3))
    assert not sees(ward, physician())
    assert ways(ward) == [(AccessWay.OWN_BOOKING, COLLEAGUE)]
    ward.world.clock.advance(days=3)
    assert sees(ward, physician())
    assert not sees(ward, physician(), secret)
    ward.world.clock.advance(days=3)
    assert not sees(ward, physician())


def test_what_the_desk_books_opens_at_once_and_is_no_news(ward: Ward) -> None:
    books(ward, DESK, start=timedelta(days=3))
    assert sees(ward, physician())
    assert waiting(ward) == ()


def test_a_booking_of_ones_own_stays_so_whoever_moves_it_and_is_told_once(ward: Ward) -> None:
    books(ward, start=timedelta(days=3))
    books(ward, DESK, start=timedelta(days=4), sequence=2)
    books(ward, start=timedelta(days=3))
    assert not sees(ward, physician())
    assert len(waiting(ward)) == 1


def test_moving_an_appointment_that_the_desk_made_makes_it_nobodys_own(ward: Ward) -> None:
    books(ward, DESK)
    books(ward, COLLEAGUE, sequence=2)
    assert sees(ward, physician())
    assert waiting(ward) == ()


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_calling_off_a_booking_of_ones_own_closes_the_record(
    ward: Ward, order: tuple[int, int]
) -> None:
    for sequence in order:
        books(ward, sequence=sequence, cancelled=sequence == 2)
    assert not sees(ward, physician())


def test_beginning_an_encounter_opens_nothing_for_long(ward: Ward, secret: str) -> None:
    books(ward)
    by = ward.by(physician())
    begun = writing.begin(ward.services, by, ward.patient, new_encounter(practitioner_name=None))
    assert not sees(ward, physician(), secret)
    books(ward, sequence=2, cancelled=True)
    assert not sees(ward, physician(), begun.id)


def test_a_desk_booked_clinician_completes_what_they_began_but_has_not_treated(
    ward: Ward, secret: str
) -> None:
    books(ward, DESK)
    by = ward.by(physician())
    sensitive = new_encounter(practitioner_name=None, sensitivity=(Sensitivity.PSYCHIATRY,))
    begun = writing.begin(ward.services, by, ward.patient, sensitive)
    books(ward, DESK, sequence=2, cancelled=True)
    assert sees(ward, physician(), begun.id)
    assert not sees(ward, physician(), secret)


def test_a_signature_after_ones_own_booking_is_told_as_well(ward: Ward, secret: str) -> None:
    books(ward)
    sign_one(ward, physician())
    assert sees(ward, physician(), secret)
    assert ways(ward) == [
        (AccessWay.OWN_BOOKING, COLLEAGUE),
        (AccessWay.OWN_ENCOUNTER, COLLEAGUE),
    ]


def test_a_signature_behind_a_broken_glass_lets_nobody_stay(ward: Ward) -> None:
    granting.break_glass(ward.services, ward.by(physician()), ward.patient, REASON)
    sign_one(ward, physician())
    ward.world.clock.advance(hours=5)
    assert not sees(ward, physician())
    assert ways(ward) == [(AccessWay.BREAK_GLASS, COLLEAGUE)]


def test_merging_with_a_registration_of_ones_own_is_refused(ward: Ward, secret: str) -> None:
    director = physician(STRANGER, Role.ADMINISTRATOR)
    fake = register(ward.world, subject=STRANGER, name={"family": "Inventada"}).id
    for kept, other in ((ward.patient, fake), (fake, ward.patient)):
        with pytest.raises(Conflict, match="let yourself in"):
            merging.merge(ward.services, ward.by(director), kept, other, 1)
    assert not sees(ward, director, secret)


def test_a_registration_opens_nothing_that_somebody_else_merged_with_it(
    ward: Ward, secret: str
) -> None:
    fake = register(ward.world, subject=STRANGER, name={"family": "Inventada"}).id
    manager = person(DESK, Role.ADMINISTRATOR)
    merging.merge(ward.services, ward.by(manager), ward.patient, fake, 1)
    assert not sees(ward, physician(STRANGER))
    assert ways(ward) == [(AccessWay.MERGED, DESK)]


def test_a_booking_to_come_counts_when_somebody_merges(ward: Ward) -> None:
    other = register(ward.world, subject=DOCTOR, birth_date=date(1999, 9, 9)).id
    books(ward, patient=other, start=timedelta(days=9))
    with pytest.raises(Conflict):
        merging.merge(
            ward.services, ward.by(physician(COLLEAGUE, Role.ADMINISTRATOR)), ward.patient, other, 1
        )


def test_the_desk_adds_clinicians_to_the_team_and_opens_nothing_sensitive(
    ward: Ward, secret: str
) -> None:
    desk = person(DESK, Role.FRONT_DESK)
    with pytest.raises(Forbidden):
        grant(ward, desk, RelationKind.REFERRED)
    grant(ward, desk, RelationKind.TEAM, days=1)
    nurse = person(NURSE, Role.NURSE)
    assert sees(ward, nurse)
    assert not sees(ward, nurse, secret)
    assert waiting(ward) == ()


def test_an_outsider_lets_in_for_a_week_at_most_and_an_auditor_is_told(ward: Ward) -> None:
    for outsider in (person(DESK, Role.ADMINISTRATOR), partner("patients.assign")):
        grant(ward, outsider, RelationKind.TEAM)
    assert ways(ward) == [(AccessWay.GRANTED, NURSE)] * 2
    ward.world.clock.advance(days=8)
    assert not sees(ward, person(NURSE, Role.NURSE))


@pytest.mark.parametrize("roles", [(Role.AUDITOR,), (Role.LABORATORY, Role.FRONT_DESK)])
def test_nobody_but_clinicians_is_let_in(ward: Ward, roles: tuple[Role, ...]) -> None:
    hire(ward.services, PLACE, roles)
    hire(ward.services, APPOINTMENT, (Role.NURSE,), active=False)
    unknown = "01900000-0000-7000-d000-00000000ffff"
    for user in (PLACE, APPOINTMENT, unknown):
        with pytest.raises(Invalid):
            grant(ward, ward.by().caller, RelationKind.TEAM, user=user)


def test_who_broke_the_glass_hands_on_no_more_than_they_have(ward: Ward) -> None:
    granting.break_glass(ward.services, ward.by(physician()), ward.patient, REASON)
    grant(ward, physician(), RelationKind.REFERRED)
    assert sees(ward, person(NURSE, Role.NURSE))
    assert (AccessWay.HANDED_ON, NURSE) in ways(ward)
    ward.world.clock.advance(hours=5)
    assert not sees(ward, person(NURSE, Role.NURSE))


def test_a_short_access_shortens_no_longer_one(ward: Ward) -> None:
    grant(ward, ward.by().caller, RelationKind.TEAM, days=30)
    grant(ward, person(DESK, Role.FRONT_DESK), RelationKind.TEAM, days=1)
    ward.world.clock.advance(days=20)
    assert sees(ward, person(NURSE, Role.NURSE))


def test_a_machine_breaks_no_glass(ward: Ward) -> None:
    machine = ward.by(partner("patients.break_glass"))
    with pytest.raises(Forbidden, match="a person"):
        granting.break_glass(ward.services, machine, ward.patient, REASON)


def test_an_auditor_looks_at_it_once_and_never_at_their_own(ward: Ward) -> None:
    granting.break_glass(ward.services, ward.by(physician()), ward.patient, REASON)
    [report] = waiting(ward)
    verdict = ReviewBody(outcome=ReviewOutcome.IN_ORDER, note="Turno de urgencias")
    own = ward.by(physician(COLLEAGUE, Role.AUDITOR))
    with pytest.raises(Forbidden):
        reporting.review(ward.services, own, report.id, verdict)
    by = ward.by(auditor())
    done = reporting.review(ward.services, by, report.id, verdict)
    assert (done.outcome, done.reviewed_by) == (ReviewOutcome.IN_ORDER, by.caller.subject)
    with pytest.raises(Conflict):
        reporting.review(ward.services, by, report.id, verdict)
    assert waiting(ward) == ()
    assert reporting.listed(ward.services, by, ReviewQuery(reviewed=True)).items == (done,)


def test_a_report_is_an_event_of_ids_alone(ward: Ward) -> None:
    granting.break_glass(ward.services, ward.by(physician()), ward.patient, REASON)
    [told] = [e for e in ward.world.events() if e.type == "patients.access_reported"]
    assert set(told.data) == {"patient_id", "user_id", "way"}
    assert REASON.reason not in json.dumps(told.data)


def test_who_was_dismissed_reads_no_more_whatever_their_token_says(ward: Ward) -> None:
    ward.treats(user=COLLEAGUE)
    assert sees(ward, physician())
    hire(ward.services, COLLEAGUE, active=False)
    assert not sees(ward, physician())
    hire(ward.services, COLLEAGUE, (Role.PHARMACIST,))
    assert not sees(ward, physician())
