"""When a reminder may go out, and by which addresses."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from schemas.patients import Channel as Permission
from schemas.patients import Patient, PersonName, Sex
from schemas.reminders import ReminderChannel
from telesalud.appointments.neighbours.patients import Contact
from telesalud.appointments.neighbours.patients_http import contact_of
from telesalud.appointments.reminders import quiet_hours
from telesalud.appointments.reminders.stored import ReminderRule
from tests.worlds.appointments.clinic import patient
from tests.worlds.world import START

EMAIL, SMS = ReminderChannel.EMAIL, ReminderChannel.SMS


@given(
    start=st.integers(0, 2 * 365 * 288).map(lambda n: START + timedelta(minutes=5 * n)),
    lead=st.integers(15, 3000),
    hours=st.tuples(st.integers(0, 23), st.integers(1, 23)),
    zone=st.sampled_from(["America/Lima", "America/Santiago", "America/Havana", "UTC"]),
    ago=st.integers(0, 5000),
)
def test_no_reminder_is_due_in_quiet_hours_in_the_past_or_too_late(
    start: datetime, lead: int, hours: tuple[int, int], zone: str, ago: int
) -> None:
    begins, length = hours
    policy = ReminderRule(
        quiet_from=time(begins), quiet_until=time((begins + length) % 24), lead_minutes=(lead,)
    )
    now = start - timedelta(minutes=ago)
    due = quiet_hours.due_at(policy, start, lead, ZoneInfo(zone), now)
    if due is None:
        return
    assert now <= due <= start - timedelta(minutes=15)
    local = due.astimezone(ZoneInfo(zone))
    # Where clocks are put back, the hour before quiet hours may come twice.
    if local.utcoffset() == (due + timedelta(hours=2)).astimezone(ZoneInfo(zone)).utcoffset():
        assert not quiet_hours.is_quiet(policy, due, ZoneInfo(zone))


def person(**changes: Any) -> Patient:
    fields: dict[str, Any] = {
        "id": patient(1).id,
        "record_number": "1-9",
        "version": 1,
        "registered_at": START,
        "name": PersonName(given="Paciente", family="Demostración"),
        "birth_date": date(1980, 1, 1),
        "sex": Sex.UNKNOWN,
        "email": "uno@demo.invalid",
        "phones": ("+51 (900) 000-000",),
        "contact_permissions": (Permission.EMAIL, Permission.SMS),
    }
    return Patient.model_validate(fields | changes)


def test_only_permitted_addresses_that_a_provider_takes_are_used() -> None:
    both = contact_of(person(preferred_channel=Permission.SMS))
    assert both == Contact({EMAIL: "uno@demo.invalid", SMS: "+51900000000"}, SMS, "es")
    local = contact_of(person(phones=("900 000 000",), preferred_channel=Permission.VOICE))
    assert local == Contact({EMAIL: "uno@demo.invalid"}, None, "es")
    assert contact_of(person(contact_permissions=())) == Contact({}, None, "es")
    assert contact_of(person(deceased_on=date(2026, 1, 1))) is None
