"""Series, waiting list, reminders and merges on the running stacks: the parts that events, queues
and the clock carry on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.cloud.clinic import FOLLOWED, Clinic
from tests.cloud.parties import Party, until

LIMA = ZoneInfo("America/Lima")


@dataclass
class Agenda:
    """A clinic that is open day and night."""

    clinic: Clinic

    def week(self, patient: str, day: datetime, **changes: Any) -> dict[str, Any]:
        return {
            "patient": {"id": patient, "display_name": "Paciente Nube"},
            "practitioners": [self.clinic.practitioner],
            "site": self.clinic.site,
            "category": "visit",
            "first_date": day.date().isoformat(),
            "local_time": day.strftime("%H:%M"),
            "minutes": 20,
            "rule": {"frequency": "weeks", "count": 20},
            **changes,
        }

    def registered(self, name: str) -> str:
        """A patient who may be written to."""
        body = {
            "name": {"given": "Paciente Nube", "family": name},
            "birth_date": "1980-05-17",
            "sex": "female",
            "email": "paciente@demo.invalid",
            "contact_permissions": ["email"],
            "confirm_not_duplicate": True,
        }
        return str(self.clinic.staff.post("/patients", body)["id"])


@pytest.fixture(scope="module")
def agenda(clinic: Clinic) -> Agenda:
    path = f"/appointments/practitioners/{clinic.practitioner}/availability"
    weekly = [
        {"weekday": day, "start": "00:00", "site": clinic.site, "slot_minutes": 20}
        for day in range(1, 8)
    ]
    answer = clinic.staff.call("PUT", path, {"weekly": weekly}, **{"If-Match": '"0"'})
    assert answer.status_code == 200, answer.text
    return Agenda(clinic)


def seen(staff: Party, path: str) -> dict[str, Any]:
    """The resource; empty while a function of the busy local cloud does not answer."""
    try:
        answer = staff.call("GET", path)
    except httpx.TimeoutException:
        return {}
    found: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
    return found


def morning(days: int, hour: int) -> datetime:
    """A wall-clock time at the site, some days from now."""
    now = datetime.now(LIMA) + timedelta(days=days)
    return now.replace(hour=hour, minute=0, second=0, microsecond=0)


def test_a_series_is_booked_moved_and_cancelled(agenda: Agenda) -> None:
    staff = agenda.clinic.staff
    body = agenda.week(agenda.clinic.patient("Serie"), morning(3, 8))
    made = staff.post("/appointments/series", body)
    assert (made["status"], made["conflicts"], len(made["occurrences"])) == ("settled", 0, 20)
    path = f"/appointments/series/{made['id']}"
    day = made["occurrences"][10]["day"]
    move = {"scope": "following", "day": day, "local_time": "09:00"}
    answer = staff.call("POST", f"{path}/reschedule", move, **{"If-Match": f'"{made["version"]}"'})
    assert answer.status_code == 200, answer.text
    moved = answer.json()
    hours = [datetime.fromisoformat(o["start"]).astimezone(LIMA).hour for o in moved["occurrences"]]
    assert hours == [8] * 10 + [9] * 10
    off = {"scope": "all", "reason": "Prueba"}
    answer = staff.call("POST", f"{path}/cancel", off, **{"If-Match": f'"{moved["version"]}"'})
    assert answer.status_code == 200, answer.text
    assert {o["status"] for o in staff.get(path)["occurrences"]} == {"cancelled"}


def test_of_two_series_for_the_same_times_one_has_all_of_them(agenda: Agenda) -> None:
    staff = agenda.clinic.staff
    bodies = [agenda.week(agenda.clinic.patient(name), morning(3, 14)) for name in ("Una", "Otra")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda b: staff.call("POST", "/appointments/series", b), bodies))
    assert sorted(a.status_code for a in answers) == [201, 409], [a.text for a in answers]
    [lost] = [a.json() for a in answers if a.status_code == 409]
    assert lost["type"].endswith("series-conflicts")


def test_a_cancelled_slot_reaches_who_waits_and_is_accepted(agenda: Agenda) -> None:
    staff, place = agenda.clinic.staff, agenda.clinic
    slot = morning(4, 11)
    entry = staff.post(
        "/appointments/waiting-list",
        {
            "patient": {"id": place.patient("Espera"), "display_name": "Paciente Nube"},
            "site": place.site,
            "category": "visit",
            "minutes": 20,
            "practitioners": [place.practitioner],
            "not_before": slot.date().isoformat(),
            "not_after": slot.date().isoformat(),
        },
    )
    body = place.booking(place.patient("Cede"), slot, "visit")
    booked = staff.post("/appointments", body)
    answer = staff.call("POST", f"/appointments/{booked['id']}/cancel", {}, **{"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    path = f"/appointments/waiting-list/{entry['id']}"
    until(lambda: seen(staff, path).get("status") == "offered", seconds=FOLLOWED, every=3)
    made = staff.post(f"{path}/accept")
    assert made["start"] == booked["start"]
    assert staff.get(path)["status"] == "booked"


def test_a_reminder_is_sent_when_it_is_due(agenda: Agenda) -> None:
    staff = agenda.clinic.staff
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    start = now + timedelta(minutes=30 - now.minute % 5)
    lead = int((start - now).total_seconds() // 60) - 2
    policy = {"lead_minutes": [lead], "channels": ["email"]}
    answer = staff.call("PUT", "/appointments/reminder-policy", policy, **{"If-Match": '"0"'})
    assert answer.status_code == 200, answer.text
    patient = agenda.registered("Aviso")
    booked = staff.post("/appointments", agenda.clinic.booking(patient, start, "visit"))
    path = f"/appointments/{booked['id']}"

    def sent() -> bool:
        items = seen(staff, f"{path}/reminders").get("items", [])
        return [i["outcome"] for i in items] == ["sent"]

    until(sent, seconds=240, every=3)
    assert staff.get(path)["status"] == "reminded"


def test_appointments_follow_a_merge(agenda: Agenda) -> None:
    staff, place = agenda.clinic.staff, agenda.clinic
    gone, stays = place.patient("Duplicada"), place.patient("Original")
    start = morning(5, 16)
    booked = staff.post("/appointments", place.booking(gone, start, "visit"))
    version = staff.get(f"/patients/{stays}")["version"]
    etag = {"If-Match": f'"{version}"'}
    answer = staff.call("POST", f"/patients/{stays}/merge", {"patient": gone}, **etag)
    assert answer.status_code == 200, answer.text
    path = f"/appointments/{booked['id']}"
    until(
        lambda: seen(staff, path).get("patient", {}).get("id") == stays, seconds=FOLLOWED, every=3
    )
    assert staff.get(path)["start"] == booked["start"]
