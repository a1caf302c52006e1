"""Series for the tests of this context: booking, editing and checking them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from schemas.appointments import Status
from schemas.series import (
    BookSeries,
    CancelSeries,
    Frequency,
    Recurrence,
    RescheduleSeries,
    Series,
    SeriesScope,
)
from telesalud.appointments.booking import repository
from telesalud.appointments.booking.locks import Kind, Owner
from telesalud.appointments.policy import READ
from telesalud.appointments.series import editing, planning
from telesalud.platform.access import Caller
from telesalud.platform.work import AnsweredBefore, Call, Services
from tests.worlds.appointments.clinic import Clinic, desk, patient
from tests.worlds.world import TENANT, call

SYSTEM = Call(Caller.system(TENANT, "appointments"), "timer-1")
WEEK = timedelta(days=7)


def weekly(count: int = 6, **more: Any) -> Recurrence:
    return Recurrence(frequency=Frequency.WEEKS, count=count, **more)


def command(clinic: Clinic, **changes: Any) -> BookSeries:
    fields: dict[str, Any] = {
        "patient": patient(1),
        "practitioners": (clinic.ana,),
        "site": clinic.site,
        "category": "visit",
        "first_date": date(2026, 11, 23),
        "local_time": time(8),
        "minutes": 30,
        "rule": weekly(),
    }
    return BookSeries.model_validate(fields | changes)


def book(
    clinic: Clinic, *, key: str = "", services: Services | None = None, **changes: Any
) -> Series:
    made = services or clinic.services
    by = call(desk(), key=key)
    return planning.book(made, by, command(clinic, **changes), clinic.patients)


def booked_or_remembered(clinic: Clinic, key: str, **changes: Any) -> None:
    try:
        book(clinic, key=key, **changes)
    except AnsweredBefore:
        return


def held(clinic: Clinic, kind: Kind, owner: str) -> dict[str, int]:
    """How many quanta each appointment holds."""
    found: dict[str, int] = {}
    for item in clinic.world.store.query(Owner(TENANT, kind, owner).partition, limit=1000).items:
        for name in item.attributes:
            found[item.text(name)] = found.get(item.text(name), 0) + 1
    return found


def starts(series: Series) -> list[datetime]:
    return [o.start for o in series.occurrences if o.appointment and o.status is Status.BOOKED]


def check_whole(clinic: Clinic, series: Series) -> None:
    """Locks are those of the booked occurrences, and each appointment is in its agendas."""
    live = {
        str(o.appointment): o.minutes // 5 for o in series.occurrences if o.status is Status.BOOKED
    }
    assert held(clinic, Kind.PRACTITIONER, clinic.ana) == live
    assert held(clinic, Kind.PATIENT, patient(1).id) == live
    for found in repository.load_many(clinic.services, call(desk()), list(live), READ).values():
        keys = found.booking.copies(TENANT)
        assert len(clinic.world.store.get_many(keys)) == len(keys)
    assert timers(clinic) == []


def timers(clinic: Clinic) -> list[str]:
    found = clinic.world.store.sweep("TIMERS#")
    return [item.text("kind") for item in found if item.attributes.get("kind")]


def cancel(clinic: Clinic, series: Series, day: date | None = None, **more: Any) -> Series:
    scope = SeriesScope.FOLLOWING if day else SeriesScope.ALL
    body = CancelSeries.model_validate({"scope": scope, "day": day} | more)
    return editing.cancel(clinic.services, call(desk()), series.id, body, series.version)


def move(clinic: Clinic, series: Series, day: date | None = None, **more: Any) -> Series:
    scope = SeriesScope.FOLLOWING if day else SeriesScope.ALL
    body = RescheduleSeries.model_validate({"scope": scope, "day": day} | more)
    return editing.reschedule(clinic.services, call(desk()), series.id, body, series.version)
