"""When a reminder goes out: its lead time before the start, outside of quiet hours."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from telesalud.appointments.agendas.calendar import to_utc
from telesalud.appointments.reminders.stored import ReminderRule

LAST_USE = timedelta(minutes=15)
"""A reminder later than this before the start is of no use."""
_BEFORE_QUIET = timedelta(minutes=5)


def due_at(
    policy: ReminderRule, start: datetime, lead: int, zone: ZoneInfo, now: datetime
) -> datetime | None:
    """When the reminder is due; None when there is no moment left for it.

    What falls into quiet hours goes out before they begin, or, if that has passed, when they end.
    """
    wanted = start - timedelta(minutes=lead)
    if wanted < now:
        return None
    if not is_quiet(policy, wanted, zone):
        return wanted
    earlier = _quiet_began(policy, wanted, zone) - _BEFORE_QUIET
    if earlier >= now:
        return earlier
    return useful(quiet_ends(policy, wanted, zone), start)


def useful(moment: datetime, start: datetime) -> datetime | None:
    """The moment, unless it is too late for this start."""
    return moment if moment <= start - LAST_USE else None


def is_quiet(policy: ReminderRule, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether nothing may go out then, by the site's clock."""
    if policy.quiet_from is None or policy.quiet_until is None:
        return False
    local = moment.astimezone(zone).time()
    if policy.quiet_from < policy.quiet_until:
        return policy.quiet_from <= local < policy.quiet_until
    return local >= policy.quiet_from or local < policy.quiet_until


def quiet_ends(policy: ReminderRule, moment: datetime, zone: ZoneInfo) -> datetime:
    """The first end of quiet hours after a quiet moment."""
    assert policy.quiet_until is not None  # the moment is quiet
    return _next(moment, policy.quiet_until, zone, timedelta(days=1))


def _quiet_began(policy: ReminderRule, moment: datetime, zone: ZoneInfo) -> datetime:
    """The last beginning of quiet hours before a quiet moment."""
    assert policy.quiet_from is not None  # the moment is quiet
    return _next(moment, policy.quiet_from, zone, timedelta(days=-1))


def _next(moment: datetime, local: time, zone: ZoneInfo, step: timedelta) -> datetime:
    """The nearest time at which the wall clock shows `local`, in the direction of `step`."""
    day = moment.astimezone(zone).date()
    found = to_utc(day, local, zone)
    forward = step > timedelta()
    if (forward and found <= moment) or (not forward and found > moment):
        found = to_utc(day + step, local, zone)
    return found
