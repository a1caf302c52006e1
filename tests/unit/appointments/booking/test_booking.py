"""What booking, rescheduling, cancelling and statuses promise."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from schemas.agendas import Closure
from schemas.appointments import AgendaQuery, Cancel, ChangeStatus, LinkStatus, Reschedule, Status
from telesalud.appointments.agendas.calendar import Span
from telesalud.appointments.booking import (
    lifecycle,
    locks,
    reading,
    registered_patients,
    repository,
    statuses,
)
from telesalud.appointments.booking.locks import Kind, Owner
from telesalud.appointments.errors import (
    AgendaChanged,
    OutsideHours,
    PatientBusy,
    PatientDeceased,
    SlotTaken,
)
from telesalud.appointments.places import directory
from telesalud.appointments.policy import READ
from telesalud.platform.access import Role
from telesalud.platform.errors import (
    Forbidden,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.store import Operation
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.appointments.clinic import MONDAY, NOBODY, Clinic, desk, patient
from tests.worlds.world import TENANT, call, user

HOUR = timedelta(hours=1)


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def held(clinic: Clinic, kind: Kind, owner: str) -> dict[str, set[str]]:
    """Which appointment holds which quanta."""
    found: dict[str, set[str]] = {}
    for item in clinic.world.store.query(Owner(TENANT, kind, owner).partition).items:
        for name in item.attributes:
            found.setdefault(item.text(name), set()).add(f"{item.key.sk}{name}")
    return found


def test_a_booking_is_read_back_as_it_was_answered(clinic: Clinic) -> None:
    booked = clinic.book(reason="Control", comment="Trae exámenes")
    assert reading.read(clinic.world.services, call(desk()), booked.id) == booked
    assert (booked.status, booked.version) == (Status.BOOKED, 1)


def test_booking_is_one_read_and_one_transaction_once_the_key_is_warm(clinic: Clinic) -> None:
    services = clinic.world.services
    clinic.book(services=services)
    trips = clinic.world.store.trips
    trips.reads = trips.writes = 0
    clinic.book(services=services, start=MONDAY + HOUR, key="idempotency-1")
    assert (trips.reads, trips.writes) == (1, 1)


def test_a_practitioner_is_never_booked_twice(clinic: Clinic) -> None:
    clinic.book()
    for minutes in (-25, -5, 0, 5, 25):
        start = MONDAY + timedelta(minutes=minutes)
        with pytest.raises(SlotTaken):
            clinic.book(patient=patient(2), start=start, outside_hours=True)
    clinic.book(patient=patient(2), start=MONDAY + timedelta(minutes=30))


def test_a_patient_is_never_in_two_places(clinic: Clinic) -> None:
    first = clinic.book()
    with pytest.raises(PatientBusy) as refused:
        clinic.book(practitioners=(clinic.luis,), start=MONDAY + timedelta(minutes=15))
    assert refused.value.extra["appointment"] == first.id


def test_two_practitioners_of_one_appointment_are_both_taken(clinic: Clinic) -> None:
    clinic.book(practitioners=(clinic.ana, clinic.luis))
    for person in (clinic.ana, clinic.luis):
        with pytest.raises(SlotTaken):
            clinic.book(patient=patient(2), practitioners=(person,))


def test_a_refused_booking_leaves_nothing_behind(clinic: Clinic) -> None:
    clinic.book()
    before = len(clinic.world.store.changes)
    with pytest.raises(SlotTaken):
        clinic.book(patient=patient(2), minutes=60)
    assert len(clinic.world.store.changes) == before


def test_one_of_many_racing_bookings_wins_and_the_others_are_told(clinic: Clinic) -> None:
    racers = 16
    barrier = threading.Barrier(racers)
    outcomes: list[str] = []

    def run(number: int) -> None:
        services = clinic.world.services
        barrier.wait()
        try:
            clinic.book(services=services, patient=patient(number), key=f"racer-{number:04d}")
        except SlotTaken:
            outcomes.append("taken")
        else:
            outcomes.append("won")

    threads = [threading.Thread(target=run, args=(n,)) for n in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["taken"] * (racers - 1) + ["won"]
    [quanta] = held(clinic, Kind.PRACTITIONER, clinic.ana).values()
    assert len(quanta) == 6


def test_the_same_request_twice_books_once(clinic: Clinic) -> None:
    first = clinic.book(key="idempotency-1")
    with pytest.raises(AnsweredBefore) as again:
        clinic.book(key="idempotency-1")
    assert again.value.answer.body == first.model_dump_json()


def test_the_longest_appointment_of_most_people_fits_one_transaction(clinic: Clinic) -> None:
    sizes: list[int] = []

    def note(operations: list[Operation]) -> None:
        sizes.append(len(operations))

    third = clinic.add_practitioner("Médica Demostración Tres", "general")
    clinic.world.store.before_transact = note  # type: ignore[assignment]  # a Sequence is a list here
    people = (clinic.ana, clinic.luis, third)
    offset = timedelta(minutes=5)
    booked = clinic.book(
        practitioners=people,
        minutes=480,
        start=MONDAY + offset,
        outside_hours=True,
        category="telemedicine",
        key="idempotency-1",
    )
    others = tuple(clinic.add_practitioner(f"Médico Demostración {n}", "x-ray") for n in (4, 5, 6))
    lifecycle.reschedule(
        clinic.world.services,
        call(desk(), key="idempotency-2"),
        booked.id,
        Reschedule(
            start=MONDAY + timedelta(days=1, minutes=5), practitioners=others, outside_hours=True
        ),
        1,
    )
    assert max(sizes) <= 100


def test_rescheduling_swaps_the_locks(clinic: Clinic) -> None:
    booked = clinic.book()
    moved = lifecycle.reschedule(
        clinic.world.services,
        call(desk()),
        booked.id,
        Reschedule(start=MONDAY + timedelta(minutes=15)),
        1,
    )
    assert (moved.start, moved.version) == (MONDAY + timedelta(minutes=15), 2)
    expected = {f"2026-11-23T13q{minute}" for minute in range(15, 45, 5)}
    assert held(clinic, Kind.PRACTITIONER, clinic.ana) == {booked.id: expected}
    assert held(clinic, Kind.PATIENT, booked.patient.id) == {booked.id: expected}
    clinic.book(patient=patient(2), start=MONDAY + timedelta(minutes=45))


def test_rescheduling_onto_somebody_else_changes_nothing(clinic: Clinic) -> None:
    clinic.book(start=MONDAY + HOUR)
    mine = clinic.book(patient=patient(2))
    with pytest.raises(SlotTaken):
        lifecycle.reschedule(
            clinic.world.services, call(desk()), mine.id, Reschedule(start=MONDAY + HOUR), 1
        )
    assert reading.read(clinic.world.services, call(desk()), mine.id) == mine
    assert len(held(clinic, Kind.PATIENT, mine.patient.id)[mine.id]) == 6


def test_rescheduling_to_another_practitioner_frees_the_first(clinic: Clinic) -> None:
    booked = clinic.book()
    command = Reschedule(start=MONDAY, practitioners=(clinic.luis,))
    lifecycle.reschedule(clinic.world.services, call(desk()), booked.id, command, 1)
    assert held(clinic, Kind.PRACTITIONER, clinic.ana) == {}
    clinic.book(patient=patient(2))


def test_asking_for_the_present_time_again_changes_nothing(clinic: Clinic) -> None:
    booked = clinic.book()
    command = Reschedule(start=MONDAY + HOUR)
    first = lifecycle.reschedule(clinic.world.services, call(desk()), booked.id, command, 1)
    again = lifecycle.reschedule(clinic.world.services, call(desk()), booked.id, command, 1)
    assert again == first


def test_a_stale_version_is_refused(clinic: Clinic) -> None:
    booked = clinic.book()
    services = clinic.world.services
    lifecycle.change_status(
        services, call(desk()), booked.id, ChangeStatus(status=Status.CONFIRMED), 1
    )
    with pytest.raises(StaleVersion):
        lifecycle.cancel(services, call(desk()), booked.id, Cancel(), 1)
    with pytest.raises(StaleVersion):
        lifecycle.reschedule(services, call(desk()), booked.id, Reschedule(start=MONDAY + HOUR), 1)


def test_cancelling_frees_everybody_and_can_be_repeated(clinic: Clinic) -> None:
    booked = clinic.book()
    services = clinic.world.services
    cancelled = lifecycle.cancel(services, call(desk()), booked.id, Cancel(reason="Viaje"), 1)
    assert (cancelled.status, cancelled.cancel_reason) == (Status.CANCELLED, "Viaje")
    assert lifecycle.cancel(services, call(desk()), booked.id, Cancel(), 1) == cancelled
    assert held(clinic, Kind.PRACTITIONER, clinic.ana) == {}
    clinic.book()


def test_cancelling_within_a_day_is_late(clinic: Clinic) -> None:
    booked = clinic.book()
    clinic.world.clock.now = MONDAY - timedelta(hours=23)
    cancelled = lifecycle.cancel(clinic.world.services, call(desk()), booked.id, Cancel(), 1)
    assert cancelled.status is Status.CANCELLED_LATE


@pytest.mark.parametrize("current", list(Status))
@pytest.mark.parametrize("requested", list(Status))
def test_only_listed_transitions_happen(current: Status, requested: Status) -> None:
    if requested in statuses.TRANSITIONS[current]:
        statuses.check_transition(current, requested)
        return
    with pytest.raises(InvalidTransition) as refused:
        statuses.check_transition(current, requested)
    assert refused.value.extra == {"current": current.value, "requested": requested.value}


def test_nothing_follows_a_final_status() -> None:
    assert all(not statuses.TRANSITIONS[status] for status in statuses.FINAL)


def test_a_finished_appointment_is_neither_moved_nor_cancelled(clinic: Clinic) -> None:
    booked = clinic.book()
    services = clinic.world.services
    clinic.world.clock.now = MONDAY
    for version, status in enumerate((Status.ARRIVED, Status.CHECKED_OUT), start=1):
        lifecycle.change_status(
            services, call(desk()), booked.id, ChangeStatus(status=status), version
        )
    with pytest.raises(InvalidTransition):
        lifecycle.cancel(services, call(desk()), booked.id, Cancel(), 3)
    with pytest.raises(InvalidTransition):
        lifecycle.reschedule(services, call(desk()), booked.id, Reschedule(start=MONDAY + HOUR), 3)


def test_agendas_show_every_change_in_one_query(clinic: Clinic) -> None:
    booked = clinic.book()
    services = clinic.world.services
    lifecycle.change_status(
        services, call(desk()), booked.id, ChangeStatus(status=Status.ARRIVED), 1
    )
    seen = reading.read(services, call(desk()), booked.id)
    owners = {"practitioner": clinic.ana, "site": clinic.site, "patient": booked.patient.id}
    for owner, owner_id in owners.items():
        query = AgendaQuery.model_validate(
            {owner: owner_id, "since": MONDAY, "until": MONDAY + timedelta(days=1)}
        )
        trips = clinic.world.store.trips
        trips.reads = 0
        assert reading.agenda(services, call(desk()), query).items == (seen,)
        assert trips.reads == 1


def test_a_moved_appointment_leaves_its_old_day(clinic: Clinic) -> None:
    booked = clinic.book()
    services = clinic.world.services
    later = MONDAY + timedelta(days=1)
    lifecycle.reschedule(services, call(desk()), booked.id, Reschedule(start=later), 1)
    day = AgendaQuery(practitioner=clinic.ana, since=MONDAY, until=later)
    assert reading.agenda(services, call(desk()), day).items == ()
    day = AgendaQuery(practitioner=clinic.ana, since=later, until=later + HOUR)
    assert [a.id for a in reading.agenda(services, call(desk()), day).items] == [booked.id]


def test_thirty_names_cost_one_unwrap(clinic: Clinic) -> None:
    for number in range(16):
        clinic.book(
            patient=patient(number), start=MONDAY + timedelta(minutes=15 * number), minutes=15
        )
    unwrapped = clinic.world.wrapper.unwrapped
    query = AgendaQuery(site=clinic.site, since=MONDAY, until=MONDAY + timedelta(days=1))
    found = reading.agenda(clinic.world.services, call(desk()), query)
    assert len(found.items) == 16
    assert clinic.world.wrapper.unwrapped == unwrapped + 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"site": NOBODY}, "/site"),
        ({"category": "unheard-of"}, "/category"),
        ({"practitioners": (NOBODY,)}, "/practitioners/0"),
        ({"patient": patient(0xFF)}, "/patient/id"),
        ({"start": MONDAY - timedelta(days=365)}, "/start"),
        ({"start": MONDAY + timedelta(days=3650)}, "/start"),
        ({"start": MONDAY + timedelta(days=371), "category": "telemedicine"}, "/start"),
    ],
)
def test_what_does_not_exist_or_fit_is_named(
    clinic: Clinic, change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        clinic.book(**change)
    assert pointer in [field.pointer for field in refused.value.fields]


def test_the_agenda_is_closed_outside_its_hours(clinic: Clinic) -> None:
    for start in (MONDAY - HOUR, MONDAY + timedelta(hours=3, minutes=45), MONDAY + 5 * HOUR):
        with pytest.raises(OutsideHours):
            clinic.book(start=start)


def test_only_who_may_overrule_books_outside_hours(clinic: Clinic) -> None:
    outside = clinic.command(start=MONDAY - HOUR, outside_hours=True)
    with pytest.raises(Forbidden):
        lifecycle.book(clinic.world.services, call(user(Role.FRONT_DESK)), outside, clinic.patients)
    clinic.book(start=MONDAY - HOUR, outside_hours=True)


def test_hours_closed_at_the_same_moment_stop_a_booking(clinic: Clinic) -> None:
    closed = clinic.hours().model_copy(
        update={"closures": (Closure(first=MONDAY.date(), last=MONDAY.date()),)}
    )

    def close(_: object) -> None:
        clinic.world.store.before_transact = None
        directory.put_hours(clinic.world.services, call(desk()), clinic.ana, closed, 1)

    clinic.world.store.before_transact = close
    with pytest.raises(AgendaChanged):
        clinic.book()
    assert held(clinic, Kind.PRACTITIONER, clinic.ana) == {}


def test_a_patient_whose_registration_arrived_is_not_asked_about(clinic: Clinic) -> None:
    clinic.book()
    assert clinic.patients.asked == 1
    who = patient(2).id
    registered_patients.learn(clinic.world.services, call(desk()), who, 1, clinic.patients)
    clinic.patients.asked = 1
    clinic.book(patient=patient(2), start=MONDAY + HOUR)
    assert clinic.patients.asked == 1


def test_telemedicine_is_booked_without_the_consults_service(clinic: Clinic) -> None:
    booked = clinic.book(category="telemedicine")
    assert booked.link_status is LinkStatus.PENDING
    [event] = clinic.told()
    assert event.type == "appointments.appointment_booked"
    assert event.data["telemedicine"] is True


def test_events_and_keys_name_nobody(clinic: Clinic) -> None:
    booked = clinic.book(category="telemedicine", reason="Secreto", comment="Secreto")
    stored = repr([change.new for change in clinic.world.store.changes])
    for secret in ("Demostración Uno", "Paciente", "Secreto"):
        assert secret not in stored
    assert booked.patient.display_name == "Paciente Demostración Uno"


def test_a_crash_anywhere_in_booking_leaves_all_or_nothing() -> None:
    def check(clinic: Clinic) -> None:
        [quanta] = held(clinic, Kind.PRACTITIONER, clinic.ana).values()
        assert len(quanta) == 6
        assert len(clinic.told()) == 1

    def act(clinic: Clinic) -> None:
        try:
            clinic.book(key="idempotency-1")
        except AnsweredBefore:
            return

    assert crash_everywhere(Clinic, lambda c: c.world.store, act, check) >= 2


def test_a_crash_anywhere_in_moving_or_cancelling_leaves_all_or_nothing() -> None:
    clinics: dict[int, str] = {}

    def make() -> Clinic:
        clinic = Clinic()
        clinics[id(clinic)] = clinic.book().id
        return clinic

    def act(clinic: Clinic) -> None:
        services, mine = clinic.world.services, clinics[id(clinic)]
        present = repository.load(services, call(desk()), mine, READ)
        command = Reschedule(start=MONDAY + HOUR)
        if present.booking.status is Status.BOOKED:
            moved = lifecycle.reschedule(services, call(desk()), mine, command, present.version)
            lifecycle.cancel(services, call(desk()), mine, Cancel(), moved.version)

    def check(clinic: Clinic) -> None:
        assert held(clinic, Kind.PRACTITIONER, clinic.ana) == {}
        assert held(clinic, Kind.PATIENT, patient(0xA1).id) == {}
        types = [event.type.rpartition("_")[2] for event in clinic.told()]
        assert types == ["booked", "rescheduled", "freed", "cancelled", "freed"]

    assert crash_everywhere(make, lambda c: c.world.store, act, check) >= 4


def test_quanta_lie_on_the_grid_and_cross_hours_and_days() -> None:
    start = MONDAY.replace(hour=23, minute=50)
    span = Span(start, start + timedelta(minutes=20))
    assert locks.quanta(span) == {
        "2026-11-23T23": ["q50", "q55"],
        "2026-11-24T00": ["q00", "q05"],
    }
    with pytest.raises(ValueError, match="quantum"):
        locks.quanta(Span(start + timedelta(minutes=1), start + HOUR))


def test_an_unknown_appointment_is_not_found(clinic: Clinic) -> None:
    command = ChangeStatus(status=Status.ARRIVED)
    with pytest.raises(NotFound):
        lifecycle.change_status(clinic.world.services, call(desk()), NOBODY, command, 1)


def test_reading_needs_the_right(clinic: Clinic) -> None:
    booked = clinic.book()
    with pytest.raises(Forbidden):
        reading.read(clinic.world.services, call(user()), booked.id)


def test_an_appointment_has_the_records_name_whatever_was_typed(clinic: Clinic) -> None:
    typed = patient(3).model_copy(update={"display_name": "Otra Persona"})
    assert clinic.book(patient=typed).patient.display_name == "Paciente Demostración 3"


def test_appointments_follow_a_correction_of_the_name(clinic: Clinic) -> None:
    made = clinic.book(patient=patient(3))
    clinic.patients.names[patient(3).id] = "Paciente Corregido"
    for _ in range(2):
        registered_patients.learn(clinic.services, call(desk()), patient(3).id, 2, clinic.patients)
    shown = reading.agenda(
        clinic.services,
        call(desk()),
        AgendaQuery(site=clinic.site, since=MONDAY, until=MONDAY + HOUR),
    )
    assert [one.patient.display_name for one in shown.items] == ["Paciente Corregido"]
    assert reading.read(clinic.services, call(desk()), made.id).version == 2


def test_nothing_is_booked_for_the_dead_and_what_stands_says_so(clinic: Clinic) -> None:
    made = clinic.book(patient=patient(3))
    clinic.patients.dead.add(patient(3).id)
    with pytest.raises(PatientDeceased):
        clinic.book(
            patient=patient(4).model_copy(update={"id": patient(3).id}), start=MONDAY + HOUR
        )
    registered_patients.learn(clinic.services, call(desk()), patient(3).id, 2, clinic.patients)
    asked = clinic.patients.asked
    with pytest.raises(PatientDeceased):
        clinic.book(patient=patient(3), start=MONDAY + HOUR)
    assert clinic.patients.asked == asked
    assert reading.read(clinic.services, call(desk()), made.id).deceased
    clinic.patients.dead.clear()
    registered_patients.learn(clinic.services, call(desk()), patient(3).id, 3, clinic.patients)
    assert not reading.read(clinic.services, call(desk()), made.id).deceased
    clinic.book(patient=patient(3), start=MONDAY + HOUR)


def test_a_death_that_is_heard_of_while_booking_stops_it(clinic: Clinic) -> None:
    registered_patients.learn(clinic.services, call(desk()), patient(3).id, 1, clinic.patients)

    def dies(_: object) -> None:
        clinic.world.store.before_transact = None
        clinic.patients.dead.add(patient(3).id)
        registered_patients.learn(clinic.services, call(desk()), patient(3).id, 2, clinic.patients)

    clinic.world.store.before_transact = dies
    with pytest.raises(PatientDeceased):
        clinic.book(patient=patient(3))


def test_what_is_heard_late_teaches_nothing(clinic: Clinic) -> None:
    learn = registered_patients.learn
    clinic.patients.dead.add(patient(3).id)
    learn(clinic.services, call(desk()), patient(3).id, 5, clinic.patients)
    clinic.patients.dead.clear()
    learn(clinic.services, call(desk()), patient(3).id, 4, clinic.patients)
    with pytest.raises(PatientDeceased):
        clinic.book(patient=patient(3))


@pytest.mark.parametrize("status", [Status.NO_SHOW, Status.LATE, Status.CHECKED_OUT])
def test_nobody_is_missed_before_the_appointment_begins(clinic: Clinic, status: Status) -> None:
    booked, to = clinic.book(), ChangeStatus(status=status)
    with pytest.raises(Invalid):
        lifecycle.change_status(clinic.services, call(desk()), booked.id, to, 1)
    clinic.world.clock.now = MONDAY
    assert lifecycle.change_status(clinic.services, call(desk()), booked.id, to, 1).status is status


def test_one_patients_appointments_are_asked_for_by_the_year() -> None:
    year = MONDAY + timedelta(days=366)
    assert AgendaQuery(patient=patient(1).id, since=MONDAY, until=year).until == year
    with pytest.raises(ValueError, match="at most 366 days"):
        AgendaQuery(patient=patient(1).id, since=MONDAY, until=year + HOUR)


def test_an_agenda_is_asked_for_by_six_weeks(clinic: Clinic) -> None:
    weeks = MONDAY + timedelta(days=42)
    assert AgendaQuery(site=clinic.site, since=MONDAY, until=weeks).until == weeks
    for owner in ({"site": clinic.site}, {"practitioner": clinic.ana}):
        with pytest.raises(ValueError, match="at most 42 days"):
            AgendaQuery(**owner, since=MONDAY, until=weeks + HOUR)
