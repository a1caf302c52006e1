"""Reminders: once, at a fitting hour, by a channel that the patient permits, never for nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.appointments import Cancel, ChangeStatus, Reschedule, Status
from schemas.reminders import ReminderChannel, ReminderOutcome, ReminderPolicyBody
from telesalud.appointments.booking import lifecycle, reading, repository
from telesalud.appointments.booking.teleconsultation_link import stored_links
from telesalud.appointments.neighbours.patients import Contact
from telesalud.appointments.policy import READ
from telesalud.appointments.reminders import planning
from telesalud.appointments.teleconsultations import reconciling
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, StaleVersion, Unavailable
from telesalud.platform.ports.messages import Unconfirmed, Undeliverable
from telesalud.platform.store import ConditionFailed
from telesalud.platform.work import Call
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import Crash
from tests.worlds.appointments.clinic import MONDAY, Clinic, desk, patient
from tests.worlds.appointments.consults import FakeConsults
from tests.worlds.appointments.reminding import EMAIL, SMS, Failing, Reminding
from tests.worlds.world import START, TENANT, call, user


@pytest.fixture
def clinic() -> Reminding:
    return Reminding()


def test_a_reminder_goes_out_once_at_each_lead_time(clinic: Reminding) -> None:
    made = clinic.planned()
    assert [r.due_at for r in clinic.state(made.id)] == [
        MONDAY - timedelta(days=1),
        # Two hours before is six in the morning: the evening before instead.
        datetime(2026, 11, 23, 1, 55, tzinfo=UTC),
    ]
    clinic.at(MONDAY - timedelta(days=1, minutes=10))
    assert clinic.sent() == []
    clinic.at(MONDAY)
    when = "lunes 23 de noviembre de 2026 a las 08:00"
    text = (
        f"email Le recordamos su cita: {when}, en Sede Demostración. "
        "Si no desea recibir estos avisos, dígalo en Sede Demostración."
    )
    assert clinic.sent() == [text, text]
    assert {r.outcome for r in clinic.state(made.id)} == {ReminderOutcome.SENT}
    now = reading.read(clinic.services, call(desk()), made.id)
    assert now.status is Status.REMINDED


def test_a_reminder_of_a_teleconsultation_carries_the_patients_link(clinic: Reminding) -> None:
    made = clinic.planned(category="telemedicine")
    system = Call(Caller.system(TENANT, "appointments"))
    consults = FakeConsults()
    reconciling.reconcile(clinic.services, system, made.id, consults)
    links = links_of(clinic, made.id)
    clinic.at(MONDAY)
    assert len(clinic.sent()) == 2
    for message in clinic.sent():
        assert links["patient"] in message
        assert not any(url in message for who, url in links.items() if who != "patient")


def test_a_link_of_an_earlier_time_is_not_sent(clinic: Reminding) -> None:
    """The teleconsultation has not followed the appointment yet: its old link would mislead."""
    made = clinic.planned(category="telemedicine")
    system = Call(Caller.system(TENANT, "appointments"))
    reconciling.reconcile(clinic.services, system, made.id, FakeConsults())
    old = links_of(clinic, made.id)["patient"]
    version = reading.read(clinic.services, call(desk()), made.id).version
    to = Reschedule(start=MONDAY + timedelta(days=3))
    lifecycle.reschedule(clinic.services, call(desk()), made.id, to, version)
    clinic.follow(made.id)
    clinic.at(MONDAY + timedelta(days=3))
    assert len(clinic.sent()) == 2
    assert not any(old in message or "http" in message for message in clinic.sent())


def links_of(clinic: Reminding, appointment: str) -> dict[str, str]:
    """Each participant's link, as the desk reads them."""
    found = repository.load(clinic.services, call(desk()), appointment, READ)
    assert found.link is not None
    kept = stored_links(clinic.services, TENANT, found.link)
    assert kept is not None
    return {one.participant: one.url for one in kept.links}


def test_nothing_is_sent_before_the_institution_wants_it() -> None:
    clinic = Clinic()
    made = clinic.book()
    planning.plan(clinic.services, call(desk()), made.id)
    assert planning.read(clinic.services, call(desk()), made.id).items == ()
    assert planning.read_policy(clinic.services, call(desk())).enabled is False


def test_a_moved_appointment_is_reminded_of_at_its_new_time_only(clinic: Reminding) -> None:
    made = clinic.planned()
    clinic.at(START + timedelta(hours=3))
    to = Reschedule(start=MONDAY + timedelta(days=3))
    lifecycle.reschedule(clinic.services, call(desk()), made.id, to, 1)
    clinic.follow(made.id)
    clinic.at(MONDAY + timedelta(days=1))
    assert clinic.sent() == []
    clinic.at(MONDAY + timedelta(days=3))
    assert len(clinic.sent()) == 2
    assert "jueves 26" in clinic.sent()[0]


def test_a_timer_that_fires_before_the_move_was_followed_sends_nothing(clinic: Reminding) -> None:
    made = clinic.planned()
    to = Reschedule(start=MONDAY + timedelta(days=3))
    lifecycle.reschedule(clinic.services, call(desk()), made.id, to, 1)
    clinic.at(MONDAY)
    assert clinic.sent() == []
    clinic.follow(made.id)
    clinic.at(MONDAY + timedelta(days=3))
    assert len(clinic.sent()) == 2


def test_nobody_is_reminded_of_a_cancelled_or_attended_appointment(clinic: Reminding) -> None:
    cancelled = clinic.planned()
    lifecycle.cancel(clinic.services, call(desk()), cancelled.id, Cancel(), 1)
    clinic.follow(cancelled.id)
    assert clinic.state(cancelled.id) == []
    seen = clinic.planned(patient=patient(2))
    done = ChangeStatus(status=Status.ARRIVED)
    lifecycle.change_status(clinic.services, call(desk()), seen.id, done, 1)
    clinic.at(MONDAY)
    assert clinic.sent() == []


def test_a_booking_at_short_notice_has_only_the_reminders_that_still_fit(clinic: Reminding) -> None:
    clinic.world.clock.now = MONDAY + timedelta(hours=1)
    made = clinic.planned(start=MONDAY + timedelta(hours=4), outside_hours=True)
    assert [r.lead_minutes for r in clinic.state(made.id)] == [120]


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        (Contact({EMAIL: "a@demo.invalid", SMS: "+51900000000"}, SMS, "es"), "sms"),
        (Contact({EMAIL: "a@demo.invalid", SMS: "+51900000000"}, None, "es"), "email"),
        (Contact({SMS: "+51900000000"}, EMAIL, "es"), "sms"),
        (Contact({ReminderChannel.WHATSAPP: "+51900000000"}, None, "es"), ""),
        (Contact({}, EMAIL, "es"), ""),
        (None, ""),
    ],
)
def test_the_channel_is_one_that_patient_and_institution_agree_on(
    clinic: Reminding, contact: Contact | None, expected: str
) -> None:
    clinic.people.answer = contact
    made = clinic.planned()
    clinic.at(MONDAY)
    assert {m.partition(" ")[0] for m in clinic.sent()} == ({expected} if expected else set())
    outcomes = {r.outcome for r in clinic.state(made.id)}
    wanted = ReminderOutcome.SENT if expected else ReminderOutcome.NOT_PERMITTED
    assert outcomes == {wanted}


def test_while_the_patients_service_is_away_reminders_wait(clinic: Reminding) -> None:
    made = clinic.planned()
    clinic.people.down = True
    clinic.at(MONDAY - timedelta(hours=22))
    assert clinic.sent() == []
    clinic.people.down = False
    clinic.at(MONDAY - timedelta(hours=20))
    assert len(clinic.sent()) == 1
    assert clinic.state(made.id)[0].outcome is ReminderOutcome.SENT


def test_what_was_late_is_not_sent_at_night_nor_after_the_start(clinic: Reminding) -> None:
    made = clinic.planned(start=MONDAY + timedelta(hours=2))
    clinic.people.down = True
    clinic.at(MONDAY - timedelta(hours=9))
    clinic.people.down = False
    clinic.at(MONDAY - timedelta(hours=2))
    assert clinic.sent() == []
    clinic.at(MONDAY)
    [sent] = {m.partition(":")[0] for m in clinic.sent()}
    assert sent == "email Le recordamos su cita"
    late = clinic.planned(patient=patient(2), start=MONDAY + timedelta(days=1))
    clinic.people.down = True
    clinic.at(MONDAY + timedelta(days=1, hours=2))
    clinic.people.down = False
    clinic.at(MONDAY + timedelta(days=1, hours=4))
    assert {r.outcome for r in clinic.state(late.id)} == {ReminderOutcome.MISSED}
    assert {r.outcome for r in clinic.state(made.id)} == {ReminderOutcome.SENT}


@pytest.mark.parametrize(
    ("failure", "outcome", "taken"),
    [
        (Unavailable(), ReminderOutcome.SENT, 1),
        (Undeliverable("MessageRejected"), ReminderOutcome.REFUSED, 0),
        (Unconfirmed(), ReminderOutcome.UNCONFIRMED, 0),
        (Crash(), ReminderOutcome.UNCONFIRMED, 0),
    ],
)
def test_a_failing_channel_never_sends_twice(
    clinic: Reminding, failure: BaseException, outcome: ReminderOutcome, taken: int
) -> None:
    channel = clinic.channels[EMAIL] = Failing([failure])
    clinic.policy(1, lead_minutes=(1440,))
    made = clinic.planned()
    try:
        clinic.at(MONDAY)
    except Crash:
        clinic.at(MONDAY)
    assert clinic.state(made.id)[0].outcome is outcome
    assert len(channel.taken) == taken


def test_a_crash_anywhere_in_sending_never_sends_twice() -> None:
    def make() -> Reminding:
        clinic = Reminding()
        clinic.policy(1, lead_minutes=(1440,))
        clinic.channels[EMAIL] = Failing([])
        clinic.planned()
        clinic.world.clock.now = MONDAY - timedelta(days=1)
        return clinic

    def check(clinic: Reminding) -> None:
        outcomes = [
            clinic.state(e.subject)[0].outcome
            for e in clinic.world.events()
            if e.type == "appointments.appointment_booked"
        ]
        taken = len(clinic.channels[EMAIL].taken)
        assert (taken, outcomes) in [
            (1, [ReminderOutcome.SENT]),
            # The process ended after the claim: whether it left is not known, and it stays so.
            (1, [ReminderOutcome.UNCONFIRMED]),
            (0, [ReminderOutcome.UNCONFIRMED]),
        ]

    assert crash_everywhere(make, lambda c: c.world.store, lambda c: c.sweep(), check) >= 6


def test_a_race_of_two_sweeps_sends_once(clinic: Reminding) -> None:
    clinic.policy(1, lead_minutes=(1440,))
    clinic.planned()
    clinic.world.clock.now = MONDAY - timedelta(days=1)

    def rival(_: object) -> None:
        clinic.world.store.before_transact = None
        clinic.sweep()

    clinic.world.store.before_transact = rival
    clinic.sweep()
    assert len(clinic.sent()) == 1


def test_two_followers_of_one_change_plan_it_once(clinic: Reminding) -> None:
    made = clinic.book()

    def rival(_: object) -> None:
        clinic.world.store.before_transact = None
        planning.plan(clinic.services, call(desk()), made.id)

    clinic.world.store.before_transact = rival
    with pytest.raises(ConditionFailed):
        planning.plan(clinic.services, call(desk()), made.id)
    planned = [i for i in clinic.world.store.sweep("TIMERS#") if "kind" in i.attributes]
    assert len(planned) == 2


def test_sweeping_costs_the_same_whatever_waits(clinic: Reminding) -> None:
    for number in range(30):
        clinic.planned(
            patient=patient(number + 1),
            start=MONDAY + timedelta(days=7 * (number // 8), minutes=30 * (number % 8)),
        )
    clinic.sweep()
    trips = clinic.world.store.trips
    trips.reads = trips.writes = 0
    clinic.sweep()
    assert (trips.reads, trips.writes) == (5, 1)


def test_messages_are_kept_sealed(clinic: Reminding) -> None:
    clinic.planned()
    clinic.at(MONDAY)
    stored = repr([item.attributes for item in clinic.world.store.sweep("MESSAGES#")])
    assert "demo.invalid" not in stored
    assert len(clinic.sent()) == 2


def test_the_rule_needs_a_right_and_the_version_that_was_read(clinic: Reminding) -> None:
    body = ReminderPolicyBody()
    with pytest.raises(Forbidden):
        planning.put_policy(clinic.services, call(user(Role.NURSE)), body, 1)
    with pytest.raises(StaleVersion):
        planning.put_policy(clinic.services, call(desk()), body, 0)
