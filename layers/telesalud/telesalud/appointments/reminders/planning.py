"""Which reminders an appointment has, and when they are due.

    REMINDERS#<t>        / POLICY       the institution's rule
    APPOINTMENT#<t>#<id> / REMINDERS    the reminders of an appointment; they name nobody

Events of the appointment call `plan`, which compares the reminders with the appointment as it is
stored; so deliveries may repeat and come in any order. Each reminder has a timer (`timers`),
planned and taken back in the same transaction.
"""

from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.agendas import Site
from schemas.appointments import Status
from schemas.reminders import (
    Reminder,
    ReminderList,
    ReminderOutcome,
    ReminderPolicy,
    ReminderPolicyBody,
)
from telesalud.appointments.agendas import repository as agendas
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.policy import GRANTS, MANAGE, READ, WRITE
from telesalud.appointments.reminders.quiet_hours import due_at
from telesalud.appointments.reminders.stored import Plan, ReminderRule, StoredReminder
from telesalud.appointments.timers.buckets import Timer, TimerKind
from telesalud.platform.access import require
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, from_json, open_model, to_json
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Operation, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

REMINDED = frozenset({Status.BOOKED, Status.REMINDED, Status.CONFIRMED})
"""Who is expected and may be reminded."""


class State(NamedTuple):
    """An appointment, its reminders and the rule, read together."""

    booking: Booking
    version: int
    plan: Plan | None
    plan_version: int
    policy: ReminderRule


def read_policy(services: Services, call: Call) -> ReminderPolicy:
    """The institution's rule; nothing is sent before it was set."""
    require(call.caller, READ, GRANTS)
    item = services.store.get(_policy_key(call.caller.tenant))
    return _policy_of(item).view(item.version if item else 0)


def put_policy(
    services: Services, call: Call, body: ReminderPolicyBody, version: int
) -> ReminderPolicy:
    """Set the rule; it holds for appointments that are booked or moved from now on.

    Raises StaleVersion.
    """
    require(call.caller, MANAGE, GRANTS)
    key = _policy_key(call.caller.tenant)
    when = at_version(version) if version else ABSENT
    work = Work(services, call)
    item = services.store.get(key)
    rule = _policy_of(item).replaced(body)
    work.add(Put(key, {ATTRIBUTE: to_json(rule)}, when=when))
    work.audit("appointments.put_reminder_policy", call.caller.tenant, "reminders/policy")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return rule.view(version + 1)


def read(services: Services, call: Call, appointment: str) -> ReminderList:
    """The reminders of an appointment; the access is audited. Raises NotFound."""
    state = load(services, call, appointment, READ)
    entries = state.plan.entries if state.plan else ()
    work = Work(services, call)
    resource = f"appointment/{appointment}"
    work.audit("appointments.read_reminders", state.booking.patient.id, resource)
    work.commit()
    items = tuple(
        Reminder(lead_minutes=e.lead, due_at=e.due, outcome=e.outcome, channel=e.channel, at=e.at)
        for e in entries
    )
    return ReminderList(appointment=appointment, items=items)


def plan(services: Services, call: Call, appointment: str) -> None:
    """Bring the reminders to what the appointment is now; repeating it changes nothing.

    Raises ConditionFailed when somebody did so at the same moment.
    """
    tenant = call.caller.tenant
    try:
        state = load(services, call, appointment, WRITE)
    except NotFound:
        return
    booking, old = state.booking, state.plan
    if old is not None and old.schedule >= booking.schedule:
        return
    entries: tuple[StoredReminder, ...] = ()
    if state.policy.enabled and booking.status in REMINDED:
        entries = _entries(services, tenant, state)
    new = (old or Plan(schedule=0)).model_copy(
        update={"schedule": booking.schedule, "entries": entries}
    )
    changes: list[Operation] = [plan_put(tenant, appointment, new, state.plan_version)]
    changes += [timer.delete() for timer in _timers(tenant, appointment, old)]
    changes += [timer.put() for timer in _timers(tenant, appointment, new)]
    services.store.transact(changes)


def _entries(services: Services, tenant: str, state: State) -> tuple[StoredReminder, ...]:
    start, now = state.booking.start, services.clock()
    zone = ZoneInfo(site_of(services, tenant, state.booking.site).zone)
    due = {lead: due_at(state.policy, start, lead, zone, now) for lead in state.policy.lead_minutes}
    return tuple(StoredReminder(lead=lead, due=moment) for lead, moment in due.items() if moment)


def site_of(services: Services, tenant: str, site: str) -> Site:
    """The appointment's site."""
    key = agendas.site_key(tenant, site)
    return agendas.site_of(services.fetch([key], Scope(tenant))[key])


def load(services: Services, call: Call, appointment: str, right: str) -> State:
    """The appointment with its reminders and the rule, for a caller who has the right.

    One round trip. Raises Forbidden, NotFound.
    """
    require(call.caller, right, GRANTS)
    tenant = call.caller.tenant
    key, mine = bookings.appointment_key(tenant, appointment), plan_key(tenant, appointment)
    rule = _policy_key(tenant)
    found = services.fetch([key, mine, rule], Scope(tenant))
    if key not in found:
        raise NotFound("there is no such appointment")
    booking = open_model(services.vault, Scope(tenant), found[key], Booking)
    item = found.get(mine)
    return State(
        booking,
        found[key].version,
        from_json(Plan, item.text(ATTRIBUTE)) if item else None,
        item.version if item else 0,
        _policy_of(found.get(rule)),
    )


def plan_key(tenant: str, appointment: str) -> Key:
    """Where the reminders of an appointment are."""
    return Key(bookings.appointment_key(tenant, appointment).pk, "REMINDERS")


def plan_put(tenant: str, appointment: str, new: Plan, version: int) -> Put:
    """The write of an appointment's reminders; `version` is that which was read."""
    when = at_version(version) if version else ABSENT
    return Put(plan_key(tenant, appointment), {ATTRIBUTE: to_json(new)}, when=when)


def timer_of(tenant: str, appointment: str, schedule: int, entry: StoredReminder) -> Timer:
    """The timer of a reminder."""
    subject = f"{appointment}:{schedule}:{entry.lead}"
    return Timer(TimerKind.REMINDER, tenant, subject, entry.due)


def _timers(tenant: str, appointment: str, plan_: Plan | None) -> Sequence[Timer]:
    if plan_ is None:
        return []
    planned = [e for e in plan_.entries if e.outcome is ReminderOutcome.PLANNED]
    return [timer_of(tenant, appointment, plan_.schedule, entry) for entry in planned]


def policy_of(services: Services, tenant: str) -> ReminderRule:
    """The institution's rule, by which offers of the waiting list are told too."""
    return _policy_of(services.store.get(_policy_key(tenant)))


def _policy_key(tenant: str) -> Key:
    return Key(f"REMINDERS#{tenant}", "POLICY")


def _policy_of(item: Item | None) -> ReminderRule:
    if item is None:
        return ReminderRule(enabled=False)
    return from_json(ReminderRule, item.text(ATTRIBUTE))
