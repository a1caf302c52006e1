"""Where series are kept.

    SERIES#<t>#<id> / HEAD          the series, sealed; `status`, and how far its last plan is done
    SERIES#<t>#<id> / PLAN#<n>      the steps of a change, sealed; never altered
    SERIES#<t>#<id> / DAY#<date>    an occurrence: its appointment and time, or why it has none
    SERIESKEY#<t>#<caller> / <key>  the series that a request with this Idempotency-Key began

A change of a series (booking, moving, cancelling) is written down as a plan first and then carried
out step by step; each transaction advances `done`, so that whoever goes on after a crash does what
is missing and nothing twice (docs/decisions/0206).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schemas.series import Conflict, SeriesStatus
from telesalud.appointments.policy import GRANTS
from telesalud.appointments.series.stored import Plan, Record, Step
from telesalud.appointments.timers.buckets import Timer, TimerKind
from telesalud.platform.access import require
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put, Update, When
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services

RESUMED_AFTER = timedelta(minutes=2)
"""When a change that has not been completed is taken up by the timer."""


@dataclass(frozen=True, slots=True)
class Head:
    """A series as it was read."""

    id: str
    record: Record
    version: int
    status: SeriesStatus
    plan: int
    """Number of its last plan."""
    done: int
    """How many steps of it are done."""
    timer: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """An occurrence as the series knows it; the appointment may have been changed since."""

    day: date
    appointment: str | None
    start: datetime
    minutes: int
    shifted: bool
    conflict: Conflict | None


def partition(tenant: str, series: str) -> str:
    """The partition of everything that is stored of a series."""
    return f"SERIES#{tenant}#{series}"


def head_key(tenant: str, series: str) -> Key:
    """Where a series is."""
    return Key(partition(tenant, series), "HEAD")


def plan_key(tenant: str, series: str, number: int) -> Key:
    """Where a plan is."""
    return Key(partition(tenant, series), f"PLAN#{number:06d}")


def timer_of(tenant: str, series: str, due: datetime) -> Timer:
    """The timer that completes a change which broke off."""
    return Timer(TimerKind.SERIES, tenant, series, due)


def load(
    services: Services, call: Call, series: str, right: str
) -> tuple[Head, dict[date, Member]]:
    """The series with its occurrences by day, for a caller who has the right; one round trip.

    Raises Forbidden, NotFound.
    """
    require(call.caller, right, GRANTS)
    tenant = call.caller.tenant
    page = services.store.query(partition(tenant, series), until="HEAD", limit=1000)
    if not page.items or page.items[-1].key.sk != "HEAD":
        raise NotFound("there is no such series")
    members = [_member(item) for item in page.items[:-1]]
    return _head(services, tenant, page.items[-1]), {m.day: m for m in members}


def load_plan(services: Services, tenant: str, head: Head) -> Plan:
    """The last plan of a series."""
    key = plan_key(tenant, head.id, head.plan)
    item = services.fetch([key], Scope(tenant))[key]
    return open_model(services.vault, Scope(tenant), item, Plan)


def _head(services: Services, tenant: str, item: Item) -> Head:
    return Head(
        id=item.key.pk.rpartition("#")[2],
        record=open_model(services.vault, Scope(tenant), item, Record),
        version=item.version,
        status=SeriesStatus(item.text("status")),
        plan=item.number("plan"),
        done=item.number("done"),
        timer=from_text(item.text("timer")),
    )


def _member(item: Item) -> Member:
    conflict = item.text("conflict")
    return Member(
        day=date.fromisoformat(item.key.sk.removeprefix("DAY#")),
        appointment=item.text("appointment") or None,
        start=from_text(item.text("start")),
        minutes=item.number("minutes"),
        shifted=bool(item.attributes["shifted"]),
        conflict=Conflict(conflict) if conflict else None,
    )


def head_put(
    services: Services,
    tenant: str,
    series: str,
    record: Record,
    *,
    plan: int,
    due: datetime,
    when: When = ABSENT,
) -> Put:
    """The write of a series whose plan begins."""
    key = head_key(tenant, series)
    attributes: Mapping[str, str | int | bytes] = {
        ATTRIBUTE: seal_model(services.vault, Scope(tenant), key, record),
        "status": SeriesStatus.WORKING.value,
        "plan": plan,
        "done": 0,
        "timer": to_text(due),
    }
    return Put(key, attributes, when=when)


def plan_put(services: Services, tenant: str, series: str, number: int, plan: Plan) -> Put:
    """The write of a plan."""
    key = plan_key(tenant, series, number)
    return Put(key, {ATTRIBUTE: seal_model(services.vault, Scope(tenant), key, plan)}, when=ABSENT)


def advance(tenant: str, head: Head, done: int, status: SeriesStatus) -> Update:
    """The write that notes progress; fails when somebody else noted some."""
    when = When(exists=True, equals={"plan": head.plan, "done": head.done})
    return Update(head_key(tenant, head.id), set={"done": done, "status": status.value}, when=when)


def day_put(tenant: str, series: str, step: Step) -> Put:
    """The write of an occurrence that was booked or moved."""
    return _day(tenant, series, step, step.appointment, "")


def day_failed(
    tenant: str, series: str, step: Step, before: Member | None, conflict: Conflict
) -> Put:
    """The write of an occurrence that could not be; one that was booked stays as it was."""
    if before is not None and before.appointment is not None:
        step = step.model_copy(
            update={"start": before.start, "minutes": before.minutes, "shifted": before.shifted}
        )
        return _day(tenant, series, step, before.appointment, conflict.value)
    return _day(tenant, series, step, "", conflict.value)


def _day(tenant: str, series: str, step: Step, appointment: str, conflict: str) -> Put:
    key = Key(partition(tenant, series), f"DAY#{step.day.isoformat()}")
    return Put(
        key,
        {
            "appointment": appointment,
            "start": to_text(step.start),
            "minutes": step.minutes,
            "shifted": step.shifted,
            "conflict": conflict,
        },
    )
