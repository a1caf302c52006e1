"""A working day of a demonstration clinic, and the days after it: visits in every state.

The day is the site's own. Whoever starts the clinic in the morning finds what is over, who is in a
room, who waits and who is still expected; from eight in the evening on, the day is tomorrow's,
because a visit can be entered at most twelve hours after its start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

EVENING = timedelta(hours=4)
"""From this long before midnight on, the demonstration shows tomorrow."""
OPENS, BUSIEST, QUIET = time(9, 10), time(11, 10), time(15, 10)
"""Earlier or later than the first and the last, the demonstration's present is the second."""
PAEDIATRICIAN, CHILDREN = 1, range(10, 16)
"""Places among practitioners and patients."""
VISIT = 20
"""Minutes; the demonstration's agendas are cut into these."""

# Practitioner and the times at which their day's visits begin.
_DAY: Final = (
    (0, "08:00 08:20 09:00 09:40 10:20 11:00 11:40 14:20 15:00 16:00"),
    (1, "08:20 09:20 10:20 11:20 14:00 15:20"),
    (2, "09:20 10:40 11:20 15:40"),
    (3, "08:40 10:40 14:40"),
)
# The same for each of the days that follow; shorter, so that there is time to book.
_NEXT: Final = ((0, "09:00 10:20 15:00"), (1, "08:20 11:20"), (2, "10:40"))
_NEXT_DAYS = 4

_REASONS: Final = {
    "es": (
        (
            "Control de presión arterial",
            "Resultados de laboratorio",
            "Renovación de receta",
            "Dolor lumbar",
            "Control de diabetes",
        ),
        ("Control de niño sano", "Fiebre de dos días", "Control de asma"),
        ("Evaluación cardiológica", "Electrocardiograma de control", "Palpitaciones"),
        ("Curación", "Vacunación", "Educación en diabetes"),
    ),
    "pt": (
        (
            "Controle da pressão arterial",
            "Resultados de exames",
            "Renovação de receita",
            "Dor lombar",
            "Controle do diabetes",
        ),
        ("Puericultura", "Febre há dois dias", "Controle da asma"),
        ("Avaliação cardiológica", "Eletrocardiograma de controle", "Palpitações"),
        ("Curativo", "Vacinação", "Educação em diabetes"),
    ),
}
_GROUP: Final = {"es": "Taller: vivir con diabetes", "pt": "Oficina: viver com diabetes"}
_WAITS: Final = {
    "es": ("Prefiere por la mañana", "Viene de lejos: avisar con un día", "Control adelantado"),
    "pt": ("Prefere de manhã", "Vem de longe: avisar um dia antes", "Controle antecipado"),
}


class Api(Protocol):
    """The public API with a token that may book."""

    def create(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a POST; a repetition returns the first answer."""

    def post(self, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """The same with further headers."""


@dataclass(frozen=True)
class Place:
    """Where the day takes place, by whom and for whom; ids, patients as the API knows them."""

    site: str
    zone: ZoneInfo
    practitioners: Sequence[str]
    patients: Sequence[Mapping[str, Any]]
    language: str

    def at(self, day: date, clock: str) -> datetime:
        """A moment on the site's clock."""
        return datetime.combine(day, time.fromisoformat(clock), self.zone)


def present_of(now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that the demonstration's day stands at."""
    local = now.astimezone(zone)
    day = (local + EVENING).date()
    if day == local.date() and OPENS <= local.time() <= QUIET:
        return local.replace(second=0, microsecond=0)
    return datetime.combine(day, BUSIEST, zone)


@dataclass(frozen=True)
class _Visit:
    number: int
    doctor: int
    patient: Mapping[str, Any]
    start: datetime
    remote: bool


def fill(api: Api, place: Place, present: datetime) -> None:
    """Book the day at `present` and the days after it; the same `present` changes nothing more."""
    day = present.astimezone(place.zone).date()
    for number, (doctor, patient, clock) in enumerate(_plan(_DAY, place)):
        start = place.at(day, clock)
        remote = start > present and number % 3 == 0
        booked = _book(api, place, _Visit(number, doctor, patient, start, remote))
        begun = start <= datetime.now(UTC)
        _bring(api, booked, _status(start - present, number, begun=begun))
    for ahead in range(1, _NEXT_DAYS + 1):
        for number, (doctor, patient, clock) in enumerate(_plan(_NEXT, place, ahead)):
            start = place.at(day + timedelta(days=ahead), clock)
            _book(api, place, _Visit(number + ahead, doctor, patient, start, number == ahead))
    _group(api, place, day)
    _wait(api, place)


def _plan(
    plan: Sequence[tuple[int, str]], place: Place, skipped: int = 0
) -> Iterator[tuple[int, Mapping[str, Any], str]]:
    """Practitioner, patient and time of each visit; nobody comes twice."""
    grown = [each for at, each in enumerate(place.patients) if at not in CHILDREN]
    young = [place.patients[at] for at in CHILDREN]
    adults, children = iter(grown[skipped:]), iter(young[skipped:])
    for doctor, clocks in plan:
        for clock in clocks.split():
            yield doctor, next(children if doctor == PAEDIATRICIAN else adults), clock


def named(patient: Mapping[str, Any]) -> dict[str, str]:
    """The patient as appointments refer to them."""
    name = patient["name"]
    return {"id": patient["id"], "display_name": f"{name['given']} {name['family']}"}


def _book(api: Api, place: Place, visit: _Visit) -> dict[str, Any]:
    reasons = _REASONS[place.language][visit.doctor]
    body = {
        "patient": named(visit.patient),
        "practitioners": [place.practitioners[visit.doctor]],
        "site": place.site,
        "category": "telemedicina" if visit.remote else "consulta",
        "start": visit.start.isoformat(),
        "minutes": VISIT,
        "reason": reasons[visit.number % len(reasons)],
        "status": "pending" if visit.number % 11 == 10 else "booked",
    }
    booked: dict[str, Any] = api.create("/appointments", body)
    return booked


def _bring(api: Api, booked: Mapping[str, Any], status: str | None) -> None:
    """Bring a visit to this state."""
    # A teleconsultation's version moves on by itself while it is being linked.
    if status is None or booked["telemedicine"]:
        return
    path, version = f"/appointments/{booked['id']}", f'"{booked["version"]}"'
    if status == "cancelled":
        api.post(f"{path}/cancel", {"reason": None}, **{"If-Match": version})
    else:
        api.post(f"{path}/status", {"status": status}, **{"If-Match": version})


def _status(until: timedelta, number: int, *, begun: bool) -> str | None:
    """The state of a visit that begins in `until`; None leaves it as it was booked.

    At night the demonstration's day is the next one: what has not really begun has no outcome yet.
    """
    minutes = until.total_seconds() / 60
    if minutes < -5 and not begun:
        return {3: None, 5: "cancelled"}.get(number % 9, "in_room" if number % 2 else "arrived")
    if minutes < -VISIT - 5:
        return {3: "no_show", 5: "cancelled"}.get(number % 9, "checked_out")
    if minutes < -5:
        return "late" if number % 4 == 2 else "in_room"
    if minutes < VISIT:
        return "arrived"
    return {1: "confirmed", 2: "cancelled"}.get(number % 4)


def _group(api: Api, place: Place, day: date) -> None:
    """A session of tomorrow with half of its places taken."""
    session = {
        "practitioners": [place.practitioners[-1]],
        "site": place.site,
        "category": "taller",
        "start": place.at(day + timedelta(days=1), "16:00").isoformat(),
        "minutes": 60,
        "capacity": 8,
        "title": _GROUP[place.language],
    }
    group = api.create("/appointments/groups", session)
    for patient in place.patients[-4:]:
        api.create(f"/appointments/groups/{group['id']}/places", {"patient": named(patient)})


def _wait(api: Api, place: Place) -> None:
    """Three patients who would come earlier."""
    urgencies = ("urgent", "soon", "routine")
    for number, note in enumerate(_WAITS[place.language]):
        body = {
            "patient": named(place.patients[-1 - number]),
            "site": place.site,
            "category": "consulta",
            "minutes": VISIT,
            "practitioners": [place.practitioners[number]],
            "urgency": urgencies[number],
            "earliest": "08:00",
            "latest": "12:00",
            "note": note,
        }
        api.create("/appointments/waiting-list", body)
